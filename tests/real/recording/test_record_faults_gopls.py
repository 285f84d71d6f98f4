"""gopls's own ends: unknown flags, files that it may not write, panics, limits of the process, its daemon."""

from __future__ import annotations

import contextlib
import shutil
import signal
import socket
import sys
import tempfile
from collections.abc import Iterator

import psutil
import pytest

from tests.real.recording.conftest import Prove, rows
from tests.real.recording.debugger import set_to_nil
from tests.real.recording.fault import BOTH, Fault
from tests.real.recording.full_disk import full_disk
from tests.real.recording.stage import PYTHON, GoneError, Run, Stage
from tests.real.recording.stand_in import wait_until

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(sys.platform != "linux", reason="ends as Linux has them"),
]

REDECLARED = "package p\n\ntype T struct{ f int }\n\ntype T struct{ f int }\n\nvar _ = T{}.f\n"


def end_by_itself(run: Run) -> None:
    """It ends while it starts."""
    run.editor.wait()


def rename_to_death(run: Run) -> None:
    """golang/go#70968: a rename in a file that declares a type twice; fixed in v0.19."""
    run.initialize()
    file = run.stage.workspace / "main.go"
    file.write_text(REDECLARED)
    run.open()
    with contextlib.suppress(GoneError):
        run.editor.ask("textDocument/rename", {**run.place({"line": 4, "character": 15}), "newName": "g"})


def lose_the_cache(run: Run) -> None:
    """A panic in today's gopls: a debugger takes away a map that it needs."""
    run.converse()
    set_to_nil(run.gopls, "filecache.memCache")
    with contextlib.suppress(GoneError):
        run.editor.notify(
            "textDocument/didChange",
            {
                "textDocument": {"uri": (run.stage.workspace / "main.go").as_uri(), "version": 2},
                "contentChanges": [{"text": (run.stage.workspace / "main.go").read_text() + "\nvar x = 1\n"}],
            },
        )
        run.editor.ask("textDocument/references", {**run.place({"line": 12, "character": 5}), "context": {}})
        run.editor.ask("workspace/symbol", {"query": "dep"})
    run.answers.clear()  # which of them was still answered is chance


def abort(run: Run) -> None:
    run.converse()
    run.kill(run.gopls, number=signal.SIGABRT)


def take_its_addresses(run: Run) -> None:
    """A limit of addresses that is reached while gopls works.

    The room is less than the 64 MB of which Go's heap grows, and enough for the stacks of some threads, which are made
    small by the row: else it is left to chance whether memory or a thread is refused first.
    """
    run.converse()
    process = psutil.Process(run.gopls)
    room = process.memory_info().vms + (40 << 20)
    process.rlimit(psutil.RLIMIT_AS, (room, room))
    grow(run)


def grow(run: Run) -> None:
    """Give gopls a file that needs some hundred megabytes."""
    file = run.stage.workspace / "big.go"
    text = "package main\n\nvar big = [...]string{" + '"x", ' * 600_000 + "}\n"
    with contextlib.suppress(GoneError):
        run.editor.notify(
            "textDocument/didOpen",
            {"textDocument": {"uri": file.as_uri(), "languageId": "go", "version": 1, "text": text}},
        )
        for _ in range(20):
            run.editor.ask("textDocument/documentSymbol", {"textDocument": {"uri": file.as_uri()}})
            run.editor.ask("textDocument/semanticTokens/full", {"textDocument": {"uri": file.as_uri()}})
    run.answers.clear()


def few_descriptors(run: Run) -> None:
    """So few that gopls cannot open a file; it works on, and says so to the editor."""
    run.initialize()
    process = psutil.Process(run.gopls)
    process.rlimit(psutil.RLIMIT_NOFILE, (process.num_fds(), process.num_fds()))
    run.open()
    run.hover()
    run.shut_down()
    run.answers.clear()


@contextlib.contextmanager
def used_port(stage: Stage) -> Iterator[None]:
    """A port that somebody listens on; `PORT` in the arguments is not known before, so a fixed one is tried."""
    with socket.create_server(("127.0.0.1", USED_PORT), reuse_port=False):
        yield


USED_PORT = 47_911
OF_ITS_OWN = "the launcher is a Go program too: it ends of the same cause, in the same words, before it can record"


def remove_the_folder(run: Run) -> None:
    """The workspace is deleted under gopls."""
    run.converse()
    shutil.rmtree(run.stage.workspace)
    run.hover()
    run.shut_down()
    run.answers.clear()


def kill_the_daemon(run: Run) -> None:
    run.converse()
    (daemon,) = daemons(run)
    daemon.kill()


def kill_the_forwarder(run: Run) -> None:
    run.converse()
    run.kill(run.gopls)
    run.editor.wait()
    # The daemon lives on by design until nobody has used it for a while.
    for each in daemons(run):
        each.terminate()


def daemons(run: Run) -> list[psutil.Process]:
    """What -remote=auto started, without its side-car."""
    found = []
    for process in run.stage.living():
        with contextlib.suppress(psutil.Error):
            if "-listen" in " ".join(process.cmdline()):
                found.append(process)
    return found


@contextlib.contextmanager
def short_runtime_folder(stage: Stage) -> Iterator[None]:
    """For the daemon's socket, whose path may have 108 bytes at most."""
    with tempfile.TemporaryDirectory(prefix="gopls-diag-") as folder:
        stage.environment["XDG_RUNTIME_DIR"] = folder
        yield
        stage.settle()


@contextlib.contextmanager
def full_cache(stage: Stage) -> Iterator[None]:
    """gopls's own cache lies on a full disk."""
    with full_disk(stage.folder / "cache-disk"):
        stage.environment["GOPLSCACHE"] = str(stage.folder / "cache-disk")
        yield
        stage.settle()


