"""A recorder saw gopls spend its time collecting garbage."""

from __future__ import annotations

from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.model.finding import Finding, Severity, advise
from gopls_diag.model.recorded_end import RecordedEnds
from gopls_diag.model.recorded_session import TroubleKind


@check(
    "M14",
    Severity.WARNING,
    why="Half of the processor time goes into looking for memory that is not there; requests wait.",
    explains=("X34",),
)
def thrashing_seen_live(ends: RecordedEnds) -> Iterator[Finding]:
    """A recorder saw gopls spend its time collecting garbage.

    What it means: `gopls-diag record` heard of collections back to back, with the live heap near the goal: the limit
    (GOMEMLIMIT, or gopls's memoryLimit) is below what gopls needs. M12 says the same where the collections themselves
    are in a log.
    Why it matters: Everything takes a multiple of its time, and the memory still grows beyond the limit.
    How to fix: Raise the limit or take it away; lower the need instead (a smaller part of the workspace, staticcheck
    off).
    When to ignore: When the limit was set to try this out.
    Source: Go runtime/mgclimit.go (gcCPULimiter); docs/explanation/recording.md.
    """
    for end in ends.all:
        troubles = [each for each in end.incident.troubles if each.kind is TroubleKind.THRASHING]
        if troubles:
            yield Finding(
                f"gopls spent its time collecting garbage: {troubles[-1].words}",
                evidence=tuple(
                    end.proof("troubles", f"second {each.began_seconds:.0f}: {each.words}") for each in troubles[-3:]
                ),
                remedies=(
                    advise("Raise or take away GOMEMLIMIT (go.toolsEnvVars) or gopls's memoryLimit"),
                    advise("Open a smaller part of the workspace, so that gopls needs less"),
                ),
            )
    ends.need()
