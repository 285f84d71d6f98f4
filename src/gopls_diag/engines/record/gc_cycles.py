"""gctrace lines of a running gopls: events for the time line, and whether the collector gets nowhere.

The signs of thrashing are those of parse/log/gc_thrash.py, over the last seconds instead of over a whole log.
"""

from __future__ import annotations

from collections import deque

from gopls_diag.model.recorded_session import EventKind, RecordedEvent
from gopls_diag.parse.log.gc_trace import CycleLine, parse_cycle

_MIB = 1 << 20
_SECONDS = 20.0
_LEAST_CYCLES = 10
_LEAST_SECONDS = 8.0
_LEAST_SHARE = 0.4
_GOAL_TO_LIVE = 1.05
_MOST_EVENTS = 16
"""Of the lines that are read at once; a collector that thrashes writes hundreds."""


class GcCycles:
    """The last of them."""

    def __init__(self) -> None:
        self._recent: deque[CycleLine] = deque(maxlen=1000)
        self._seen_at = 0.0
        self.count = 0

    def see(self, lines: list[bytes], at: float, begin: float) -> list[RecordedEvent]:
        """The lines of standard error that came since the last time; `begin` is when gopls began in the session."""
        found: list[CycleLine] = []
        for line in lines:
            if line.startswith(b"gc "):
                cycle = parse_cycle(line.decode("utf-8", "replace").rstrip(), 0)
                if cycle is not None:
                    found.append(cycle)
        if not found:
            return []
        self.count += len(found)
        self._seen_at = at
        self._recent.extend(found)
        step = -(-len(found) // _MOST_EVENTS)
        return [_event(each, at, begin) for each in found[(len(found) - 1) % step :: step]]

    def thrashing(self, at: float) -> str:
        """In words, if collections back to back took most of the time lately; else ""."""
        if not self._recent or at - self._seen_at > _SECONDS:
            return ""
        last = self._recent[-1].cycle
        recent = [each for each in self._recent if each.cycle.at_seconds >= last.at_seconds - _SECONDS]
        tight = [
            each
            for each in recent
            if each.cycle.goal_bytes <= each.cycle.live_bytes * _GOAL_TO_LIVE and not each.cycle.is_forced
        ]
        if len(tight) < _LEAST_CYCLES or len(tight) < 0.8 * len(recent):
            return ""
        seconds = last.at_seconds - tight[0].cycle.at_seconds
        if seconds < _LEAST_SECONDS:
            return ""
        # The last one began at the end of the stretch.
        spent = sum(each.cpu_seconds for each in tight[:-1])
        share = min(spent / (seconds * max(tight[-1].processors, 1)), 1.0)
        if share < _LEAST_SHARE:
            return ""
        return (
            f"{len(tight)} collections in {seconds:.0f} s took {share:.0%} of the processor time, with "
            f"{last.live_bytes // _MIB} MB live at a goal of {last.goal_bytes // _MIB} MB"
        )


def _event(line: CycleLine, at: float, begin: float) -> RecordedEvent:
    cycle = line.cycle
    detail = (
        f"{cycle.heap_before_bytes // _MIB}->{cycle.live_bytes // _MIB} MB of {cycle.goal_bytes // _MIB} MB, "
        f"{cycle.cpu_percent:.0f} %{', forced' if cycle.is_forced else ''}"
    )
    moment = min(begin + cycle.at_seconds + line.clock_seconds, at)
    return RecordedEvent(moment, EventKind.COLLECTION, f"gc {cycle.number}", line.clock_seconds, detail)
