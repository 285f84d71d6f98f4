"""The debug pages that gopls serves on loopback: what its goroutines do, and what holds its memory.

Each stops all of gopls for a moment (a dump of 12 KB took 2 ms, a heap profile 4 ms, with an idle v0.24.0), and both
grow with what is in it; so they are asked seldom, and under a limit of seconds and bytes.
"""

from __future__ import annotations

import socket
import time

from gopls_diag.world.port import WorldError

_SECONDS = 10.0
_BYTES = 16 << 20
_HEAD_BYTES = 16 << 10
_CHUNK_BYTES = 64 << 10
_GZIP = b"\x1f\x8b"


class DebugPages:
    """Of one gopls, which has to be alive: the port of a dead one may be another's."""

    def __init__(self, port: int, *, seconds: float = _SECONDS, most_bytes: int = _BYTES) -> None:
        self._port = port
        self._seconds = seconds
        self._bytes = most_bytes

    def goroutines(self) -> bytes:
        """The stacks of all goroutines, as a crash writes them; cut at the limit of bytes. WorldError if it fails."""
        body, _ = self._get("/debug/pprof/goroutine?debug=2")
        # A page that gopls does not have is answered with another one, and with 200.
        if not body.startswith(b"goroutine "):
            raise WorldError("the debug server answered with something else than goroutines")
        return body

    def heap(self) -> bytes:
        """The profile of the heap, for `go tool pprof`. WorldError if it fails or is above the limit of bytes."""
        body, is_whole = self._get("/debug/pprof/heap")
        if not body.startswith(_GZIP):
            raise WorldError("the debug server answered with something else than a profile")
        if not is_whole:
            raise WorldError(f"the heap profile is larger than {self._bytes} bytes")
        return body

    def _get(self, path: str) -> tuple[bytes, bool]:
        """The body, and whether it is whole."""
        until = time.monotonic() + self._seconds
        try:
            with socket.create_connection(("127.0.0.1", self._port), timeout=self._seconds) as connection:
                # 1.0: the answer comes in one piece and ends with the connection.
                connection.sendall(f"GET {path} HTTP/1.0\r\nHost: localhost\r\n\r\n".encode())
                head, body = self._head(connection, until)
                if b" 200 " not in head.split(b"\r\n", 1)[0] + b" ":
                    raise WorldError(f"the debug server answered {head[:60].decode(errors='replace')!r}")
                is_whole = self._rest(connection, until, body)
        except TimeoutError as error:
            raise WorldError(f"the debug server gave no answer for {self._seconds:g} s") from error
        except OSError as error:
            raise WorldError(f"the debug server could not be asked: {error.strerror or error}") from error
        return bytes(body), is_whole

    def _head(self, connection: socket.socket, until: float) -> tuple[bytes, bytearray]:
        received = bytearray()
        while b"\r\n\r\n" not in received:
            part = self._part(connection, until)
            received += part
            if not part or len(received) > _HEAD_BYTES + _CHUNK_BYTES:
                raise WorldError("the debug server does not speak HTTP")
        head, _, body = received.partition(b"\r\n\r\n")
        return bytes(head), body

    def _rest(self, connection: socket.socket, until: float, body: bytearray) -> bool:
        """Reads on to the end or the limit; False if the limit came first."""
        while len(body) <= self._bytes and (part := self._part(connection, until)):
            body += part
        is_whole = len(body) <= self._bytes
        del body[self._bytes :]
        return is_whole

    @staticmethod
    def _part(connection: socket.socket, until: float) -> bytes:
        left = until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        connection.settimeout(left)
        return connection.recv(_CHUNK_BYTES)
