"""E03: gopls lost the go command while it ran."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.checks.env._heard import quote
from gopls_diag.model.finding import Finding, Severity, advise
from gopls_diag.model.saying import Channel, Sayings

PATTERN = re.compile(r"'go list' driver requires 'go', but ([^\n]{1,300})")


@check(
    "E03",
    Severity.ERROR,
    why="What gopls has loaded grows stale, and nothing new loads.",
    explains=("W01", "W02", "W03", "W05", "W06", "W17"),
)
def go_list_without_go(sayings: Sayings) -> Iterator[Finding]:
    """gopls lost the go command while it ran.

    What it means: To list packages gopls looked for a program named go and did not find it: Go was removed or moved
        while gopls ran, or the environment that gopls was given has no PATH to it.
    Why it matters: No package can be loaded any more.
    How to fix: Install Go again or put it back on PATH, then restart the editor, not only the language server.
    When to ignore: An old line in a log, when the folder loads now.
    Source: golang/tools go/packages/golist.go.
    """
    for heard in sayings.matching(PATTERN):
        yield Finding(
            f"gopls has no go command to list packages with: {heard.match[1].strip()}",
            evidence=(quote(heard),),
            remedies=(advise("Put go on the PATH of the editor, then restart the editor"),),
        )
        return
    sayings.need(Channel.LOG, Channel.SHOW, Channel.STDERR)
