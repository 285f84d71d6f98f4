"""An end or a trouble of gopls as a row of a table, and the proof that the launcher changes nothing about it."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.real.conftest import MARK
from tests.real.recording.stage import GO, PYTHON, RECORDER, Outcome, Run, Stage, comparable, wait_for_incidents
from tests.real.recording.stand_in import HANG_SECONDS, wait_until

ALL_LINES = None
NO_INCIDENT = "none"
ANY = "any"
BOTH = (GO, PYTHON)
OWN_LITTER = re.compile(r"temporary/go(pls|command)-|home/go/pkg/mod|home/.cache/go-build")
"""What gopls itself leaves, or does not, by how far its work had come."""


@dataclass(frozen=True)
class Fault:
    """One row: what is done, how gopls ends of it by itself, and what the incident must say."""

    name: str
    """Part of the test's name."""
    title: str
    """For people; a row of docs/explanation/faults.md."""
    act: Callable[[Run], None]
    """Plays it, up to the end of the server; called once with gopls alone and once with the launcher in front."""
    ends: str
    """Of gopls alone, as Status says it: `exit 2`, `SIGKILL`."""
    kind: str = NO_INCIDENT
    """Of the incident."""
    verdict: str | None = None
    """The code of its verdict; None when the checks blame nothing, `any` when that depends on chance."""
    version: str = "v0.24.0"
    arguments: tuple[str, ...] = ()
    environment: dict[str, str] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)
    """Fields of launcher.json."""
    prelude: str = ""
    """Shell text that runs first in the process that becomes the server."""
    reads_stderr: bool = True
    lines: int | None = ALL_LINES
    """How many lines of standard error must be the same as those of gopls alone; all of them unless it is a dump."""
    says: bytes = b""
    """Words that standard error must hold, so that it is proved that the fault came about."""
    around: Callable[[Stage], AbstractContextManager[object]] = lambda _: nullcontext()
    """Prepares the stage, and takes down what it made."""
    forms: tuple[str, ...] = (GO,)
    answers_alike: bool = True
    incidents: int = 1
    """How many, if any."""
    adopted: bool = False
    """True if nobody was left to make the incident: the next recorder or `gopls-diag incidents` has to."""
    sessions_left: bool = False
    """True if session folders may stay behind."""
    behind: str = ""
    """How it ends behind the launcher, where that differs; `note` has the reason."""
    note: str = ""
    """For the table: what else is worth knowing."""


def play(fault: Fault, stage: Stage) -> Outcome:
    """Play a fault on a stage."""
    stage.environment |= {name: value.replace("STAGE", str(stage.folder)) for name, value in fault.environment.items()}
    if stage.is_launched and fault.settings:
        stage.write_settings(**fault.settings)
    arguments = [each.replace("STAGE", str(stage.folder)) for each in fault.arguments]
    with leaving(stage):
        with fault.around(stage):
            run = stage.start(*arguments, prelude=fault.prelude, reads_stderr=fault.reads_stderr)
            fault.act(run)
            outcome = run.outcome()
        left = [] if stage.is_launched else stage.settle()
    assert left == []
    return Outcome(outcome.status, outcome.stderr, outcome.answers, stage.litter())


@contextmanager
def leaving(stage: Stage) -> Iterator[None]:
    """Close the windows of a stage and end what they started, whatever happened."""
    try:
        yield
    finally:
        for run in stage.runs:
            run.editor.leave()


def prove(fault: Fault, alone: Stage, launched: Stage, direct: dict[str, Outcome]) -> list[dict[str, Any]]:
    """Play a fault with gopls alone and behind the launcher, and compare; the incidents that were kept.

    `direct` remembers the outcomes of gopls alone by the names of their faults.
    """
    expected = direct[fault.name] if fault.name in direct else play(fault, alone)
    assert str(expected.status).removesuffix(" with a core") == fault.ends, expected.stderr[-2000:]
    assert fault.says in expected.stderr, expected.stderr[:2000]
    direct[fault.name] = expected

    found = play(fault, launched)

    # Fate: what an editor sees. A core is left by gopls and not by the launcher, which the parent alone could tell.
    assert str(found.status) == (fault.behind or fault.ends)
    assert not (launched.is_launched and found.status.is_core_dumped)
    if fault.answers_alike:
        assert found.answers == expected.answers
    assert fault.says in found.stderr, found.stderr[:2000]
    if fault.reads_stderr:
        ours = comparable(found.stderr, launched, lines=fault.lines)
        assert ours == comparable(expected.stderr, alone, lines=fault.lines)
    # Nothing leaked.
    if fault.adopted:
        assert launched.settle() == []
        adopt(launched)
    incidents = wait_for_incidents(launched, 0 if fault.kind in (NO_INCIDENT, ANY) else fault.incidents)
    assert launched.settle() == []
    assert fault.sessions_left or launched.sessions() == []
    assert [each for each in found.litter - expected.litter if not OWN_LITTER.match(each)] == []
    judge(fault, launched, incidents, found)
    return incidents


def adopt(stage: Stage) -> None:
    """Take over the sessions that nobody looks after any more; it waits until nobody writes to them."""
    assert wait_until(lambda: tidy(stage) and not stage.sessions()), stage.sessions()


def tidy(stage: Stage) -> bool:
    """What the next recorder does."""
    told = subprocess.run(
        [stage.interpreter, "-m", RECORDER, "--tidy", str(stage.record)],
        env={name: value for name, value in stage.environment.items() if name not in (MARK, "PYTHONPATH")},
        capture_output=True,
        check=False,
        timeout=HANG_SECONDS,
    )
    assert told.returncode == 0, told.stderr
    return True


def judge(fault: Fault, stage: Stage, incidents: list[dict[str, Any]], found: Outcome) -> None:
    """What was kept tells the truth."""
    if fault.kind == ANY:
        return
    if fault.kind == NO_INCIDENT:
        assert incidents == []
        return
    assert [each["kind"] for each in incidents] == [fault.kind] * fault.incidents
    for each in incidents:
        verdict = (each["report"] or {}).get("verdict")
        if fault.verdict != ANY:
            assert (verdict and verdict["code"]) == fault.verdict, each["report"]
    if fault.incidents == 1 and fault.reads_stderr and (end := incidents[0]["end"]):
        assert (end["exit_code"], end["signal"]) == (found.status.exit_code, found.status.signal)
        assert end["stderr_bytes"] == len(found.stderr)
        kept = Path(next((stage.record / "incidents").iterdir()), "stderr.log")
        assert redacted_alike(kept.read_bytes() if kept.exists() else b"", found.stderr)


def redacted_alike(kept: bytes, seen: bytes) -> bool:
    """Whether what was kept has the lines that the editor saw, each beginning alike: home folders are hidden."""
    pairs = zip(kept.splitlines(), seen.splitlines(), strict=False)
    starts = re.compile(rb"^[\w\s.:]{0,12}")
    return len(kept.splitlines()) == len(seen.splitlines()) and all(
        match_of(starts, one) == match_of(starts, other) for one, other in pairs
    )


def match_of(pattern: re.Pattern[bytes], line: bytes) -> bytes:
    """The beginning of a line."""
    found = pattern.match(line)
    return found[0] if found else b""
