"""A crash of gopls was saved as a file, because its side-car could not read it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from gopls_diag.checks.declare import check
from gopls_diag.model.finding import Evidence, Finding, Severity, advise, run
from gopls_diag.model.telemetry import TelemetryCounters

_RECENT_SECONDS = 14 * 86_400


@check(
    "X20",
    Severity.WARNING,
    why="gopls died there, and this file holds all that it said.",
)
def crash_report_unread(counters: TelemetryCounters) -> Iterator[Finding]:
    """A crash of gopls was saved as a file, because its side-car could not read it.

    What it means: The side-car of gopls reads the last words of a crash and counts them. When it cannot make sense of
    them it saves them whole in the temporary folder, as NUMBER.crash, beginning with `sentinel`.
    Why it matters: It is the only whole report of that crash.
    How to fix: Read it with `gopls-diag crash FILE`, upgrade gopls, and attach the file to an issue if it goes on.
    When to ignore: When the file is old and gopls was upgraded since.
    Source: golang/telemetry internal/crashmonitor/monitor.go (Child).
    """
    for report in counters.crash_files:
        if not report.is_gopls:
            continue
        is_old = counters.looked_seconds - report.modified_seconds > _RECENT_SECONDS
        day = datetime.fromtimestamp(report.modified_seconds, UTC).strftime("%Y-%m-%d")
        yield Finding(
            f"{report.path} is the report of a gopls crash of {day}",
            evidence=(Evidence(report.path, report.first_line or "sentinel"),),
            remedies=(
                run("gopls-diag", "crash", report.path, title="Read it"),
                advise("Attach it to an issue", link="https://go.dev/issue"),
            ),
            severity=Severity.INFO if is_old else None,
        )
