"""What happens to the three streams, and slow or missing answers: the editor goes, or gopls does not come."""

from __future__ import annotations

import contextlib
import signal
import sys
import time
from collections.abc import Iterator

import psutil
import pytest

from tests.real.recording.conftest import Prove, rows
from tests.real.recording.fault import BOTH, Fault
from tests.real.recording.stage import GoneError, Run, Stage
from tests.real.recording.stand_in import frame, wait_until

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(sys.platform != "linux", reason="ends as Linux has them"),
]

HALF_MESSAGE = frame({"id": 99, "method": "textDocument/hover", "params": {}})[:40]
DUMP_BYTES = 400_000
VSCODE_PATIENCE_SECONDS = 2.0
"""Between `shutdown` and the words `Stopping server timed out`, and again until SIGKILL (seen in a real window)."""


def leave_well(run: Run) -> None:
    """shutdown, exit, and the streams closed."""
    run.converse()
    run.shut_down()


def leave_without_word(run: Run) -> None:
    run.converse()
    run.editor.close(0)


def leave_in_mid_message(run: Run) -> None:
    run.converse()
    run.editor.send(HALF_MESSAGE)
    run.editor.close(0)


def exit_without_shutdown(run: Run) -> None:
    run.converse()
    run.editor.notify("exit", None)


def leave_at_once(run: Run) -> None:
    """The editor's process is gone, and all its sockets with it."""
    run.converse()
    run.editor.close(0, 1, 2)


def say_nothing(run: Run) -> None:
    """The window is closed before the first message."""
    assert run.gopls
    run.editor.close(0)


def send_garbage(run: Run) -> None:
    run.converse()
    run.editor.send(b"hello\r\n\r\n")


def send_no_json(run: Run) -> None:
    run.converse()
    run.editor.send(b"Content-Length: 9\r\n\r\n{not json")


def close_output(run: Run) -> None:
    run.converse()
    run.editor.close(1)
    with contextlib.suppress(GoneError):
        run.editor.request("textDocument/hover", run.place({"line": 12, "character": 5}))


def close_error_and_work_on(run: Run) -> None:
    run.converse()
    run.editor.close(2)
    run.still_answers()
    run.shut_down()


def close_error_and_write_to_it(run: Run) -> None:
    """With -rpc.trace gopls writes to standard error, which nobody holds any more."""
    run.converse()
    run.editor.close(2)
    with contextlib.suppress(GoneError):
        for _ in range(50):
            run.hover()
        run.shut_down()
    run.answers.clear()  # how many answers came before it ended is chance


def dump_unread(run: Run) -> None:
    """A dump of hundreds of kilobytes into a socket that the editor does not read; it gives up and kills."""
    park_goroutines(run)
    run.kill(run.gopls, number=signal.SIGABRT)
    time.sleep(1)
    assert not run.editor.is_over()
    run.editor.kill()


def dump_read_late(run: Run) -> None:
    """The editor was busy, and reads the dump a while later: it must be whole."""
    park_goroutines(run)
    run.kill(run.gopls, number=signal.SIGABRT)
    time.sleep(1)
    run.editor.read_stderr_now()
    run.editor.wait()
    assert len(run.editor.stderr) > DUMP_BYTES
    assert b"\nrax " in run.editor.stderr[-3000:], "the registers are the last words of a dump"


def park_goroutines(run: Run) -> None:
    """Requests that wait for a driver that does not answer: each is a few goroutines in the dump."""
    run.initialize()
    run.open()
    for _ in range(300):
        run.editor.request("textDocument/hover", run.place({"line": 12, "character": 5}))
    assert wait_until(lambda: driver_of(run)), "the driver was not asked"
    time.sleep(1)
    run.answers.clear()


def driver_of(run: Run) -> list[psutil.Process]:
    """The hanging GOPACKAGESDRIVER."""
    found = []
    for process in run.stage.living():
        with contextlib.suppress(psutil.Error):
            if "sleep" in process.name():
                found.append(process)
    return found


