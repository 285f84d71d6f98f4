"""A request had no answer for long."""

from __future__ import annotations

from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.checks.exits._recorded import troubles_of
from gopls_diag.checks.exits._standing import standing
from gopls_diag.model.finding import Confidence, Evidence, Finding, Severity, advise
from gopls_diag.model.log_reading import Crashes
from gopls_diag.model.outcome import Unknown
from gopls_diag.model.recorded_end import RecordedEnd, RecordedEnds
from gopls_diag.model.recorded_session import TroubleKind


@check(
    "X32",
    Severity.WARNING,
    why="The editor waits for the answer; what was asked behind it may wait too.",
    explains=("X24",),
)
def request_stuck(ends: RecordedEnds, crashes: Crashes | Unknown) -> Iterator[Finding]:
    """A request had no answer for long.

    What it means: gopls, which tells of its requests (`-otel`), had begun one and not ended it for longer than the
    threshold of `gopls-diag record` (15 s unless its settings say otherwise). Goroutine dumps that were taken then, one
    second apart, show what stands still in all of them, and what moves.
    Why it matters: Completion, hover and saving can wait behind such a request, and the editor seems frozen.
    How to fix: What stands still in all dumps is the place: a lock (X25 says who holds it), a go command, the network,
    a file system. What moves is work: a load that is large, a machine that is too small.
    When to ignore: During the first load of a large workspace.
    Source: golang/tools internal/event/export (server.latency, counts of started and completed requests);
    docs/explanation/recording.md.
    """
    for end in ends.all:
        words = _words(end)
        if not words:
            continue
        found = standing(crashes, end.source)
        yield Finding(
            words + (f": {found[0].words}" if found else ""),
            evidence=(*_proof(end), *(Evidence(each.source, each.words, each.line) for each in found[:3])),
            remedies=(
                advise("Read the goroutine dumps of that moment: gopls-diag crash with the incident's looks/*.txt"),
            ),
            confidence=Confidence.CERTAIN if found else Confidence.LIKELY,
        )
    ends.need()


def _words(end: RecordedEnd) -> str:
    """What had no answer; "" if nothing was stuck."""
    least = end.incident.settings.stuck_seconds
    waiting = [each for each in end.incident.in_flight if (each.waited_seconds or 0.0) >= least]
    if waiting:
        worst = max(waiting, key=lambda each: each.waited_seconds or 0.0)
        return f"{worst.method} had no answer for {worst.waited_seconds:.0f} s when gopls ended"
    troubles = troubles_of(end, TroubleKind.STUCK)
    return f"A request was stuck: {troubles[-1].words}" if troubles else ""


def _proof(end: RecordedEnd) -> Iterator[Evidence]:
    least = end.incident.settings.stuck_seconds
    for each in end.incident.in_flight:
        if (each.waited_seconds or 0.0) >= least:
            yield end.proof("in_flight", f"{each.method}: {each.waited_seconds:.0f} s ({each.how_known})")
    for trouble in troubles_of(end, TroubleKind.STUCK)[-3:]:
        yield end.proof("troubles", f"second {trouble.began_seconds:.0f}: {trouble.words}")
