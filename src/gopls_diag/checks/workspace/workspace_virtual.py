"""W23: a workspace that is no folder of this machine."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.model.finding import Evidence, Finding, Severity, advise
from gopls_diag.model.saying import Channel, Sayings

PATTERN = re.compile(
    r"Cannot activate language features - unsupported environment"
    r"|The language server is not supported for SSH\. Disabling it"
    r"|None of the folders in this workspace [^\n]{0,300} are the types"
)


@check("W23", Severity.ERROR, why="The Go extension does not start gopls at all for such a workspace.")
def workspace_virtual(sayings: Sayings) -> Iterator[Finding]:
    """The workspace is virtual: its files are not on this machine.

    What it means: The folder is opened through a scheme other than file: (a repository viewer, a Live Share guest,
        ssh://), and the Go extension leaves gopls off.
    Why it matters: gopls reads files from the disk itself; without them nothing works.
    How to fix: Open a local folder. Remote-SSH, WSL and dev containers are fine, since the extension runs beside the
        files.
    When to ignore: When you only read code there.
    Source: golang/vscode-go extension/src/commands/startLanguageServer.ts.
    """
    for heard in sayings.matching(PATTERN):
        yield Finding(
            summary=f"The Go extension leaves gopls off for this workspace: {heard.match[0]}",
            evidence=(Evidence(heard.saying.source, heard.words, heard.saying.line),),
            remedies=(advise("Open the folder on the machine that holds it (Remote-SSH, WSL, dev container)"),),
        )
    sayings.need(Channel.CLIENT)
