"""Answers what gopls posts when it exports, whatever becomes of the recorder, which gets a copy at its standard input.

answering.go does the same, and says why.
"""

from __future__ import annotations

import contextlib
import os
import queue
import struct
import threading
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from io import BufferedReader
    from socket import socket

CONNECTIONS = 32
"""gopls uses one or two; anybody on the machine may connect."""
WAITING = 8 << 20
"""Bytes that wait for the recorder; what does not fit is answered and thrown away."""
FRAMES = 256
HEADER_LINE, HEADER_LINES = 4 << 10, 64
POST_PATIENCE, IDLE_PATIENCE = 10.0, 120.0
PIECE = 64 << 10
KINDS = {b"/v1/traces": b"t", b"/v1/metrics": b"m"}
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"


class Answerer:
    """Answers from its start to the end of the launcher, on threads that nobody waits for."""

    def __init__(self, listener: socket) -> None:
        self._listener = listener
        self._frames: queue.Queue[bytes] = queue.Queue(FRAMES)
        self._lock = threading.Lock()
        self._waiting = 0
        self._places = threading.Semaphore(CONNECTIONS)
        self._to: int | None = None
        threading.Thread(target=self._accept, daemon=True).start()

    def tell(self, to: int | None) -> None:
        """Where the copies go: a descriptor that is this object's from now on, or None for nowhere. Called once."""
        self._to = to
        threading.Thread(target=self._pass_on, daemon=True).start()

    def finish(self, limit: float) -> None:
        """What gopls said last gets a moment to arrive."""
        until = time.monotonic() + limit
        while self._waiting > 0 and time.monotonic() < until:
            time.sleep(0.001)

    def _accept(self) -> None:
        while True:
            try:
                accepted, _ = self._listener.accept()
            except OSError:
                # Out of descriptors, as a rule. Those who wait are served when there are some again.
                time.sleep(0.05)
                continue
            if not self._places.acquire(blocking=False):
                accepted.close()
                continue
            try:
                threading.Thread(target=self._serve, args=(accepted,), daemon=True).start()
            except RuntimeError:
                accepted.close()
                self._places.release()

    def _pass_on(self) -> None:
        """Frames in the form that world/otlp_receiver.py reads: kind, length, body."""
        while True:
            frame = self._frames.get()
            left = memoryview(frame)
            while self._to is not None and left:
                try:
                    left = left[os.write(self._to, left) :]
                except OSError:
                    os.close(self._to)
                    self._to = None
            self._change(-len(frame))

    def _change(self, size: int) -> bool:
        """False if there is no room for that."""
        with self._lock:
            if size > 0 and self._waiting + size > WAITING:
                return False
            self._waiting += size
            return True

    def _serve(self, connection: socket) -> None:
        """The posts of one connection, until it is closed, idle for too long, or speaks another language."""
        try:
            with contextlib.suppress(OSError, ValueError, MemoryError), connection, connection.makefile("rb") as stream:
                while True:
                    connection.settimeout(IDLE_PATIENCE)
                    if not stream.peek(1):
                        return
                    until = time.monotonic() + POST_PATIENCE
                    connection.settimeout(POST_PATIENCE)
                    if not self._take(connection, stream, until):
                        return
                    connection.sendall(ANSWER)
        finally:
            self._places.release()

    def _take(self, connection: socket, stream: BufferedReader, until: float) -> bool:
        """False if it is no post, or the connection broke."""
        head = read_head(stream)
        if head is None:
            return False
        kind, length = head
        size = length + 5
        is_kept = bool(kind) and self._change(size)
        frame = bytearray(kind + struct.pack(">I", length)) if is_kept else bytearray()
        is_queued = False
        try:
            left = length
            while left > 0:
                connection.settimeout(max(until - time.monotonic(), 0.01))
                piece = stream.read1(min(left, PIECE))
                if not piece:
                    return False
                left -= len(piece)
                if is_kept:
                    frame += piece
            if is_kept:
                with contextlib.suppress(queue.Full):
                    self._frames.put_nowait(bytes(frame))
                    is_queued = True
            return True
        finally:
            if is_kept and not is_queued:
                self._change(-size)


def read_head(stream: BufferedReader) -> tuple[bytes, int] | None:
    """The kind, empty for other paths than the two of OTLP, and the length of the body; None if it is no post."""
    words = stream.readline(HEADER_LINE).split()
    if len(words) != 3 or words[0] != b"POST":
        return None
    length = -1
    for _ in range(HEADER_LINES):
        line = stream.readline(HEADER_LINE).rstrip(b"\r\n")
        if not line:
            return (KINDS.get(words[1], b""), length) if length >= 0 else None
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length":
            digits = value.strip()
            length = int(digits) if digits.isdigit() and len(digits) < 13 else -1
    return None
