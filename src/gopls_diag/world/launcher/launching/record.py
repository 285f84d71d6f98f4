"""What is kept of a session: its start, its last words, its end; written on one thread that gopls never waits for."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import subprocess
import threading
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from .plan import Plan
    from .streams import Stream

MOST_SESSIONS = 64
"""Folders that may wait for somebody who tidies them."""
MOST_ENDS = 50
TELLING_PATIENCE = 0.03
"""Seconds that what gopls told last may be on its way to the recorder."""
_RECORDER_NICE = 10
"""What the recorder gives itself too (world/process_watch.py)."""
WRITE = os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC


def text_of(seconds: float, shape: str = "%Y-%m-%dT%H:%M:%S") -> str:
    """RFC 3339 with milliseconds, UTC."""
    return time.strftime(shape, time.gmtime(seconds)) + f".{int(seconds * 1000) % 1000:03d}Z"


class Ring:
    """The last bytes of a stream, in files NAME-000001, NAME-000002, … of which two are there at a time."""

    def __init__(self, folder: str, name: str, limit: int) -> None:
        """`limit` is that of both files together, in bytes."""
        self._path, self._half = os.path.join(folder, name), limit // 2
        self._file, self._number, self._written = -1, 0, 0

    def write(self, content: bytes) -> None:
        """Add to it. What the disk does not take is lost, and the next bytes are tried again."""
        view = memoryview(content)
        with contextlib.suppress(OSError):
            while view:
                if self._file < 0 or self._written >= self._half:
                    self._next()
                count = os.write(self._file, view[: max(self._half - self._written, 1)])
                self._written += count
                view = view[count:]

    def _next(self) -> None:
        file = os.open(f"{self._path}-{self._number + 1:06d}", WRITE | os.O_EXCL, 0o600)
        if self._file >= 0:
            os.close(self._file)
        self._file, self._written = file, 0
        self._number += 1
        if self._number > 2:
            with contextlib.suppress(OSError):
                os.unlink(f"{self._path}-{self._number - 2:06d}")


class Recording:
    """Everything that is written of one session."""

    def __init__(self, plan: Plan, began: float, pid: int | None) -> None:
        """`began` in seconds since 1970; `pid` is that of gopls, None if it was not started."""
        self.id = f"{text_of(began, '%Y%m%dT%H%M%S')}-{os.getpid()}"
        self._plan, self._began, self._pid = plan, began, pid
        self._folder = ""
        self._told: int | None = None
        """Where what gopls tells goes in to the recorder."""
        self._rings: dict[str, Ring] = {}
        self._incoming: queue.SimpleQueue[tuple[Stream, bytes, int] | Mapping[str, Any]] = queue.SimpleQueue()
        self._recorder: Any = None
        self._answerer: Any = None
        if plan.otel and pid is not None:
            from .answering import Answerer

            self._answerer = Answerer(plan.otel)
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def keep(self, stream: Stream, content: bytes, lost: int) -> None:
        """Add to the ring of a stream, of which `lost` bytes before these are missing."""
        self._incoming.put((stream, content, lost))

    def finish(self, end: Mapping[str, Any], limit: float) -> None:
        """Write the end (fields of SessionEnd, and is_flag_error), and wait for that no longer than `limit`."""
        if self._answerer:
            self._answerer.finish(TELLING_PATIENCE)
        self._incoming.put(end)
        self._thread.join(limit)

    def _run(self) -> None:
        with contextlib.suppress(Exception):
            self._begin()
        if self._answerer:
            # Without a recorder what gopls tells is answered all the same, and forgotten.
            self._answerer.tell(self._told)
        while True:
            came = self._incoming.get()
            with contextlib.suppress(Exception):
                if isinstance(came, tuple):
                    self._keep(*came)
                    continue
                self._end(dict(came))
            if not isinstance(came, tuple):
                return

    def _begin(self) -> None:
        plan = self._plan
        sessions = os.path.join(plan.settings.state, "sessions")
        if not plan.settings.state:
            return
        os.makedirs(sessions, mode=0o700, exist_ok=True)
        if len(os.listdir(sessions)) > MOST_SESSIONS:
            # Nobody tidies but a recorder, and this session gets none.
            if plan.settings.recorder:
                self._start_recorder("--tidy", plan.settings.state)
            return
        folder = os.path.join(sessions, self.id)
        os.mkdir(folder, 0o700)
        try:
            write_document(os.path.join(folder, "session.json"), self._start_document())
        except OSError:
            os.rmdir(folder)
            raise
        self._folder = folder
        if plan.settings.recorder:
            self._start_recorder(self._folder)

    def _start_document(self) -> dict[str, Any]:
        plan = self._plan
        boot = ""
        with contextlib.suppress(OSError), open("/proc/sys/kernel/random/boot_id", encoding="ascii") as file:
            boot = file.read().strip()
        return {
            "schema": "gopls-diag/session/1",
            "id": self.id,
            "started": text_of(self._began),
            "launcher_pid": os.getpid(),
            "gopls_pid": self._pid,
            "parent_pid": os.getppid(),
            "gopls": plan.program,
            "arguments": plan.arguments,
            "given_arguments": plan.given,
            "folder": plan.folder,
            "boot_id": boot,
            "launcher": "python",
            "otel_port": plan.otel.getsockname()[1] if plan.otel else None,
            "is_debugged": plan.is_debugged,
            "keep_alive": plan.words,
        }

    def _start_recorder(self, *words: str) -> None:
        """In a session of its own, with nothing of the editor's; words: the session's folder, or another task."""
        plan, environment = self._plan, dict(os.environ)
        is_told = self._answerer is not None and words == (self._folder,)
        if is_told:
            environment["GOPLS_DIAG_OTEL_FD"] = "0"
        recorder = self._recorder = subprocess.Popen(
            [*plan.settings.recorder, *words],
            cwd=plan.settings.state,  # with `python -m`, modules that lie in the editor's folder would be loaded
            env=environment,
            stdin=subprocess.PIPE if is_told else subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        # Its start takes a fifth of a second of a processor, while gopls starts too.
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, recorder.pid, _RECORDER_NICE)
        if recorder.stdin is not None:
            with recorder.stdin:
                self._told = os.dup(recorder.stdin.fileno())

    def _keep(self, stream: Stream, content: bytes, lost: int) -> None:
        try:
            if self._folder:
                ring = self._rings.get(stream.name)
                if ring is None:
                    ring = self._rings[stream.name] = Ring(self._folder, stream.name, stream.limit)
                if lost:
                    ring.write(b"\n[gopls-diag: %d bytes are missing here, the disk was too slow]\n" % lost)
                ring.write(content)
        finally:
            stream.kept += len(content)

    def _end(self, end: dict[str, Any]) -> None:
        is_flag_error = end.pop("is_flag_error")
        if not self._folder:
            return
        with contextlib.suppress(OSError):
            write_document(os.path.join(self._folder, "end.json"), {"schema": "gopls-diag/end/1", **end})
        plan = self._plan
        line = {
            "ended": end["ended"],
            "gopls": plan.program,
            "folder": plan.folder,
            "exit_code": end["exit_code"],
            "signal": end["signal"],
            "elapsed_seconds": end["elapsed_seconds"],
            "is_flag_error": is_flag_error,
            "session": self.id,
        }
        path = os.path.join(plan.settings.state, "ends.jsonl")
        file = os.open(path, WRITE | os.O_APPEND | os.O_NONBLOCK, 0o600)
        os.write(file, json.dumps(line).encode() + b"\n")
        os.close(file)
        with open(path, "rb") as ends:
            lines = ends.read().splitlines(keepends=True)
        if len(lines) > 2 * MOST_ENDS:
            replace_file(path, b"".join(lines[-MOST_ENDS:]))


def write_document(path: str, document: Mapping[str, Any]) -> None:
    """Put a file in place as a whole, or raise OSError."""
    replace_file(path, json.dumps(document).encode() + b"\n")


def replace_file(path: str, content: bytes) -> None:
    """Put a file in place as a whole, or raise OSError."""
    part = f"{path}.{os.getpid()}.part"
    try:
        file = os.open(part, WRITE | os.O_TRUNC, 0o600)
        try:
            view = memoryview(content)
            while view:
                view = view[os.write(file, view) :]
        finally:
            os.close(file)
        os.rename(part, path)
    except OSError:
        with contextlib.suppress(OSError):
            os.unlink(part)
        raise
