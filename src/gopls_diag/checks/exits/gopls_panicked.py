"""gopls panicked."""

from __future__ import annotations

from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.checks.exits._crashes import crash_finding, each_end, need_standard_error
from gopls_diag.model.crash import EndKind
from gopls_diag.model.finding import Finding, Severity
from gopls_diag.model.log_reading import Crashes
from gopls_diag.model.saying import Sayings


@check(
    "X06",
    Severity.ERROR,
    why="gopls ended there; the editor starts it anew up to four times, then no more.",
    explains=("X01", "X02", "X04", "X13", "X14", "X15", "X17", "X18"),
)
def gopls_panicked(crashes: Crashes, sayings: Sayings) -> Iterator[Finding]:
    """gopls panicked.

    What it means: A defect in gopls, or in an analyzer that is built into it, ended the program. The panic line and
    the first goroutine say where.
    Why it matters: All that gopls knew is lost, and it loads the workspace anew. VS Code gives up after the fifth
    time.
    How to fix: Upgrade gopls; where the fix of this very crash is known, the release that has it is named. If it goes
    on, search gopls's issues for the functions of the stack; isolate the file with which it happens.
    When to ignore: When the log is older than the gopls in use.
    Source: Go runtime/panic.go; golang/go#41435; seen with gopls v0.23.0 and Go 1.27.3 on Linux.
    """
    for ends in each_end(crashes, lambda each: each.kind is EndKind.PANIC):
        yield crash_finding("panicked", ends[0].message.removeprefix("panic: "), ends)
    need_standard_error(crashes, sayings)
