"""gopls recursed until its stack was full."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.checks.exits._crashes import crash_evidence, crash_remedies
from gopls_diag.model.finding import Finding, Severity
from gopls_diag.model.saying import Channel, Sayings

PATTERN = re.compile(r"^runtime: goroutine stack exceeds (\d{1,20})-byte limit", re.MULTILINE)


@check(
    "X09",
    Severity.ERROR,
    why="gopls ends each time that it comes to that piece of code.",
    explains=("X02", "X14", "X15", "X17", "X18"),
)
def gopls_stack_overflowed(sayings: Sayings) -> Iterator[Finding]:
    """gopls recursed until its stack was full.

    What it means: A recursion in gopls found no end, for example in types that refer to each other.
    Why it matters: It happens again whenever the same code is type checked, so the editor soon gives up.
    How to fix: Upgrade gopls. Find the file by closing others; undo the last change of a type.
    When to ignore: Not while the gopls in use does it.
    Source: Go runtime/stack.go (newstack).
    """
    for heard in sayings.matching(PATTERN, Channel.STDERR):
        yield Finding(
            f"gopls recursed beyond {heard.match[1]} bytes of stack",
            evidence=crash_evidence(heard),
            remedies=crash_remedies(),
        )
    sayings.need(Channel.STDERR)
