"""Takes what gopls posts when it was started with `-otel`, and hands it over unread.

gopls writes a line to its standard error for every post that fails (seen with v0.23.0 and v0.24.0: one each two seconds
while there is work), which editors show as an error. So the launcher answers the posts itself, at once and always, and
passes copies on through the recorder's standard input: `of_stream`. Where gopls posts to the recorder itself, `of_port`
and `of_socket` answer it. Anybody on the machine may connect to a port, so everything has a bound.
"""

from __future__ import annotations

import os
import socket
import struct
import threading
from collections import deque
from typing import Self

from gopls_diag.world.otlp_listening import Listening

_PATHS = {b"t": "/v1/traces", b"m": "/v1/metrics"}
_HEAD = struct.Struct(">cI")
_BODY_BYTES = 16 << 20
"""The launcher sends no longer ones."""
_WAITING_BYTES = 16 << 20
"""Of bodies that nobody has taken yet; more are dropped and counted."""
_CHUNK_BYTES = 64 << 10


class OtlpReceiver:
    """Posts since the last `take`, gathered by one thread that never keeps gopls waiting."""

    def __init__(self, *, stream: int | None = None, listener: socket.socket | None = None) -> None:
        self._stream = stream
        self._listening = Listening(listener, self._put) if listener else None
        self._bodies: deque[tuple[str, bytes]] = deque()
        self._lock = threading.Lock()
        self._waiting = 0
        self._dropped = 0
        self._is_closed = False
        self._thread = threading.Thread(target=self._run, name="otlp receiver", daemon=True)

    @classmethod
    def of_stream(cls, descriptor: int) -> Self:
        """What the launcher passes on: a byte for the kind (t, m), the length in four (the first is the highest), the
        body."""
        return cls(stream=descriptor)

    @classmethod
    def of_socket(cls, descriptor: int) -> Self:
        """Answers on a socket that somebody else made listen; it is closed with the receiver."""
        return cls(listener=socket.socket(fileno=descriptor))

    @classmethod
    def of_port(cls, port: int = 0) -> Self:
        """Answers on a port of loopback; 0 takes any that is free. OSError if it is taken."""
        return cls(listener=socket.create_server(("127.0.0.1", port), backlog=16))

    @property
    def port(self) -> int | None:
        """Where gopls may post to; None for a stream."""
        return self._listening.port if self._listening else None

    @property
    def dropped(self) -> int:
        """Posts that were thrown away since the start, for their size or because nobody took them."""
        return self._dropped + (self._listening.dropped if self._listening else 0)

    @property
    def is_closed(self) -> bool:
        """True once nothing more can come: the launcher is gone, or `close` was called."""
        return self._is_closed

    def start(self) -> None:
        """Begins to gather."""
        self._thread.start()

    def take(self) -> tuple[tuple[str, bytes], ...]:
        """(path, body) of every post since the last time, oldest first."""
        with self._lock:
            taken = tuple(self._bodies)
            self._bodies.clear()
            self._waiting = 0
        return taken

    def close(self) -> None:
        """Ends it. A stream is left open: its reader ends with the launcher or with this process."""
        self._is_closed = True
        if self._listening:
            self._listening.close()

    def _put(self, path: str, body: bytes) -> None:
        with self._lock:
            if self._waiting + len(body) > _WAITING_BYTES:
                self._dropped += 1
                return
            self._bodies.append((path, body))
            self._waiting += len(body)

    def _run(self) -> None:
        try:
            if self._listening:
                self._listening.run()
            elif self._stream is not None:
                self._read_frames(self._stream)
        except (OSError, MemoryError, ValueError):
            # No measures is a pity; no recorder would be a loss.
            pass
        self._is_closed = True

    def _read_frames(self, stream: int) -> None:
        while not self._is_closed:
            head = _read_exactly(stream, _HEAD.size)
            if head is None:
                return
            kind, length = _HEAD.unpack(head)
            if kind not in _PATHS or length > _BODY_BYTES:
                # Out of step: what follows cannot be told apart any more. Reading on keeps the launcher's pipe empty.
                self._dropped += 1
                while os.read(stream, _CHUNK_BYTES):
                    pass
                return
            body = _read_exactly(stream, length)
            if body is None:
                return
            self._put(_PATHS[kind], body)


def _read_exactly(stream: int, length: int) -> bytes | None:
    """None if the stream ends before."""
    parts = bytearray()
    while len(parts) < length:
        part = os.read(stream, min(_CHUNK_BYTES, length - len(parts)))
        if not part:
            return None
        parts += part
    return bytes(parts)
