"""E24: VS Code's Go extension found no go."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.checks.env._heard import quote
from gopls_diag.model.finding import Finding, Severity, advise
from gopls_diag.model.outcome import Unknown
from gopls_diag.model.saying import Channel, Sayings
from gopls_diag.model.toolchain import GoCommand

PATTERN = re.compile(r"Failed to find the \"go\" binary in either GOROOT\(([^)\n]{0,400})\) or PATH\(")


@check(
    "E24",
    Severity.ERROR,
    why="The extension neither starts nor installs gopls without go.",
    explains=("W01", "W02", "W03", "R21", "H01"),
)
def go_not_found_by_extension(sayings: Sayings, command: GoCommand | Unknown) -> Iterator[Finding]:
    """VS Code's Go extension found no go.

    What it means: The extension looked for go in GOROOT and on the PATH that VS Code has, and did not find it. VS Code
        has the PATH of the desktop, or of the shell that started it, which may lack what the terminal has.
    Why it matters: Without go the extension starts nothing.
    How to fix: Set go.alternateTools.go to the whole path of go, or start VS Code from a terminal in which go works.
    When to ignore: An older line of the log, when it works now.
    Source: golang/vscode-go extension/src/goInstallTools.ts; golang/vscode-go#971.
    """
    here = command.path if isinstance(command, GoCommand) else ""
    for heard in sayings.matching(PATTERN):
        goroot = heard.match[1].strip()
        tip = f"Set go.alternateTools.go to {here} in VS Code" if here else "Install Go, then restart VS Code"
        yield Finding(
            f"VS Code found no go{f' in GOROOT {goroot}' if goroot and goroot != 'undefined' else ''} nor on its PATH",
            evidence=(quote(heard),),
            remedies=(advise(tip), advise("Or start VS Code from a terminal in which go works")),
        )
        return
    sayings.need(Channel.CLIENT)
