"""The recorder is killed, stopped, broken or gone, and so is everything that it writes to: gopls must not notice."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.real.recording.conftest import Prove, rows
from tests.real.recording.fault import BOTH, Fault
from tests.real.recording.full_disk import fill, read_only, small_disk
from tests.real.recording.stage import Run, Stage
from tests.real.recording.stand_in import wait_until

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(sys.platform != "linux", reason="processes and file systems as Linux has them"),
]

EXPORT_SECONDS = 2.0
"""gopls tells by -otel every two seconds what it did; where nobody listens it says so on standard error."""
EXPORTS = 3

Around = Callable[[Stage], contextlib.AbstractContextManager[object]]


def recorder_ends(number: int, run: Run) -> None:
    """It is killed in the middle; gopls works on, and the launcher leaves no zombie."""
    run.converse()
    if run.is_launched:
        recorder = run.recorder
        run.kill(recorder.pid, number=number)
        assert wait_until(lambda: not psutil.pid_exists(recorder.pid)), "a zombie, which only the launcher can collect"
    run.still_answers()
    run.kill(run.gopls, number=signal.SIGABRT)


def recorder_killed_and_left(run: Run) -> None:
    run.converse()
    if run.is_launched:
        recorder = run.recorder
        run.kill(recorder.pid)
        assert wait_until(lambda: not psutil.pid_exists(recorder.pid))
    for _ in range(EXPORTS * 4):
        run.still_answers()
        time.sleep(EXPORT_SECONDS / 4)
    run.shut_down()


def recorder_hangs(run: Run) -> None:
    """It takes what gopls tells no more: nothing is answered, nothing is read."""
    run.converse()
    recorder = run.recorder if run.is_launched else None
    if recorder:
        recorder.suspend()
    for _ in range(EXPORTS * 4):
        run.still_answers()
        time.sleep(EXPORT_SECONDS / 4)
    run.shut_down()
    run.editor.wait()
    if recorder:
        recorder.resume()


def work_and_abort(run: Run) -> None:
    run.converse()
    run.still_answers()
    run.kill(run.gopls, number=signal.SIGABRT)


def work_and_leave(run: Run) -> None:
    run.converse()
    run.still_answers()
    run.shut_down()


def everybody_killed(run: Run) -> None:
    """What memory.oom.group does, or a container that is stopped hard."""
    run.converse()
    pids = [run.editor.pid, run.gopls]
    if run.is_launched:
        pids = [run.recorder.pid, *pids]
    run.kill(*pids)


def with_environment(**more: str) -> Around:
    @contextlib.contextmanager
    def around(stage: Stage) -> Iterator[None]:
        stage.environment |= {name: value.replace("STAGE", str(stage.folder)) for name, value in more.items()}
        yield

    return around


@contextlib.contextmanager
def broken_modules(stage: Stage) -> Iterator[None]:
    """A PYTHONPATH under which Python finds a json, an os and a site of somebody else's, all broken."""
    folder = stage.folder / "modules"
    folder.mkdir()
    for name in ("json", "click", "psutil", "dataclasses", "gopls_diag", "sitecustomize"):
        (folder / f"{name}.py").write_text("raise RuntimeError('not what you think')\n")
    stage.environment["PYTHONPATH"] = str(folder)
    yield


def settings(**more: object) -> Around:
    """launcher.json with other fields."""

    @contextlib.contextmanager
    def around(stage: Stage) -> Iterator[None]:
        if stage.is_launched:
            stage.write_settings(**more)
        yield

    return around


def settings_text(content: bytes | None) -> Around:
    """launcher.json is something else, or missing; gopls is then found on PATH."""

    @contextlib.contextmanager
    def around(stage: Stage) -> Iterator[None]:
        stage.environment["PATH"] = f"{Path(stage.gopls).parent}:{stage.environment['PATH']}"
        place = stage.record / "launcher" / "launcher.json"
        if stage.is_launched:
            if content is None:
                place.unlink()
            else:
                place.write_bytes(content)
        yield

    return around


@contextlib.contextmanager
def state_full(stage: Stage) -> Iterator[None]:
    with small_disk(stage.state / "record-disk"):
        if stage.is_launched:
            stage.write_settings(state=str(stage.state / "record-disk"))
        fill(stage.state / "record-disk")
        yield
        stage.settle()


@contextlib.contextmanager
def state_small(stage: Stage) -> Iterator[None]:
    """Room for the beginning, not for a dump: the disk becomes full in the middle."""
    with small_disk(stage.state / "record-disk", "size=24k"):
        if stage.is_launched:
            stage.write_settings(state=str(stage.state / "record-disk"))
        yield
        stage.settle()


@contextlib.contextmanager
def state_without_inodes(stage: Stage) -> Iterator[None]:
    with small_disk(stage.state / "record-disk", "size=1m,nr_inodes=4"):
        if stage.is_launched:
            stage.write_settings(state=str(stage.state / "record-disk"))
        yield
        stage.settle()


