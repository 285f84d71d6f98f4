"""W24: the editor sent an address that is no file."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.model.finding import Evidence, Finding, Severity, advise
from gopls_diag.model.saying import Channel, Sayings

PATTERN = re.compile(
    r"DocumentURI scheme is not 'file'(?:: ([^\n]{1,300}))?"
    # Before gopls v0.14 (golang/tools commit eee280cec).
    r"|unsupported URI scheme: [^\n]{0,300}\(gopls only supports file URIs\)"
)


@check("W24", Severity.WARNING, why="gopls refuses the request, and the whole folder when it was the folder's address.")
def uri_without_file(sayings: Sayings) -> Iterator[Finding]:
    """The editor sent gopls an address that is no file: address.

    What it means: gopls works with files of its own machine only; the editor asked about another scheme (git:,
        vscode-vfs:, untitled:, zipfile:) or a malformed address.
    Why it matters: The request fails; if the folder itself has such an address, gopls does not start.
    How to fix: Open the folder as an ordinary folder; with an editor plugin, restrict the server to file: buffers.
    When to ignore: For single views of old versions (git:), when all else works.
    Source: golang/tools gopls/internal/protocol/uri.go; golang/vscode-go#3233.
    """
    for heard in sayings.matching(PATTERN):
        yield Finding(
            summary=f"gopls was asked about an address that is no file: {heard.match[1] or heard.match[0]}",
            evidence=(Evidence(heard.saying.source, heard.words, heard.line),),
            remedies=(advise("Open the folder as an ordinary folder of this machine"),),
        )
    sayings.need(Channel.SHOW, Channel.LOG, Channel.REPLY, Channel.CLIENT)
