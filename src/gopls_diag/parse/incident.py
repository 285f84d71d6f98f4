"""The files of a recorded session and of an incident: bytes to the model and back.

Forms: docs/explanation/recording.md and docs/reference/json.md. Reading is total. A file that is missing, cut, damaged
or not what its name says gives what could be read, and sentences about the rest.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Generic, NamedTuple, TypeVar

from gopls_diag.model.incident import Incident
from gopls_diag.model.json_value import JsonValue
from gopls_diag.model.recorded_session import RecordedEvent, Sample, SessionEnd, SessionStart
from gopls_diag.model.recorder_notes import RecorderNotes
from gopls_diag.parse.record_fields import plain_value, read_object, read_record
from gopls_diag.parse.recording_lines import (
    EVENTS_HEAD,
    SAMPLES_HEAD,
    event_line,
    read_events,
    read_samples,
    sample_line,
)

INCIDENT_SCHEMA = "gopls-diag/incident/1"
_KEY_PATTERN = re.compile(r'^ {1,2}"([a-z_]{1,40})":')
_TABLES = ("samples", "events")
"""Fields of an incident that stand in files of their own."""

_Record = TypeVar("_Record")


class Read(NamedTuple, Generic[_Record]):
    """What a file gave."""

    value: _Record | None
    """None if nothing in it could be used."""
    complaints: tuple[str, ...]
    """What could not be read, in words."""


def parse_session_start(content: bytes) -> Read[SessionStart]:
    """`session.json`."""
    return _read(SessionStart, content, "gopls-diag/session/")


def parse_session_end(content: bytes) -> Read[SessionEnd]:
    """`end.json`; None also when it is cut before it says how gopls ended: no exit code is not exit code 0."""
    found = _read(SessionEnd, content, "gopls-diag/end/")
    end = found.value
    if end and found.complaints and end.exit_code is None and end.signal is None and not end.failure:
        return Read(None, (*found.complaints, "it does not say how gopls ended"))
    return found


def parse_recorder_notes(content: bytes) -> Read[RecorderNotes]:
    """`recorder.json`."""
    return _read(RecorderNotes, content, "gopls-diag/recorder/")


def parse_incident(content: bytes, timeline: bytes = b"", events: bytes = b"") -> Read[Incident]:
    """`incident.json`, with the rows of the two tables beside it, where they are given."""
    found = _read(Incident, content, "gopls-diag/incident/")
    if found.value is None:
        return found
    samples, happened = read_samples(timeline), read_events(events)
    complaints = list(found.complaints)
    for name, rows in (("timeline.tsv", samples), ("events.tsv", happened)):
        if rows.not_understood:
            complaints.append(f"{name}: {rows.not_understood} lines could not be read")
    return Read(replace(found.value, samples=samples.rows, events=happened.rows), tuple(complaints))


def render_incident(incident: Incident) -> bytes:
    """`incident.json`: fields in the order of the model, an entry a line; without the rows of the tables."""
    fields: dict[str, object] = {"schema": INCIDENT_SCHEMA}
    fields |= {name: each for name, each in plain_value(incident).items() if name not in _TABLES}
    return (json.dumps(fields, indent=1, ensure_ascii=False) + "\n").encode("utf-8", "backslashreplace")


def render_timeline(samples: Iterable[Sample]) -> bytes:
    """`timeline.tsv`."""
    return _table(SAMPLES_HEAD, (sample_line(each) for each in samples))


def render_events(events: Iterable[RecordedEvent]) -> bytes:
    """`events.tsv`."""
    return _table(EVENTS_HEAD, (event_line(each) for each in events))


def verdict_of(incident: Incident) -> JsonValue:
    """The `verdict` of its report; None if there is none."""
    return incident.report.get("verdict") if isinstance(incident.report, Mapping) else None


def lines_of_fields(text: str) -> Mapping[str, int]:
    """On which line each field stands, as this module writes them: `kills_after`, `end.signal`; the first of a name."""
    found: dict[str, int] = {}
    above = ""
    for number, line in enumerate(text.split("\n"), 1):
        key = _KEY_PATTERN.match(line)
        if key is None:
            continue
        if line.startswith("  "):
            found.setdefault(f"{above}.{key[1]}", number)
        else:
            above = key[1]
            found.setdefault(above, number)
    return found


def _table(head: str, lines: Iterable[str]) -> bytes:
    return "".join((head, *lines)).encode("utf-8", "backslashreplace")


def _read(kind: type[_Record], content: bytes, schema: str) -> Read[_Record]:
    complaints: list[str] = []
    value = read_object(content, complaints)
    if value is None:
        return Read(None, tuple(complaints))
    given = value.get("schema")
    if not isinstance(given, str) or not given.startswith(schema):
        return Read(None, (*complaints, f"it is no {schema}1"))
    if given != f"{schema}1":
        complaints.append(f"its format is {given.removeprefix(schema)[:20]}, this gopls-diag knows 1")
    return Read(read_record(kind, value, complaints), tuple(complaints))
