"""The recorder beside the real gopls: what it sees coming, what it survives, what it leaves."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import psutil
import pytest

from gopls_diag.model.recorded_session import EventKind, RecordedEvent, Sample, TroubleKind
from gopls_diag.parse.recording_lines import parse_events, parse_samples
from tests.real.recording.full_disk import fill, small_disk
from tests.real.recording.launchers import placing
from tests.real.recording.memory_groups import memory_group
from tests.real.recording.stage import GO, RECORDER, Run, Stage
from tests.real.recording.stand_in import GoneError, wait_until

pytestmark = pytest.mark.real

HEAVY = "package main\n\nimport (\n{}\n)\n".format(
    "\n".join(
        f'\t_ "{each}"'
        for each in (
            *("net/http", "database/sql", "html/template", "go/types", "encoding/xml", "crypto/x509", "image/png"),
            *(
                "net/rpc",
                "archive/zip",
                "debug/elf",
                "testing/quick",
                "net/smtp",
                "expvar",
                "go/importer",
                "log/syslog",
            ),
        )
    )
)
DRIVER = """#!/bin/sh
# Asked for packages, it thinks about it for longer than anybody waits.
exec sleep 600
"""


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The launcher, built once, and the cache of gopls."""
    return tmp_path_factory.mktemp("recorder")


@pytest.fixture
def stage(
    gopls: Callable[[str], str], environment: dict[str, str], shared: Path, tmp_path: Path
) -> Iterator[Callable[..., Stage]]:
    """A function that makes a stage with settings of its own; nothing that was started there may live afterwards."""
    made: list[Stage] = []

    def of(settings: str = "", version: str = "v0.24.0") -> Stage:
        own = {**environment, "GOPLSCACHE": str(shared / "cache")}
        made.append(Stage(GO, tmp_path / "stage", gopls(version), own, placing(GO, shared / "built"), sys.executable))
        toml = tmp_path / "stage" / "settings" / "record.toml"
        toml.parent.mkdir()
        usual = "" if "\nsample_seconds" in f"\n{settings}" else "sample_seconds = 0.5\n"
        toml.write_text(f"{usual}busy_sample_seconds = 0.2\n{settings}")
        return made[-1]

    yield of
    for each in made:
        for run in each.runs:
            run.editor.leave()
    assert [left for each in made for left in each.settle()] == []


def session_of(stage: Stage) -> Path:
    """The folder of the one session."""
    assert wait_until(stage.sessions), "no session was begun"
    return stage.record / "sessions" / stage.sessions()[0]


def events_in(folder: Path) -> list[RecordedEvent]:
    return [row for each in sorted(folder.glob("events*")) for row in parse_events(each.read_bytes())]


def samples_in(folder: Path) -> list[Sample]:
    files = [*folder.glob("timeline.tsv"), *sorted(folder.glob("samples-*"))]
    return [row for each in files for row in parse_samples(each.read_bytes())]


def told(folder: Path, kind: EventKind, subject: str) -> Callable[[], bool]:
    """Whether there is such an event by now."""
    return lambda: any(each.kind is kind and each.subject == subject for each in events_in(folder))


def incident_of(stage: Stage) -> tuple[dict[str, Any], Path]:
    """The one incident, once it is there and nobody works on it any more."""
    assert wait_until(stage.incidents), "no incident was made"
    assert wait_until(lambda: not stage.living())
    (found,) = (stage.record / "incidents").glob("[!.]*/incident.json")
    return json.loads(found.read_text()), found.parent


def recorder_run(stage: Stage, *words: str) -> int:
    return subprocess.run(
        [sys.executable, "-m", RECORDER, *words], env=stage.environment, check=False, capture_output=True
    ).returncode


def end_driver(stage: Stage) -> bool:
    """gopls's own children outlive a gopls that was killed, with us as without; True when there is none."""
    left = 0
    for each in stage.living():
        with contextlib.suppress(psutil.Error):
            if each.cmdline()[:1] == ["sleep"] or str(stage.folder / "driver") in each.cmdline():
                left += 1
                each.kill()
    return not left


