"""A file watcher reports an error."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.model.finding import Evidence, Finding, Severity, advise
from gopls_diag.model.saying import Channel, Sayings

PATTERN = re.compile(r"(?:file watcher error|failed to register for file watching notifications)[^\n]{0,300}")


@check("R07", Severity.WARNING, why="Changes made outside the editor may not be seen.")
def file_watcher_failing(sayings: Sayings) -> Iterator[Finding]:
    """gopls's file watching failed.

    What it means: Either gopls's own watcher reported an error, or the editor refused to watch files for it.
    Why it matters: After a git switch, go mod tidy or code generation gopls goes on with the old files.
    How to fix: Restart the language server. If it comes again, look for an exhausted limit (R05, R06).
    When to ignore: When it came once, while a folder was being deleted.
    Source: golang/tools gopls/internal/server/general.go.
    """
    for heard in sayings.matching(PATTERN, Channel.LOG, Channel.STDERR):
        yield Finding(
            f"gopls's file watching failed: {heard.match[0][:160].strip()}",
            evidence=(Evidence(heard.saying.source, heard.words, heard.saying.line),),
            remedies=(advise("Restart the language server"),),
        )
        break
    sayings.need(Channel.LOG)
