"""No memory and no processes left: the kernel kills, in real control groups, with and without a log to read."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.real.recording.conftest import Prove, rows
from tests.real.recording.fault import BOTH, Fault
from tests.real.recording.memory_groups import Group, memory_group
from tests.real.recording.stage import GoneError, Run, Stage
from tests.real.recording.stand_in import wait_until

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(sys.platform != "linux", reason="control groups"),
]

MEBIBYTE = 1 << 20
LIMIT = 160 * MEBIBYTE
WITHOUT_KERNEL_LOG = "exec setpriv --bounding-set=-syslog,-sys_admin --inh-caps=-syslog,-sys_admin"
"""Shell text: what follows may not read the kernel's log, though it is root."""


def eat(run: Run) -> None:
    """Put gopls into the group of the stage, and give it more than the group allows."""
    enter_alone(run)
    be_killed(run)


def enter_alone(run: Run) -> None:
    """Put gopls into the group of the stage, and wait until the recorder has seen that."""
    run.converse()
    group: Group = run.stage.extras["group"]
    group.enter(run.gopls)
    if run.is_launched:
        assert run.recorder
        assert wait_until(lambda: group.path.name in recorded(run.stage)), "the recorder did not see it move"


def be_killed(run: Run) -> None:
    """Give gopls more than the group allows, until the kernel takes it."""
    overeat(run)
    run.editor.wait()
    assert run.stage.extras["group"].kills >= 1, "the kernel did not kill it"


def recorded(stage: Stage) -> str:
    """What the recorder has written down of its session."""
    return "".join(each.read_text() for each in (stage.record / "sessions").glob("*/recorder.json"))


def overeat(run: Run) -> None:
    """Files with very long literals, each a few hundred megabytes to gopls."""
    with contextlib.suppress(GoneError):
        for number in range(8):
            file = run.stage.workspace / f"big{number}.go"
            text = f"package main\n\nvar big{number} = [...]string{{" + '"x", ' * 500_000 + "}\n"
            run.editor.notify(
                "textDocument/didOpen",
                {"textDocument": {"uri": file.as_uri(), "languageId": "go", "version": 1, "text": text}},
            )
            run.editor.ask("textDocument/documentSymbol", {"textDocument": {"uri": file.as_uri()}})
            run.editor.ask("textDocument/semanticTokens/full", {"textDocument": {"uri": file.as_uri()}})
    run.answers.clear()


def eat_together(run: Run) -> None:
    """The launcher, the recorder and gopls are in the group, as in a container; gopls is the biggest."""
    run.converse()
    group: Group = run.stage.extras["group"]
    for process in run.stage.living():
        with contextlib.suppress(OSError):
            group.enter(process.pid)
    if run.is_launched:
        assert run.recorder.pid in group.pids()
    be_killed(run)


def eat_unseen(run: Run) -> None:
    """The kernel takes the recorder too: what is on the disk and the kernel's log have to do."""
    enter_alone(run)
    if run.is_launched:
        run.kill(run.recorder.pid)
    be_killed(run)


def eat_from_the_start(run: Run) -> None:
    """Everything is born in the group."""
    run.converse()
    if run.is_launched:
        assert run.recorder
    be_killed(run)


def kill_the_group(run: Run) -> None:
    """What memory.oom.group does: everybody in the group is killed at once, launcher and recorder too."""
    run.converse()
    pids = {run.editor.pid, run.gopls}
    if run.is_launched:
        pids.add(run.recorder.pid)
    run.kill(*pids)


@contextlib.contextmanager
def limited(stage: Stage) -> Iterator[None]:
    """A control group of memory for the stage."""
    with memory_group(LIMIT) as group:
        stage.extras["group"] = group
        yield
        stage.settle()


@contextlib.contextmanager
def limited_from_the_start(stage: Stage) -> Iterator[None]:
    with memory_group(LIMIT + 60 * MEBIBYTE) as group:
        stage.extras["group"] = group
        stage.extras["prelude"] = group.prelude
        yield
        stage.settle()


@contextlib.contextmanager
def limited_in_silence(stage: Stage) -> Iterator[None]:
    """And the kernel's log may not be read."""
    told = subprocess.run(
        ["sh", "-c", f"{WITHOUT_KERNEL_LOG} dmesg"], capture_output=True, check=False, text=True, timeout=20
    )
    if told.returncode == 0:
        pytest.skip("here everybody may read the kernel's log")
    with memory_group(LIMIT) as group:
        stage.extras["group"] = group
        yield
        stage.settle()


FAULTS = (
    Fault(
        "oom-kill",
        "OOM kill of gopls in its own control group",
        eat,
        "SIGKILL",
        "killed",
        "M02",
        around=limited,
        forms=BOTH,
    ),
    Fault(
        "oom-kill-unread",
        "The same where the kernel's log may not be read",
        eat,
        "SIGKILL",
        "killed",
        "M02",
        around=limited_in_silence,
        prelude=WITHOUT_KERNEL_LOG,
    ),
    Fault(
        "oom-kill-together",
        "OOM kill in a group that holds launcher and recorder too",
        eat_together,
        "SIGKILL",
        "killed",
        "M02",
        around=limited,
        # now and then the kernel takes the recorder too
        adopted=True,
    ),
    Fault(
        "oom-kill-unseen",
        "OOM kill of gopls when the recorder is gone already",
        eat_unseen,
        "SIGKILL",
        "killed",
        "M02",
        around=limited,
        adopted=True,
    ),
    Fault(
        "oom-kill-born",
        "OOM kill in a container-like group in which all of them were born",
        eat_from_the_start,
        "SIGKILL",
        "killed",
        "M02",
        around=limited_from_the_start,
        forms=BOTH,
    ),
)


@pytest.mark.parametrize(("row", "form"), rows(FAULTS))
def test_no_memory(row: Fault, form: str, proved: Prove) -> None:
    proved(row, form)
