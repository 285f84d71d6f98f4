"""W03: a file that no view holds."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.model.finding import Evidence, Finding, Severity, advise
from gopls_diag.model.saying import Channel, Sayings

PATTERN = re.compile(
    r"No active builds contain ([^\n]{1,1000}?): consider opening a new workspace folder containing it"
)


@check("W03", Severity.WARNING, why="In that file nothing of gopls works.")
def active_builds_missing(sayings: Sayings) -> Iterator[Finding]:
    """No active build contains the open file.

    What it means: gopls found no view for the file. That is so when every view failed to load (W01, W02), or when the
        file lies outside all opened folders and all modules.
    Why it matters: The file gets no completion, no diagnostics, no jumps.
    How to fix: Repair the load first. If the folder loads, open the folder that holds the file.
    When to ignore: For a stray file that is meant to be looked at only.
    Source: golang/tools gopls/internal/cache/session.go.
    """
    for heard in sayings.matching(PATTERN):
        yield Finding(
            summary=f"{heard.match[1]} is in no folder that gopls has loaded",
            evidence=(Evidence(heard.saying.source, heard.words, heard.saying.line),),
            remedies=(advise("Open the folder that holds the file as a workspace folder"),),
        )
    sayings.need(Channel.DIAGNOSTIC, Channel.LOG)