def open_heavy(run: Run) -> None:
    """A file with many imports, for which gopls needs much memory."""
    file = run.stage.workspace / "heavy.go"
    file.write_text(HEAVY)
    item = {"uri": file.as_uri(), "languageId": "go", "version": 1, "text": HEAVY}
    run.editor.notify("textDocument/didOpen", {"textDocument": item})


def test_memory_that_nears_its_limit_is_looked_at_and_the_kill_is_proved(stage: Callable[..., Stage]) -> None:
    scene = stage("memory_share = 0.8\n")
    with memory_group(4 << 30) as group:
        scene.extras["prelude"] = group.prelude
        run = scene.start()
        run.converse()
        folder = session_of(scene)
        open_heavy(run)

        def rests() -> bool:
            held = [each.group_bytes or 0 for each in samples_in(folder)[-4:]]
            return len(held) == 4 and min(held) > 120 << 20 and max(held) < 1.02 * min(held)

        assert wait_until(rests)

        def near() -> bool:
            # The limit comes to the memory, and follows it when it shrinks, so that there is time to look.
            last = samples_in(folder)[-1]
            used, limit = last.group_bytes or 0, last.group_limit_bytes or 0
            if used < 0.8 * limit:
                with contextlib.suppress(OSError):
                    group.write("memory.limit_in_bytes", int(used / 0.85))
            return told(folder, EventKind.TROUBLE, TroubleKind.MEMORY.value)()

        assert wait_until(near)
        assert wait_until(told(folder, EventKind.LOOK, "goroutines"))
        _press(run)
        assert run.editor.wait().signal == "SIGKILL"
        incident, place = incident_of(scene)

    assert incident["kind"] == "killed"
    assert incident["kills_after"] > incident["kills_before"]
    assert incident["report"]["verdict"]["code"].startswith("M")
    assert "memory-near-limit" in [each["kind"] for each in incident["troubles"]]
    assert any(each["kind"] == "control group" and each["bytes"] for each in incident["limits"])
    assert told(place, EventKind.SIGNAL, "oom_kill")()
    dumps = [(place / each["file"]).read_text() for each in incident["looks"] if each["kind"] == "goroutines"]
    assert dumps and all(each.startswith("goroutine ") for each in dumps)


def _press(run: Run) -> None:
    """Make gopls need more and more, until it is gone."""
    for number in range(200):
        if run.editor.is_over():
            return
        file = run.stage.workspace / f"more{number}.go"
        body = "\n".join(f'var v{number}_{each} = map[string][]int{{"{each}": {{{each}}}}}' for each in range(4000))
        text = f"package main\n\n{body}\n"
        file.write_text(text)
        item = {"uri": file.as_uri(), "languageId": "go", "version": 1, "text": text}
        try:
            run.editor.notify("textDocument/didOpen", {"textDocument": item})
        except (OSError, GoneError):
            return
        wait_until(run.editor.is_over, 0.2)


def test_a_stuck_request_is_seen_and_three_dumps_show_where_it_stands(stage: Callable[..., Stage]) -> None:
    scene = stage("stuck_seconds = 3\n")
    driver = scene.folder / "driver"
    driver.write_text(DRIVER)
    driver.chmod(0o755)
    scene.environment["GOPACKAGESDRIVER"] = str(driver)
    run = scene.start()
    run.initialize()
    run.open()
    run.editor.request("textDocument/hover", run.place({"line": 12, "character": 5}))
    folder = session_of(scene)

    assert wait_until(told(folder, EventKind.TROUBLE, TroubleKind.STUCK.value))
    assert wait_until(lambda: len(list((folder / "looks").glob("*-goroutines.txt"))) == 3)
    dumps = [each.read_text() for each in sorted((folder / "looks").glob("*-goroutines.txt"))]
    run.kill(run.gopls)
    run.editor.wait()
    assert wait_until(lambda: end_driver(scene) and scene.incidents())
    incident, place = incident_of(scene)

    assert all("go/packages" in each or "packagesdriver" in each.lower() for each in dumps)
    assert "stuck-request" in [each["kind"] for each in incident["troubles"]]
    assert "textDocument/hover" in [each["method"] for each in incident["in_flight"]]
    children = [each for each in events_in(place) if each.kind is EventKind.CHILD and "ran when" in each.detail]
    assert any("sleep 600" in each.subject for each in children)