@contextlib.contextmanager
def state_read_only(stage: Stage) -> Iterator[None]:
    with read_only(stage.state):
        yield
        stage.settle()


@contextlib.contextmanager
def state_is_a_file(stage: Stage) -> Iterator[None]:
    if stage.is_launched:
        (stage.folder / "file").write_text("")
        stage.write_settings(state=str(stage.folder / "file"))
    yield


@contextlib.contextmanager
def many_leftovers(stage: Stage) -> Iterator[None]:
    """Seventy sessions of launchers that are long dead, cut off anywhere."""
    an_hour_ago = time.time() - 3600
    if stage.is_launched:
        for number in range(70):
            folder = stage.record / "sessions" / f"20261122T0615{number % 60:02}.{number:03}Z-999999{number}"
            folder.mkdir(parents=True)
            if number % 2:
                (folder / "session.json").write_text("{" if number % 3 else "")
            for each in (*folder.iterdir(), folder):
                os.utime(each, (an_hour_ago, an_hour_ago))
    yield


def state_removed(run: Run) -> None:
    """Somebody clears the state folder while everything runs."""
    run.converse()
    if run.is_launched:
        assert run.recorder
        shutil.rmtree(run.stage.record, ignore_errors=True)
    run.still_answers()
    run.kill(run.gopls, number=signal.SIGABRT)


@contextlib.contextmanager
def own_copy(stage: Stage) -> Iterator[None]:
    """A gopls of its own, which may be removed or replaced."""
    copy = stage.folder / "bin" / "v0.24.0" / "gopls"
    copy.parent.mkdir(parents=True)
    shutil.copy2(stage.gopls, copy)
    stage.gopls = str(copy)
    if stage.is_launched:
        stage.install()
    yield


def gopls_removed(run: Run) -> None:
    """gopls is uninstalled under a running one."""
    run.converse()
    Path(run.stage.gopls).unlink()
    run.still_answers()
    run.kill(run.target("launcher"), number=signal.SIGTERM)


def gopls_replaced(run: Run) -> None:
    """gopls is updated under a running one."""
    run.converse()
    newer = Path(run.stage.gopls + ".new")
    shutil.copy(run.stage.gopls, newer)
    newer.replace(run.stage.gopls)
    run.still_answers()
    run.shut_down()


def clock_jumps(run: Run) -> None:
    """The wall clock is set a day back and two days ahead under the recorder (libfaketime); gopls's stays."""
    run.converse()
    place = Path(run.stage.environment["FAKETIME_TIMESTAMP_FILE"])
    if run.is_launched:
        assert run.recorder
    for jump in ("-1d", "+2d", "-5y"):
        place.write_text(jump)
        run.still_answers()
    run.kill(run.gopls, number=signal.SIGABRT)


