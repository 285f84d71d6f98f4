"""The HTTP that gopls's exporter speaks, and no more of it: POST with a Content-Length, on loopback, in one thread."""

from __future__ import annotations

import selectors
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field

_CONNECTIONS = 8
"""gopls uses one or two."""
_HEAD_BYTES = 16 << 10
_BODY_BYTES = 16 << 20
_ALL_BYTES = 24 << 20
"""Of the bodies of all connections together; one that would go above it is answered and thrown away."""
_PATIENCE_SECONDS = 10.0
"""For a whole post. gopls itself gives up after ten."""
_IDLE_SECONDS = 120.0
"""Between two posts: gopls is silent while nothing happens."""
_LOOK_SECONDS = 1.0
_CHUNK_BYTES = 64 << 10
_PATHS = (b"/v1/traces", b"/v1/metrics")
_HEAD_END = b"\r\n\r\n"
_ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
_NOT_FOUND = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
_LISTENER = "listener"
_WAKER = "waker"


@dataclass(slots=True)
class _Connection:
    socket: socket.socket
    until: float
    """When it is closed if nothing is finished before."""
    received: bytearray = field(default_factory=bytearray)
    path: bytes = b""
    left: int | None = None
    """Bytes of the body that are still to come; None while the head is read."""
    is_kept: bool = False


class Listening:
    """Answers posts until it is closed."""

    def __init__(self, listener: socket.socket, put: Callable[[str, bytes], None]) -> None:
        self._listener = listener
        self._put = put
        self._selector = selectors.DefaultSelector()
        self._wake, self._woken = socket.socketpair()
        self._connections: set[int] = set()
        self._held = 0
        self._is_open = True
        self.port: int = listener.getsockname()[1]
        self.dropped = 0
        listener.setblocking(False)
        self._selector.register(listener, selectors.EVENT_READ, _LISTENER)
        self._selector.register(self._woken, selectors.EVENT_READ, _WAKER)

    def close(self) -> None:
        """May be called from any thread."""
        self._is_open = False
        self._wake.send(b"x")

    def run(self) -> None:
        """Until `close`."""
        while self._is_open:
            for key, _ in self._selector.select(_LOOK_SECONDS):
                if key.data == _LISTENER:
                    self._accept()
                elif isinstance(key.data, _Connection) and not self._serve(key.data):
                    self._end(key.data)
            now = time.monotonic()
            for each in [key.data for key in self._selector.get_map().values() if isinstance(key.data, _Connection)]:
                if each.until < now:
                    self._end(each)
        for key in list(self._selector.get_map().values()):
            key.fileobj.close()  # type: ignore[union-attr]
        self._selector.close()
        self._wake.close()

    def _accept(self) -> None:
        try:
            accepted, _ = self._listener.accept()
        except OSError:
            # Out of descriptors, or the caller has gone: the next round tries again, after a breath.
            time.sleep(0.01)
            return
        if len(self._connections) >= _CONNECTIONS:
            accepted.close()
            return
        accepted.setblocking(False)
        connection = _Connection(accepted, time.monotonic() + _PATIENCE_SECONDS)
        self._connections.add(accepted.fileno())
        self._selector.register(accepted, selectors.EVENT_READ, connection)

    def _end(self, connection: _Connection) -> None:
        self._release(connection)
        self._selector.unregister(connection.socket)
        self._connections.discard(connection.socket.fileno())
        connection.socket.close()

    def _release(self, connection: _Connection) -> None:
        if connection.is_kept:
            self._held -= len(connection.received) + (connection.left or 0)
        connection.received, connection.left, connection.is_kept = bytearray(), None, False

    def _serve(self, connection: _Connection) -> bool:
        """False if the connection is to be closed."""
        try:
            chunk = connection.socket.recv(_CHUNK_BYTES)
        except BlockingIOError:
            return True
        except OSError:
            return False
        if not chunk:
            return False
        while chunk or connection.left == 0:
            if connection.left is None:
                rest = self._head(connection, chunk)
                if rest is None:
                    return False
                chunk = rest
            else:
                chunk = self._body(connection, chunk)
            if connection.left == 0 and not self._finish(connection):
                return False
        return True

    def _head(self, connection: _Connection, chunk: bytes) -> bytes | None:
        """What follows the head in this chunk; None if it is no head of a post."""
        if not connection.received:
            connection.until = time.monotonic() + _PATIENCE_SECONDS
        connection.received += chunk
        end = connection.received.find(_HEAD_END)
        if end < 0:
            return None if len(connection.received) > _HEAD_BYTES else b""
        lines = bytes(connection.received[:end]).split(b"\r\n")
        rest = bytes(connection.received[end + len(_HEAD_END) :])
        words = lines[0].split()
        length = _content_length(lines[1:])
        if len(words) != 3 or words[0] != b"POST" or length is None:
            return None
        connection.path, connection.left, connection.received = words[1], length, bytearray()
        fits = length <= _BODY_BYTES and self._held + length <= _ALL_BYTES
        connection.is_kept = fits and connection.path in _PATHS
        self._held += length if connection.is_kept else 0
        self.dropped += 1 if not fits else 0
        return rest

    @staticmethod
    def _body(connection: _Connection, chunk: bytes) -> bytes:
        """What follows the body in this chunk."""
        left = connection.left or 0
        if connection.is_kept:
            connection.received += chunk[:left]
        connection.left = max(0, left - len(chunk))
        return chunk[left:]

    def _finish(self, connection: _Connection) -> bool:
        """Answers first; what is done with the body is no affair of gopls's."""
        is_known = connection.path in _PATHS
        answer = _ANSWER if is_known else _NOT_FOUND
        try:
            is_sent = connection.socket.send(answer) == len(answer)
        except OSError:
            is_sent = False
        if connection.is_kept:
            self._put(connection.path.decode(), bytes(connection.received))
        self._release(connection)
        connection.until = time.monotonic() + _IDLE_SECONDS
        return is_sent


def _content_length(lines: list[bytes]) -> int | None:
    for line in lines:
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length":
            digits = value.strip()
            return int(digits) if digits.isdigit() and len(digits) < 19 else None
    return None
