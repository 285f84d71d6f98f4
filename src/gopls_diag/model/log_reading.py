"""What one log held, after reading it once from its beginning to its end."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from gopls_diag.model.crash import Crash, Explanation
from gopls_diag.model.saying import Channel, Saying

if TYPE_CHECKING:  # a dump of goroutines has none of these, and must not pay for loading them
    from gopls_diag.model.kernel_log import KernelEvent
    from gopls_diag.model.macos_report import MacReport
    from gopls_diag.model.recorded_end import RecordedEnd
    from gopls_diag.model.telemetry import CounterFile


@dataclass(frozen=True, slots=True)
class GcCycle:
    """One `gc N @T s P%:` line of GODEBUG=gctrace=1."""

    number: int
    at_seconds: float
    """Since the program started."""
    cpu_percent: float
    """Share of the processor time spent in GC since the start."""
    heap_before_bytes: int
    heap_after_bytes: int
    live_bytes: int
    goal_bytes: int
    is_forced: bool
    line: int


@dataclass(frozen=True, slots=True)
class GcHistory:
    """The collections of one process, oldest first; long histories are thinned out evenly."""

    cycles: tuple[GcCycle, ...]
    count: int
    """Lines that were read, also those thinned out."""
    explanations: tuple[Explanation, ...] = ()
    """Growth, share of time, and the sign of thrashing, where they show."""


@dataclass(frozen=True, slots=True)
class OpenRequest:
    """A request of an rpc trace that had no answer when the log (or the process) ended."""

    method: str
    id: str
    sent: str
    """The time as the trace writes it."""
    line: int
    parameters: str = ""
    """Its first 200 characters."""
    is_from_server: bool = False
    """True if gopls asked and the editor had to answer."""
    ended_line: int | None = None
    """Line of the `initialize` of the process that came next; None if the request was open when the log ended."""


@dataclass(frozen=True, slots=True)
class RequestTrace:
    """Requests of -rpc.trace or of a client's trace."""

    requests: int
    """From the editor to gopls."""
    answers: int
    """To these."""
    open: tuple[OpenRequest, ...]
    """Oldest first, at most 50."""
    slowest: tuple[tuple[str, int], ...] = ()
    """(method, milliseconds), the slowest ten."""


class LastWords(NamedTuple):
    """The line that a program printed last."""

    line: int
    """From 1."""
    text: str


@dataclass(frozen=True, slots=True)
class LogReading:
    """One input, read."""

    source: str
    formats: tuple[str, ...] = ()
    """What it was found to be made of, in order of first sight: `vscode-0.57`, `journald`, `go-traceback`, …"""
    lines: int = 0
    bytes: int = 0
    not_understood: int = 0
    """Lines that have no form known here."""
    sayings: tuple[Saying, ...] = ()
    channels: frozenset[Channel] = frozenset()
    """Channels on which something would have been heard."""
    crashes: tuple[Crash, ...] = ()
    """In the order of the input."""
    last_words: LastWords | None = None
    """The last that was printed, if nothing follows and a program may have ended with it."""
    collections: tuple[GcHistory, ...] = ()
    """One for each process whose collections are in the log."""
    requests: RequestTrace | None = None
    kernel_events: tuple[KernelEvent, ...] = ()
    mac_reports: tuple[MacReport, ...] = ()
    counters: tuple[CounterFile, ...] = ()
    recorded: RecordedEnd | None = None
    """Of an incident.json: the end that our own recorder kept."""
    notes: tuple[str, ...] = ()
    """What was left out or only half understood, in words."""

    def without_lines(self, why: str) -> LogReading:
        """The same of a log whose beginning was not read, so that the numbers of its lines are not known."""
        return replace(self, sayings=tuple(replace(each, line=None) for each in self.sayings), notes=(*self.notes, why))


@dataclass(frozen=True, slots=True)
class LogReadings:
    """All inputs that were given, in their order."""

    all: tuple[LogReading, ...]

    @property
    def crashes(self) -> tuple[Crash, ...]:
        """Every end of every input."""
        return tuple(crash for each in self.all for crash in each.crashes)


@dataclass(frozen=True, slots=True)
class Crashes:
    """Every end that the logs told of: what checks judge."""

    all: tuple[Crash, ...]
