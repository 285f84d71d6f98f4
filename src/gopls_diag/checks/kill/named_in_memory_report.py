"""A macOS memory report names gopls."""

from __future__ import annotations

from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.checks.memory._soft_goal import of_machine
from gopls_diag.model.amount import size_text
from gopls_diag.model.editor import Editors
from gopls_diag.model.finding import Confidence, Evidence, Finding, Severity, advise
from gopls_diag.model.macos_report import MacReports
from gopls_diag.model.memory_limits import MemoryLimits
from gopls_diag.model.outcome import Unknown


@check(
    "K05",
    Severity.WARNING,
    why="The machine ran out of memory while gopls held much of it.",
    os=("darwin",),
)
def named_in_memory_report(
    reports: MacReports, limits: MemoryLimits | Unknown, editors: Editors | Unknown
) -> Iterator[Finding]:
    """A memory report of macOS names gopls as ended or as the largest process.

    What it means: A JetsamEvent report of the last days lists gopls with a reason, or as the process that held most.
        Its size is given in pages; the report says how large a page is.
    Why it matters: Such reports are rare on macOS; one means that memory and swap were exhausted.
    How to fix: Free memory and disk space for swap; let gopls use less (GOMEMLIMIT, staticcheck off,
        directoryFilters).
    When to ignore: When gopls is only listed without a reason and is not the largest: then nothing is told.
    Source: Apple, "Identifying high-memory use with jetsam event reports".
    """
    for report in reports.reports:
        if report.kind != "jetsam" or not (report.namespace or report.reason):
            continue
        held = f" held {size_text(report.resident_bytes)}" if report.resident_bytes else " is named"
        yield Finding(
            f"gopls{held} when macOS ran out of memory ({report.reason}), says a report of {report.time}",
            evidence=(Evidence(report.path, f"{report.process} (pid {report.pid}): {report.reason}"),),
            remedies=(*of_machine(limits, editors), advise("Close windows and programs, and free disk space for swap")),
            confidence=Confidence.LIKELY,
        )
        return
