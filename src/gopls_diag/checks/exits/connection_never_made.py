"""The editor could not connect to gopls."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.model.finding import Evidence, Finding, Severity, advise, run
from gopls_diag.model.request import Request
from gopls_diag.model.saying import Channel, Sayings

PATTERN = re.compile(
    r"gopls client: couldn't create connection to server\.?"
    r"(?: ?Message: ([^\n]{0,300}?) ?Code: (-?\d{1,8})|[^\n]{0,300})"
)


@check(
    "X14",
    Severity.ERROR,
    why="There is no language server in that window.",
    explains=("X17", "X15"),
)
def connection_never_made(sayings: Sayings, request: Request) -> Iterator[Finding]:
    """The editor could not connect to gopls.

    What it means: gopls ended, or refused, before it had answered `initialize`. The reason stands just above, on its
    standard error.
    Why it matters: VS Code tries it twice at most, and then not again by itself.
    How to fix: Read the lines above it; start gopls by hand with the same arguments; look for a security program that
    stops it.
    When to ignore: When a later start worked.
    Source: microsoft/vscode-languageserver-node client/src/common/client.ts; golang/vscode-go#572, #2578, #3233; seen
    with VS Code 1.139.1 and the Go extension 0.56.0 and 0.57.2.
    """
    read = advise("Read what gopls said just before, or start it by hand as the editor does")
    ask = run("gopls-diag", "doctor", "--probe", title="Hear what gopls says when it is started")
    for heard in sayings.matching(PATTERN, Channel.CLIENT, Channel.SHOW):
        yield Finding(
            "The editor could not connect to gopls" + (f": {heard.match[1]}" if heard.match[1] else ""),
            evidence=(Evidence(heard.saying.source, heard.words, heard.line),),
            remedies=(read,) if request.probe else (read, ask),
        )
    sayings.need(Channel.CLIENT, Channel.SHOW)
