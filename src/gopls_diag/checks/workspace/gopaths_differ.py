"""W22: folders of one window ask for different GOPATHs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.model.finding import Evidence, Finding, Severity, advise
from gopls_diag.model.saying import Channel, Sayings

PATTERN = re.compile(r"currently not supported in a multi-root set-?up with different GOPATHs")


@check("W22", Severity.ERROR, why="The Go extension switches gopls off in such a window.")
def gopaths_differ(sayings: Sayings) -> Iterator[Finding]:
    """The folders of one window have different GOPATHs.

    What it means: The window holds several folders, and go.gopath (or go.inferGopath) gives them different GOPATHs. A
        GOPATH in go.toolsEnvVars does not count here.
    Why it matters: The Go extension then does not start gopls.
    How to fix: Take go.gopath and go.inferGopath out of the folders' settings; with modules no folder needs its own.
    When to ignore: Never in such a window; separate windows are the way to keep different GOPATHs.
    Source: golang/vscode-go extension/src/language/goLanguageServer.ts (allFoldersHaveSameGopath),
        util.ts (getCurrentGoPath).
    """
    for heard in sayings.matching(PATTERN):
        yield Finding(
            summary="gopls is off because the folders of the window have different GOPATHs",
            evidence=(Evidence(heard.saying.source, heard.words, heard.saying.line),),
            remedies=(advise('Remove "go.gopath" and "go.inferGopath" from the settings of the folders'),),
            because_of="S08",
        )
        return
    sayings.need(Channel.CLIENT, Channel.SHOW)
