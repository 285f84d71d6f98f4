"""W06: an open file that belongs to no package."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.model.finding import Evidence, Finding, Severity, advise
from gopls_diag.model.outcome import Unknown
from gopls_diag.model.saying import Channel, Sayings
from gopls_diag.model.toolchain import GoEnvironment

PATTERN = re.compile(r"No packages found for open file ([^\n]{1,1000}?)[.:]? ?$", re.MULTILINE)
REASON_PATTERN = re.compile(r"This file (?:may be excluded|is ignored)")


@check("W06", Severity.WARNING, why="In that file there is no completion and no diagnostics.")
def open_file_without_package(sayings: Sayings, environment: GoEnvironment | Unknown) -> Iterator[Finding]:
    """An open file belongs to no package that gopls has loaded.

    What it means: gopls asked go for the package of the file, got none, and knows no reason. Usual ones: the file has
        import "C" while cgo is off, its folder is filtered away by directoryFilters, or its name begins with _ or a
        dot.
    Why it matters: gopls does nothing in the file.
    How to fix: For a cgo file set CGO_ENABLED=1 and install a C compiler; else look at build.directoryFilters and at
        the name of the file.
    When to ignore: For a file that is not meant to be built.
    Source: golang/tools gopls/internal/cache/snapshot.go (orphanedFileDiagnostics); seen with gopls v0.23.0.
    """
    is_cgo_off = isinstance(environment, GoEnvironment) and environment.value("CGO_ENABLED") == "0"
    for heard in sayings.matching(PATTERN):
        if REASON_PATTERN.search(heard.saying.text, heard.match.end()):
            continue
        yield Finding(
            summary=f"gopls finds no package for the open file {heard.match[1]}",
            evidence=(Evidence(heard.saying.source, heard.words, heard.saying.line),),
            remedies=(
                advise('If the file has import "C": set CGO_ENABLED=1 and have a C compiler'),
                advise("Else look whether build.directoryFilters or the file's name leaves it out"),
            ),
            because_of="C02" if is_cgo_off else "S09",
        )
    sayings.need(Channel.DIAGNOSTIC, Channel.LOG)
