"""The editor lost its connection to gopls."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.model.finding import Evidence, Finding, Severity, advise
from gopls_diag.model.saying import Channel, Sayings

PATTERN = re.compile(r"Connection to server got closed\. Server will (not be )?restart(?:ed)?\.")
FAILING_PATTERN = re.compile(r"[Cc]onnection to server is erroring\.(?: [^\n]{0,200}?)?(?: Shutting down server\.|$)")


@check(
    "X13",
    Severity.WARNING,
    why="gopls ended in that window; the reason stands in what it said at that time.",
)
def connection_closed(sayings: Sayings) -> Iterator[Finding]:
    """The editor lost its connection to gopls.

    What it means: The process of gopls ended while the editor was using it. The words are those of the Go extension
    up to v0.34 and of other clients; newer ones write an empty line instead.
    Why it matters: When it says that the server will not be restarted, there is no gopls in that window any more.
    How to fix: Look for the reason around it: a panic, a wrong flag, or nothing at all, which means a kill.
    When to ignore: When the window was being closed.
    Source: microsoft/vscode-languageserver-node client/src/common/client.ts; golang/vscode-go#848,
    golang/vscode-go#2237.
    """
    for heard in sayings.matching(PATTERN):
        is_given_up = bool(heard.match[1])
        yield Finding(
            "The editor lost its connection to gopls" + (" and gave it up" if is_given_up else ""),
            evidence=(Evidence(heard.saying.source, heard.words, heard.line),),
            remedies=(advise("Look for the reason around these words"),),
            severity=Severity.ERROR if is_given_up else None,
        )
    for heard in sayings.matching(FAILING_PATTERN):
        yield Finding(
            "The editor could no longer write to gopls, and shut it down",
            evidence=(Evidence(heard.saying.source, heard.words, heard.line),),
            remedies=(advise("Look for the reason around these words: gopls ended, or was killed, before them"),),
            severity=Severity.ERROR,
            why="There is no gopls in that window any more until it is started anew.",
        )
    sayings.need(Channel.CLIENT, Channel.SHOW, Channel.LOG)
