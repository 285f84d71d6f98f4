"""The Go runtime ended gopls with a fatal error."""

from __future__ import annotations

from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.checks.exits._crashes import crash_finding, each_end, need_standard_error
from gopls_diag.checks.exits.gopls_raced_on_a_map import is_map_race
from gopls_diag.checks.exits.gopls_stack_overflowed import is_overflow
from gopls_diag.model.crash import Crash, EndKind
from gopls_diag.model.finding import Finding, Severity
from gopls_diag.model.log_reading import Crashes
from gopls_diag.model.saying import Sayings


@check(
    "X21",
    Severity.ERROR,
    why="gopls ended there; a fatal error cannot be caught.",
    explains=("X01", "X02", "X04", "X13", "X14", "X15", "X17", "X18"),
)
def gopls_failed_fatally(crashes: Crashes, sayings: Sayings) -> Iterator[Finding]:
    """The Go runtime ended gopls with a fatal error.

    What it means: The runtime found a state that must not be (a lock unlocked twice, all goroutines asleep, its own
    structures inconsistent) and ended the program. Map races (X08), full stacks (X09), refused memory (M04), refused
    threads (R18) and exhausted descriptors (R19) have pages of their own.
    Why it matters: All that gopls knew is lost, and it loads the workspace anew.
    How to fix: Upgrade gopls; if the newest one does it, report it with the whole dump.
    When to ignore: Not while the gopls in use does it.
    Source: Go runtime/panic.go (throw, fatal).
    """
    for ends in each_end(crashes, _is_other):
        yield crash_finding("ended with a fatal error", ends[0].message.removeprefix("fatal error: "), ends)
    need_standard_error(crashes, sayings)


_ELSEWHERE = (
    *("fatal error: malformed GOMEMLIMIT", "fatal error: runtime: netpollinit failed", "fatal error: pipe failed"),
    *("fatal error: newosproc", "fatal error: runtime.newosproc", "fatal error: thread exhaustion"),
)
"""Judged by M06, R19 and R18."""


def _is_other(crash: Crash) -> bool:
    if crash.kind is not EndKind.FATAL or crash.signal is not None or is_map_race(crash) or is_overflow(crash):
        return False
    return not crash.message.startswith(_ELSEWHERE)
