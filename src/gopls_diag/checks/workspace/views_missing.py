"""W02: every view failed, or the client named no folder."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.model.finding import Evidence, Finding, Severity, advise
from gopls_diag.model.saying import Channel, Sayings

PATTERN = re.compile(r"(?:^|: )no views$", re.MULTILINE)


@check("W02", Severity.ERROR, why="gopls answers every request with an error.", explains=("W03",))
def views_missing(sayings: Sayings) -> Iterator[Finding]:
    """gopls has no view of any folder.

    What it means: gopls keeps one view a module or go.work. It has none, either because each failed to load (W01) or
        because the editor named no workspace folder when it started gopls.
    Why it matters: Every request fails with "no views".
    How to fix: Repair the load (W01). If nothing failed to load, open a folder instead of a single file, or make the
        editor's plugin send workspaceFolders.
    When to ignore: Never; but it is nearly always the consequence of another finding.
    Source: golang/tools gopls/internal/cache/session.go (errNoViews); golang/go#68305.
    """
    for heard in sayings.matching(PATTERN):
        yield Finding(
            summary="gopls answered `no views`: it has loaded no folder at all",
            evidence=(Evidence(heard.saying.source, heard.words, heard.saying.line),),
            remedies=(advise("Open the folder of the module in the editor, not a single file"),),
        )
        return
    sayings.need(Channel.REPLY, Channel.LOG)
