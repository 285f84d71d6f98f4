"""Incidents and sessions: what is written is read again, and whatever stands in a file is read without failing."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from gopls_diag.model.incident import Incident, KeptFile, KnownLimit, Lost, MemorySeen, RequestCount
from gopls_diag.model.record_settings import RecordSettings
from gopls_diag.model.recorded_session import (
    EventKind,
    InFlight,
    Look,
    PassedSignal,
    RecordedEvent,
    Sample,
    SessionEnd,
    SessionStart,
    Source,
    Trouble,
    TroubleKind,
)
from gopls_diag.parse.incident import (
    parse_incident,
    parse_recorder_notes,
    parse_session_end,
    parse_session_start,
    render_events,
    render_incident,
    render_timeline,
)

WORDS = st.text(max_size=20)
LINES = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20)
WHOLE = st.integers(0, 1 << 62)
MAYBE = st.none() | WHOLE
SECONDS = st.integers(0, 10**9).map(lambda each: each / 1000)
MAYBE_SECONDS = st.none() | SECONDS
ROWS = 3

STARTS = st.builds(
    SessionStart,
    id=WORDS,
    started=WORDS,
    launcher_pid=WHOLE,
    gopls_pid=MAYBE,
    parent_pid=WHOLE,
    gopls=WORDS,
    arguments=st.lists(WORDS, max_size=ROWS).map(tuple),
    boot_id=WORDS,
    otel_port=MAYBE,
    is_debugged=st.booleans(),
)
ENDS = st.builds(
    SessionEnd,
    ended=WORDS,
    elapsed_seconds=SECONDS,
    exit_code=MAYBE,
    signal=st.none() | WORDS,
    max_resident_bytes=MAYBE,
    user_seconds=MAYBE_SECONDS,
    signals=st.lists(st.builds(PassedSignal, WORDS, WORDS), max_size=ROWS).map(tuple),
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(1 << 53), 1 << 53) | WORDS,
    lambda inner: st.lists(inner, max_size=ROWS) | st.dictionaries(WORDS, inner, max_size=ROWS),
    max_leaves=8,
)


def several(row: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.lists(row, max_size=ROWS).map(tuple)


INCIDENTS = st.builds(
    Incident,
    id=WORDS,
    kind=WORDS,
    start=STARTS,
    end=st.none() | ENDS,
    environment=st.dictionaries(WORDS, WORDS, max_size=ROWS),
    limits=several(st.builds(KnownLimit, WORDS, WHOLE, WORDS)),
    in_flight=several(st.builds(InFlight, WORDS, WHOLE, MAYBE_SECONDS, WORDS)),
    requests=several(st.builds(RequestCount, WORDS, WHOLE, WHOLE, MAYBE_SECONDS, MAYBE_SECONDS, MAYBE_SECONDS)),
    troubles=several(st.builds(Trouble, st.sampled_from(TroubleKind), SECONDS, MAYBE_SECONDS, WORDS)),
    looks=several(st.builds(Look, SECONDS, WORDS, WORDS, WHOLE, WORDS)),
    sources=several(st.builds(Source, WORDS, WORDS, WORDS)),
    settings=st.builds(RecordSettings, otel=st.booleans(), looks=WHOLE, otlp=WORDS, slow_share=SECONDS),
    kills_before=MAYBE,
    kills_after=MAYBE,
    samples=several(
        st.builds(Sample, at_seconds=SECONDS, resident_bytes=MAYBE, cpu_seconds=MAYBE_SECONDS, group_kills=MAYBE)
    ),
    events=several(st.builds(RecordedEvent, SECONDS, st.sampled_from(EventKind), LINES, MAYBE_SECONDS, LINES)),
    files=several(st.builds(KeptFile, WORDS, WHOLE, WORDS, st.booleans())),
    missing=several(WORDS),
    lost=st.sampled_from(Lost),
    memory=st.none() | st.builds(MemorySeen, SECONDS, WHOLE, MAYBE, MAYBE, MAYBE, MAYBE),
    report=JSON,
)
READERS: tuple[Callable[[bytes], object], ...] = (
    lambda content: parse_incident(content, content, content),
    parse_session_start,
    parse_session_end,
    parse_recorder_notes,
)
SCHEMAS = ("incident", "session", "end", "recorder")


@settings(max_examples=150, deadline=None)
@given(INCIDENTS)
def test_what_is_written_is_read_again(incident: Incident) -> None:
    found = parse_incident(render_incident(incident), render_timeline(incident.samples), render_events(incident.events))

    assert found.value == incident
    assert found.complaints == ()


@settings(max_examples=150, deadline=None)
@given(INCIDENTS, st.floats(0, 1))
def test_a_file_that_is_cut_gives_what_stands_before_the_cut_or_says_that_there_is_nothing(
    incident: Incident, share: float
) -> None:
    content = render_incident(incident)
    cut = content[: int(share * (len(content) - 2))]
    found = parse_incident(cut)

    assert found.complaints
    if found.value is not None and b'"end": {' in cut:
        assert found.value.id == incident.id
        assert found.value.kind == incident.kind


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200), st.sampled_from(SCHEMAS))
def test_any_bytes_are_read(content: bytes, name: str) -> None:
    for read in READERS:
        read(content)
        read(b'{"schema":"gopls-diag/' + name.encode() + b'/1",' + content)


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.sampled_from([*Incident.__slots__, *SessionEnd.__slots__, "odd"]), JSON))
def test_any_values_are_read_and_the_odd_ones_told_of(values: dict[str, Any]) -> None:
    for read, name in zip(READERS, SCHEMAS, strict=True):
        read(json.dumps({"schema": f"gopls-diag/{name}/1", **values}).encode())


@settings(max_examples=50, deadline=None)
@given(INCIDENTS)
def test_fields_of_a_newer_version_are_passed_over(incident: Incident) -> None:
    fields = json.loads(render_incident(incident))
    fields["later"] = {"what": [1]}
    fields["start"]["later"] = True
    found = parse_incident(json.dumps(fields).encode())

    assert found.value == replace(incident, samples=(), events=())
