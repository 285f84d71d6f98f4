"""Many requests of a recorded session failed."""

from __future__ import annotations

from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.checks.exits._recorded import times_words, trouble_proof, troubles_of
from gopls_diag.model.finding import Finding, Severity, advise
from gopls_diag.model.recorded_end import RecordedEnds
from gopls_diag.model.recorded_session import TroubleKind

_SHOWN = 3


@check(
    "X33",
    Severity.WARNING,
    why="gopls answers, but with errors: what the editor shows is empty or old.",
)
def requests_failing(ends: RecordedEnds) -> Iterator[Finding]:
    """Many requests of a recorded session failed.

    What it means: Within a minute more requests failed than the threshold of `gopls-diag record` (half of at least ten,
    unless its settings say otherwise). Requests that the editor cancelled did not fail.
    Why it matters: Completion, hover and jumps give nothing, while gopls seems to run well.
    How to fix: gopls-diag doctor with --probe on that workspace says what gopls answers: most often it could not load
    the packages.
    When to ignore: While files do not compile, hover and jumps within them fail as a matter of course.
    Source: golang/tools internal/jsonrpc2 (status of a request's span, told by -otel).
    """
    for end in ends.all:
        troubles = troubles_of(end, TroubleKind.FAILING)
        if not troubles:
            continue
        failed = sorted((each for each in end.incident.requests if each.failed), key=lambda each: -each.failed)
        yield Finding(
            f"Requests failed: {troubles[-1].words}{times_words(troubles)}",
            evidence=(
                *trouble_proof(end, troubles),
                *(
                    end.proof("requests", f"{each.method}: {each.failed} of {each.count} failed")
                    for each in failed[:_SHOWN]
                ),
            ),
            remedies=(advise("Ask gopls in that workspace what it answers: gopls-diag doctor --probe"),),
        )
    ends.need()