def suspend(run: Run) -> None:
    """Everything stands still and goes on, as when the machine sleeps; the editor with it."""
    run.converse()
    everything = run.stage.living()
    for each in everything:
        each.suspend()
    assert wait_until(lambda: psutil.Process(run.gopls).status() == psutil.STATUS_STOPPED)
    for each in everything:
        each.resume()
    run.still_answers()
    run.shut_down()


FAULTS = (
    Fault(
        "flag-unknown",
        "A flag that gopls does not know",
        end_by_itself,
        "exit 2",
        "exit",
        "X05",
        arguments=("-nosuchflag",),
        says=b"-nosuchflag",
        forms=BOTH,
    ),
    Fault(
        "flag-unknown-old",
        "The same, in gopls v0.18",
        end_by_itself,
        "exit 2",
        "exit",
        "X05",
        version="v0.18.1",
        arguments=("-nosuchflag",),
        says=b"-nosuchflag",
    ),
    Fault(
        "log-file-folder-missing",
        "-logfile in a folder that does not exist",
        end_by_itself,
        "exit 2",
        "exit",
        "R02",
        arguments=("-logfile=STAGE/nowhere/gopls.log",),
        says=b"unable to create log file",
    ),
    Fault(
        "port-used",
        "-listen on a port that is used",
        end_by_itself,
        "exit 2",
        "exit",
        "X02",
        arguments=(f"-listen=127.0.0.1:{USED_PORT}",),
        says=b"address already in use",
        around=used_port,
    ),
    Fault(
        "memory-limit-malformed",
        "GOMEMLIMIT=300MB, which the runtime refuses",
        end_by_itself,
        "exit 2",
        "fatal",
        "M06",
        environment={"GOMEMLIMIT": "300MB"},
        says=b"malformed GOMEMLIMIT",
        forms=(PYTHON,),
    ),
    Fault(
        "memory-limit-malformed-go",
        "The same, of which the launcher in Go ends too",
        end_by_itself,
        "exit 2",
        environment={"GOMEMLIMIT": "300MB"},
        says=b"malformed GOMEMLIMIT",
        lines=2,
        note=OF_ITS_OWN,
    ),
    Fault(
        "panic",
        "A panic of gopls's own (golang/go#70968, v0.18.1)",
        rename_to_death,
        "exit 2",
        "panic",
        "X06",
        version="v0.18.1",
        lines=2,
        says=b"panic: runtime error: invalid memory address or nil pointer dereference",
        forms=BOTH,
    ),
    Fault(
        "panic-of-today",
        "A panic in gopls v0.24.0 (a debugger sets its cache to nil)",
        lose_the_cache,
        "exit 2",
        "panic",
        "X06",
        lines=2,
        says=b"panic: runtime error: invalid memory address or nil pointer dereference",
    ),
    Fault(
        "core",
        "SIGABRT with GOTRACEBACK=crash and cores allowed: one core, not two",
        abort,
        "SIGABRT",
        "signal",
        "X22",
        environment={"GOTRACEBACK": "crash"},
        prelude="ulimit -c unlimited",
        lines=1,
        forms=BOTH,
    ),
    Fault(
        "addresses-at-start",
        "ulimit -v 300000 before the start",
        end_by_itself,
        "exit 2",
        "oom",
        "M03",
        prelude="ulimit -v 300000",
        says=b"failed to reserve page summary memory",
        adopted=True,
        forms=(PYTHON,),
    ),
    Fault(
        "addresses-at-start-go",
        "The same, of which the launcher in Go ends too",
        end_by_itself,
        "exit 2",
        prelude="ulimit -v 300000",
        says=b"failed to reserve page summary memory",
        lines=1,
        note=OF_ITS_OWN,
    ),
    Fault(
        "addresses-ballast",
        "ulimit -v 1500000: too little for gopls's ballast",
        end_by_itself,
        "exit 2",
        "oom",
        "M04",
        prelude="ulimit -v 1500000",
        says=b"cannot allocate",
        lines=1,
    ),
    Fault(
        "addresses-later",
        "A limit of addresses that is reached at work",
        take_its_addresses,
        "exit 2",
        "oom",
        "M04",
        prelude="ulimit -s 256",
        says=b"fatal error:",
        lines=0,
    ),
    Fault("descriptors", "No descriptor left (ulimit -n)", few_descriptors, "exit 0", "none", None),
    Fault("folder-removed", "The workspace is deleted under gopls", remove_the_folder, "exit 0"),
    Fault(
        "daemon-killed",
        "The daemon of -remote=auto is killed",
        kill_the_daemon,
        "exit 2",
        "exit",
        "X02",
        arguments=("-remote=auto",),
        around=short_runtime_folder,
        says=b"remote disconnected",
    ),
    Fault(
        "forwarder-killed",
        "The forwarder of -remote=auto is killed",
        kill_the_forwarder,
        "SIGKILL",
        "killed",
        "X01",
        arguments=("-remote=auto",),
        around=short_runtime_folder,
    ),
    Fault(
        "cache-disk-full",
        "gopls's own cache is on a full disk",
        end_by_itself,
        "exit 1",
        "exit",
        "R17",
        around=full_cache,
        says=b"persistent index",
    ),
    Fault("suspended", "The machine sleeps and wakes (SIGSTOP and SIGCONT to all)", suspend, "exit 0", forms=BOTH),
)


@pytest.mark.parametrize(("row", "form"), rows(FAULTS))
def test_an_end_of_gopls(row: Fault, form: str, proved: Prove) -> None:
    proved(row, form)
