"""How the requests of one session fare, from what gopls tells by `-otel`. Bounded in memory whatever is told.

gopls tells of a request when it has ended, and of how many of a method were started and completed: every two seconds,
while there is anything to tell. What is in flight is the difference.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import Counter, deque
from dataclasses import dataclass, field
from itertools import islice

from gopls_diag.engines.record.depth import PATIENCE
from gopls_diag.model.incident import RequestCount
from gopls_diag.model.otlp import OtlpCommand, OtlpMetrics, OtlpRequest, OtlpTraces
from gopls_diag.model.record_settings import RecordSettings
from gopls_diag.model.recorded_session import EventKind, InFlight, RecordedEvent
from gopls_diag.parse.lsp_methods import NOTIFICATIONS, OTHER, method_name

HOW_KNOWN = "counts of started and completed requests (-otel)"
BOUNDS_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0)
"""Of the histogram that is exported: those that the conventions of OpenTelemetry advise for calls."""

_WINDOW_LIMIT = 4096
"""Requests of one window: 70 a second for a minute, more than any editor asks."""
_EVENTS_LIMIT = 200
"""Events of one post."""
_MARKS_LIMIT = 32
_LATE_SECONDS = 600.0
"""The clock was set, or the machine slept, if a request ended longer before its post arrived."""
_STEP = math.log(1.05)
_LEAST_SECONDS = 1e-4
_STEPS = 400
"""1.05 to the 400 times 0.1 ms are eight hours."""


@dataclass(frozen=True, slots=True)
class RequestWindow:
    """Requests that ended lately."""

    count: int = 0
    slow: int = 0
    failed: int = 0
    words: str = ""
    """Which of them were slow or failed, most first: `textDocument/hover 8 of 12`."""


@dataclass(frozen=True, slots=True)
class RequestHistogram:
    """All requests of one method and outcome."""

    method: str
    error: str
    """`ERROR`, `CANCELED`, …; empty for those that ended well."""
    count: int
    sum_seconds: float
    least_seconds: float
    most_seconds: float
    counts: tuple[int, ...]
    """One more than BOUNDS_SECONDS."""


@dataclass(slots=True)
class _Outcome:
    count: int = 0
    sum_seconds: float = 0.0
    least_seconds: float = math.inf
    most_seconds: float = 0.0
    counts: list[int] = field(default_factory=lambda: [0] * (len(BOUNDS_SECONDS) + 1))

    def add(self, elapsed: float) -> None:
        self.count += 1
        self.sum_seconds += elapsed
        self.least_seconds = min(self.least_seconds, elapsed)
        self.most_seconds = max(self.most_seconds, elapsed)
        self.counts[bisect_left(BOUNDS_SECONDS, elapsed)] += 1


@dataclass(slots=True)
class _Method:
    failed: int = 0
    steps: Counter[int] = field(default_factory=Counter)
    """Requests by the logarithm of their time: any quantile within 2.5 %, in at most 400 numbers."""
    outcomes: dict[str, _Outcome] = field(default_factory=dict)

    @property
    def count(self) -> int:
        return sum(each.count for each in self.outcomes.values())

    def quantile(self, share: float) -> float | None:
        wanted = max(1, math.ceil(share * self.count))
        slowest = max((each.most_seconds for each in self.outcomes.values()), default=0.0)
        for step in sorted(self.steps):
            wanted -= self.steps[step]
            if wanted <= 0:
                return min(slowest, _LEAST_SECONDS * math.exp((step - 0.5) * _STEP)) if step else 0.0
        return None


@dataclass(slots=True)
class _Flight:
    """The counts of one method. Both only grow."""

    started: int = 0
    completed: int = 0
    marks: deque[tuple[float, int]] = field(default_factory=deque)
    """(when, how many were started by then), oldest first."""


class Requests:
    """One session's requests."""

    def __init__(self, settings: RecordSettings) -> None:
        self._settings = settings
        self._methods: dict[str, _Method] = {}
        self._window: deque[tuple[float, str, bool, bool]] = deque(maxlen=_WINDOW_LIMIT)
        self._flights: dict[tuple[str, str], _Flight] = {}
        self.dropped = 0
        """Finer spans that were told and not kept."""

    def add(
        self, told: OtlpTraces | OtlpMetrics, at_seconds: float, *, unix_seconds: float | None = None
    ) -> tuple[RecordedEvent, ...]:
        """What to write into the time line, oldest first.

        Args:
            told: one post.
            at_seconds: when it arrived, since the session began.
            unix_seconds: when it arrived, since 1970; without it the last that ended is taken to have ended then.
        """
        if isinstance(told, OtlpMetrics):
            self._count(told, at_seconds)
            return ()
        self.dropped += told.dropped
        ends = [*(each.ended_seconds for each in told.requests), *(each.ended_seconds for each in told.commands)]
        arrived = unix_seconds if unix_seconds is not None else max(ends, default=0.0)
        events: list[RecordedEvent] = []
        for request in told.requests:
            at = at_seconds - _late(arrived - request.ended_seconds)
            self._end(request, at)
            if self._is_worth_a_line(request):
                events.append(_request_event(request, at))
        for command in told.commands:
            events.append(_command_event(command, at_seconds - _late(arrived - command.ended_seconds)))
        if len(events) > _EVENTS_LIMIT:
            # What failed or took long tells more than what did not.
            events.sort(key=lambda each: (bool(each.detail), each.elapsed_seconds or 0.0), reverse=True)
            del events[_EVENTS_LIMIT:]
        return tuple(sorted(events, key=lambda each: each.at_seconds))

    def window(self, at_seconds: float) -> RequestWindow:
        """The editor's requests that ended within window_seconds."""
        oldest = at_seconds - self._settings.window_seconds
        while self._window and self._window[0][0] < oldest:
            self._window.popleft()
        counts: Counter[str] = Counter()
        bad: Counter[str] = Counter()
        slow = failed = 0
        for _, method, is_slow, has_failed in self._window:
            counts[method] += 1
            slow += is_slow
            failed += has_failed
            if is_slow or has_failed:
                bad[method] += 1
        words = ", ".join(f"{method} {count} of {counts[method]}" for method, count in bad.most_common(3))
        return RequestWindow(len(self._window), slow, failed, words)

    def in_flight(self, at_seconds: float) -> tuple[InFlight, ...]:
        """Requests without an answer, the longest waiting first.

        Of the requests that had been started by a mark, one at least is still open as long as fewer are completed now.
        So the time since the oldest such mark is a lower bound that holds in whatever order they are answered.
        """
        found: dict[str, InFlight] = {}
        for (method, _), flight in self._flights.items():
            count = flight.started - flight.completed
            if count <= 0 or method in NOTIFICATIONS:
                continue
            waited = max(0.0, at_seconds - flight.marks[0][0]) if flight.marks else None
            before = found.get(method)
            if before:
                count += before.count
                waited = max(waited or 0.0, before.waited_seconds or 0.0)
            found[method] = InFlight(method, count, waited, HOW_KNOWN)
        return tuple(sorted(found.values(), key=lambda each: (-(each.waited_seconds or 0.0), each.method)))

    def totals(self) -> tuple[RequestCount, ...]:
        """The editor's requests by method, most first."""
        counts = [
            RequestCount(
                name,
                method.count,
                method.failed,
                method.quantile(0.5),
                method.quantile(0.95),
                max((each.most_seconds for each in method.outcomes.values()), default=None),
            )
            for name, method in self._methods.items()
        ]
        return tuple(sorted(counts, key=lambda each: (-each.count, each.method)))

    def histograms(self) -> tuple[RequestHistogram, ...]:
        """For the export, by method and outcome."""
        return tuple(
            RequestHistogram(
                name,
                error,
                outcome.count,
                outcome.sum_seconds,
                outcome.least_seconds,
                outcome.most_seconds,
                tuple(outcome.counts),
            )
            for name, method in sorted(self._methods.items())
            for error, outcome in sorted(method.outcomes.items())
        )

    def _end(self, request: OtlpRequest, at: float) -> None:
        if not _is_asked(request):
            return
        name, elapsed = method_name(request.method), request.elapsed_seconds
        method = self._methods.setdefault(name, _Method())
        method.failed += request.failed
        step = math.ceil(math.log(elapsed / _LEAST_SECONDS) / _STEP) if elapsed > _LEAST_SECONDS else 0
        method.steps[min(step, _STEPS)] += 1
        error = "" if request.status in ("", "OK") else request.status
        if error not in method.outcomes and len(method.outcomes) >= 8:
            error = "_OTHER"
        method.outcomes.setdefault(error, _Outcome()).add(elapsed)
        is_slow = elapsed > self._settings.slow_seconds * PATIENCE.get(name, 1.0)
        # One that the editor gave up was slow, if it was, but it did not fail.
        self._window.append((at, name, is_slow, request.failed))

    def _is_worth_a_line(self, request: OtlpRequest) -> bool:
        if _is_asked(request):
            return True
        return request.failed or request.elapsed_seconds >= self._settings.slow_seconds

    def _count(self, metrics: OtlpMetrics, at: float) -> None:
        sums: dict[tuple[str, str], list[int | None]] = {}
        for each in metrics.counts:
            both = sums.setdefault(
                (method_name(each.method), each.direction if each.direction == "out" else "in"), [None, None]
            )
            for place, value in enumerate((each.started, each.completed)):
                if value is not None:
                    both[place] = (both[place] or 0) + max(0, value)
        for key, (started, completed) in sums.items():
            flight = self._flights.setdefault(key, _Flight())
            if completed is not None:
                flight.completed = max(flight.completed, completed)
            if started is not None and started > flight.started:
                flight.started = started
                flight.marks.append((at, started))
            while flight.marks and flight.marks[0][1] <= flight.completed:
                flight.marks.popleft()
            if len(flight.marks) > _MARKS_LIMIT:
                flight.marks = deque(islice(flight.marks, 0, None, 2))


def _is_asked(request: OtlpRequest) -> bool:
    """True for what the editor waited for."""
    return request.direction != "out" and bool(request.id)


def _late(seconds: float) -> float:
    """How long before its arrival something ended; a clock that was set must not tear the time line apart."""
    return seconds if 0.0 <= seconds <= _LATE_SECONDS else 0.0


def _request_event(request: OtlpRequest, at: float) -> RecordedEvent:
    detail = "cancelled" if request.is_cancelled else f"failed: {request.status}" if request.failed else ""
    if request.direction == "out":
        detail = f"asked by gopls{'; ' if detail else ''}{detail}"
    name = method_name(request.method)
    if name == OTHER:
        name = OTHER if not request.method.isprintable() else request.method[:80]
    return RecordedEvent(max(0.0, at), EventKind.REQUEST, name, request.elapsed_seconds, detail)


def _command_event(command: OtlpCommand, at: float) -> RecordedEvent:
    verb = command.verb[:40] if command.verb.isprintable() else "?"
    detail = "failed; told by gopls" if command.failed else "told by gopls"
    return RecordedEvent(max(0.0, at), EventKind.CHILD, f"go {verb}", command.elapsed_seconds, detail)
