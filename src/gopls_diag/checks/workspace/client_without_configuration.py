"""W26: an editor that cannot be asked for its settings."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.model.finding import Evidence, Finding, Severity, advise
from gopls_diag.model.saying import Channel, Sayings

PATTERN = re.compile(r"failed to get workspace configuration from client \(([^)\n]{0,1000})\): ?([^\n]{0,200})")


@check(
    "W26", Severity.WARNING, why="gopls never gets the settings of the folder, or does not load it.", explains=("W01",)
)
def client_without_configuration(sayings: Sayings) -> Iterator[Finding]:
    """The editor does not answer when gopls asks for its settings.

    What it means: gopls asked the editor for the settings of the folder (workspace/configuration), and the editor or
        its plugin does not know that request.
    Why it matters: The folder is loaded without your settings, or not at all.
    How to fix: Update the editor's language server plugin.
    When to ignore: When the editor was closing at that moment.
    Source: golang/tools gopls/internal/server/general.go; neovim/nvim-lspconfig#411.
    """
    for heard in sayings.matching(PATTERN):
        answer = heard.match[2].strip() or "no answer"
        yield Finding(
            summary=f"The editor does not answer gopls's question for settings: {answer}",
            evidence=(Evidence(heard.saying.source, heard.words, heard.saying.line),),
            remedies=(advise("Update the editor's language server plugin"),),
        )
    sayings.need(Channel.SHOW, Channel.LOG)
