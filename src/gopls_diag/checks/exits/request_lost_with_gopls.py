"""A request was under way when gopls ended."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.model.finding import Evidence, Finding, Severity
from gopls_diag.model.saying import Channel, Sayings

PATTERN = re.compile(r"Pending response rejected since connection got disposed")


@check(
    "X15",
    Severity.INFO,
    why="It only tells that gopls ended; the reason stands elsewhere.",
)
def request_lost_with_gopls(sayings: Sayings) -> Iterator[Finding]:
    """A request was under way when gopls ended.

    What it means: The client waited for an answer when the connection closed (code -32097).
    Why it matters: By itself not at all: it is a consequence of the end of gopls.
    How to fix: Look for the reason of the end.
    When to ignore: Always, once the reason is known.
    Source: microsoft/vscode-languageserver-node jsonrpc/src/common/connection.ts.
    """
    for heard in sayings.matching(PATTERN, Channel.CLIENT, Channel.SHOW):
        yield Finding(
            "A request was under way when gopls ended",
            evidence=(Evidence(heard.saying.source, heard.words, heard.line),),
        )
    sayings.need(Channel.CLIENT, Channel.SHOW)
