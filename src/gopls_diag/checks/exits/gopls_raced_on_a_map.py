"""gopls ended over two goroutines at one map."""

from __future__ import annotations

from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.checks.exits._crashes import crash_finding, each_end, need_standard_error
from gopls_diag.model.crash import Crash, EndKind
from gopls_diag.model.finding import Finding, Severity
from gopls_diag.model.log_reading import Crashes
from gopls_diag.model.saying import Sayings

WORDS = ("fatal error: concurrent map ", "fatal error: small map with no empty slot (concurrent map writes?)")
"""internal/runtime/maps and, before Go 1.24, runtime/map.go."""


@check(
    "X08",
    Severity.ERROR,
    why="gopls ended there; it cannot be caught, and it may come back at any time.",
    explains=("X01", "X02", "X04", "X13", "X14", "X15", "X17", "X18"),
)
def gopls_raced_on_a_map(crashes: Crashes, sayings: Sayings) -> Iterator[Finding]:
    """gopls ended over two goroutines at one map.

    What it means: Two goroutines used one map at once, a defect of gopls that depends on timing.
    Why it matters: The runtime ends the program at once. All that gopls knew is lost.
    How to fix: Upgrade gopls, and report it with the whole dump if the newest one does it.
    When to ignore: Not while the gopls in use does it.
    Source: Go internal/runtime/maps (fatal); seen with a program of Go 1.27.3.
    """
    for ends in each_end(crashes, is_map_race):
        yield crash_finding("ended", ends[0].message.removeprefix("fatal error: "), ends)
    need_standard_error(crashes, sayings)


def is_map_race(crash: Crash) -> bool:
    """True if the runtime caught two goroutines at one map."""
    return crash.kind is EndKind.FATAL and crash.message.startswith(WORDS)