def test_a_stopped_gopls_is_told_of_and_its_way_on_too(stage: Callable[..., Stage]) -> None:
    scene = stage()
    run = scene.start()
    run.converse()
    folder = session_of(scene)
    os.kill(run.gopls, signal.SIGSTOP)
    assert wait_until(told(folder, EventKind.TROUBLE, TroubleKind.SILENT.value))
    os.kill(run.gopls, signal.SIGCONT)
    run.still_answers()
    assert wait_until(told(folder, EventKind.CALM, TroubleKind.SILENT.value))
    run.shut_down()
    assert run.editor.wait().exit_code == 0
    incident, _ = incident_of(scene)

    assert incident["kind"] == "trouble"
    assert incident["looks"] == [], "a process that is stopped is asked nothing"


def test_a_recorder_that_is_killed_leaves_gopls_alone_and_its_session_to_the_next(stage: Callable[..., Stage]) -> None:
    scene = stage()
    run = scene.start()
    run.converse()
    folder = session_of(scene)
    assert wait_until(lambda: (folder / "recorder.json").exists() and samples_in(folder))
    run.recorder.kill()
    assert wait_until(lambda: not scene.recorders())
    run.still_answers()
    run.kill(run.gopls)
    assert run.editor.wait().signal == "SIGKILL"
    assert scene.incidents() == []

    assert wait_until(lambda: recorder_run(scene, "--tidy", str(scene.record)) == 0 and scene.incidents())

    incident, place = incident_of(scene)
    assert incident["kind"] == "killed"
    assert samples_in(place)
    assert scene.sessions() == []


def test_a_recorder_that_was_stopped_says_what_it_missed(stage: Callable[..., Stage]) -> None:
    scene = stage()
    run = scene.start()
    run.converse()
    folder = session_of(scene)
    assert wait_until(lambda: samples_in(folder))
    recorder = run.recorder
    recorder.suspend()
    wait_until(lambda: False, 7.0)
    run.still_answers()
    recorder.resume()
    assert wait_until(told(folder, EventKind.SUSPENDED, "recorder"))
    run.shut_down()
    assert run.editor.wait().exit_code == 0
    assert wait_until(lambda: not scene.sessions()), "a session without trouble leaves nothing"
    assert scene.incidents() == []


def test_a_launcher_that_is_killed_takes_gopls_along_and_the_recorder_says_nobody_saw_how(
    stage: Callable[..., Stage],
) -> None:
    scene = stage()
    run = scene.start()
    run.converse()
    gopls = run.gopls
    assert run.recorder
    run.kill(run.editor.pid)
    assert run.editor.wait().signal == "SIGKILL"
    assert wait_until(lambda: not psutil.pid_exists(gopls))
    incident, place = incident_of(scene)

    assert incident["end"] is None or incident["kind"] in ("lost", "killed")
    assert [each.detail for each in events_in(place) if each.kind is EventKind.END] == ["nobody saw how"]


def test_a_full_disk_is_waited_for_while_gopls_works(stage: Callable[..., Stage]) -> None:
    scene = stage("sample_seconds = 0.1\n")
    (scene.record / "sessions").mkdir(parents=True, exist_ok=True)
    with small_disk(scene.record / "sessions", "size=512k") as disk:
        run = scene.start()
        run.converse()
        folder = session_of(scene)
        assert wait_until(lambda: samples_in(folder))
        fill(disk)
        before = -1
        while before < (before := len(samples_in(folder))):  # the last pages have room for some more
            wait_until(lambda: False, 2.0)
        run.still_answers()
        assert scene.recorders()
        (disk / "filling").unlink()
        assert wait_until(told(folder, EventKind.SOURCE, "session folder"))
        times = [each.at_seconds for each in samples_in(folder)]
        run.shut_down()
        assert run.editor.wait().exit_code == 0
        assert wait_until(lambda: not scene.living())

    gaps = [after - before for before, after in pairwise(times)]
    assert max(gaps) < 1.9, "what was measured meanwhile was kept in memory"


