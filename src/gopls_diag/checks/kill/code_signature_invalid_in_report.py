"""A crash report says that gopls was killed for its signature."""

from __future__ import annotations

from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.model.finding import Evidence, Finding, Severity, advise, run
from gopls_diag.model.macos_report import MacReports


@check(
    "K02",
    Severity.ERROR,
    why="macOS does not let this gopls run.",
    explains=("X01", "X04", "X14", "X15"),
    os=("darwin",),
)
def code_signature_invalid_in_report(reports: MacReports) -> Iterator[Finding]:
    """A crash report says that macOS killed gopls for an invalid signature.

    What it means: A report of the last days (.ips) names gopls and the namespace CODESIGNING.
    Why it matters: It stays so until the file is replaced by a new one; installing over it in place keeps the fault.
    How to fix: Delete the file, then install it again; or codesign --force --sign - "$(which gopls)".
    When to ignore: When gopls was installed again since the report. A report of more than an hour ago is told as a
        warning.
    Source: golang/go#63584, #65810.
    """
    for report in reports.reports:
        if report.kind == "crash" and (report.namespace == "CODESIGNING" or "Code Signature" in report.reason):
            yield Finding(
                f"macOS killed gopls for its signature, says a report of {report.time}",
                evidence=(Evidence(report.path, f"termination namespace {report.namespace}: {report.reason}"),),
                remedies=(
                    advise('Delete the file, then install it again: rm "$(which gopls)"'),
                    run("go", "install", "golang.org/x/tools/gopls@latest", title="Install it again"),
                ),
                severity=Severity.WARNING if reports.is_past(report) else Severity.ERROR,
            )
            return
