"""gopls gave up with exit code 1."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.model.finding import Evidence, Finding, Severity, advise
from gopls_diag.model.saying import Channel, Sayings

PATTERN = re.compile(r"^exit code 1$", re.MULTILINE)


@check(
    "X03",
    Severity.ERROR,
    why="gopls met something that it cannot work without, said so in one line, and ended.",
)
def gopls_ended_with_code_one(sayings: Sayings) -> Iterator[Finding]:
    """gopls gave up with exit code 1.

    What it means: gopls ended by itself with a fatal error of its own, as a rule because it cannot use its cache
    (R01). Its last line on standard error names the reason. It also ends so when an editor sends `exit` without
    `shutdown`.
    Why it matters: The language server of that window is gone until the reason is.
    How to fix: Read that last line.
    When to ignore: When the editor was just being closed.
    Source: microsoft/vscode-languageserver-node client/src/node/main.ts; golang/vscode-go#2847;
    golang/tools gopls/internal/filecache/filecache.go (log.Fatal); seen with gopls v0.23.0 on Linux.
    """
    for heard in sayings.matching(PATTERN, Channel.EXIT):
        yield Finding(
            "gopls gave up with exit code 1",
            evidence=(Evidence(heard.saying.source, heard.words, heard.line),),
            remedies=(advise("Read the last line that gopls wrote to standard error"),),
        )
    sayings.need(Channel.EXIT)
