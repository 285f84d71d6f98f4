"""A small editor: it asks a language server one thing at a time and notes how long the answer took.

It waits in `read` and does nothing else meanwhile, so that what is measured is the server and what stands between.
The clock is read when the answer's last byte is here, before its JSON is looked at.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping
from typing import Any

_PIECE = 1 << 20


class ServerGone(Exception):
    """The server closed its output before it answered."""


class Client:
    """One conversation over two file descriptors. Blocks; not for several threads."""

    def __init__(self, to_server: int, from_server: int) -> None:
        self._to, self._from = to_server, from_server
        self._kept = bytearray()
        self._last_id = 0
        self.loaded_at_ns: int | None = None
        """When the first `$/progress` of kind `end` came: gopls has loaded the workspace."""

    def note(self, method: str, parameters: Mapping[str, Any]) -> None:
        """Send a notification."""
        self._send({"jsonrpc": "2.0", "method": method, "params": parameters})

    def ask(self, method: str, parameters: Mapping[str, Any] | None) -> tuple[Any, int]:
        """The answer's result, and the nanoseconds from before the first byte went to after the last byte came."""
        self._last_id += 1
        wanted = self._last_id
        frame = _frame({"jsonrpc": "2.0", "id": wanted, "method": method, "params": parameters})
        began = time.perf_counter_ns()
        self._write(frame)
        while True:
            body = self._body()
            ended = time.perf_counter_ns()
            message = json.loads(body)
            if message.get("id") == wanted and "method" not in message:
                if "error" in message:
                    raise ValueError(f"{method}: {message['error']}")
                return message.get("result"), ended - began
            self._hear(message, ended)

    def hear_until_loaded(self) -> None:
        """Read on until the workspace is loaded."""
        while self.loaded_at_ns is None:
            self._hear(json.loads(self._body()), time.perf_counter_ns())

    def echo(self, body: bytes) -> int:
        """Nanoseconds until a body comes back that is as long, from a server that sends back all it gets."""
        frame = b"Content-Length: %d\r\n\r\n%b" % (len(body), body)
        began = time.perf_counter_ns()
        self._write(frame)
        back = self._body()
        ended = time.perf_counter_ns()
        if back != body:
            raise ValueError("the echo is not what was sent")
        return ended - began

    def _hear(self, message: dict[str, Any], at_ns: int) -> None:
        method = message.get("method")
        if method == "$/progress" and message["params"].get("value", {}).get("kind") == "end":
            self.loaded_at_ns = self.loaded_at_ns or at_ns
        if "id" in message and method:
            asked = message.get("params") or {}
            result = [None for _ in asked.get("items", ())] if method == "workspace/configuration" else None
            self._send({"jsonrpc": "2.0", "id": message["id"], "result": result})

    def _send(self, message: dict[str, Any]) -> None:
        self._write(_frame(message))

    def _write(self, frame: bytes) -> None:
        # One `write` of more than a pipe holds would wait for a server that itself waits for us to read.
        rest = memoryview(frame)
        while rest:
            rest = rest[os.write(self._to, rest) :]

    def _body(self) -> bytes:
        while (end := self._kept.find(b"\r\n\r\n")) < 0:
            self._read()
        length = 0
        for line in bytes(self._kept[:end]).split(b"\r\n"):
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        while len(self._kept) < end + 4 + length:
            self._read()
        body = bytes(self._kept[end + 4 : end + 4 + length])
        del self._kept[: end + 4 + length]
        return body

    def _read(self) -> None:
        piece = os.read(self._from, _PIECE)
        if not piece:
            raise ServerGone
        self._kept += piece


def _frame(message: dict[str, Any]) -> bytes:
    body = json.dumps(message, separators=(",", ":")).encode()
    return b"Content-Length: %d\r\n\r\n%b" % (len(body), body)
