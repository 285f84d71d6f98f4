"""W17: the load of the workspace matched no package."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.model.finding import Evidence, Finding, Severity, advise
from gopls_diag.model.saying import Channel, Sayings

PATTERN = re.compile(r"packages\.Load error: no packages returned|go/packages returned [^\n]{1,200}")


@check(
    "W17", Severity.WARNING, why="gopls knows no package, so it has nothing to complete from.", explains=("W01", "W06")
)
def packages_missing(sayings: Sayings) -> Iterator[Finding]:
    """The load of the workspace gave no packages.

    What it means: gopls asked for the packages of the folder and got an empty answer: there are no Go files to build,
        all are filtered away by directoryFilters, or a packages driver is broken.
    Why it matters: Every request about a file needs its package.
    How to fix: Look at build.directoryFilters and at GOPACKAGESDRIVER; open the folder that holds the code.
    When to ignore: In a folder without Go code yet.
    Source: golang/tools gopls/internal/cache/load.go (errNoPackages).
    """
    for heard in sayings.matching(PATTERN):
        yield Finding(
            summary=f"Loading the workspace gave no packages: {heard.match[0]}",
            evidence=(Evidence(heard.saying.source, heard.words, heard.saying.line),),
            remedies=(
                advise("Look at build.directoryFilters and GOPACKAGESDRIVER, and whether the folder holds Go code"),
            ),
        )
        return
    sayings.need(Channel.LOG, Channel.SHOW)
