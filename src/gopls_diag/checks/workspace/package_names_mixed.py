"""W15: two package names in one folder."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.model.finding import Evidence, Finding, Severity, advise
from gopls_diag.model.saying import Channel, Sayings

PATTERN = re.compile(
    r"found packages (\S{1,100}) \(([^)\n]{1,200})\) and (\S{1,100}) \(([^)\n]{1,200})\) in ([^\n\"]{1,400})"
)


@check(
    "W15",
    Severity.WARNING,
    why="gopls cannot load that package, nor complete in the packages that import it.",
    is_about_code=True,
)
def package_names_mixed(sayings: Sayings) -> Iterator[Finding]:
    """One folder holds files of two packages.

    What it means: All Go files of a folder must name one package; a test file may add _test to it.
    Why it matters: go list gives the folder an error instead of a package.
    How to fix: Correct the package line of the odd file, move the file into a folder of its own, or keep it out of the
        build with //go:build ignore.
    When to ignore: For a folder of samples that nobody imports.
    Source: golang/go src/go/build MultiplePackageError; seen with gopls v0.23.0.
    """
    for heard in sayings.matching(PATTERN):
        first, first_file, second, second_file, folder = heard.match.groups()
        yield Finding(
            summary=f"{folder.strip()} holds two packages: {first} ({first_file}) and {second} ({second_file})",
            evidence=(Evidence(heard.saying.source, heard.words, heard.saying.line),),
            remedies=(advise(f"Make {second_file} say `package {first}`, or move one of the files"),),
        )
    sayings.need(Channel.GO, Channel.LOG, Channel.DIAGNOSTIC)
