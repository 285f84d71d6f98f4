"""What is kept of a session's samples and events under a limit of bytes, however long it lasts.

Samples are appended to parts. The oldest part, once there are too many, goes into the coarse file as one row a minute,
and that file, once it is too long, into one row for two minutes, four, and so on. So the last hours are there as they
were measured, the first minutes too, and what lies between with fewer rows but with all of its peaks: a row that stands
for several is the one with the most memory, with the worst of their other measures.

Events are appended to parts as well. The oldest part goes, but for what happens seldom and matters long.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Protocol, TypeVar

from gopls_diag.model.recorded_session import EventKind, RecordedEvent, Sample
from gopls_diag.parse.recording_lines import (
    EVENTS_HEAD,
    SAMPLES_HEAD,
    event_line,
    iterate_samples,
    parse_events,
    sample_line,
)

_Number = TypeVar("_Number", int, float)

COARSE = "coarse.tsv"
COARSE_SECONDS = 60.0
FIRST_SECONDS = 120.0
"""From the beginning; kept as it was measured."""
_PENDING_BYTES = 128 * 1024
"""Lines that wait in memory while they cannot be written."""
_PARTS_OF_SAMPLES = 8
_PARTS_OF_EVENTS = 4
_LASTING = frozenset(
    (
        EventKind.START,
        EventKind.TROUBLE,
        EventKind.CALM,
        EventKind.LOOK,
        EventKind.SOURCE,
        EventKind.SUSPENDED,
        EventKind.SIGNAL,
        EventKind.END,
    )
)


class Folder(Protocol):
    """Of world.session_files.SessionFiles, what a ring needs; nothing here raises."""

    def append(self, name: str, content: bytes) -> bool:
        """All or nothing."""

    def replace(self, name: str, content: bytes) -> bool:
        """All or nothing."""

    def remove(self, name: str) -> bool:
        """True if it is gone."""

    def read(self, name: str, most: int = ..., offset: int = ...) -> bytes | None:
        """None if it cannot be read."""

    def size(self, name: str) -> int:
        """0 if it is not there."""


class Parts:
    """Files `NAME-000001`, … that lines are appended to; of too many the oldest is given away."""

    def __init__(
        self, folder: Folder, name: str, head: str, *, part_bytes: int, parts: int, retire: Callable[[bytes], bool]
    ) -> None:
        self._folder = folder
        self._name = name
        self._head = head.encode()
        self._part_bytes = max(part_bytes, 2 * len(self._head))
        self._parts = parts
        self._retire = retire
        self._pending: list[bytes] = []
        self._pending_bytes = 0
        self._first = 1
        self._last = 0
        self._size = 0
        self.lost = 0
        """Lines that could be kept nowhere."""

    def add(self, line: str) -> None:
        """Written at the next flush."""
        content = line.encode("utf-8", "replace")
        self._pending.append(content)
        self._pending_bytes += len(content)
        if self._pending_bytes > _PENDING_BYTES:
            # Every second one goes: what is left still spans the whole time.
            kept = self._pending[1::2]
            self.lost += len(self._pending) - len(kept)
            self._pending, self._pending_bytes = kept, sum(map(len, kept))

    def flush(self, *, is_urgent: bool = False) -> bool:
        """False if something still waits. What is urgent takes the place of the oldest where there is no other."""
        while self._pending:
            if self._last == 0 or self._size >= self._part_bytes:
                self._last += 1
                self._size = 0
                self._give_away()
            head = b"" if self._size else self._head
            count, size = 0, self._size + len(head)
            for line in self._pending:
                if count and size + len(line) > self._part_bytes:
                    break
                size += len(line)
                count += 1
            if not self._folder.append(self._part(self._last), head + b"".join(self._pending[:count])):
                if (is_urgent or self._pending_bytes > _PENDING_BYTES // 2) and self._give_up_oldest():
                    continue
                return False
            self._size = size if count == len(self._pending) else self._part_bytes
            self._pending_bytes -= sum(map(len, self._pending[:count]))
            del self._pending[:count]
        return True

    def _give_up_oldest(self) -> bool:
        """Room for what is new: why a session ended shows in its last minutes."""
        while self._first < self._last:
            name = self._part(self._first)
            size = self._folder.size(name)
            if not self._folder.remove(name):
                return False
            self._first += 1
            if size:
                return True
        return False

    def _part(self, number: int) -> str:
        return f"{self._name}-{number:06d}"

    def _give_away(self) -> None:
        while self._last - self._first >= self._parts:
            oldest = self._part(self._first)
            content = self._folder.read(oldest)
            # On a full disk there is no room for the coarse rows, until the part is gone. One more is waited for.
            if content and not self._retire(content) and self._last - self._first <= self._parts:
                return
            if not self._folder.remove(oldest):
                return
            self._first += 1


class SampleRing:
    """Samples under three quarters of `total_bytes`."""

    def __init__(self, folder: Folder, total_bytes: int) -> None:
        self._folder = folder
        self._coarse_bytes = total_bytes // 4
        self._width = COARSE_SECONDS
        part_bytes = total_bytes // 2 // (_PARTS_OF_SAMPLES + 1)
        self._parts = Parts(
            folder, "samples", SAMPLES_HEAD, part_bytes=part_bytes, parts=_PARTS_OF_SAMPLES, retire=self._retire
        )

    @property
    def lost(self) -> int:
        return self._parts.lost

    def add(self, sample: Sample) -> None:
        """Written at the next flush."""
        self._parts.add(sample_line(sample))

    def flush(self, *, is_urgent: bool = False) -> bool:
        """False if something still waits, because it cannot be written."""
        return self._parts.flush(is_urgent=is_urgent)

    def _retire(self, part: bytes) -> bool:
        """The rows of a part go into the coarse file."""
        size = self._folder.size(COARSE)
        head = "" if size else SAMPLES_HEAD
        content = (head + "".join(thin(iterate_samples(part), self._width, self._first_bytes(size)))).encode()
        if size + len(content) <= self._coarse_bytes:
            return self._folder.append(COARSE, content)
        before = self._folder.read(COARSE, 4 * self._coarse_bytes) or b""
        joined = before + content
        while len(joined) > self._coarse_bytes // 2:
            self._width *= 2
            if self._width > 1e9:
                break
            rows = thin(iterate_samples(joined), self._width, self._first_bytes(0))
            joined = (SAMPLES_HEAD + "".join(rows)).encode()
        return self._folder.replace(COARSE, joined)

    def _first_bytes(self, size: int) -> int:
        return max(self._coarse_bytes // 8 - size, 0)


class EventRing:
    """Events under a quarter of `total_bytes`."""

    _KEPT = "events-000000"

    def __init__(self, folder: Folder, total_bytes: int) -> None:
        self._folder = folder
        self._kept_bytes = total_bytes // 16
        part_bytes = (total_bytes // 4 - self._kept_bytes) // (_PARTS_OF_EVENTS + 1)
        self._parts = Parts(
            folder, "events", EVENTS_HEAD, part_bytes=part_bytes, parts=_PARTS_OF_EVENTS, retire=self._retire
        )

    @property
    def lost(self) -> int:
        return self._parts.lost

    def add(self, event: RecordedEvent) -> None:
        """Written at the next flush."""
        self._parts.add(event_line(event))

    def flush(self, *, is_urgent: bool = False) -> bool:
        """False if something still waits, because it cannot be written."""
        return self._parts.flush(is_urgent=is_urgent)

    def _retire(self, part: bytes) -> bool:
        lines = [event_line(each) for each in parse_events(part) if each.kind in _LASTING]
        if not lines:
            return True
        size = self._folder.size(self._KEPT)
        added = "".join(lines).encode()
        if size + len(added) + len(EVENTS_HEAD) <= self._kept_bytes:
            return self._folder.append(self._KEPT, added if size else EVENTS_HEAD.encode() + added)
        before = parse_events(self._folder.read(self._KEPT) or b"")
        rows = [*(event_line(each) for each in before), *lines]
        # The beginning stays, the middle goes.
        head = rows[: len(rows) // 8]
        rest = rows[len(head) :]
        most = self._kept_bytes // 2 - len(EVENTS_HEAD)
        head = list(_fitting(head, most // 4))
        tail = list(_fitting(reversed(rest), most - sum(len(each.encode()) for each in head)))[::-1]
        return self._folder.replace(self._KEPT, "".join([EVENTS_HEAD, *head, *tail]).encode())


def thin(rows: Iterable[tuple[Sample, str]], width: float, first_bytes: int) -> Iterator[str]:
    """Lines of one row for each stretch of `width` seconds.

    Rows of the first two minutes stay as they are, as far as they have room in `first_bytes`.
    """
    kept: Sample | None = None
    for row, line in rows:
        if row.at_seconds < FIRST_SECONDS and first_bytes >= len(line) and kept is None:
            first_bytes -= len(line)
            yield line
        elif kept is not None and kept.at_seconds // width == row.at_seconds // width:
            kept = _worse(kept, row)
        else:
            if kept is not None:
                yield sample_line(kept)
            kept = row
    if kept is not None:
        yield sample_line(kept)


def _worse(one: Sample, other: Sample) -> Sample:
    """The row with the most memory, at its own moment, with the worst that either says of the rest."""
    peak, less = (other, one) if _memory(other) > _memory(one) else (one, other)
    return replace(
        peak,
        pss_bytes=_most(peak.pss_bytes, less.pss_bytes),
        threads=_most(peak.threads, less.threads),
        descriptors=_most(peak.descriptors, less.descriptors),
        children=_most(peak.children, less.children),
        children_resident_bytes=_most(peak.children_resident_bytes, less.children_resident_bytes),
        group_bytes=_most(peak.group_bytes, less.group_bytes),
        group_limit_bytes=peak.group_limit_bytes if peak.group_limit_bytes is not None else less.group_limit_bytes,
        group_kills=_most(peak.group_kills, less.group_kills),
        pressure_percent=_most(peak.pressure_percent, less.pressure_percent),
        available_bytes=_least(peak.available_bytes, less.available_bytes),
    )


def _memory(sample: Sample) -> int:
    return -1 if sample.resident_bytes is None else sample.resident_bytes


def _most(one: _Number | None, other: _Number | None) -> _Number | None:
    return other if one is None else one if other is None else max(one, other)


def _least(one: int | None, other: int | None) -> int | None:
    return other if one is None else one if other is None else min(one, other)


def _fitting(lines: Iterable[str], most: int) -> Iterator[str]:
    """From the beginning as many as have room."""
    for line in lines:
        most -= len(line.encode())
        if most < 0:
            return
        yield line
