"""W20: the packages driver does not know an import."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.model.finding import Evidence, Finding, Severity, advise
from gopls_diag.model.saying import Channel, Sayings

PATTERN = re.compile(r"go/packages driver could not load \"([^\"\n]{1,400})\"")


@check("W20", Severity.WARNING, why="Names from that package are unknown to gopls.")
def packages_driver_without_package(sayings: Sayings) -> Iterator[Finding]:
    """The packages driver does not know an imported package.

    What it means: gopls loads through a packages driver (Bazel), and the driver has no target for an import.
    Why it matters: gopls shows the import as an error and completes nothing from it.
    How to fix: Run gazelle so that the BUILD file names the dependency, then build the target once.
    When to ignore: While a new dependency is being added.
    Source: golang/tools gopls/internal/cache/check.go.
    """
    for heard in sayings.matching(PATTERN):
        yield Finding(
            summary=f"The packages driver cannot load {heard.match[1]}",
            evidence=(Evidence(heard.saying.source, heard.words, heard.saying.line),),
            remedies=(advise("Add the dependency to the BUILD file (gazelle does) and build the target once"),),
        )
    sayings.need(Channel.DIAGNOSTIC, Channel.LOG)
