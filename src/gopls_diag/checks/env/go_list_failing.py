"""E30: go list fails as a whole, for a reason that has no check of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.model.finding import Evidence, Finding, Severity, advise, run
from gopls_diag.model.go_list import GoList
from gopls_diag.model.toolchain import GoEnvironment

CAUSES = (
    (re.compile(r"cannot find GOROOT directory"), "E04"),
    (re.compile(r"parsing \$GOFLAGS"), "E05"),
    (re.compile(r"GOPATH entry (?:is relative|cannot start with)"), "E06"),
    (re.compile(r"inconsistent vendoring"), "E01"),
    (re.compile(r"build cache is (?:required|disabled)"), "E08"),
    (re.compile(r"failed to initialize build cache"), "E09"),
    (re.compile(r"requires go >= \S{1,100} \(running go"), "E10"),
    (re.compile(r"toolchain not available"), "E11"),
    (re.compile(r"go\.(?:mod|work):\d{1,7}: "), "E12"),
    (re.compile(r"replacement directory|\(replaced by "), "E29"),
    (re.compile(r"module lookup disabled by GOPROXY=off|has not been downloaded"), "E16"),
    (re.compile(r"missing go\.sum entry|updates to go\.sum needed"), "E19"),
    (re.compile(r"checksum mismatch"), "E20"),
    (re.compile(r"updates to go\.mod needed"), "E21"),
    (re.compile(r"could not create module cache"), "E23"),
    (re.compile(r"cannot load module \S{1,400} listed in go\.work"), "W09"),
    (re.compile(r"listed in go\.work file requires go"), "W10"),
    (re.compile(r"reading go\.work|invalid GOWORK"), "W11"),
    (re.compile(r"-mod may only be set to readonly or vendor"), "W12"),
    (re.compile(r"malformed GOMEMLIMIT"), "M06"),
    (re.compile(r"failed to reserve page summary memory"), "M03"),
    (re.compile(r"out of memory"), "M04"),
)
"""Words that have a code of their own; where that check speaks, this one is its consequence."""
_SIGKILL_ENDING = "was ended by signal 9"


@check(
    "E30",
    Severity.ERROR,
    why="gopls asks the same of go; while that fails it has no packages at all.",
    explains=("W01", "W02", "W03", "W05", "W06", "W17", "H12"),
)
def go_list_failing(go_list: GoList, environment: GoEnvironment) -> Iterator[Finding]:
    """go list fails for the whole folder.

    What it means: go works, but asked for the packages of the folder it ended with an error before it listed any. Its
        words name the reason; it is one for which there is no check of its own.
    Why it matters: gopls loads the workspace with the same question, so completion, jumps and diagnostics are gone.
    How to fix: Run the command by hand in the folder and repair what it names.
    When to ignore: Never while it is found.
    Source: golang/tools gopls/internal/cache/load.go; golang/go src/cmd/go (base.Fatal ends go list even with -e).
    """
    first = next((line.strip() for line in go_list.stderr.splitlines() if line.strip()), "")
    if go_list.is_ok or go_list.packages or go_list.ending == _SIGKILL_ENDING or environment.error:
        return
    told = first.removeprefix("go: ") or go_list.ending
    yield Finding(
        f"go list fails for the whole folder: {told[:300]}",
        evidence=(Evidence(go_list.command, go_list.stderr.strip()[:400] or go_list.ending),),
        remedies=(
            run("go", "list", "-e", "./...", title="See it by hand in the folder"),
            advise("Repair what its words name, then restart the language server"),
        ),
        because_of=next((code for pattern, code in CAUSES if pattern.search(go_list.stderr)), None),
    )
