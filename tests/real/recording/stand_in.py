"""Stands in for an editor: starts a language server as VS Code does, talks with it, and takes down how it ended.

VS Code starts the program with exactly its path and flags, in the workspace's folder, outside of any shell; standard
input, output and error are three unix sockets (node), and some file descriptors of its own leak into the program (facts
of a real window, seen with `/proc`). Everything here works for the real gopls and for the launcher in front of it.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HANG_SECONDS = 60.0
"""After which something does not happen any more. No test asserts a time; this ends one that would wait forever."""
FIRST_EXTRA = 25
"""The number of the first descriptor that leaks into the program, as in a real window."""
EXTRA = 4

Message = dict[str, Any]


class GoneError(Exception):
    """The server ended, or closed its output, before it answered."""


@dataclass(frozen=True, slots=True)
class Status:
    """How a process ended, as its parent sees it."""

    exit_code: int | None
    signal: str | None
    is_core_dumped: bool

    @classmethod
    def of_wait(cls, status: int) -> Status:
        """From what waitpid(2) gives."""
        if os.WIFSIGNALED(status):
            return cls(None, name_of(os.WTERMSIG(status)), os.WCOREDUMP(status))
        return cls(os.WEXITSTATUS(status), None, False)

    def __str__(self) -> str:
        core = " with a core" if self.is_core_dumped else ""
        return f"exit {self.exit_code}" if self.signal is None else f"{self.signal}{core}"


def name_of(number: int) -> str:
    """`SIGTERM`, or `SIG34`: which of them a C library keeps to itself, others count differently."""
    if signal.SIGRTMIN <= number <= signal.SIGRTMAX:
        return f"SIG{number}"
    return signal.Signals(number).name


def frame(body: Message) -> bytes:
    """A message on the wire."""
    content = json.dumps({"jsonrpc": "2.0", **body}).encode()
    return b"Content-Length: %d\r\n\r\n%s" % (len(content), content)


def wait_until(condition: Callable[[], object], seconds: float = HANG_SECONDS) -> bool:
    """Whether the condition came true; asked ever more seldom, since what is watched needs the processor too."""
    deadline = time.monotonic() + seconds
    pause = 0.005
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(pause)
        pause = min(pause * 1.5, 0.1)
    return True


class StandIn:
    """One window of an editor with one server."""

    def __init__(
        self,
        command: Sequence[str],
        folder: Path,
        environment: Mapping[str, str],
        *,
        prelude: str = "",
        reads_stderr: bool = True,
    ) -> None:
        """`prelude` is shell text that runs first in the very process that becomes the program (`ulimit -c 0`)."""
        if prelude:
            # What begins with exec brings its own.
            last = prelude if prelude.rpartition("\n")[2].startswith("exec ") else f"{prelude}\nexec"
            command = ["/bin/sh", "-c", f'{last} "$0" "$@"', *command]
        self.stderr = b""
        self.answers: dict[str, object] = {}
        self.notifications: list[Message] = []
        self.status: Status | None = None
        self._extra = extra_descriptors()
        pairs = [socket.socketpair() for _ in range(3)]
        self._sockets = [mine for mine, _ in pairs]
        self.started = time.monotonic()
        try:
            self._process: subprocess.Popen[bytes] = subprocess.Popen(
                list(command),
                cwd=folder,
                env=dict(environment),
                stdin=pairs[0][1].fileno(),
                stdout=pairs[1][1].fileno(),
                stderr=pairs[2][1].fileno(),
                pass_fds=self._extra,
                process_group=0,
            )
        finally:
            for _, theirs in pairs:
                theirs.close()
            for each in self._extra:
                os.close(each)
        self.pid: int = self._process.pid
        self._number = 0
        self._replies: dict[int, Message] = {}
        self._heard = threading.Condition()
        self._is_output_over = False
        self._readers = [threading.Thread(target=self._read_output, daemon=True)]
        if reads_stderr:
            self._readers.append(threading.Thread(target=self._read_stderr, daemon=True))
        for reader in self._readers:
            reader.start()

    # What an editor does.

    def send(self, content: bytes) -> None:
        """Write bytes to the server's standard input."""
        try:
            self._sockets[0].sendall(content)
        except OSError as problem:
            raise GoneError(str(problem)) from problem

    def notify(self, method: str, parameters: object) -> None:
        """Send a notification."""
        self.send(frame({"method": method, "params": parameters}))

    def request(self, method: str, parameters: object) -> int:
        """Send a request and give its number."""
        self._number += 1
        self.send(frame({"id": self._number, "method": method, "params": parameters}))
        return self._number

    def reply(self, number: int, seconds: float = HANG_SECONDS) -> Message:
        """Wait for the answer to a request."""
        with self._heard:
            self._heard.wait_for(lambda: number in self._replies or self._is_output_over, seconds)
            if number in self._replies:
                return self._replies[number]
        raise GoneError("its output is over" if self._is_output_over else f"no answer within {seconds:g} s")

    def ask(self, method: str, parameters: object, seconds: float = HANG_SECONDS) -> object:
        """Send a request and wait; its result, or the words of its error."""
        answer = self.reply(self.request(method, parameters), seconds)
        return answer["error"]["message"] if "error" in answer else answer.get("result")

    def close(self, *streams: int) -> None:
        """Close standard input (0), output (1), error (2) of the server as an editor that is gone does: both ways."""
        for number in streams:
            with contextlib.suppress(OSError):
                self._sockets[number].shutdown(socket.SHUT_RDWR)
            self._sockets[number].close()

    def read_stderr_now(self) -> None:
        """Begin to read standard error, of a server whose standard error was left unread."""
        self._readers.append(threading.Thread(target=self._read_stderr, daemon=True))
        self._readers[-1].start()

    def kill(self) -> None:
        """What node does after it gave up: SIGKILL to the very process that it started."""
        self.send_signal(signal.SIGKILL)

    def send_signal(self, number: int) -> None:
        """Send a signal to the process that the editor started."""
        if self.status is None:
            os.kill(self.pid, number)

    def is_over(self) -> bool:
        """Whether the process that was started has ended; takes down how."""
        if self.status is None:
            pid, status, self.usage = os.wait4(self.pid, os.WNOHANG)
            if pid:
                self.ended = time.monotonic()
                self._process.returncode = 0
                self.status = Status.of_wait(status)
        return self.status is not None

    def wait(self, seconds: float = HANG_SECONDS) -> Status:
        """How it ended, and all that it wrote before."""
        assert wait_until(self.is_over, seconds), f"still running after {seconds:g} s"
        for each in self._readers:
            each.join(HANG_SECONDS)
        assert self.status
        return self.status

    def leave(self) -> None:
        """Close everything; end what still runs."""
        if not self.is_over():
            for number in (signal.SIGCONT, signal.SIGKILL):
                self.send_signal(number)
            wait_until(self.is_over)
        self.close(0, 1, 2)
        for each in self._readers:
            each.join(HANG_SECONDS)

    # What it hears.

    def _read_stderr(self) -> None:
        with contextlib.suppress(OSError):
            while content := self._sockets[2].recv(1 << 16):
                self.stderr += content

    def _read_output(self) -> None:
        try:
            with self._sockets[1].makefile("rb") as stream:
                while message := read_message(stream):
                    self._hear(message)
        except OSError:
            pass
        finally:
            with self._heard:
                self._is_output_over = True
                self._heard.notify_all()

    def _hear(self, message: Message) -> None:
        if "method" not in message:
            with self._heard:
                self._replies[message["id"]] = message
                self._heard.notify_all()
        elif "id" in message:
            result = None
            if message["method"] == "workspace/configuration":
                result = [None for _ in message["params"]["items"]]
            with contextlib.suppress(GoneError):
                self.send(frame({"id": message["id"], "result": result}))
        else:
            self.notifications.append(message)


def read_message(stream: Any) -> Message | None:
    """The next message of a stream, or None at its end."""
    length = 0
    while line := stream.readline().strip():
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    content = stream.read(length)
    return json.loads(content) if length and len(content) == length else None


def extra_descriptors() -> tuple[int, ...]:
    """Descriptors that leak into the program, as those of VS Code's own logs do."""
    made = []
    null = os.open("/dev/null", os.O_RDWR)
    for _ in range(EXTRA):
        made.append(fcntl.fcntl(null, fcntl.F_DUPFD, FIRST_EXTRA))
    os.close(null)
    return tuple(made)
