"""VS Code says that it has no gopls."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.model.finding import Evidence, Finding, Severity, advise, run
from gopls_diag.model.gopls_package import GOPLS_PACKAGE
from gopls_diag.model.saying import Channel, Sayings

PATTERN = re.compile(
    r"Cannot find the alternate tool ([^\n]{1,400}) configured for gopls|The \"gopls\" command is not available"
)


@check(
    "R21",
    Severity.ERROR,
    why="The editor starts no gopls, so there is no completion, no jump and no diagnostic.",
    explains=("X14", "X17"),
)
def gopls_unavailable_to_editor(sayings: Sayings) -> Iterator[Finding]:
    """VS Code says that it has no gopls.

    What it means: The Go extension searched for gopls and found none, or go.alternateTools names a program that is on
    no path that it searches.
    Why it matters: Without gopls the extension offers next to nothing.
    How to fix: Correct or remove go.alternateTools.gopls, or install gopls.
    When to ignore: When gopls was installed since that log was written.
    Source: golang/vscode-go v0.57.2 extension/src/language/goLanguageServer.ts getLanguageServerToolPath,
    extension/src/goInstallTools.ts.
    """
    for heard in sayings.matching(PATTERN):
        configured = heard.match[1]
        install = run("go", "install", f"{GOPLS_PACKAGE}@latest", title="Install gopls")
        correct = advise("Correct or remove go.alternateTools.gopls in the settings")
        yield Finding(
            f"VS Code does not find {configured}, which go.alternateTools gives for gopls"
            if configured
            else "VS Code found no gopls",
            evidence=(Evidence(heard.saying.source, heard.words, heard.line),),
            remedies=(correct, install) if configured else (install,),
        )
    sayings.need(Channel.CLIENT, Channel.SHOW)
