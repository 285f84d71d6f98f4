"""Samples and events of a session as lines of tab-separated values, and back.

A file of them begins with a line of column names, the fields of `Sample` or `RecordedEvent`, so that a file that
another version wrote is read by name. An empty cell is None (of a text: no text). Tabs, line ends and backslashes
inside a cell are written `\\t`, `\\n`, `\\r`, `\\\\`. Reading is total: a line that was cut, or is not of this form, is
counted and passed over.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import fields
from typing import Any, NamedTuple, TypeVar

from gopls_diag.model.recorded_session import EventKind, RecordedEvent, Sample

_Row = TypeVar("_Row", Sample, RecordedEvent)

_KINDS: dict[str, type[Sample] | type[RecordedEvent]] = {"samples": Sample, "events": RecordedEvent}
_COLUMNS = {name: tuple(each.name for each in fields(row)) for name, row in _KINDS.items()}
SAMPLES_HEAD = "\t".join(_COLUMNS["samples"]) + "\n"
EVENTS_HEAD = "\t".join(_COLUMNS["events"]) + "\n"

_LONGEST_CELL = 4000
_EVENT_KINDS = {each.value: each for each in EventKind}
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
_MEANT = {"\\": "\\", "t": "\t", "n": "\n", "r": "\r"}


class Lines(NamedTuple):
    """What a file holds, in its order, and how many lines could not be read."""

    rows: tuple[Any, ...]
    not_understood: int


def sample_line(sample: Sample) -> str:
    """One line with its end."""
    return "\t".join([_number(getattr(sample, name)) for name in _COLUMNS["samples"]]) + "\n"


def event_line(event: RecordedEvent) -> str:
    """One line with its end; texts longer than 4,000 characters are cut."""
    cells = (
        _number(event.at_seconds),
        event.kind.value,
        event.subject[:_LONGEST_CELL].translate(_ESCAPES),
        _number(event.elapsed_seconds, digits=6),
        event.detail[:_LONGEST_CELL].translate(_ESCAPES),
    )
    return "\t".join(cells) + "\n"


def parse_samples(content: bytes) -> tuple[Sample, ...]:
    """The samples of one file, in its order; what cannot be read is passed over."""
    return _read(content, _sample).rows


def parse_events(content: bytes) -> tuple[RecordedEvent, ...]:
    """The events of one file, in its order; what cannot be read is passed over."""
    return _read(content, _event).rows


def iterate_samples(content: bytes) -> Iterator[tuple[Sample, str]]:
    """Each sample with its line, one at a time, for files that are too long to be held as rows."""
    columns: tuple[str, ...] = ()
    begin = 0
    while (end := content.find(b"\n", begin)) >= 0:
        line = content[begin:end].decode("utf-8", "replace")
        begin = end + 1
        cells = line.split("\t")
        if cells[:1] == ["at_seconds"] or not columns:
            columns = tuple(cells)
            continue
        row = _sample(dict(zip(columns, cells, strict=True))) if len(cells) == len(columns) else None
        if row is not None:
            yield row, line + "\n"


def read_samples(content: bytes) -> Lines:
    """The same with the count of what could not be read."""
    return _read(content, _sample)


def read_events(content: bytes) -> Lines:
    """The same with the count of what could not be read."""
    return _read(content, _event)


def _number(value: float | None, *, digits: int = 3) -> str:
    """Moments are as fine as milliseconds, times of requests as microseconds; whole numbers stay whole."""
    if value is None:
        return ""
    if isinstance(value, int):
        return str(value)
    return f"{value:.{digits}f}".rstrip("0").rstrip(".") if math.isfinite(value) else ""


def _read(content: bytes, row_of: Callable[[dict[str, str]], _Row | None]) -> Lines:
    rows: list[_Row] = []
    bad = 0
    *whole, cut = content.decode("utf-8", "replace").split("\n")
    lines = (each for each in whole if each.strip("\0\r "))
    columns = tuple(next(lines, cut).split("\t"))
    bad += bool(cut.strip("\0\r "))  # half a number is another number
    for line in lines:
        cells = line.split("\t")
        row = row_of(dict(zip(columns, cells, strict=True))) if len(cells) == len(columns) else None
        if row is None:
            # Parts of a ring that were put together have a head each; it says nothing new.
            bad += tuple(cells) != columns
        else:
            rows.append(row)
    return Lines(tuple(rows), bad)


def _sample(cells: dict[str, str]) -> Sample | None:
    at = _parsed(cells.get("at_seconds", ""))
    if at is None:
        return None
    values: dict[str, Any] = {}
    for name in _COLUMNS["samples"][1:]:
        written = cells.get(name, "")
        value = _parsed(written)
        if value is None and written:
            return None
        if value is None or name in _FRACTIONS:
            values[name] = value
        else:  # exact, where it is whole: counters of the kernel may be larger than a float holds
            values[name] = int(written) if written.isdecimal() else int(value)
    return Sample(at, **values)


_FRACTIONS = ("cpu_seconds", "pressure_percent")


def _event(cells: dict[str, str]) -> RecordedEvent | None:
    at = _parsed(cells.get("at_seconds", ""))
    kind = _EVENT_KINDS.get(cells.get("kind", ""))
    elapsed = cells.get("elapsed_seconds", "")
    seconds = _parsed(elapsed)
    if at is None or kind is None or (seconds is None and elapsed):
        return None
    return RecordedEvent(at, kind, _text(cells.get("subject", "")), seconds, _text(cells.get("detail", "")))


def _parsed(cell: str) -> float | None:
    if not cell or len(cell) > 40 or not cell.isascii():
        return None
    try:
        value = float(cell)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _text(cell: str) -> str:
    if "\\" not in cell:
        return cell
    pieces = cell.split("\\")
    found = [pieces[0]]
    is_escaped = False
    for piece in pieces[1:]:
        if is_escaped:  # the second of two backslashes: what follows stands for itself
            found.append(piece)
            is_escaped = False
        elif not piece:
            found.append("\\")
            is_escaped = True
        else:
            found += [_MEANT.get(piece[0], "\\" + piece[0]), piece[1:]]
    return "".join(found)
