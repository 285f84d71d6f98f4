"""When to look deeper, and when to calm down again: a state machine without a clock of its own.

It is shown what was measured, a few times a second or a minute, and says which troubles began and ended, whether a look
is due, and when to measure next. A trouble ends only after it has been gone for a while, so that a measure that swings
about its threshold is one trouble; looks are few, and have pauses, because each costs gopls something.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple, Protocol

from gopls_diag.model.amount import share_text, size_text
from gopls_diag.model.record_settings import MIB, RecordSettings
from gopls_diag.model.recorded_session import InFlight, Sample, Trouble, TroubleKind

CALM_SECONDS = 10.0
"""A trouble is over when its sign has been gone for so long."""
MEMORY_HYSTERESIS = 0.9
"""Memory is well again below this share of the threshold."""
SHARE_HYSTERESIS = 0.5
"""Slow and failed requests are few again below this share of the threshold."""
LOOK_ROOM_BYTES = 16 * MIB
"""A profile takes memory in gopls; with less room than this below its limit, taking one could be what kills it."""
STOPPED_SECONDS = 1.0
"""A debugger's or a shell's touch is shorter."""
CLIMB_SECONDS = 15.0
"""Memory that reaches its threshold within this time, at the pace of now, is measured more often."""
CLIMB_BYTES = 32 * MIB
"""Or that grows by so much a second, where no limit is known."""

START_SECONDS = 10.0
"""A workspace is loaded in the first seconds, and most memory is taken then."""

MAY_WAIT = frozenset({"window/showMessageRequest", "window/showDocument"})
"""Requests that a person answers: they may stay open for hours."""
PATIENCE = {"workspace/executeCommand": 4.0}
"""Requests that may last longer, and by what factor: a command runs tests, generators, go mod tidy."""

_KEPT_TROUBLES = 100
_KEPT_FIRST = 20


class Window(Protocol):
    """The requests that ended lately."""

    @property
    def count(self) -> int:
        """All of them."""

    @property
    def slow(self) -> int:
        """Longer than slow_seconds."""

    @property
    def failed(self) -> int:
        """Without those that were cancelled."""

    @property
    def words(self) -> str:
        """Which they were: `textDocument/hover 8 of 12`."""


class NearestLimit(NamedTuple):
    """The limit on memory with the least room."""

    kind: str
    """As in KnownLimit."""
    used_bytes: int
    limit_bytes: int
    place: str = ""

    @property
    def share(self) -> float:
        return self.used_bytes / self.limit_bytes if self.limit_bytes > 0 else 0.0


class LookWanted(NamedTuple):
    """A deeper look that is due."""

    goroutine_dumps: int
    """A second apart."""
    heap: bool
    why: str


class Decision(NamedTuple):
    """What follows from one measure."""

    begun: tuple[Trouble, ...]
    ended: tuple[Trouble, ...]
    look: LookWanted | None
    next_sample_seconds: float


@dataclass(slots=True)
class _Open:
    """A trouble that lasts."""

    trouble: Trouble
    worst: float
    gone_since: float | None = None
    looked_at: float | None = None


class _Sign(NamedTuple):
    """What shows a trouble at this moment."""

    words: str
    measure: float
    """The bigger the worse; the words of the worst moment are those that are kept."""
    is_beginning: bool = True
    """False between the two thresholds: it keeps a trouble alive and begins none."""


class Depth:
    """One session's troubles."""

    def __init__(self, settings: RecordSettings) -> None:
        self._settings = settings
        self._open: dict[TroubleKind, _Open] = {}
        self._over: list[Trouble] = []
        self._dropped = 0
        self._looks = 0
        self._looked_at: dict[TroubleKind, float] = {}
        self._busy_until = float("-inf")
        self._stopped_since: float | None = None
        self._memory: deque[tuple[float, int]] = deque(maxlen=8)

    @property
    def troubles(self) -> tuple[Trouble, ...]:
        """All so far in the order in which they began; of very many the first and the last."""
        return tuple(sorted([*self._over, *(each.trouble for each in self._open.values())], key=_beginning))

    @property
    def dropped(self) -> int:
        """Troubles that were too many to keep."""
        return self._dropped

    def see(
        self,
        now: float,
        sample: Sample,
        window: Window | None,
        in_flight: Sequence[InFlight],
        limit: NearestLimit | None,
        *,
        is_stopped: bool = False,
        thrashing: str = "",
    ) -> Decision:
        """What was measured at `now`, seconds since the session began.

        `thrashing` says in words that the collector gets nowhere, and is empty when it does not.
        """
        signs = {
            TroubleKind.MEMORY: self._memory_sign(limit),
            TroubleKind.STUCK: self._stuck_sign(in_flight),
            **self._window_signs(window),
            TroubleKind.THRASHING: _Sign(thrashing, 1.0) if thrashing else None,
            TroubleKind.SILENT: self._stopped_sign(now, is_stopped),
        }
        begun = self._begin(now, signs)
        ended = self._end(now, signs)
        look = self._look(now, limit)
        used = limit.used_bytes if limit else sample.resident_bytes
        if used is not None:
            self._memory.append((now, used))
        is_busy = now < max(self._busy_until, START_SECONDS) or self._is_climbing(limit)
        rate = self._settings.busy_sample_seconds if is_busy else self._settings.sample_seconds
        return Decision(begun, ended, look, rate)

    def _begin(self, now: float, signs: dict[TroubleKind, _Sign | None]) -> tuple[Trouble, ...]:
        begun: list[Trouble] = []
        for kind, sign in signs.items():
            if sign is None:
                continue
            lasting = self._open.get(kind)
            if lasting is None:
                if sign.is_beginning:
                    trouble = Trouble(kind, now, None, sign.words)
                    self._open[kind] = _Open(trouble, sign.measure)
                    begun.append(trouble)
                continue
            lasting.gone_since = None
            if sign.measure > lasting.worst:
                lasting.worst = sign.measure
                lasting.trouble = replace(lasting.trouble, words=sign.words)
        return tuple(begun)

    def _end(self, now: float, signs: dict[TroubleKind, _Sign | None]) -> tuple[Trouble, ...]:
        ended: list[Trouble] = []
        for kind, lasting in list(self._open.items()):
            if signs.get(kind) is not None:
                continue
            if lasting.gone_since is None:
                lasting.gone_since = now
            if now - lasting.gone_since >= CALM_SECONDS:
                ended.append(replace(lasting.trouble, ended_seconds=lasting.gone_since))
                del self._open[kind]
        for each in ended:
            self._over.append(each)
            if len(self._over) > _KEPT_TROUBLES:
                del self._over[_KEPT_FIRST]
                self._dropped += 1
        return tuple(ended)

    def _look(self, now: float, limit: NearestLimit | None) -> LookWanted | None:
        """One look answers all troubles that are due for one."""
        settings = self._settings
        due = [
            lasting.trouble
            for kind, lasting in self._open.items()
            # A process that is stopped answers no question.
            if TroubleKind.SILENT not in self._open
            and lasting.gone_since is None
            and now - self._looked_at.get(kind, float("-inf")) >= settings.look_pause_seconds
        ]
        if not due:
            return None
        for each in due:
            self._looked_at[each.kind] = now
        self._busy_until = now + settings.look_seconds
        if self._looks >= settings.looks:
            return None
        self._looks += 1
        kinds = {each.kind for each in due}
        room = limit.limit_bytes - limit.used_bytes if limit else None
        heap = bool(kinds & {TroubleKind.MEMORY, TroubleKind.THRASHING}) and (room is None or room >= LOOK_ROOM_BYTES)
        dumps = 1 if kinds <= {TroubleKind.MEMORY, TroubleKind.THRASHING} else settings.goroutine_dumps
        return LookWanted(min(dumps, settings.goroutine_dumps), heap, "; ".join(each.words for each in due))

    def _memory_sign(self, limit: NearestLimit | None) -> _Sign | None:
        if limit is None or limit.share < self._settings.memory_share * MEMORY_HYSTERESIS:
            return None
        share = share_text(limit.used_bytes, limit.limit_bytes)
        words = f"memory was {size_text(limit.used_bytes)}, {share} of the limit of {size_text(limit.limit_bytes)}"
        return _Sign(f"{words} ({limit.kind})", limit.share, limit.share >= self._settings.memory_share)

    def _stuck_sign(self, in_flight: Sequence[InFlight]) -> _Sign | None:
        stuck = [
            (each.waited_seconds, each)
            for each in in_flight
            if each.waited_seconds is not None
            and each.method not in MAY_WAIT
            and each.waited_seconds >= self._settings.stuck_seconds * PATIENCE.get(each.method, 1.0)
        ]
        if not stuck:
            return None
        waited, oldest = max(stuck, key=lambda each: each[0])
        others = sum(each.count for _, each in stuck) - 1
        more = f", and {others} more" if others > 0 else ""
        return _Sign(f"{oldest.method} had no answer for {waited:.0f} s{more}", waited)

    def _window_signs(self, window: Window | None) -> dict[TroubleKind, _Sign | None]:
        settings = self._settings
        signs: dict[TroubleKind, _Sign | None] = {TroubleKind.SLOW: None, TroubleKind.FAILING: None}
        if window is None or window.count < max(settings.window_requests, 1):
            return signs
        told = f": {window.words}" if window.words else ""
        for kind, count, most, what in (
            (TroubleKind.SLOW, window.slow, settings.slow_share, f"took more than {settings.slow_seconds:g} s"),
            (TroubleKind.FAILING, window.failed, settings.failed_share, "failed"),
        ):
            share = count / window.count
            if share > most * SHARE_HYSTERESIS:
                words = f"{count} of {window.count} requests of the last {settings.window_seconds:g} s {what}{told}"
                signs[kind] = _Sign(words, share, share > most)
        return signs

    def _stopped_sign(self, now: float, is_stopped: bool) -> _Sign | None:
        if not is_stopped:
            self._stopped_since = None
            return None
        if self._stopped_since is None:
            self._stopped_since = now
        seconds = now - self._stopped_since
        words = "gopls was stopped (state T: SIGSTOP, SIGTSTP, or a debugger) and could answer nothing"
        return _Sign(words, 1.0, seconds >= STOPPED_SECONDS)

    def _is_climbing(self, limit: NearestLimit | None) -> bool:
        if len(self._memory) < 2:
            return False
        (then, before), (now, used) = self._memory[0], self._memory[-1]
        if now <= then or used <= before:
            return False
        pace = (used - before) / (now - then)
        if pace >= CLIMB_BYTES:
            return True
        if limit is None:
            return False
        threshold = limit.limit_bytes * self._settings.memory_share
        return used < threshold and (threshold - used) / pace <= CLIMB_SECONDS


def _beginning(trouble: Trouble) -> float:
    return trouble.began_seconds
