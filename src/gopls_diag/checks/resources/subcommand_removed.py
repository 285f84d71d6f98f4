"""A gopls subcommand that is no more."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.model.finding import Evidence, Finding, Severity, advise
from gopls_diag.model.saying import Channel, Sayings

PATTERN = re.compile(r"[Uu]nknown command (bug|inspect|fix)\b")
INSTEAD = {
    "bug": "gopls stats -anon, and a report on the issue tracker of Go",
    "inspect": "gopls remote sessions",
    "fix": "gopls codeaction -exec",
}


@check("R12", Severity.WARNING, why="A script or plugin asks for a command that this gopls does not have.")
def subcommand_removed(sayings: Sayings) -> Iterator[Finding]:
    """A gopls subcommand is used that was removed.

    What it means: gopls bug, gopls inspect and gopls fix are gone from v0.23 on.
    Why it matters: The script or plugin that calls them fails.
    How to fix: Use gopls remote for inspect, gopls codeaction for fix, gopls stats for bug.
    When to ignore: When it was tried by hand.
    Source: golang/tools gopls/doc/release/v0.23.0.md.
    """
    for heard in sayings.matching(PATTERN):
        yield Finding(
            f"gopls {heard.match[1]} does not exist any more",
            evidence=(Evidence(heard.saying.source, heard.words, heard.saying.line),),
            remedies=(advise(f"Use instead: {INSTEAD[heard.match[1]]}"),),
        )
    sayings.need(Channel.STDERR, Channel.CLIENT)
