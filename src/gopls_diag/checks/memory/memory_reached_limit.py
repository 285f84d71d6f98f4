"""gopls's memory climbed to its limit."""

from __future__ import annotations

from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.checks.memory._soft_goal import of_group
from gopls_diag.model.editor import Editors
from gopls_diag.model.finding import Finding, Severity, advise
from gopls_diag.model.outcome import Unknown
from gopls_diag.model.recorded_end import RecordedEnds
from gopls_diag.model.recorded_session import TroubleKind


@check(
    "M13",
    Severity.WARNING,
    why="At the limit the kernel kills without a word, and the next to go is gopls.",
)
def memory_reached_limit(ends: RecordedEnds, editors: Editors | Unknown) -> Iterator[Finding]:
    """gopls's memory climbed to its limit.

    What it means: `gopls-diag record` saw memory above a share (85 %, unless its settings say otherwise) of the limit
    that gopls meets first: that of its control group, or what the machine has.
    Why it matters: A little more, and the kernel kills it (M01, M02), or the whole machine swaps.
    How to fix: Raise the limit; let gopls need less: a goal well below the limit (GOMEMLIMIT in go.toolsEnvVars, or
        memoryLimit from gopls v0.24 on), staticcheck off, build.directoryFilters.
    When to ignore: When it was the first load of a large workspace, which costs up to ten times what later ones do.
    Source: docs/explanation/recording.md; Linux cgroup-v2.rst (memory.current, memory.max).
    """
    for end in ends.all:
        troubles = [each for each in end.incident.troubles if each.kind is TroubleKind.MEMORY]
        if not troubles:
            continue
        limit = end.incident.memory.group_limit_bytes if end.incident.memory else None
        times = f" ({len(troubles)} times)" if len(troubles) > 1 else ""
        yield Finding(
            f"gopls's memory climbed to its limit: {troubles[-1].words}{times}",
            evidence=tuple(
                end.proof("troubles", f"second {each.began_seconds:.0f}: {each.words}") for each in troubles[-3:]
            ),
            remedies=(
                *of_group(limit, editors),
                advise("Raise the limit, or open a smaller part of the workspace"),
            ),
        )
    ends.need()
