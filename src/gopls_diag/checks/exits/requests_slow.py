"""Many requests of a recorded session were slow."""

from __future__ import annotations

from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.checks.exits._recorded import times_words, trouble_proof, troubles_of
from gopls_diag.model.finding import Finding, Severity, advise
from gopls_diag.model.recorded_end import RecordedEnds
from gopls_diag.model.recorded_session import TroubleKind

_SHOWN = 3


@check(
    "X34",
    Severity.WARNING,
    why="The editor waits seconds for what should take a blink.",
)
def requests_slow(ends: RecordedEnds) -> Iterator[Finding]:
    """Many requests of a recorded session were slow.

    What it means: Within a minute a larger share of the requests than the threshold of `gopls-diag record` (3 of 10,
    unless its settings say otherwise) took longer than 2 seconds.
    Why it matters: Typing, completion and saving feel stuck.
    How to fix: See on the incident's page what happened at that time: a load of packages, go commands, collections, a
    machine without memory. Narrow the workspace with build.directoryFilters, switch staticcheck off.
    When to ignore: During the first load of a workspace, and right after `go get` or a switch of branches.
    Source: golang/tools internal/event/export (server.latency, told by -otel).
    """
    for end in ends.all:
        troubles = troubles_of(end, TroubleKind.SLOW)
        if not troubles:
            continue
        timed = [each for each in end.incident.requests if each.p95_seconds is not None]
        slowest = sorted(timed, key=lambda each: -(each.p95_seconds or 0.0))[:_SHOWN]
        yield Finding(
            f"Requests were slow: {troubles[-1].words}{times_words(troubles)}",
            evidence=(
                *trouble_proof(end, troubles),
                *(
                    end.proof("requests", f"{each.method}: one of twenty took {each.p95_seconds:.1f} s or more")
                    for each in slowest
                ),
            ),
            remedies=(
                advise("See what else happened then: gopls-diag incidents show ID --html"),
                advise('Switch the costly analyses off: "gopls": {"ui.diagnostic.staticcheck": false}'),
            ),
        )
    ends.need()
