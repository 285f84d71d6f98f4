"""gopls ended over two goroutines at one map."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.checks.exits._crashes import crash_evidence, crash_remedies
from gopls_diag.model.finding import Finding, Severity
from gopls_diag.model.saying import Channel, Sayings

PATTERN = re.compile(
    r"^fatal error: (concurrent map (?:read and map write|writes|iteration and map write))", re.MULTILINE
)


@check(
    "X08",
    Severity.ERROR,
    why="gopls ended there; it cannot be caught, and it may come back at any time.",
    explains=("X02", "X14", "X15", "X17", "X18"),
)
def gopls_raced_on_a_map(sayings: Sayings) -> Iterator[Finding]:
    """gopls ended over two goroutines at one map.

    What it means: Two goroutines used one map at once, a defect of gopls that depends on timing.
    Why it matters: The runtime ends the program at once. All that gopls knew is lost.
    How to fix: Upgrade gopls, and report it with the whole dump if the newest one does it.
    When to ignore: Not while the gopls in use does it.
    Source: Go internal/runtime/maps (fatal); seen with a program of Go 1.27.3.
    """
    for heard in sayings.matching(PATTERN, Channel.STDERR):
        yield Finding(
            f"gopls ended: {heard.match[1]}",
            evidence=crash_evidence(heard),
            remedies=crash_remedies(),
        )
    sayings.need(Channel.STDERR)
