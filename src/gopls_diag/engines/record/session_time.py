"""The time of one session: seconds since its beginning, whatever is done to the clocks, and the holes in it."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import replace

from gopls_diag.model.recorded_session import EventKind, InFlight, RecordedEvent
from gopls_diag.world.recorder_clock import Moment

_SLEPT_SECONDS = 2.0
_LATE_SECONDS = 5.0
_JUMP_SECONDS = 10.0
_KEPT_HOLES = 64


class SessionTime:
    """Turns clocks into seconds of the session."""

    def __init__(self, now: Moment, age_seconds: float) -> None:
        """`age_seconds`: how long ago the session began."""
        self._begin = now.steady - max(age_seconds, 0.0)
        self._last = now
        self._holes: deque[tuple[float, float]] = deque(maxlen=_KEPT_HOLES)

    def at(self, now: Moment) -> float:
        """Seconds since the session began, with those that the machine slept."""
        return max(now.steady - self._begin, 0.0)

    def see(self, now: Moment, wanted_seconds: float) -> tuple[RecordedEvent, ...]:
        """Holes and jumps since the last time, which was to be `wanted_seconds` ago."""
        last, self._last = self._last, now
        passed, ran = now.steady - last.steady, now.awake - last.awake
        at = self.at(now)
        events: list[RecordedEvent] = []
        slept, late = passed - ran, ran - wanted_seconds
        if slept >= _SLEPT_SECONDS:
            events.append(RecordedEvent(at, EventKind.SUSPENDED, "machine", slept, "the machine slept"))
            self._holes.append((at, slept))
        if late >= _LATE_SECONDS:
            words = "the recorder did not run: it was stopped, or got no processor time; gopls may have run on"
            events.append(RecordedEvent(at, EventKind.SUSPENDED, "recorder", late, words))
        jumped = now.wall - last.wall - passed
        if jumped >= _JUMP_SECONDS:
            words = f"the wall clock went ahead by {jumped:.0f} s: it was set, or a virtual machine stood for that time"
            events.append(RecordedEvent(at, EventKind.SUSPENDED, "wall clock", jumped, words))
        elif jumped <= -_JUMP_SECONDS:
            words = f"it was set back by {-jumped:.0f} s; seconds of the session do not depend on it"
            events.append(RecordedEvent(at, EventKind.SOURCE, "wall clock", None, words))
        return tuple(events)

    def without_sleep(self, in_flight: Sequence[InFlight], at: float) -> tuple[InFlight, ...]:
        """Nobody answers while the machine sleeps, and nobody waits."""
        if not self._holes:
            return tuple(in_flight)
        changed: list[InFlight] = []
        for each in in_flight:
            waited = each.waited_seconds
            if waited is not None:
                slept = sum(hole for end, hole in self._holes if end > at - waited)
                waited = max(waited - slept, 0.0)
            changed.append(replace(each, waited_seconds=waited))
        return tuple(changed)

    def slept_before(self, at: float) -> float:
        """Seconds that the machine has slept until then."""
        return sum(hole for end, hole in self._holes if end <= at)
