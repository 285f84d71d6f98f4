"""An incident.json among logs: how gopls ended, in the words that checks know, and the recorder's own proof."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from gopls_diag.model.crash import Crash, EndKind, SignalDetail
from gopls_diag.model.incident import Incident
from gopls_diag.model.log_reading import LogReading
from gopls_diag.model.recorded_end import RecordedEnd
from gopls_diag.model.recorded_session import SessionEnd
from gopls_diag.model.saying import Channel, Saying
from gopls_diag.parse.incident import lines_of_fields, parse_incident
from gopls_diag.parse.incident_files import INCIDENT, STDERR

FORM = "gopls-diag-incident"
_OWN_WORDS = (EndKind.KILLED, EndKind.EXIT)
"""Ends of which nothing was printed. Of the others standard error tells, which stands beside the incident."""
_CODES_OF_SIGNALS = {137: "SIGKILL"}
"""What a shell makes of a signal, if the program that was started was one."""


def with_incident(content: bytes, reading: LogReading) -> LogReading:
    """The reading with what the incident says."""
    found = parse_incident(content)
    notes = tuple(f"incident.json: {each}" for each in found.complaints)
    if found.value is None:
        return replace(reading, formats=(FORM,), not_understood=1, notes=(*reading.notes, *notes))
    lines = lines_of_fields(content.decode("utf-8", "replace"))
    incident = found.value
    recorded = RecordedEnd(reading.source, incident, lines)
    sayings, crashes = reading.sayings, reading.crashes
    if incident.end is not None and (words := exit_words(incident.end)):
        line = lines.get("end.signal" if words.startswith("signal") else "end.exit_code")
        sayings = (*sayings, Saying(Channel.EXIT, words, reading.source, line))
        if incident.kind in _OWN_WORDS:
            crashes = (*crashes, _crash(incident, incident.end, words, reading.source, line or 1))
    return replace(
        reading,
        formats=(FORM,),
        sayings=sayings,
        channels=reading.channels | {Channel.EXIT, Channel.STDERR},
        crashes=crashes,
        recorded=recorded,
        notes=(*reading.notes, *notes),
    )


def joined(readings: Sequence[LogReading]) -> tuple[LogReading, ...]:
    """The readings, with one end for each incident: a crash in the standard error beside it is how that session ended.

    Where there is none, the last line of it is what gopls said as it gave up. Standard error alone does not say the
    exit code, and the incident alone not what was printed.
    """
    by_source = {each.source: each for each in readings}
    for reading in readings:
        if reading.recorded is None or not reading.crashes or reading.recorded.incident.kind != EndKind.EXIT:
            continue
        beside = by_source.get(reading.source.removesuffix(INCIDENT) + STDERR)
        crashes = _with_end(beside, reading.crashes[0]) if beside else ()
        if beside and crashes:
            by_source[beside.source] = replace(beside, crashes=crashes)
            by_source[reading.source] = replace(reading, crashes=())
    return tuple(by_source[each.source] for each in readings)


def _with_end(beside: LogReading, end: Crash) -> tuple[Crash, ...]:
    """The crashes in that standard error, the last of them as this end; none if nothing there tells of it."""
    last = beside.crashes[-1] if beside.crashes else None
    if last and last.kind not in (EndKind.DUMP, EndKind.RACE):
        return (*beside.crashes[:-1], replace(last, exit_code=end.exit_code, program="gopls"))
    if beside.last_words is None:
        return ()
    line, words = beside.last_words
    return (*beside.crashes, replace(end, source=beside.source, line=line, last_line=line, message=words))


def exit_words(end: SessionEnd) -> str:
    """`signal SIGKILL`, `exit code 2`; "" where nobody knows."""
    if end.signal:
        return f"signal {end.signal}"
    return "" if end.exit_code is None else f"exit code {end.exit_code}"


def _crash(incident: Incident, end: SessionEnd, words: str, source: str, line: int) -> Crash:
    signal = end.signal or _CODES_OF_SIGNALS.get(end.exit_code or 0, "")
    return Crash(
        source,
        line,
        EndKind(incident.kind),
        words,
        last_line=line,
        program="gopls",
        program_version=incident.gopls_version,
        signal=SignalDetail(signal) if signal else None,
        exit_code=end.exit_code,
    )
