"""gopls was sent what is no message of the language server protocol."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.model.finding import Evidence, Finding, Severity, advise
from gopls_diag.model.saying import Channel, Sayings

PATTERN = re.compile(
    r"^(?:gopls: )?(?:(invalid header line \"|failed parsing Content-Length: |invalid Content-Length: |"
    r"missing Content-Length header$|unmarshaling jsonrpc (?:message|response): )|unexpected EOF$)",
    re.MULTILINE,
)


@check(
    "X36",
    Severity.WARNING,
    why="gopls ends at the first such message, with exit code 2; it did not crash.",
    explains=("X02",),
)
def input_not_understood(sayings: Sayings) -> Iterator[Finding]:
    """gopls was sent what is no message of the language server protocol.

    What it means: gopls reads messages from its standard input, each behind a header with its length. What came was
        something else: typed text, the output of a script, or a message that ended in the middle because whoever sent
        it had died.
    Why it matters: gopls cannot know where the next message begins, so it ends with exit code 2.
    How to fix: Look at what starts gopls and what writes to it: a wrapper that prints, a client that was killed.
        In a terminal, `gopls` alone waits for an editor; `gopls help` lists what else it does.
    When to ignore: When you typed into a gopls in a terminal, or when the editor was killed.
    Source: golang/tools internal/jsonrpc2/stream.go and messages.go; seen with gopls v0.16.2 and v0.24.0.
    """
    for heard in sayings.matching(PATTERN, Channel.STDERR):
        is_cut = heard.match[1] is None
        yield Finding(
            "A message to gopls ended in the middle: whoever sent it was gone"
            if is_cut
            else "gopls was sent something that is no message of LSP, and ended",
            evidence=(Evidence(heard.saying.source, heard.words, heard.line),),
            remedies=(
                advise("Look whether the editor was killed")
                if is_cut
                else advise("Look at what starts gopls: a wrapper or a script that prints into its input"),
            ),
        )
        return
    sayings.need(Channel.STDERR)
