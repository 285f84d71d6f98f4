"""What gopls writes is carried to the editor, and to whoever keeps the last of it."""

from __future__ import annotations

import contextlib
import os
import select
import threading
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .record import Recording

BLOCK = 64 << 10
HEAD = 4 << 10
"""Bytes of the beginning: enough for the line about a flag that gopls does not know."""
BEHIND = 1 << 20
"""Bytes that the disk may be late by."""
PATIENCE = 0.05
"""Seconds for which gopls may be held up, once, by a disk that takes nothing."""


class Stream:
    """A pipe from gopls, read until it ends or until gopls has ended and it is empty."""

    def __init__(self, source: int, out: int | None, name: str, limit: int, recording: Recording) -> None:
        """`out` is the editor's descriptor, None if only the ring gets it, whose `name` and `limit` in bytes follow."""
        os.set_blocking(source, False)
        self.name, self.limit = name, limit
        self.total, self.kept, self.head = 0, 0, b""
        """`kept` is what of the total has been dealt with on the other side."""
        self._source, self._out, self._recording = source, out, recording
        self._woken, self._waking = os.pipe()
        self._done = threading.Event()
        self._is_stuck = False
        self._lost, self._skipped = 0, 0
        """Bytes that were not kept: since the last that were, and in all."""
        threading.Thread(target=self._run, daemon=True).start()

    def finish(self, limit: float) -> None:
        """Carry what is left when gopls has ended, and keep it at least if the editor takes nothing for so long."""
        os.close(self._waking)
        if not self._done.wait(limit):
            while content := read_now(self._source):
                self.total += len(content)
                self._recording.keep(self, content, 0)

    def tells_of_flag(self) -> bool:
        """Whether gopls complained of a flag that it does not know."""
        return b"flag provided but not defined: -" in self.head or b"gopls: unknown flag: -" in self.head

    def _run(self) -> None:
        try:
            self._carry_all()
        except Exception:
            # A gopls that could not write would stand still.
            with contextlib.suppress(OSError):
                os.set_blocking(self._source, True)
                while os.read(self._source, BLOCK):
                    pass
        finally:
            self._done.set()

    def _carry_all(self) -> None:
        poll = select.poll()
        poll.register(self._source, select.POLLIN)
        poll.register(self._woken, select.POLLIN)
        while True:
            events = dict(poll.poll())
            content = read_now(self._source)
            if content:
                self._carry(content)
            elif content is not None or self._woken in events:
                return

    def _carry(self, content: bytes) -> None:
        """The ring's side is told first, which takes no time; gopls is as fast as the editor reads."""
        self.total += len(content)
        self.head += content[: HEAD - len(self.head)]
        if self._has_room():
            self._recording.keep(self, content, self._lost)
            self._lost = 0
        else:
            self._lost += len(content)
            self._skipped += len(content)
        if self._out is not None:
            write_all(self._out, content)

    def _has_room(self) -> bool:
        until = time.monotonic() + (0 if self._is_stuck else PATIENCE)
        while self.total - self._skipped - self.kept > BEHIND:
            if time.monotonic() >= until:
                self._is_stuck = True
                return False
            time.sleep(PATIENCE / 50)
        self._is_stuck = False
        return True


def read_now(source: int) -> bytes | None:
    """What is there; None if that is nothing yet, no bytes if there will be nothing."""
    try:
        return os.read(source, BLOCK)
    except BlockingIOError:
        return None
    except OSError:
        return b""


def write_all(out: int, content: bytes) -> None:
    """Write it all, or as much as is taken: nobody could be told of the rest."""
    view = memoryview(content)
    with contextlib.suppress(OSError):
        while view:
            try:
                view = view[os.write(out, view) :]
            except BlockingIOError:
                waiting = select.poll()
                waiting.register(out, select.POLLOUT)
                waiting.poll()
