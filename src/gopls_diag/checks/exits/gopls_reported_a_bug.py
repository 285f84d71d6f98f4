"""gopls reported a bug of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.model.finding import Evidence, Finding, Severity, run
from gopls_diag.model.gopls_package import GOPLS_PACKAGE
from gopls_diag.model.saying import Channel, Sayings

PATTERN = re.compile(r"A bug occurred on the server: ([^\n]{1,400})")


@check(
    "X11",
    Severity.WARNING,
    why="gopls goes on, perhaps with a wrong or missing answer.",
    explains=("H08",),
)
def gopls_reported_a_bug(sayings: Sayings) -> Iterator[Finding]:
    """gopls reported a bug of its own.

    What it means: gopls met a state that its authors held impossible, and says so because the setting showBugReports
    is on.
    Why it matters: An answer was missing or wrong. It is no crash.
    How to fix: Upgrade gopls. `gopls stats` prints the stored reports.
    When to ignore: When nothing was wrong at that time.
    Source: golang/tools gopls/internal/server/general.go.
    """
    for heard in sayings.matching(PATTERN):
        yield Finding(
            f"gopls reported a bug of its own: {heard.match[1].strip()[:200]}",
            evidence=(Evidence(heard.saying.source, heard.words, heard.line),),
            remedies=(
                run("go", "install", f"{GOPLS_PACKAGE}@latest", title="Upgrade gopls"),
                run("gopls", "stats", title="Print the stored reports"),
            ),
        )
    sayings.need(Channel.SHOW, Channel.LOG, Channel.CLIENT)
