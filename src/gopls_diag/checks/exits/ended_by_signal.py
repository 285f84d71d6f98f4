"""A signal ended gopls, and it printed nothing."""

from __future__ import annotations

from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.model.finding import Evidence, Finding, Remedy, Severity, advise
from gopls_diag.model.recorded_end import KILLED, RecordedEnd, RecordedEnds
from gopls_diag.model.recorded_session import SessionEnd

_ASKED = ("SIGTERM", "SIGINT", "SIGHUP")
_FAULTS = ("SIGSEGV", "SIGBUS", "SIGFPE", "SIGILL", "SIGABRT", "SIGTRAP", "SIGSYS", "SIGQUIT")
"""After these a Go program prints its stacks; the checks of crashes tell of them."""
_NOTHING = advise("Nothing, if the editor was closed or its language server restarted")
_WHO = advise("Find out who sends it: a script, a watcher, somebody with kill or pkill")


@check(
    "X30",
    Severity.WARNING,
    why="It is no crash: somebody ended gopls, and it did nothing wrong.",
)
def ended_by_signal(ends: RecordedEnds) -> Iterator[Finding]:
    """A signal ended gopls, and it printed nothing.

    What it means: SIGTERM, SIGINT, SIGHUP or another signal that gopls does not handle ended it. Where the launcher of
    `gopls-diag record` got the signal, it was meant for the server of that editor, was passed on, and is told as
    information. Where it did not, somebody sent it to gopls itself. SIGPIPE means that gopls wrote to an editor that
    no longer read.
    Why it matters: Editors and the system stop servers so. It is told so that nobody looks for a crash. SIGKILL is a
    matter of X01.
    How to fix: Nothing, if the editor was closed. Else look for what ends processes: a script, a container that is
    stopped, a session that is logged out.
    When to ignore: When the editor was closed, or the language server restarted.
    Source: signal(7); Go os/signal (Default behavior of signals in Go programs); docs/explanation/recording.md.
    """
    for end in ends.all:
        recorded = end.incident.end
        if recorded is None or recorded.signal in (None, KILLED, *_FAULTS):
            continue
        yield _found(end, recorded, recorded.signal or "")
    ends.need()


def _found(end: RecordedEnd, recorded: SessionEnd, name: str) -> Finding:
    passed = next((each for each in reversed(recorded.signals) if each.name == name), None)
    remedies: tuple[Remedy, ...] = (_NOTHING,)
    why: str | None = None
    severity: Severity | None = Severity.INFO
    proof: Evidence = end.proof("end.signal", f"signal {name}; the launcher was sent none")
    if passed:
        summary = f"{name} asked gopls to end: the editor's server was sent it"
        proof = end.proof("end.signals", f"{name} was passed on at {passed.at}")
    elif name == "SIGPIPE":
        summary = "gopls ended because nobody read what it wrote (SIGPIPE)"
        why = "It is no crash, and nobody sent that signal: the other end of its output was closed."
    else:
        asked = " asked gopls to end" if name in _ASKED else " ended gopls"
        summary, remedies, severity = f"{name}{asked}: gopls itself was sent it", (_WHO,), None
    return Finding(summary, evidence=(proof,), remedies=remedies, severity=severity, why=why)