def test_a_folder_that_is_taken_away_disturbs_nobody(stage: Callable[..., Stage]) -> None:
    scene = stage()
    run = scene.start()
    run.converse()
    folder = session_of(scene)
    assert wait_until(lambda: samples_in(folder))
    folder.rename(folder.parent.parent / "elsewhere")
    wait_until(lambda: False, 2.0)
    run.still_answers()
    assert scene.recorders()
    run.shut_down()
    assert run.editor.wait().exit_code == 0
    assert wait_until(lambda: not scene.living())


def test_a_second_recorder_is_refused(stage: Callable[..., Stage]) -> None:
    scene = stage()
    run = scene.start()
    run.converse()
    folder = session_of(scene)
    assert run.recorder
    assert wait_until((folder / "recorder.json").exists)

    assert recorder_run(scene, str(folder)) == 3
    run.still_answers()
    assert len(scene.recorders()) == 1


def test_a_recorder_that_is_asked_to_end_leaves_its_session_as_it_is(stage: Callable[..., Stage]) -> None:
    scene = stage()
    run = scene.start()
    run.converse()
    folder = session_of(scene)
    notes_file = folder / "recorder.json"
    assert wait_until(lambda: notes_file.exists() and b"v0.24.0" in notes_file.read_bytes())
    run.recorder.terminate()
    assert wait_until(lambda: not scene.recorders())
    run.still_answers()

    notes = json.loads(notes_file.read_text())
    assert notes["is_complete"] is False
    assert notes["gopls_version"] == "v0.24.0"


def test_a_gopls_nobody_knew_is_known_to_the_launcher_afterwards(stage: Callable[..., Stage]) -> None:
    scene = stage()
    scene.write_settings(binary=None)
    run = scene.start()
    run.converse()
    folder = session_of(scene)
    assert wait_until(lambda: samples_in(folder))
    assert not any(each.startswith("-otel") for each in json.loads((folder / "session.json").read_text())["arguments"])
    run.shut_down()
    assert run.editor.wait().exit_code == 0
    assert wait_until(lambda: not scene.living())

    known = json.loads((scene.record / "launcher" / "launcher.json").read_text())["binary"]
    assert (known["version"], known["otel"], known["path"]) == ("v0.24.0", True, str(Path(scene.gopls).resolve()))


def test_what_others_left_is_kept_by_the_next_session(stage: Callable[..., Stage]) -> None:
    scene = stage()
    first = scene.start()
    first.converse()
    folder = session_of(scene)
    assert wait_until((folder / "recorder.json").exists)
    first.recorder.kill()
    assert wait_until(lambda: not scene.recorders())
    first.kill(first.gopls)
    assert first.editor.wait().signal == "SIGKILL"

    second = scene.start()
    second.converse()
    assert wait_until(scene.incidents), "the next recorder tidies when its gopls has loaded"
    second.still_answers()
    second.shut_down()
    assert second.editor.wait().exit_code == 0
    assert wait_until(lambda: not scene.sessions())


def test_a_module_in_the_workspace_is_not_taken_for_one_of_python(stage: Callable[..., Stage]) -> None:
    scene = stage()
    for name in ("json.py", "selectors.py", "gopls_diag.py", "threading.py"):
        (scene.workspace / name).write_text("raise SystemExit('taken')\n")
    run = scene.start()
    run.converse()
    folder = session_of(scene)
    assert wait_until(lambda: samples_in(folder))
    run.kill(run.gopls)
    run.editor.wait()

    assert incident_of(scene)[0]["kind"] == "killed"
