"""Every signal, to gopls and to what the editor started: gopls's fate is the same, and the incident tells it."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable
from functools import partial

import psutil
import pytest

from tests.real.recording.conftest import Prove, rows
from tests.real.recording.fault import BOTH, Fault
from tests.real.recording.stage import GO, Run
from tests.real.recording.stand_in import wait_until

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(sys.platform != "linux", reason="signals as Linux has them"),
]

ASKED_TO_STOP = ("SIGTERM", "SIGINT", "SIGHUP")
DUMPING = ("SIGABRT", "SIGSEGV", "SIGBUS", "SIGFPE", "SIGILL", "SIGTRAP", "SIGSYS", "SIGSTKFLT")
PASSED_OVER = (
    *("SIGUSR1", "SIGUSR2", "SIGPIPE", "SIGALRM", "SIGCHLD", "SIGCONT", "SIGURG", "SIGXCPU", "SIGXFSZ", "SIGVTALRM"),
    *("SIGPROF", "SIGWINCH", "SIGIO", "SIGPWR"),
)
STOPPING = ("SIGTSTP", "SIGTTIN", "SIGTTOU", "SIGSTOP")
TARGETS = {"gopls": "gopls", "launcher": "what the editor started"}


def number_of(name: str) -> int:
    number: int = getattr(signal, name)
    return number


def end_by(name: str, target: str, run: Run) -> None:
    """Talk, then send the signal."""
    run.converse()
    if run.is_launched:
        assert run.recorder
    run.kill(run.target(target), number=number_of(name))


def survive(name: str, target: str, run: Run) -> None:
    """A signal that gopls does not mind."""
    run.converse()
    run.kill(run.target(target), number=number_of(name))
    run.still_answers()
    run.shut_down()


def pause(name: str, target: str, run: Run) -> None:
    """Stop, and go on a moment later, as a shell does with a job."""
    run.converse()
    for pid in {run.target(target), run.target("gopls")}:
        run.kill(pid, number=number_of(name))
    assert wait_until(lambda: psutil.Process(run.gopls).status() == psutil.STATUS_STOPPED)
    for pid in {run.target(target), run.target("gopls")}:
        run.kill(pid, number=signal.SIGCONT)
    run.still_answers()
    run.shut_down()


def fault(
    name: str,
    target: str,
    act: Callable[[str, str, Run], None],
    ends: str,
    kind: str,
    verdict: str | None,
    **more: object,
) -> Fault:
    title = f"{name} to {TARGETS[target]}"
    return Fault(f"{name}-to-{target}", title, partial(act, name, target), ends, kind, verdict, **more)  # type: ignore[arg-type]


STOPS = (
    *(fault(name, "gopls", end_by, name, "killed", "X30") for name in ASKED_TO_STOP),
    *(fault(name, "launcher", end_by, name, "stopped", None, forms=BOTH) for name in ASKED_TO_STOP),
)
DUMPS = tuple(
    fault(
        name,
        target,
        end_by,
        "exit 2",
        "dump" if name == "SIGQUIT" else "signal",
        None if name == "SIGQUIT" else "X22",
        lines=1,
        says=name.encode() + b": ",
        forms=BOTH if name in ("SIGABRT", "SIGQUIT") else (GO,),
    )
    for name in ("SIGQUIT", *DUMPING)
    for target in TARGETS
)
KILLS = (
    fault("SIGKILL", "gopls", end_by, "SIGKILL", "killed", "X01", forms=BOTH),
    fault("SIGKILL", "launcher", end_by, "SIGKILL", "lost", "X31", forms=BOTH),
    fault("SIGRTMIN", "gopls", end_by, "SIG34", "killed", "X30"),
)
SURVIVED = tuple(fault(name, target, survive, "exit 0", "none", None) for name in PASSED_OVER for target in TARGETS)
PAUSED = (
    *(fault(name, "gopls", pause, "exit 0", "none", None) for name in STOPPING),
    *(fault(name, "launcher", pause, "exit 0", "none", None, forms=BOTH) for name in STOPPING),
)
FAULTS = (*STOPS, *DUMPS, *KILLS, *SURVIVED, *PAUSED)


@pytest.mark.parametrize(("row", "form"), rows(FAULTS))
def test_a_signal(row: Fault, form: str, proved: Prove) -> None:
    proved(row, form)
