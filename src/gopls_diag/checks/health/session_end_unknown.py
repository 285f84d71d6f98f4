"""A recorded session whose end nobody saw."""

from __future__ import annotations

from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.model.finding import Finding, Severity, advise
from gopls_diag.model.incident import Lost
from gopls_diag.model.recorded_end import RecordedEnds

_WORDS = {
    Lost.MACHINE: "The session ended with the machine, which was started anew since",
    Lost.WATCHED: "gopls is gone, and nobody knows how: it was only watched",
}
_PROOF = {
    Lost.MACHINE: "another start of the machine than that of the session",
    Lost.WATCHED: "nobody waited for gopls, and no log of an editor says how it ended",
}


@check(
    "H14",
    Severity.INFO,
    why="How gopls ended is not known; what was seen until then is kept.",
)
def session_end_unknown(ends: RecordedEnds) -> Iterator[Finding]:
    """A recorded session whose end nobody saw.

    What it means: The machine went down while gopls ran (a power cut, a restart, a virtual machine that was stopped),
    or gopls was only watched from the side (`gopls-diag record --watch`) and no log of an editor tells of its end.
    Why it matters: It says nothing bad of gopls. The time line until then is kept: it shows if memory ran out.
    How to fix: Nothing, if the machine was shut down. If it was not, look at why it went down.
    When to ignore: When you shut it down.
    Source: Linux /proc/sys/kernel/random/boot_id; docs/explanation/recording.md.
    """
    for end in ends.all:
        lost = end.incident.lost
        if lost in _WORDS:
            yield Finding(
                _WORDS[lost],
                evidence=(end.proof("lost", _PROOF[lost]),),
                remedies=(advise("Look at the last minutes of its time line: gopls-diag incidents show ID"),),
            )
    ends.need()
