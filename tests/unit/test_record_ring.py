"""The rings of samples and events under their limits of bytes: a day, a month, a full disk."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest

from gopls_diag.engines.record.ring import COARSE, FIRST_SECONDS, EventRing, SampleRing
from gopls_diag.model.record_settings import RecordSettings
from gopls_diag.model.recorded_session import EventKind, RecordedEvent, Sample
from gopls_diag.parse.recording_lines import parse_events, parse_samples, read_samples

DAY = 86_400.0
MIB = 1 << 20


class Disk:
    """A folder in memory with room for so many bytes."""

    def __init__(self, room: float = math.inf) -> None:
        self.files: dict[str, bytes] = {}
        self.room = room
        self.most = 0

    @property
    def used(self) -> int:
        return sum(map(len, self.files.values()))

    def _fits(self, more: int) -> bool:
        if self.used + more > self.room:
            return False
        self.most = max(self.most, self.used + more)
        return True

    def append(self, name: str, content: bytes) -> bool:
        if self._fits(len(content)):
            self.files[name] = self.files.get(name, b"") + content
            return True
        return False

    def replace(self, name: str, content: bytes) -> bool:
        if self._fits(len(content)):  # the draft stands beside what it replaces
            self.files[name] = content
            return True
        return False

    def remove(self, name: str) -> bool:
        self.files.pop(name, None)
        return True

    def read(self, name: str, most: int = 1 << 30, offset: int = 0) -> bytes | None:
        return self.files[name][offset : offset + most] if name in self.files else None

    def size(self, name: str) -> int:
        return len(self.files.get(name, b""))

    def samples(self) -> list[Sample]:
        parts = sorted(each for each in self.files if each.startswith("samples-"))
        content = [self.files.get(COARSE, b""), *(self.files[each] for each in parts)]
        rows = [read_samples(each) for each in content]
        assert sum(each.not_understood for each in rows) == 0
        return [row for each in rows for row in each.rows]

    def events(self) -> list[RecordedEvent]:
        names = sorted(each for each in self.files if each.startswith("events-"))
        return [row for each in names for row in parse_events(self.files[each])]


def sample_at(second: float, peaks: dict[float, int]) -> Sample:
    resident = peaks.get(second, 300 * MIB + int(50 * MIB * math.sin(second / 900)))
    return Sample(
        second,
        resident_bytes=resident,
        cpu_seconds=second / 50,
        threads=17,
        descriptors=60,
        children=0,
        children_resident_bytes=0,
        group_bytes=resident + 20 * MIB,
        group_limit_bytes=2048 * MIB,
        group_kills=0,
        pressure_percent=0.0,
        available_bytes=6000 * MIB - resident,
    )


def recorded(seconds: float, step: float, total: int, peaks: dict[float, int]) -> Disk:
    disk = Disk()
    ring = SampleRing(disk, total)
    for number in range(int(seconds / step)):
        ring.add(sample_at(number * step, peaks))
        assert ring.flush()
    assert ring.lost == 0
    return disk


@pytest.mark.parametrize(
    ("days", "step", "total"),
    [
        pytest.param(1, 2.0, RecordSettings().samples_bytes, id="a day as by default"),
        pytest.param(1, 10.0, 64 * 1024, id="a day in the smallest ring"),
        pytest.param(30, 30.0, 256 * 1024, id="a month"),
    ],
)
def test_a_long_session_keeps_its_ends_and_its_peaks(days: int, step: float, total: int) -> None:
    seconds = days * DAY
    peaks = {seconds / 5: 1900 * MIB, seconds / 2: 2000 * MIB, 0.7 * seconds: 1800 * MIB}
    peaks = {round(at / step) * step: size for at, size in peaks.items()}

    disk = recorded(seconds, step, total, peaks)
    rows = disk.samples()

    assert disk.most <= total
    assert [each.at_seconds for each in rows] == sorted({each.at_seconds for each in rows})
    by_time = {each.at_seconds: each.resident_bytes for each in rows}
    assert {at: by_time.get(at) for at in peaks} == peaks, "each peak stands at its own moment"
    last = [number * step for number in range(int((seconds - 1200) / step), int(seconds / step))]
    assert set(last) <= set(by_time), "the last minutes are as they were measured"
    assert rows[0].at_seconds == 0.0
    gaps = [after.at_seconds - before.at_seconds for before, after in pairwise(rows)]
    assert max(gaps) <= seconds / 20, "no stretch is left out"


def test_the_first_minutes_are_kept_as_they_were_measured() -> None:
    disk = recorded(DAY, 2.0, 2 * MIB, {})

    first = [each.at_seconds for each in disk.samples() if each.at_seconds < FIRST_SECONDS]

    assert first == [2.0 * number for number in range(60)]


def test_a_row_that_stands_for_several_has_the_worst_of_them() -> None:
    disk = Disk()
    ring = SampleRing(disk, 64 * 1024)
    odd = Sample(
        6001.0, resident_bytes=5, children=9, pressure_percent=77.5, available_bytes=1, group_bytes=8, group_kills=1
    )
    for number in range(3000):
        ring.add(odd if number == 600 else sample_at(number * 10.0, {}))
        ring.flush()

    rows = [each for each in disk.samples() if each.pressure_percent == 77.5]

    assert len(rows) == 1
    assert rows[0].resident_bytes is not None and rows[0].resident_bytes > 200 * MIB
    assert (rows[0].children, rows[0].available_bytes, rows[0].group_kills) == (9, 1, 1)


def test_a_full_disk_is_waited_for_and_what_waits_is_bounded() -> None:
    disk = Disk(room=5000)
    ring = SampleRing(disk, 2 * MIB)
    for number in range(10_000):
        ring.add(sample_at(number * 2.0, {}))
        ring.flush()
    assert not ring.flush()
    assert ring.lost > 0
    before = len(disk.samples())

    disk.room = math.inf
    assert ring.flush()

    rows = disk.samples()
    assert [each.at_seconds for each in rows] == sorted(each.at_seconds for each in rows)
    assert rows[-1].at_seconds == 19_998.0
    assert len(rows) - before > 300
    assert len(rows) + ring.lost == 10_000


def test_a_disk_that_is_full_for_the_coarse_rows_too_still_gets_the_last_ones() -> None:
    disk = Disk(room=40_000)
    ring = SampleRing(disk, 64 * 1024)
    for number in range(5000):
        ring.add(sample_at(number * 2.0, {}))
        ring.flush()

    assert disk.most <= 40_000
    assert disk.samples()[-1].at_seconds > 7000


def test_events_that_happen_seldom_outlive_the_requests() -> None:
    disk = Disk()
    ring = EventRing(disk, 256 * 1024)
    ring.add(RecordedEvent(0.0, EventKind.START, "gopls"))
    for number in range(40_000):
        ring.add(RecordedEvent(number + 1.0, EventKind.REQUEST, "textDocument/completion", 0.042))
        if number % 4000 == 0:
            ring.add(RecordedEvent(number + 1.0, EventKind.TROUBLE, "stuck-request", detail="no answer"))
        assert ring.flush()

    events = disk.events()

    assert disk.most <= 256 * 1024 // 4
    assert events[0].kind is EventKind.START
    assert sum(each.kind is EventKind.TROUBLE for each in events) == 10
    assert events[-1].at_seconds == 40_000.0
    assert [each.at_seconds for each in events] == sorted(each.at_seconds for each in events)


def test_very_many_troubles_keep_the_first_and_the_last() -> None:
    disk = Disk()
    ring = EventRing(disk, 64 * 1024)
    for number in range(20_000):
        ring.add(RecordedEvent(float(number), EventKind.TROUBLE, "slow-requests", detail="x" * 50))
        assert ring.flush()

    events = disk.events()

    assert disk.most <= 64 * 1024 // 4
    assert events[0].at_seconds == 0.0
    assert events[-1].at_seconds == 19_999.0


def test_parse_of_a_part_is_what_was_added() -> None:
    disk = Disk()
    ring = SampleRing(disk, 2 * MIB)
    rows = [sample_at(number * 2.0, {}) for number in range(100)]
    for each in rows:
        ring.add(each)
    ring.flush()

    assert parse_samples(disk.files["samples-000001"]) == tuple(rows)