@contextlib.contextmanager
def hanging_driver(stage: Stage) -> Iterator[None]:
    """A GOPACKAGESDRIVER that answers no question."""
    driver = stage.folder / "driver"
    driver.write_text("#!/bin/sh\nexec sleep 600\n")
    driver.chmod(0o755)
    stage.environment["GOPACKAGESDRIVER"] = str(driver)
    yield
    # gopls leaves it behind when it dies; that is its own doing, launcher or not.
    for process in stage.living():
        with contextlib.suppress(psutil.Error):
            if "sleep" in process.name():
                process.kill()


def stuck_and_killed(run: Run) -> None:
    """A request without an answer; the editor is closed as VS Code closes a server that does not answer."""
    run.initialize()
    run.open()
    run.editor.request("textDocument/hover", run.place({"line": 12, "character": 5}))
    assert wait_until(lambda: driver_of(run)), "the driver was not asked"
    give_up(run)


def give_up(run: Run) -> None:
    """shutdown; nothing comes; exit is not sent; two seconds later nothing has come; SIGKILL another two later."""
    asked = run.editor.request("shutdown", None)
    with contextlib.suppress(GoneError):
        run.editor.reply(asked, VSCODE_PATIENCE_SECONDS)
    time.sleep(VSCODE_PATIENCE_SECONDS)
    if not run.editor.is_over():
        run.editor.kill()


def stopped_and_killed(run: Run) -> None:
    """gopls itself was stopped by somebody, and the editor restarts the server."""
    run.converse()
    run.kill(run.gopls, number=signal.SIGSTOP)
    give_up(run)


FAULTS = (
    Fault("leaves-well", "shutdown, exit and end of input", leave_well, "exit 0", forms=BOTH),
    Fault("input-closed", "Standard input is closed without a word", leave_without_word, "exit 0", forms=BOTH),
    Fault("never-spoken", "Standard input is closed before the first message", say_nothing, "exit 0", forms=BOTH),
    Fault(
        "input-cut",
        "Standard input is closed in the middle of a message",
        leave_in_mid_message,
        "exit 2",
        "exit",
        "X36",
    ),
    Fault("exit-alone", "exit without shutdown", exit_without_shutdown, "exit 1", "exit", "X03", forms=BOTH),
    Fault("editor-gone", "The editor dies: all its sockets are closed at once", leave_at_once, "exit 0", forms=BOTH),
    Fault("garbage", "Garbage on standard input", send_garbage, "exit 2", "exit", "X36", says=b"invalid header"),
    Fault("no-json", "A message that is no JSON", send_no_json, "exit 2", "exit", "X36"),
    Fault("output-closed", "Standard output is closed", close_output, "SIGPIPE", "killed", forms=BOTH),
    Fault(
        "error-closed", "Standard error is closed and nothing is said", close_error_and_work_on, "exit 0", forms=BOTH
    ),
    Fault(
        "error-closed-traced",
        "Standard error is closed while gopls writes to it (-rpc.trace)",
        close_error_and_write_to_it,
        "SIGPIPE",
        arguments=("-rpc.trace",),
        behind="exit 0",
        lines=0,
        note="the launcher goes on reading: gopls loses no window for a log that nobody reads",
        forms=BOTH,
    ),
    Fault(
        "dump-unread",
        "Standard error is not read during a dump, then SIGKILL by the editor",
        dump_unread,
        "SIGKILL",
        "lost",
        "X22",
        around=hanging_driver,
        reads_stderr=False,
        forms=BOTH,
    ),
    Fault(
        "dump-read-late",
        "A dump of 400 KB that the editor reads late",
        dump_read_late,
        "exit 2",
        "signal",
        "X22",
        around=hanging_driver,
        reads_stderr=False,
        lines=1,
        forms=BOTH,
    ),
    Fault(
        "stuck-request",
        "A GOPACKAGESDRIVER that hangs; SIGKILL by the editor after 2 + 2 s",
        stuck_and_killed,
        "SIGKILL",
        "lost",
        "X24",
        around=hanging_driver,
        answers_alike=False,
    ),
    Fault(
        "stopped",
        "gopls is stopped (SIGSTOP); SIGKILL by the editor after 2 + 2 s",
        stopped_and_killed,
        "SIGKILL",
        "lost",
        "X31",
        forms=BOTH,
    ),
)


@pytest.mark.parametrize(("row", "form"), rows(FAULTS))
def test_a_stream(row: Fault, form: str, proved: Prove) -> None:
    proved(row, form)
