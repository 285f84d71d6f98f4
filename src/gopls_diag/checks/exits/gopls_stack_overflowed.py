"""gopls recursed until its stack was full."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.checks.exits._crashes import crash_finding, each_end, need_standard_error
from gopls_diag.model.crash import Crash, EndKind
from gopls_diag.model.finding import Finding, Severity
from gopls_diag.model.log_reading import Crashes
from gopls_diag.model.saying import Sayings

PATTERN = re.compile(r"^runtime: goroutine stack exceeds (\d{1,20})-byte limit")


@check(
    "X09",
    Severity.ERROR,
    why="gopls ends each time that it comes to that piece of code.",
    explains=("X01", "X02", "X04", "X13", "X14", "X15", "X17", "X18"),
)
def gopls_stack_overflowed(crashes: Crashes, sayings: Sayings) -> Iterator[Finding]:
    """gopls recursed until its stack was full.

    What it means: A recursion in gopls found no end, for example in types that refer to each other.
    Why it matters: It happens again whenever the same code is type checked, so the editor soon gives up.
    How to fix: Upgrade gopls. Find the file by closing others; undo the last change of a type.
    When to ignore: Not while the gopls in use does it.
    Source: Go runtime/stack.go (newstack).
    """
    for ends in each_end(crashes, is_overflow):
        limit = next((found[1] for each in ends[0].diagnostics if (found := PATTERN.match(each))), "")
        yield crash_finding("recursed", f"beyond {limit} bytes of stack" if limit else "until its stack was full", ends)
    need_standard_error(crashes, sayings)


def is_overflow(crash: Crash) -> bool:
    """True if a stack had no room left."""
    return crash.kind is EndKind.FATAL and crash.message.startswith("fatal error: stack overflow")
