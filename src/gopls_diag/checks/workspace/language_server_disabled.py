"""W25: the editor's log says that the language server is disabled."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.model.finding import Evidence, Finding, Severity, advise
from gopls_diag.model.saying import Channel, Sayings

PATTERN = re.compile(r"Language server is disabled")


@check("W25", Severity.ERROR, why="gopls is not started at all, and the extension has no completion of its own.")
def language_server_disabled(sayings: Sayings) -> Iterator[Finding]:
    """The editor's log says that the language server is disabled.

    What it means: The Go extension was told not to start gopls (go.useLanguageServer is false).
    Why it matters: Since v0.40 of the extension nothing takes the place of gopls.
    How to fix: Remove go.useLanguageServer from the settings, or set it to true.
    When to ignore: When another language server is in use on purpose.
    Source: golang/vscode-go extension/src/commands/startLanguageServer.ts and CHANGELOG v0.40.
    """
    for heard in sayings.matching(PATTERN):
        yield Finding(
            summary="The editor's log says that the language server is disabled",
            evidence=(Evidence(heard.saying.source, heard.words, heard.saying.line),),
            remedies=(advise('Remove "go.useLanguageServer" from the settings'),),
            because_of="S10",
        )
        return
    sayings.need(Channel.CLIENT)
