"""Whether a process spent its time in collecting garbage, from its gctrace lines.

The sign of a memory limit below what is needed: the runtime sets the goal to what is live, so that each cycle begins
as soon as the last one has ended. The CPU limiter of the collector (golang/go src/runtime/mgclimit.go) then holds its
share at 50 %, letting the heap grow beyond the limit, which is why the printed percentage creeps to 50 and stays there.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from gopls_diag.model.crash import Explanation
from gopls_diag.model.log_reading import GcCycle

_MEBIBYTE = 1 << 20
_GOAL_TO_LIVE = 1.05
_LEAST_CYCLES = 10
_LEAST_SECONDS = 10.0
_LEAST_SHARE = 0.40
_LEAST_ACTIVE = 0.80
_STUCK_PERCENT = 45.0
_RECENT_CYCLES = 20
_RECENT_SECONDS = 5.0
_HIGH_SHARE = 0.25


@dataclass(slots=True)
class _Stretch:
    """Cycles with nothing between them."""

    first: GcCycle
    proof: list[str]
    end_seconds: float
    cycles: int = 0
    cpu_seconds: float = 0.0
    active_seconds: float = 0.0
    last: GcCycle | None = None
    last_text: str = ""
    processors: int = 1
    misses: int = 0

    def add(self, cycle: GcCycle, clock: float, cpu: float, processors: int, text: str) -> None:
        self.cycles += 1
        self.cpu_seconds += cpu
        self.active_seconds += clock
        self.last, self.last_text, self.processors = cycle, text, max(processors, 1)
        self.end_seconds = max(self.end_seconds, cycle.at_seconds + clock)

    @property
    def seconds(self) -> float:
        return max(self.end_seconds - self.first.at_seconds, 1e-9)

    @property
    def share(self) -> float:
        """Of all processor time that the program may use."""
        return min(self.cpu_seconds / (self.seconds * self.processors), 1.0)

    @property
    def active(self) -> float:
        """Of the time, in which a collection was under way."""
        return min(self.active_seconds / self.seconds, 1.0)

    @property
    def is_thrashing(self) -> bool:
        return (
            self.cycles >= _LEAST_CYCLES
            and self.seconds >= _LEAST_SECONDS
            and self.share >= _LEAST_SHARE
            and self.active >= _LEAST_ACTIVE
        )


@dataclass(slots=True)
class Thrashing:
    """Looks for the longest stretch of collections back to back, and how much of the time the last ones took."""

    _now: _Stretch | None = None
    _worst: _Stretch | None = None
    _last: GcCycle | None = None
    _last_text: str = ""
    _recent: deque[tuple[float, float, int]] = field(default_factory=lambda: deque(maxlen=_RECENT_CYCLES))

    def add(self, cycle: GcCycle, clock: float, cpu: float, processors: int, text: str) -> None:
        """The next cycle: seconds that it took, processor seconds, processors, its line."""
        if cycle.is_forced:
            return
        self._last, self._last_text = cycle, text
        self._recent.append((cycle.at_seconds, cpu, max(processors, 1)))
        is_tight = cycle.goal_bytes <= cycle.live_bytes * _GOAL_TO_LIVE
        now = self._now
        if is_tight:
            if now is None:
                now = self._now = _Stretch(cycle, [text], cycle.at_seconds)
            now.misses = 0
            now.add(cycle, clock, cpu, processors, text)
        elif now is not None:
            now.misses += 1
            if now.misses > 1:
                self._close()
                return
        if now is not None and now.is_thrashing and (self._worst is None or now.seconds > self._worst.seconds):
            self._worst = now

    def explanations(self) -> list[Explanation]:
        """The thrashing, if it is shown; else a share of time that is high."""
        if self._worst is not None and self._worst.last is not None:
            return [self._thrashing(self._worst, self._worst.last)]
        return self._share()

    def _close(self) -> None:
        self._now = None

    def _thrashing(self, worst: _Stretch, last: GcCycle) -> Explanation:
        is_to_the_end = self._last is last
        stuck = last.cpu_percent >= _STUCK_PERCENT
        when = f"for the last {worst.seconds:.0f} s of the log" if is_to_the_end else f"for {worst.seconds:.0f} s"
        after = "" if is_to_the_end else f", until {worst.end_seconds:.0f} s after its start"
        return Explanation(
            summary=f"the process did little but collect garbage {when}: {worst.cycles} collections back to back took "
            f"{worst.share:.0%} of the processor time, with {last.live_bytes // _MEBIBYTE} MB live at a goal of "
            f"{last.goal_bytes // _MEBIBYTE} MB{after}; so it goes when a memory limit is below what is needed",
            kind="gc-thrash",
            proof=tuple(dict.fromkeys((worst.proof[0], worst.last_text))),
            is_certain=is_to_the_end or stuck,
        )

    def _share(self) -> list[Explanation]:
        if len(self._recent) < _RECENT_CYCLES or self._last is None:
            return []
        begin, (end, _, processors) = self._recent[0][0], self._recent[-1]
        seconds = end - begin
        if seconds < _RECENT_SECONDS:
            return []
        cpu = sum(each[1] for each in list(self._recent)[:-1])
        share = min(cpu / (seconds * processors), 1.0)
        if share < _HIGH_SHARE:
            return []
        return [
            Explanation(
                summary=f"collecting garbage took {share:.0%} of the processor time in the last {seconds:.0f} s "
                f"({self._last.cpu_percent:.0f} % since the start)",
                kind="gc-share",
                proof=(self._last_text,),
            )
        ]
