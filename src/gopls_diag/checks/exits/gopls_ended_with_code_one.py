"""gopls gave up with exit code 1."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.checks.exits._crashes import crash_evidence, times
from gopls_diag.checks.exits._last_words import ends_with_words, is_of_one
from gopls_diag.model.finding import Evidence, Finding, Severity, advise
from gopls_diag.model.log_reading import Crashes
from gopls_diag.model.saying import Channel, Sayings
from gopls_diag.parse.go_crash.endings import is_logged

PATTERN = re.compile(r"^exit code 1$", re.MULTILINE)
_WORDS_LENGTH = 200


@check(
    "X03",
    Severity.ERROR,
    why="gopls ended itself: as a rule it met something that it cannot work without, and said so in its last line.",
    explains=("X13", "X14", "X15", "X17", "X18"),
)
def gopls_ended_with_code_one(sayings: Sayings, crashes: Crashes) -> Iterator[Finding]:
    """gopls gave up with exit code 1.

    What it means: gopls ended by itself with a fatal error of its own, as a rule because it cannot use its cache
    (R01). Its last line on standard error names the reason then. It also ends so when an editor sends `exit` without
    `shutdown`, of which it says nothing.
    Why it matters: The language server of that window is gone until the reason is.
    How to fix: Read that last line, which is shown where it was kept, and mend what it names.
    When to ignore: When the editor was just being closed.
    Source: microsoft/vscode-languageserver-node client/src/node/main.ts; golang/vscode-go#2847;
    golang/tools gopls/internal/filecache/filecache.go (log.Fatal); seen with gopls v0.23.0 on Linux.
    """
    with_words = tuple(ends_with_words(crashes, sayings, 1, is_logged))
    for alike in with_words:
        yield Finding(
            f"gopls gave up with exit code 1; its last words: {alike[0].message[:_WORDS_LENGTH]}{times(alike)}",
            evidence=crash_evidence(alike),
            remedies=(advise("Mend what that line names: a file, a folder or the space on a disk"),),
        )
    for heard in sayings.matching(PATTERN, Channel.EXIT):
        if any(is_of_one(heard.saying, alike) for alike in with_words):
            continue
        yield Finding(
            "gopls gave up with exit code 1",
            evidence=(Evidence(heard.saying.source, heard.words, heard.line),),
            remedies=(advise("Read the last line that gopls wrote to standard error"),),
        )
    sayings.need(Channel.EXIT)
