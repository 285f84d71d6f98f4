"""What systems say about the end of programs: lines within a log, and files that are such a report as a whole."""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

from gopls_diag.model.log_reading import LogReading
from gopls_diag.parse.kernel_log import parse_kernel_log

_KEPT = 20_000
"""Lines of the system's that are looked at; more says nothing new about the same kill."""


class SystemLines:
    """Collects the lines of one log that a system's own programs wrote."""

    def __init__(self, source: str, *, now_seconds: float | None = None) -> None:
        self._source = source
        self._now_seconds = now_seconds
        self._lines: list[str] = []
        self._numbers: list[int] = []

    def line(self, text: str, number: int) -> None:
        """Take one line, with the date and the names that stood before it; other programs' lines do no harm."""
        if len(self._lines) < _KEPT:
            self._lines.append(text[:4000])
            self._numbers.append(number)

    def finish(self, reading: LogReading) -> LogReading:
        """The reading with the kills that were told of."""
        events = parse_kernel_log("\n".join(self._lines), source=self._source, now_seconds=self._now_seconds)
        numbered = (replace(each, line=self._numbers[each.line - 1] if each.line else None) for each in events)
        return replace(reading, kernel_events=reading.kernel_events + tuple(numbered))


class WholeFile(Protocol):
    """Reads a file that is one report as a whole: .ips, .v1.count, memory.events."""

    def feed(self, content: bytes) -> None:
        """Take the next bytes, the first ones included."""

    def finish(self, reading: LogReading) -> LogReading:
        """The reading with what the file held, its format in `formats`; must raise on nothing."""


def whole_file(head: bytes, source: str) -> WholeFile | None:
    """The reader for a file that begins so (at least 4 KiB, or all that there is); None if it is read line by line."""
    return None
