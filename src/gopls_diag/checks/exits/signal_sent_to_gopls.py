"""A signal that another process sent ended gopls."""

from __future__ import annotations

from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.checks.exits._crashes import each_end, is_sent, need_standard_error, subject, times
from gopls_diag.model.crash import Crash, EndKind
from gopls_diag.model.finding import Evidence, Finding, Severity, advise
from gopls_diag.model.log_reading import Crashes
from gopls_diag.model.saying import Sayings

_PID_BITS = 32
_PID_LIMIT = 1 << 22
"""PID_MAX_LIMIT of Linux (include/linux/threads.h): a greater number is an address of another system."""


@check(
    "X22",
    Severity.WARNING,
    why="It looks like a crash, but gopls did nothing wrong: somebody ended it.",
    explains=("X01", "X02", "X04", "X07", "X13", "X14", "X15", "X17", "X18"),
)
def signal_sent_to_gopls(crashes: Crashes, sayings: Sayings) -> Iterator[Finding]:
    """A signal that another process sent ended gopls.

    What it means: The dump says sigcode=0: the signal did not come from a fault of gopls, a process sent it (`kill
    -SEGV`, `kill -ABRT`, a watchdog, a crash collector). Linux then writes the sender's process id where a fault
    would have its address.
    Why it matters: The stacks show what gopls happened to do, not a defect.
    How to fix: Find out who sends it: a watchdog, a script, a debugger. Nothing has to be repaired in gopls.
    When to ignore: When you sent it to get the dump.
    Source: Linux sigaction(2) (si_code SI_USER, si_pid); Go runtime/signal_unix.go (fatalsignal); seen with gopls
    v0.23.0 and Go 1.27.3 on Linux.
    """
    for ends in each_end(crashes, lambda each: each.kind is EndKind.SIGNAL and is_sent(each)):
        crash = ends[0]
        yield Finding(
            f"{crash.signal.name if crash.signal else 'A signal'} was sent to {subject(crash)} by "
            f"{_sender(crash)}{times(ends)}",
            evidence=tuple(Evidence(each.source, _words(each), each.line) for each in ends),
            remedies=(advise("Find out which program sends it: a watchdog, a script, a debugger"),),
        )
    need_standard_error(crashes, sayings)


def _sender(crash: Crash) -> str:
    address = crash.signal.address if crash.signal else None
    if not address:
        return "another process"
    # si_pid and si_uid lie where the fault address would: the pid in the lower half of the word.
    pid, user = address & ((1 << _PID_BITS) - 1), address >> _PID_BITS
    if not 0 < pid <= _PID_LIMIT:
        return "another process"
    return f"process {pid} of user {user}"


def _words(crash: Crash) -> str:
    signal = crash.signal
    if signal is None:
        return crash.message
    address = "" if signal.address is None else f" addr={signal.address:#x}"
    return f"{crash.message}, sigcode={signal.code}{address}"
