"""Ends that gopls-diag's own recorder kept, among the logs that the user gave."""

from __future__ import annotations

from gopls_diag.facts.declare import fact
from gopls_diag.model.log_reading import LogReadings
from gopls_diag.model.outcome import Unknown
from gopls_diag.model.recorded_end import RecordedEnds


@fact(limit_seconds=20)
def recorded_ends(readings: LogReadings | Unknown) -> RecordedEnds:
    """The incidents, in the order of the logs; none is an answer too."""
    given = readings.all if isinstance(readings, LogReadings) else ()
    return RecordedEnds(tuple(each.recorded for each in given if each.recorded is not None))
