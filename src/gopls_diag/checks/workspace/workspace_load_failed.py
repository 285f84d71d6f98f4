"""W01: the workspace folder failed to load, in gopls's own words."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.model.finding import Evidence, Finding, Severity, advise
from gopls_diag.model.saying import Channel, Sayings

PATTERN = re.compile(
    r"(?:failed to load view for \S{1,400}|initial workspace load failed|errors loading workspace"
    r"|Error loading packages): ?(.*)"
)
CAUSES = (
    (re.compile(r"go command required, not found|driver requires 'go', but"), "E02"),
    (re.compile(r"cannot find GOROOT directory"), "E04"),
    (re.compile(r"parsing \$GOFLAGS"), "E05"),
    (re.compile(r"GOPATH entry (?:is relative|cannot start with)"), "E06"),
    (re.compile(r"inconsistent vendoring"), "E01"),
    (re.compile(r"build cache is (?:required|disabled)"), "E08"),
    (re.compile(r"failed to initialize build cache"), "E09"),
    (re.compile(r"toolchain not available"), "E11"),
    (re.compile(r"errors parsing go\.mod|go\.mod:\d+: "), "E12"),
    (re.compile(r"which is not supported by this version of gopls"), "E13"),
    (re.compile(r"invalid workspace folder path: invalid path"), "W07"),
    (re.compile(r"invalid workspace folder path: no such file"), "W08"),
    (re.compile(r"cannot load module \S{1,400} listed in go\.work"), "W09"),
    (re.compile(r"listed in go\.work file requires go"), "W10"),
    (re.compile(r"requires go >= \S{1,100} \(running go"), "E10"),
    (re.compile(r"reading go\.work|invalid GOWORK"), "W11"),
    (re.compile(r"-mod may only be set to readonly or vendor"), "W12"),
    (re.compile(r"contains \"command-line-arguments\""), "W14"),
    (re.compile(r"no packages returned|go/packages returned"), "W17"),
    (re.compile(r"unexpected end of JSON input"), "W19"),
    (re.compile(r"packages\.Load error: [^\s:]{1,400}: (?:fork/exec|exec|exit status)"), "W18"),
    (re.compile(r"signal: killed"), "M05"),
)
"""Words of the tail that have a code of their own, the first that fits counts."""


@check(
    "W01",
    Severity.ERROR,
    why="Without a loaded folder gopls has no packages: completion, jumps and hovers return nothing.",
    explains=("W02", "W03", "W06"),
)
def workspace_load_failed(sayings: Sayings) -> Iterator[Finding]:
    """The workspace folder failed to load.

    What it means: gopls started, but asking the go command (or a packages driver) about the folder ended in an error.
        The words behind the last colon are the cause.
    Why it matters: Nothing that needs packages works until the cause is gone. "no views" and "No active builds contain"
        are only its consequences.
    How to fix: Read the tail of the message. Where it has a check of its own, that check comes first in the report.
        Then restart the language server.
    When to ignore: An older line of a log, when the folder loads now.
    Source: golang/tools gopls/internal/server/general.go and gopls/internal/cache/session.go; golang/vscode-go#2462,
        #3563.
    """
    seen: set[str] = set()
    for heard in sayings.matching(PATTERN):
        tail = heard.match[1].strip() or "gopls gave no reason"
        if tail in seen:
            continue
        seen.add(tail)
        yield Finding(
            summary=f"gopls could not load the workspace folder: {tail[:300]}",
            evidence=(Evidence(heard.saying.source, heard.words, heard.saying.line),),
            remedies=(advise("Repair what the words behind the last colon name, then restart the language server"),),
            because_of=next((code for pattern, code in CAUSES if pattern.search(tail)), None),
        )
    sayings.need(Channel.SHOW, Channel.LOG, Channel.PROGRESS)
