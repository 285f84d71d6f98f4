"""The ways of seeing of one session, and which of them work. None of them may bring the recorder down."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from gopls_diag.model.recorded_session import EventKind, RecordedEvent, Source

_Answer = TypeVar("_Answer")

ON, OFF, FAILED = "on", "off", "failed"
_PAUSE_SECONDS = 60.0
"""A source that failed is left alone for so long."""
_LONGEST_WHY = 200


@dataclass(slots=True)
class _Failure:
    count: int
    until: float


class Sources:
    """States by name, and events where one changes."""

    def __init__(self) -> None:
        self._sources: dict[str, Source] = {}
        self._failures: dict[str, _Failure] = {}
        self._events: list[RecordedEvent] = []

    @property
    def all(self) -> tuple[Source, ...]:
        """In the order in which they were first heard of."""
        return tuple(self._sources.values())

    def is_on(self, name: str) -> bool:
        """True if it works."""
        return name in self._sources and self._sources[name].state == ON

    def set(self, name: str, state: str, why: str = "", *, at: float) -> None:
        """What is known now; an event tells of the change."""
        why = " ".join(why.split())[:_LONGEST_WHY]
        before = self._sources.get(name)
        self._sources[name] = Source(name, state, why)
        if before is None:
            if state == FAILED:
                self._tell(at, name, f"failed: {why}")
        elif before.state != state:
            self._tell(at, name, f"{state}{': ' + why if why else ''}")

    def drain(self) -> list[RecordedEvent]:
        """Events since the last time."""
        events, self._events = self._events, []
        return events

    def ask(self, name: str, question: Callable[[], _Answer], otherwise: _Answer, *, at: float) -> _Answer:
        """The answer, or `otherwise` when the source raises; it is then left alone for a minute."""
        failure = self._failures.get(name)
        if failure is not None and at < failure.until:
            return otherwise
        try:
            answer = question()
        except Exception as problem:
            count = failure.count + 1 if failure else 1
            # The first time may be an accident of the moment.
            self._failures[name] = _Failure(count, at + (_PAUSE_SECONDS if count > 1 else 0.0))
            self.set(name, FAILED, f"{type(problem).__name__}: {problem}", at=at)
            return otherwise
        if failure is not None:
            del self._failures[name]
            self._sources[name] = replace(self._sources[name], state=ON, why="")
            self._tell(at, name, ON)
        return answer

    def _tell(self, at: float, name: str, detail: str) -> None:
        self._events.append(RecordedEvent(at, EventKind.SOURCE, name, None, detail))
