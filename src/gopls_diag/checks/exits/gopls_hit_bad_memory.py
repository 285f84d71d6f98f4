"""gopls ended with a memory fault."""

from __future__ import annotations

from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.checks.exits._crashes import crash_finding, each_end, is_sent, need_standard_error
from gopls_diag.model.crash import Crash, EndKind
from gopls_diag.model.finding import Finding, Severity
from gopls_diag.model.log_reading import Crashes
from gopls_diag.model.saying import Sayings

_FAULTS = ("SIGSEGV", "SIGBUS", "SIGILL", "SIGFPE")

_NOT_OF_MEMORY = ("SIGILL", "SIGFPE")


@check(
    "X07",
    Severity.ERROR,
    why="gopls ended there; the editor starts it anew up to four times, then no more.",
    explains=("X01", "X02", "X04", "X13", "X14", "X15", "X17", "X18"),
)
def gopls_hit_bad_memory(crashes: Crashes, sayings: Sayings) -> Iterator[Finding]:
    """gopls ended with a memory fault.

    What it means: The processor refused what gopls did, at an address that is no plain nil pointer (that would be a
    panic, X06), or in code of the runtime or of C. A defect, or damaged memory.
    Why it matters: All that gopls knew is lost, and it loads the workspace anew. VS Code gives up after the fifth
    time.
    How to fix: Upgrade gopls. If the stacks differ each time and lie in the runtime or its collector, test the memory
    of the machine.
    When to ignore: When it happened once and never again.
    Source: Go runtime/signal_unix.go (sighandler, sigpanic); golang/go#71425; seen with gopls v0.23.0 and Go 1.27.3
    on Linux.
    """
    for ends in each_end(crashes, _is_fault):
        first = ends[0]
        is_memory = first.signal is None or first.signal.name not in _NOT_OF_MEMORY
        how = "ended with a memory fault" if is_memory else "ended with a fault"
        yield crash_finding(how, first.message.removeprefix("fatal error: "), ends)
    need_standard_error(crashes, sayings)


def _is_fault(crash: Crash) -> bool:
    if crash.kind not in (EndKind.SIGNAL, EndKind.FATAL) or crash.signal is None or is_sent(crash):
        return False
    return crash.signal.name in _FAULTS or crash.signal.name.startswith("0xc")
