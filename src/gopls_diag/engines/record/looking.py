"""Deeper looks, taken by a thread of their own: gopls may answer late, and samples must not wait for that."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from typing import NamedTuple, Protocol

from gopls_diag.engines.record.depth import LookWanted

DUMP_PAUSE_SECONDS = 1.0


class Pages(Protocol):
    """Of world.debug_pages.DebugPages, what is asked; both may raise."""

    def goroutines(self) -> bytes: ...

    def heap(self) -> bytes: ...


class Taken(NamedTuple):
    """One dump or profile, or why there is none."""

    kind: str
    """`goroutines` or `heap`."""
    content: bytes
    why: str
    problem: str


class Looking:
    """At most one look at a time; another that is wanted meanwhile is passed over."""

    def __init__(self, pages_of: Callable[[int], Pages]) -> None:
        self._pages_of = pages_of
        self._taken: deque[Taken] = deque()
        self._thread: threading.Thread | None = None
        self._stop = threading.Event()

    @property
    def is_busy(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def begin(self, port: int, wanted: LookWanted) -> bool:
        """False if the last look still goes on, or the system has no thread to give."""
        if self.is_busy:
            return False
        thread = threading.Thread(target=self._look, args=(port, wanted), name="look", daemon=True)
        try:
            thread.start()
        except RuntimeError:
            return False
        self._thread = thread
        return True

    def take(self) -> list[Taken]:
        """What has come since the last time."""
        found: list[Taken] = []
        while self._taken:
            found.append(self._taken.popleft())
        return found

    def end(self) -> None:
        """gopls is gone; nothing more is asked."""
        self._stop.set()

    def _look(self, port: int, wanted: LookWanted) -> None:
        pages = self._pages_of(port)
        for number in range(wanted.goroutine_dumps):
            if number and self._stop.wait(DUMP_PAUSE_SECONDS):
                return
            if not self._ask("goroutines", pages.goroutines, wanted.why):
                return
        if wanted.heap and not self._stop.is_set():
            self._ask("heap", pages.heap, wanted.why)

    def _ask(self, kind: str, question: Callable[[], bytes], why: str) -> bool:
        try:
            content = question()
        except Exception as problem:
            self._taken.append(Taken(kind, b"", why, str(problem) or type(problem).__name__))
            return False
        self._taken.append(Taken(kind, content, why, ""))
        return True
