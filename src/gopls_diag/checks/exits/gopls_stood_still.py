"""gopls itself was stopped while it was asked."""

from __future__ import annotations

from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.checks.exits._recorded import times_words, trouble_proof, troubles_of
from gopls_diag.model.finding import Confidence, Finding, Severity, advise
from gopls_diag.model.recorded_end import RecordedEnds
from gopls_diag.model.recorded_session import TroubleKind


@check(
    "X35",
    Severity.WARNING,
    why="A process that is stopped answers nobody; the editor waits, and kills it in the end.",
    explains=("X24", "X32", "X34"),
)
def gopls_stood_still(ends: RecordedEnds) -> Iterator[Finding]:
    """gopls itself was stopped while it was asked.

    What it means: gopls was in the state `stopped` (SIGSTOP, SIGTSTP, a debugger, a freezer), or used no processor time
    though requests were waiting: it was swapped out, or the machine gave it none.
    Why it matters: Requests have no answer until it goes on. It is no fault of gopls.
    How to fix: Find out who stops it (`kill -CONT PID` lets it go on). If the machine swaps, free memory.
    When to ignore: When you stopped it, or debugged it.
    Source: Linux proc_pid_stat(5) (state T and t); docs/explanation/recording.md.
    """
    for end in ends.all:
        troubles = troubles_of(end, TroubleKind.SILENT)
        if troubles:
            yield Finding(
                f"gopls stood still: {troubles[-1].words}{times_words(troubles)}",
                evidence=trouble_proof(end, troubles),
                remedies=(advise("Find out who stops it, or free memory if the machine swaps"),),
                confidence=Confidence.LIKELY,
            )
    ends.need()
