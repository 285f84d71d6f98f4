"""gopls spends its time collecting garbage."""

from __future__ import annotations

from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.model.finding import Confidence, Evidence, Finding, Severity, advise
from gopls_diag.model.log_reading import LogReadings
from gopls_diag.model.outcome import NotHeard


@check(
    "M12",
    Severity.WARNING,
    why="Half of the processor time goes into looking for memory that is not there; requests wait.",
    explains=("M14", "X34"),
)
def collector_thrashing(readings: LogReadings) -> Iterator[Finding]:
    """gopls spends its time collecting garbage.

    What it means: The lines of GODEBUG=gctrace=1 show collections back to back with a live heap near the goal: the
    limit (GOMEMLIMIT, or gopls's memoryLimit) is below what gopls needs. The runtime stops at half of the processor
    time, so the share stays near 50 %.
    Why it matters: Everything takes a multiple of its time, and the memory still grows beyond the limit.
    How to fix: Raise the limit or take it away; lower the need instead (open a smaller part of the workspace,
    staticcheck off).
    When to ignore: When the limit was set to try this out.
    Source: Go runtime/mgclimit.go (gcCPULimiter, at most 50 %); go.dev/doc/gc-guide (Memory limit); seen with gopls
    v0.23.0 under GOMEMLIMIT=300MiB.
    """
    is_heard = False
    for reading in readings.all:
        for history in reading.collections:
            is_heard = True
            for each in history.explanations:
                if each.kind == "gc-thrash":
                    yield Finding(
                        each.summary[:1].upper() + each.summary[1:],
                        evidence=tuple(Evidence(reading.source, line) for line in each.proof[:3]),
                        remedies=(
                            advise("Raise or take away GOMEMLIMIT (go.toolsEnvVars) or gopls's memoryLimit"),
                            advise("Open a smaller part of the workspace, so that gopls needs less"),
                        ),
                        confidence=Confidence.CERTAIN if each.is_certain else Confidence.LIKELY,
                    )
    if not is_heard:
        raise NotHeard("no collection was heard: needs --log FILE with lines of GODEBUG=gctrace=1")
