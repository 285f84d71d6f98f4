"""What systems say about the end of programs: lines within a log, and files that are such a report as a whole.

Most logs hold neither, so what reads them is loaded when the first of them is met.
"""

from __future__ import annotations

from typing import Protocol

from gopls_diag.model.log_reading import LogReading

_KEPT = 20_000
"""Lines of the system's that are looked at; more says nothing new about the same kill."""
_CRASH_BEGINNINGS = (b"goroutine ", b"panic: ", b"fatal error: ", b"SIGQUIT: ", b"SIGABRT: ", b"SIGSEGV: ")
"""No report begins so."""


class SystemLines:
    """Collects the lines of one log that a system's own programs wrote."""

    def __init__(self, *, now_seconds: float | None = None) -> None:
        self._now_seconds = now_seconds
        self._lines: list[str] = []
        self._numbers: list[int] = []

    def line(self, text: str, number: int) -> None:
        """Take one line, with the date and the names that stood before it; other programs' lines do no harm."""
        if len(self._lines) < _KEPT:
            self._lines.append(text[:4000])
            self._numbers.append(number)

    def finish(self, reading: LogReading) -> LogReading:
        """The reading with what was refused or ended, and an end for each process that was."""
        if not self._lines:
            return reading
        from gopls_diag.parse.log.system_ends import with_system_ends  # noqa: PLC0415

        return with_system_ends(reading, self._lines, self._numbers, now_seconds=self._now_seconds)


class WholeFile(Protocol):
    """Reads a file that is one report as a whole: .ips, .v1.count, memory.events."""

    def feed(self, content: bytes) -> None:
        """Take the next bytes, the first ones included."""

    def finish(self, reading: LogReading) -> LogReading:
        """The reading with what the file held, its format in `formats`; must raise on nothing."""


def whole_file(head: bytes) -> WholeFile | None:
    """The reader for a file that begins so (at least 4 KiB, or all that there is); None if it is read line by line."""
    if head.startswith(_CRASH_BEGINNINGS):
        return None
    from gopls_diag.parse.log.system_reports import report_reader  # noqa: PLC0415

    return report_reader(head)
