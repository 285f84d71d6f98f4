"""E26: VS Code has no Go that is new enough to install tools."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.checks.env._heard import quote
from gopls_diag.model.finding import Finding, Severity, advise
from gopls_diag.model.saying import Channel, Sayings

PATTERN = re.compile(r"Failed to find a go command \(go(\S{1,40}) or newer\) needed to install tools")


@check("E26", Severity.WARNING, why="gopls can neither be installed nor updated by the extension.", explains=("R21",))
def go_too_old_for_tools(sayings: Sayings) -> Iterator[Finding]:
    """VS Code has no Go that is new enough to install tools.

    What it means: The Go extension builds gopls and other tools with a go command, and the one that it found is older
        than they need.
    Why it matters: gopls stays missing or old.
    How to fix: Install a newer Go; or name one for this purpose alone in go.toolsManagement.go.
    When to ignore: When gopls is installed by other means.
    Source: golang/vscode-go extension/src/goInstallTools.ts; golang/vscode-go#3411.
    """
    for heard in sayings.matching(PATTERN):
        yield Finding(
            f"VS Code needs go{heard.match[1]} or newer to install gopls, and has none",
            evidence=(quote(heard),),
            remedies=(
                advise("Install a newer Go", link="https://go.dev/dl/"),
                advise('Or set "go.toolsManagement.go" to the path of a newer go, to be used for tools only'),
            ),
        )
        return
    sayings.need(Channel.CLIENT)
