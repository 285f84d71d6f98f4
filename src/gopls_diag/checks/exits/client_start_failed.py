"""The client is stopped before it ever ran."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.model.finding import Evidence, Finding, Severity
from gopls_diag.model.saying import Channel, Sayings

PATTERN = re.compile(r"Client is not running and can't be stopped\. It's current state is: startFailed")


@check(
    "X17",
    Severity.INFO,
    why="It only tells that the start of gopls had failed; the reason stands elsewhere.",
)
def client_start_failed(sayings: Sayings) -> Iterator[Finding]:
    """The client is stopped before it ever ran.

    What it means: The extension stopped a client whose start had failed.
    Why it matters: By itself not at all: it follows a failed connection (X14).
    How to fix: Look for the reason of the failed start.
    When to ignore: Always, once the reason is known.
    Source: microsoft/vscode-languageserver-node client/src/common/client.ts.
    """
    for heard in sayings.matching(PATTERN, Channel.CLIENT, Channel.SHOW):
        yield Finding(
            "The editor's client for gopls had failed to start",
            evidence=(Evidence(heard.saying.source, heard.words, heard.line),),
        )
    sayings.need(Channel.CLIENT, Channel.SHOW)
