"""The probe had to be ended at its memory or time limit."""

from __future__ import annotations

from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.model.amount import size_text
from gopls_diag.model.declaration import Cost
from gopls_diag.model.finding import Evidence, Finding, Severity, advise, run
from gopls_diag.model.request import Request
from gopls_diag.model.session import SessionTranscript

_SOURCE = "gopls (--probe)"


@check(
    "H13",
    Severity.WARNING,
    why="An editor sets no such limit: there the same load goes on until it is done or the system ends gopls.",
    cost=Cost.SLOW,
)
def probe_stopped_at_limit(transcript: SessionTranscript, request: Request) -> Iterator[Finding]:
    """gopls did not get through the probe within its limits.

    What it means: The probe starts gopls under a cap for memory and time. It was ended at one of them, so what would
        have followed is not known.
    Why it matters: A first load with an empty cache is by far the heaviest; a workspace that does not fit then makes
        the editor wait, or makes the system kill gopls.
    How to fix: Let a cold start finish once. If it stops here again, open a smaller folder or filter what gopls loads.
    When to ignore: When the machine has the memory and you can wait; or when other work slowed the machine down.
    Source: The limits are gopls-diag's own. golang/tools gopls/doc/settings.md (directoryFilters).
    """
    last = transcript.steps[-1].name if transcript.steps else "start"
    reached = f" in the step {last}"
    evidence = Evidence(_SOURCE, f"{last}: {transcript.steps[-1].result}" if transcript.steps else "no step was done")
    narrow = advise(
        'Open the part that you work on, or filter the rest: "gopls": {"build.directoryFilters": ["-", "+the/part"]}'
    )
    match transcript.ended_by_us:
        case "memory":
            cap = size_text(request.probe_memory_bytes)
            yield Finding(f"gopls reached the probe's memory limit of {cap}{reached}", (evidence,), (narrow,))
        case "time":
            limit = f"{request.probe_limit_seconds:.0f} s"
            again = run("gopls-diag", "doctor", "--probe", title="Try again: what was loaded is in gopls's cache now")
            yield Finding(f"gopls was not done within the probe's {limit}{reached}", (evidence,), (again, narrow))
        case "broken":
            yield Finding(
                f"The probe could not speak LSP with gopls{reached}",
                (evidence,),
                (run("gopls", "version", title="See what is started"),),
                severity=Severity.ERROR,
                why="An editor that starts this program gets no answer from it either.",
            )
        case _:
            return