@contextlib.contextmanager
def jumping_clock(stage: Stage) -> Iterator[None]:
    library = next(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"), None)
    if library is None:
        pytest.skip("libfaketime is missing: apt-get install faketime")
    place = stage.folder / "jump"
    place.write_text("+0")
    stage.environment |= {
        "LD_PRELOAD": str(library),
        "FAKETIME_TIMESTAMP_FILE": str(place),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }
    yield


LEFTOVERS_THAT_SAY_SOMETHING = len([number for number in range(70) if number % 2 and number % 3])
ABORTED: dict[str, Any] = {"lines": 1, "says": b"SIGABRT: abort"}
FOREIGN = json.dumps(
    {"schema": "somebody-else/9", "gopls": 7, "state": ["x"], "recorder": "rm -rf", "binary": []}
).encode()
LOST_RECORDER = {"recorder": ["/nonexistent/python", "-m", "gopls_diag.cli.recorder"]}

FAULTS = (
    Fault(
        "recorder-killed",
        "The recorder is killed (SIGKILL) while gopls works; gopls then aborts",
        lambda run: recorder_ends(signal.SIGKILL, run),
        "exit 2",
        "signal",
        "X22",
        lines=1,
        forms=BOTH,
        adopted=True,
    ),
    Fault(
        "recorder-terminated",
        "The recorder is terminated (SIGTERM); gopls then aborts",
        lambda run: recorder_ends(signal.SIGTERM, run),
        "exit 2",
        "signal",
        "X22",
        lines=1,
        adopted=True,
    ),
    Fault(
        "recorder-killed-quiet",
        "The recorder is killed; gopls works on and leaves well, and says nothing of it",
        recorder_killed_and_left,
        "exit 0",
        forms=BOTH,
        adopted=True,
    ),
    Fault(
        "recorder-hangs",
        "The recorder is stopped (SIGSTOP) and takes nothing any more",
        recorder_hangs,
        "exit 0",
        forms=BOTH,
    ),
    Fault(
        "everybody-killed",
        "gopls, launcher and recorder are killed at once (memory.oom.group, a stopped container)",
        everybody_killed,
        "SIGKILL",
        "lost",
        "X31",
        forms=BOTH,
        adopted=True,
    ),
    Fault(
        "recorder-missing",
        "gopls-diag is uninstalled: its Python is gone",
        work_and_abort,
        "exit 2",
        "signal",
        "X22",
        around=settings(**LOST_RECORDER),
        forms=BOTH,
        adopted=True,
        **ABORTED,
    ),
    Fault(
        "recorder-broken",
        "The recorder fails while it is loaded (a broken PYTHONPATH)",
        work_and_abort,
        "exit 2",
        "signal",
        "X22",
        around=broken_modules,
        forms=BOTH,
        **ABORTED,
        adopted=True,
    ),
    Fault(
        "recorder-no-program",
        "The recorder is a program that ends at once",
        work_and_leave,
        "exit 0",
        around=settings(recorder=["/bin/false"]),
        adopted=True,
    ),
    Fault(
        "recorder-silent",
        "The recorder is a program that does nothing and never ends by itself",
        work_and_abort,
        "exit 2",
        "signal",
        "X22",
        around=settings(recorder=["/bin/sh", "-c", "sleep 3"]),
        adopted=True,
        **ABORTED,
    ),
    Fault(
        "settings-missing",
        "launcher.json is missing",
        work_and_abort,
        "exit 2",
        around=settings_text(None),
        forms=BOTH,
        **ABORTED,
    ),
    Fault(
        "settings-empty",
        "launcher.json is empty",
        work_and_abort,
        "exit 2",
        around=settings_text(b""),
        forms=BOTH,
        **ABORTED,
    ),
    Fault(
        "settings-cut",
        "launcher.json is cut off",
        work_and_abort,
        "exit 2",
        around=settings_text(b'{"schema": "gopls-diag/launcher/1", "gopls": "/usr'),
        forms=BOTH,
        **ABORTED,
    ),
    Fault(
        "settings-foreign",
        "launcher.json is somebody else's",
        work_and_abort,
        "exit 2",
        around=settings_text(FOREIGN),
        forms=BOTH,
        **ABORTED,
    ),
    Fault(
        "settings-no-text",
        "launcher.json is no text",
        work_and_abort,
        "exit 2",
        around=settings_text(b"\xff\xfe\x00" + os.urandom(4096)),
        forms=BOTH,
        **ABORTED,
    ),
    Fault(
        "settings-deep",
        "launcher.json is nested 100,000 deep",
        work_and_abort,
        "exit 2",
        around=settings_text(b"[" * 100_000),
        forms=BOTH,
        **ABORTED,
    ),
    Fault(
        "state-full",
        "The disk of the state folder is full",
        work_and_abort,
        "exit 2",
        around=state_full,
        forms=BOTH,
        **ABORTED,
    ),
    Fault(
        "state-small",
        "The disk becomes full in the middle of a dump",
        work_and_abort,
        "exit 2",
        "any",
        "any",
        around=state_small,
        forms=BOTH,
        **ABORTED,
    ),
    Fault(
        "state-no-inodes",
        "The disk has no inode left",
        work_and_abort,
        "exit 2",
        "any",
        "any",
        around=state_without_inodes,
        forms=BOTH,
        **ABORTED,
    ),
    Fault(
        "state-read-only",
        "The state folder may only be read",
        work_and_abort,
        "exit 2",
        around=state_read_only,
        forms=BOTH,
        **ABORTED,
    ),
    Fault(
        "state-file",
        "A file lies where the state folder should be",
        work_and_abort,
        "exit 2",
        around=state_is_a_file,
        forms=BOTH,
        **ABORTED,
    ),
    Fault(
        "state-removed",
        "The state folder is removed while gopls works",
        state_removed,
        "exit 2",
        "any",
        "any",
        lines=1,
        forms=BOTH,
    ),
    Fault(
        "leftovers",
        "70 sessions of dead launchers are left: this one is not kept, and they are taken over",
        work_and_abort,
        "exit 2",
        "lost",
        "X31",
        incidents=LEFTOVERS_THAT_SAY_SOMETHING,
        around=many_leftovers,
        forms=BOTH,
        **ABORTED,
    ),
    Fault(
        "gopls-removed",
        "gopls is uninstalled under a running one",
        gopls_removed,
        "SIGTERM",
        "stopped",
        None,
        around=own_copy,
    ),
    Fault("gopls-replaced", "gopls is updated under a running one", gopls_replaced, "exit 0", around=own_copy),
    Fault(
        "clock",
        "The wall clock jumps a day back, two days ahead, five years back (libfaketime)",
        clock_jumps,
        "exit 2",
        "signal",
        "X22",
        lines=1,
        around=jumping_clock,
        forms=BOTH,
    ),
)


@pytest.mark.parametrize(("row", "form"), rows(FAULTS))
def test_a_trouble_of_the_recorder(row: Fault, form: str, proved: Prove) -> None:
    proved(row, form)
