"""macOS killed gopls under memory pressure."""

from __future__ import annotations

from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.checks.memory._soft_goal import of_machine
from gopls_diag.model.amount import size_text
from gopls_diag.model.editor import Editors
from gopls_diag.model.finding import Evidence, Finding, Remedy, Severity, advise
from gopls_diag.model.kernel_log import KernelLog, KillKind
from gopls_diag.model.macos_report import MacReports
from gopls_diag.model.memory_limits import MemoryLimits
from gopls_diag.model.outcome import Unknown


@check(
    "K03",
    Severity.ERROR,
    why="macOS ran short of memory and ended gopls; the editor only saw a lost connection.",
    explains=("X01", "X04", "X14", "X15", "M05", "K05"),
    os=("darwin",),
)
def killed_by_memorystatus(
    kernel: KernelLog | Unknown,
    reports: MacReports | Unknown,
    limits: MemoryLimits | Unknown,
    editors: Editors | Unknown,
) -> Iterator[Finding]:
    """macOS killed gopls under memory pressure.

    What it means: The kernel's log (memorystatus) or a report with the namespace JETSAM names gopls, with a reason
        such as vm-compressor-space-shortage or vm-pageshortage.
    Why it matters: It happens when memory, compressor and swap are full, so it happens again.
    How to fix: Free memory and disk space for swap; let gopls use less (GOMEMLIMIT, staticcheck off,
        directoryFilters).
    When to ignore: When another program had taken the memory, and no longer runs.
    Source: xnu bsd/kern/kern_memorystatus.c (reasons and wording).
    """
    events = [each for each in kernel.of(KillKind.JETSAM) if each.is_gopls] if isinstance(kernel, KernelLog) else []
    if isinstance(kernel, KernelLog) and events:
        last = events[-1]
        held = f" when it held {size_text(last.resident_bytes)}" if last.resident_bytes else ""
        when = kernel.ago(last)
        yield Finding(
            f"macOS killed gopls {last.pid}{held}{f' {when}' if when else ''} for want of memory ({last.reason})",
            evidence=tuple(Evidence(each.source, each.text, each.line) for each in reversed(events[-3:])),
            remedies=_remedies(limits, editors),
            severity=Severity.WARNING if kernel.is_past(last) else Severity.ERROR,
        )
        return
    if isinstance(reports, Unknown):
        return
    for report in reports.reports:
        if report.kind == "crash" and report.namespace == "JETSAM":
            yield Finding(
                f"macOS killed gopls for want of memory, says a report of {report.time}",
                evidence=(Evidence(report.path, f"termination namespace JETSAM: {report.reason}"),),
                remedies=_remedies(limits, editors),
                severity=Severity.WARNING if reports.is_past(report) else Severity.ERROR,
            )
            return


def _remedies(limits: MemoryLimits | Unknown, editors: Editors | Unknown) -> tuple[Remedy, ...]:
    return (
        advise("Close windows and programs; keep some tens of GB of the start disk free for swap"),
        *of_machine(limits, editors),
    )
