"""What systems say about the end of programs: lines within a log, and files that are such a report as a whole."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Protocol

from gopls_diag.model.crash import Crash, EndKind, SignalDetail
from gopls_diag.model.kernel_log import KernelEvent, KillKind, is_gopls_name
from gopls_diag.model.log_reading import LogReading
from gopls_diag.parse.container_state import parse_container_words
from gopls_diag.parse.kernel_log import parse_kernel_log
from gopls_diag.parse.log.system_reports import report_reader
from gopls_diag.parse.windows_events import parse_windows_events

_KEPT = 20_000
"""Lines of the system's that are looked at; more says nothing new about the same kill."""
_SIGKILL_PATTERN = re.compile(r"SIGKILL|\bsignal:? (?:9\b|killed\b)|\b[Kk]illed\b|\b137\b|9/KILL")
_ENDING = frozenset(
    (
        KillKind.OUT_OF_MEMORY,
        KillKind.CGROUP_OUT_OF_MEMORY,
        KillKind.OOMD,
        KillKind.JETSAM,
        KillKind.CODE_SIGNING,
    )
)
"""The others refuse memory or files; the program may live on."""


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
        """The reading with what was refused or ended, and an end for each process that was."""
        if not self._lines:
            return reading
        killed = parse_kernel_log("\n".join(self._lines), source=self._source, now_seconds=self._now_seconds)
        windows = parse_windows_events(self._lines, source=self._source)
        containers = parse_container_words(self._lines, source=self._source)
        numbered = [self._numbered(each) for each in (*killed, *windows.events, *containers.events)]
        told = [replace(each, line=self._number(each.line)) for each in (*windows.crashes, *containers.crashes)]
        told = [replace(each, last_line=each.line) for each in told]
        ends = [ended(self._numbered(each)) for each in killed if each.kind in _ENDING]
        crashes = joined(reading.crashes, (*ends, *told))
        return replace(reading, kernel_events=(*reading.kernel_events, *numbered), crashes=crashes)

    def _numbered(self, event: KernelEvent) -> KernelEvent:
        return event if event.line is None else replace(event, line=self._number(event.line))

    def _number(self, at: int) -> int:
        return self._numbers[min(max(at, 1), len(self._numbers)) - 1]


def ended(event: KernelEvent) -> Crash:
    """The end of the process that the system ended, as its own line tells it.

    A group that systemd-oomd ended may have held any program, so it names none.
    """
    name = "gopls" if is_gopls_name(event.process) else event.process
    line = event.line or 1
    return Crash(
        event.source,
        line,
        EndKind.KILLED,
        event.text,
        last_line=line,
        program=name,
        signal=SignalDetail("SIGKILL", "killed"),
    )


def joined(crashes: Iterable[Crash], ends: Iterable[Crash]) -> tuple[Crash, ...]:
    """All ends in the order of the log; one that an editor or a shell told too is given once, with both lines.

    An editor sees only that its server was killed, the kernel says why: what it says becomes a diagnostic.
    """
    found = list(crashes)
    taken: set[int] = set()
    for end in ends:
        at = next((at for at, each in enumerate(found) if at not in taken and _is_same(each, end)), None)
        if at is None:
            found.append(end)
            taken.add(len(found) - 1)
        else:
            taken.add(at)
            program = found[at].program or end.program
            found[at] = replace(found[at], program=program, diagnostics=(*found[at].diagnostics, end.message))
    return tuple(sorted(found, key=lambda each: each.line))


def _is_same(crash: Crash, end: Crash) -> bool:
    if crash.kind is not EndKind.KILLED or end.kind is not EndKind.KILLED or end.program != "gopls":
        return False
    if crash.program not in ("", "gopls"):
        return False
    return crash.signal.name == "SIGKILL" if crash.signal else _SIGKILL_PATTERN.search(crash.message) is not None


class WholeFile(Protocol):
    """Reads a file that is one report as a whole: .ips, .v1.count, memory.events."""

    def feed(self, content: bytes) -> None:
        """Take the next bytes, the first ones included."""

    def finish(self, reading: LogReading) -> LogReading:
        """The reading with what the file held, its format in `formats`; must raise on nothing."""


def whole_file(head: bytes) -> WholeFile | None:
    """The reader for a file that begins so (at least 4 KiB, or all that there is); None if it is read line by line."""
    return report_reader(head)
