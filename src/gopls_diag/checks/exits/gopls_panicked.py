"""gopls panicked."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.checks.exits._crashes import crash_evidence, crash_remedies
from gopls_diag.model.finding import Finding, Severity
from gopls_diag.model.saying import Channel, Sayings

PATTERN = re.compile(r"^panic: ([^\n]{1,400})", re.MULTILINE)


@check(
    "X06",
    Severity.ERROR,
    why="gopls ended there; the editor starts it anew up to four times, then no more.",
    explains=("X02", "X14", "X15", "X17", "X18"),
)
def gopls_panicked(sayings: Sayings) -> Iterator[Finding]:
    """gopls panicked.

    What it means: A defect in gopls, or in an analyzer that is built into it, ended the program. The panic line and
    the first goroutine say where.
    Why it matters: All that gopls knew is lost, and it loads the workspace anew. VS Code gives up after the fifth
    time.
    How to fix: Upgrade gopls. If it goes on, search gopls's issues for the functions of the stack; isolate the file
    with which it happens.
    When to ignore: When the log is older than the gopls in use.
    Source: Go runtime/panic.go; golang/go#41435; seen with gopls v0.23.0 and Go 1.27.3 on Linux.
    """
    for heard in sayings.matching(PATTERN, Channel.STDERR):
        yield Finding(
            f"gopls panicked: {heard.match[1].strip()[:200]}",
            evidence=crash_evidence(heard),
            remedies=crash_remedies(),
        )
    sayings.need(Channel.STDERR)
