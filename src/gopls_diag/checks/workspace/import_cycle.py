"""W16: packages that import each other."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.model.finding import Evidence, Finding, Severity, advise
from gopls_diag.model.go_list import GoList
from gopls_diag.model.outcome import Unknown
from gopls_diag.model.saying import Channel, Sayings

PATTERN = re.compile(r"import cycle not allowed")


@check(
    "W16",
    Severity.WARNING,
    why="gopls cannot type-check the packages of the cycle, so completion in them is poor.",
    is_about_code=True,
)
def import_cycle(listed: GoList | Unknown, sayings: Sayings | Unknown) -> Iterator[Finding]:
    """Packages import each other in a cycle.

    What it means: A package imports, directly or through others, itself.
    Why it matters: Go refuses the cycle; gopls drops one of its edges, and names from there are unknown.
    How to fix: Move what both need into a third package, or turn one direction into an interface.
    When to ignore: While you are moving code.
    Source: golang/go src/cmd/go/internal/load/pkg.go (reusePackage); seen with gopls v0.23.0.
    """
    if isinstance(listed, GoList):
        seen: set[frozenset[str]] = set()
        for error in listed.errors:
            # The same cycle is told once a package in it, each time from another start.
            cycle = frozenset(error.imports)
            if PATTERN.search(error.text) and cycle not in seen:
                seen.add(cycle)
                way = " imports ".join(error.imports) or error.text
                yield Finding(
                    summary=f"Import cycle: {way}",
                    evidence=(Evidence(listed.command, f"{error.position}: {error.text}".removeprefix(": ")),),
                    remedies=(advise("Move what both sides need into a package of its own"),),
                )
        if seen:
            return
    if isinstance(sayings, Sayings):
        for heard in sayings.matching(PATTERN):
            yield Finding(
                summary=f"Import cycle: {heard.words}",
                evidence=(Evidence(heard.saying.source, heard.words, heard.saying.line),),
                remedies=(advise("Move what both sides need into a package of its own"),),
            )
            return
        if isinstance(listed, Unknown):
            sayings.need(Channel.GO, Channel.LOG, Channel.DIAGNOSTIC)
