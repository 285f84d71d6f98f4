"""gopls ended with exit code 2."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePath

from gopls_diag.checks.declare import check
from gopls_diag.checks.exits._recorded import recorded_at
from gopls_diag.model.crash import EndKind
from gopls_diag.model.finding import Evidence, Finding, Severity, advise
from gopls_diag.model.outcome import Unknown
from gopls_diag.model.recorded_end import RecordedEnds
from gopls_diag.model.saying import Channel, Heard, Sayings

PATTERN = re.compile(r"^exit code 2$", re.MULTILINE)
_REASON = re.compile(r"^gopls: (\S.*)$", re.MULTILINE)
"""The last that gopls says of an error with which it gives up (golang/tools internal/tool/tool.go, Main)."""
_LINES_ABOVE = 6
"""An editor says in up to so many lines that the connection is gone, before it says how."""
_REASON_LENGTH = 200
_INCIDENT = "incident.json"


@check(
    "X02",
    Severity.ERROR,
    why="gopls crashed, or did not accept its command line.",
)
def gopls_ended_with_code_two(sayings: Sayings, ends: RecordedEnds | Unknown) -> Iterator[Finding]:
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
    for heard in sayings.matching(PATTERN, Channel.EXIT):
        recorded = recorded_at(ends, heard.saying.source)
        if recorded and recorded.incident.kind in (EndKind.DUMP, EndKind.HANG):
            continue  # asked for by SIGQUIT, and told of as that
        yield _found(heard, _reason(sayings, heard))
    sayings.need(Channel.EXIT)


def _found(end: Heard, reason: Heard | None) -> Finding:
    proof = Evidence(end.saying.source, end.words, end.line)
    if reason is None:
        return Finding(
            "gopls ended with exit code 2: a crash, or a command line that it does not accept",
            evidence=(proof,),
            remedies=(advise("Read what gopls said just before on standard error"),),
        )
    return Finding(
        f"gopls gave up with exit code 2: {reason.match[1][:_REASON_LENGTH]}",
        evidence=(Evidence(reason.saying.source, reason.words, reason.line), proof),
        remedies=(advise("Look at what gopls was told to do: its command line, and the files and ports named there"),),
    )


def _reason(sayings: Sayings, end: Heard) -> Heard | None:
    """The reason that gopls gave with its last words: right above this end in a log, or beside it in an incident."""
    place = PurePath(end.saying.source)
    found = None
    for heard in sayings.matching(_REASON, Channel.STDERR, holding=("gopls: ",)):
        above = (end.line or 0) - (heard.line or 0)
        is_above = heard.saying.source == end.saying.source and 0 < above <= _LINES_ABOVE
        is_beside = place.name == _INCIDENT and PurePath(heard.saying.source).parent == place.parent
        if is_above or (is_beside and _is_last(sayings, heard)):
            found = heard
    return found


def _is_last(sayings: Sayings, heard: Heard) -> bool:
    """True if nothing follows in its file: after these words gopls says nothing more."""
    beside = (each for each in reversed(sayings.all) if each.source == heard.saying.source)
    return next(beside, None) is heard.saying and not heard.saying.text[heard.match.end() :].strip()
