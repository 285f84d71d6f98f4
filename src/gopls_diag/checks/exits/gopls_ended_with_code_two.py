"""gopls ended with exit code 2."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.checks.exits._crashes import crash_evidence, times
from gopls_diag.checks.exits._last_words import ends_with_words, is_of_one
from gopls_diag.checks.exits._recorded import recorded_at
from gopls_diag.model.crash import EndKind
from gopls_diag.model.finding import Evidence, Finding, Severity, advise
from gopls_diag.model.log_reading import Crashes
from gopls_diag.model.outcome import Unknown
from gopls_diag.model.recorded_end import RecordedEnds
from gopls_diag.model.saying import Channel, Sayings

PATTERN = re.compile(r"^exit code 2$", re.MULTILINE)
_GOPLS = "gopls: "
"""So begins the last that gopls says of an error with which it gives up (golang/tools internal/tool/tool.go, Main)."""
_REASON_LENGTH = 200


@check(
    "X02",
    Severity.ERROR,
    why="gopls crashed, or did not accept its command line.",
    explains=("X13", "X14", "X15", "X17", "X18"),
)
def gopls_ended_with_code_two(sayings: Sayings, crashes: Crashes, ends: RecordedEnds | Unknown) -> Iterator[Finding]:
    """gopls ended with exit code 2.

    What it means: The Go runtime ends a program with code 2 after a panic or a fatal error, and gopls ends so when it
    does not know a flag, cannot make its log file or cannot reach its daemon. What it said before tells which.
    Why it matters: The language server of that window is gone, and its restarts are counted.
    How to fix: Read its last words on standard error, which are shown where they were kept; `gopls-diag crash FILE`
    tells a crash from wrong usage.
    When to ignore: With a shared daemon (-remote), when the editor is closed.
    Source: microsoft/vscode-languageserver-node client/src/node/main.ts; golang/tools internal/tool/tool.go; seen with
    gopls v0.23.0 and v0.24.0 and Go 1.27.3 on Linux.
    """
    with_reason = tuple(ends_with_words(crashes, sayings, 2, lambda words: words.startswith(_GOPLS)))
    for alike in with_reason:
        reason = alike[0].message.removeprefix(_GOPLS)[:_REASON_LENGTH]
        yield Finding(
            f"gopls gave up with exit code 2: {reason}{times(alike)}",
            evidence=crash_evidence(alike),
            remedies=(
                advise("Look at what gopls was told to do: its command line, and the files and ports named there"),
            ),
            why="It said so itself and ended.",
        )
    for heard in sayings.matching(PATTERN, Channel.EXIT):
        recorded = recorded_at(ends, heard.saying.source)
        if recorded and recorded.incident.kind in (EndKind.DUMP, EndKind.HANG):
            continue  # asked for by SIGQUIT, and told of as that
        if any(is_of_one(heard.saying, alike) for alike in with_reason):
            continue
        yield Finding(
            "gopls ended with exit code 2: a crash, or a command line that it does not accept",
            evidence=(Evidence(heard.saying.source, heard.words, heard.line),),
            remedies=(advise("Read what gopls said just before on standard error"),),
        )
    sayings.need(Channel.EXIT)
