"""Rows of samples and events come back as they were, and anything at all can be read."""

from __future__ import annotations

from dataclasses import fields

from hypothesis import given
from hypothesis import strategies as st

from gopls_diag.model.recorded_session import EventKind, RecordedEvent, Sample
from gopls_diag.parse.recording_lines import (
    EVENTS_HEAD,
    SAMPLES_HEAD,
    event_line,
    parse_events,
    parse_samples,
    read_events,
    read_samples,
    sample_line,
)

SECONDS = st.integers(0, 40_000_000_000).map(lambda each: each / 1000)
COUNTS = st.none() | st.integers(0, 1 << 50)
FRACTIONS = {"cpu_seconds", "pressure_percent"}
SAMPLES = st.builds(
    Sample,
    at_seconds=SECONDS,
    **{
        each.name: (st.none() | SECONDS) if each.name in FRACTIONS else COUNTS
        for each in fields(Sample)
        if each.name != "at_seconds"
    },
)
WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
EVENTS = st.builds(
    RecordedEvent,
    at_seconds=SECONDS,
    kind=st.sampled_from(EventKind),
    subject=WORDS,
    elapsed_seconds=st.none() | SECONDS,
    detail=WORDS | st.text("\\ntr\t\n\r", max_size=20),
)


@given(st.lists(SAMPLES, max_size=5))
def test_samples_come_back(samples: list[Sample]) -> None:
    text = SAMPLES_HEAD + "".join(map(sample_line, samples))

    assert list(parse_samples(text.encode())) == samples


@given(st.lists(EVENTS, max_size=5))
def test_events_come_back(events: list[RecordedEvent]) -> None:
    text = EVENTS_HEAD + "".join(map(event_line, events))

    assert list(parse_events(text.encode())) == events


@given(st.lists(EVENTS, min_size=1, max_size=5), st.integers(0, 300))
def test_a_cut_file_loses_no_more_than_its_last_line(events: list[RecordedEvent], cut: int) -> None:
    content = (EVENTS_HEAD + "".join(map(event_line, events))).encode()
    kept = max(len(EVENTS_HEAD), len(content) - cut)
    whole = content[:kept].count(b"\n") - 1

    assert list(parse_events(content[:kept])) == events[:whole]


@given(st.binary(max_size=300))
def test_anything_can_be_read(content: bytes) -> None:
    for head in ("", SAMPLES_HEAD, EVENTS_HEAD):
        read_samples(head.encode() + content)
        read_events(head.encode() + content)


def test_columns_of_another_version_are_taken_by_name() -> None:
    content = b"resident_bytes\tinvented\tat_seconds\n7\tx\t1.5\n8\ty\n9\tz\t2\n"

    assert parse_samples(content) == (Sample(1.5, resident_bytes=7), Sample(2.0, resident_bytes=9))
    assert read_samples(content).not_understood == 1


def test_files_of_a_ring_can_be_put_together() -> None:
    part = (SAMPLES_HEAD + sample_line(Sample(1.0, resident_bytes=5))).encode()

    assert read_samples(part + part) == ((Sample(1.0, resident_bytes=5),) * 2, 0)
