"""The crash in this log is not gopls's."""

from __future__ import annotations

from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.checks.exits._crashes import need_standard_error, place, times
from gopls_diag.model.crash import Crash, EndKind
from gopls_diag.model.finding import Evidence, Finding, Severity, advise
from gopls_diag.model.log_reading import Crashes
from gopls_diag.model.saying import Sayings
from gopls_diag.parse.go_crash.whose import is_anothers

_ENDS = (EndKind.PANIC, EndKind.FATAL, EndKind.SIGNAL, EndKind.OOM, EndKind.HANG)


@check(
    "X27",
    Severity.WARNING,
    why="It ran functions that gopls is not built of: what helps gopls does not help here.",
)
def another_program_crashed(crashes: Crashes, sayings: Sayings) -> Iterator[Finding]:
    """The crash in this log is not gopls's.

    What it means: Go prints the same kind of report for every program. Functions in this one are of packages that
    gopls is not built of, so it was another program that ended: yours, a test, a tool.
    Why it matters: An upgrade or a setting of gopls changes nothing about it.
    How to fix: Look at the first function that is your own.
    When to ignore: When you know that program.
    Source: Go runtime/traceback.go; the import paths golang.org/x/tools/gopls and golang.org/x/tools/internal/lsp.
    """
    alike: dict[tuple[EndKind, str], list[Crash]] = {}
    for crash in crashes.all:
        if crash.kind in _ENDS and not crash.program and is_anothers(crash):
            alike.setdefault((crash.kind, crash.signature or crash.message), []).append(crash)
    for ends in alike.values():
        first = ends[0]
        where = place(first)
        yield Finding(
            f"{first.message[:200]}: in {where}, a program other than gopls{times(tuple(ends))}"
            if where
            else f"{first.message[:200]}: a program other than gopls{times(tuple(ends))}",
            evidence=tuple(Evidence(each.source, each.message[:400], each.line) for each in ends[:5]),
            remedies=(advise(f"Look at {where}" if where else "Look at the first function that is your own"),),
        )
    need_standard_error(crashes, sayings)
