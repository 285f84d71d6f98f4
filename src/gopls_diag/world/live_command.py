"""Runs a command to its end or its limit, and leaves no process behind."""

from __future__ import annotations

import atexit
import contextlib
import errno
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from typing import IO, Any

from gopls_diag.world.port import COMMAND_OUTPUT_LIMIT_BYTES, Answer

_KILL_WAIT_SECONDS = 2.0
_CHUNK_BYTES = 1 << 16
_running: set[subprocess.Popen[bytes]] = set()
_folders: set[tempfile.TemporaryDirectory[str]] = set()
_is_over = threading.Event()
_starting = threading.Lock()
_START_ERRORS = {FileNotFoundError: "missing", NotADirectoryError: "missing", PermissionError: "denied"}


def run_command(
    command: list[str],
    folder: str | None,
    environment: Mapping[str, str | None],
    limit_seconds: float,
    standard_input: str,
    private_folders: Sequence[str] = (),
) -> Answer:
    """Answer a command question; see `World.run`.

    Output is read by a thread a stream, which keeps as much as the limit and drops the rest: a command that prints
    gigabytes costs no memory. Not temporary files, since a machine may have no folder that can be written to.
    """
    variables = {**os.environ}
    for name, value in environment.items():
        if value is None:
            variables.pop(name, None)
        else:
            variables[name] = value
    if folder is not None:
        # As a shell's cd would: go prefers PWD's spelling of a folder that is reached through a link.
        variables["PWD"] = folder
    with contextlib.ExitStack() as folders:
        for name in private_folders:
            # Where no folder can be made, nothing can be written to the user's either.
            with contextlib.suppress(OSError):
                made = tempfile.TemporaryDirectory(prefix="gopls-diag-", ignore_cleanup_errors=True)
                variables[name] = folders.enter_context(made)
                _folders.add(made)
                folders.callback(_folders.discard, made)
        return _run(command, folder, variables, limit_seconds, standard_input)


def _run(
    command: list[str], folder: str | None, variables: Mapping[str, str], limit_seconds: float, standard_input: str
) -> Answer:
    began = time.monotonic()
    try:
        process = _start(command, folder, variables)
    except OSError as problem:
        words = "format" if problem.errno == errno.ENOEXEC else _START_ERRORS.get(type(problem))
        return {"exit_code": None, "start_error": words or problem.strerror or str(problem)}
    assert process.stdin and process.stdout and process.stderr
    out, err = _Reader(process.stdout), _Reader(process.stderr)
    threading.Thread(target=_feed, args=(process.stdin, standard_input.encode()), daemon=True).start()
    try:
        code: int | None = process.wait(limit_seconds)
        is_timed_out = False
    except subprocess.TimeoutExpired:
        code, is_timed_out = None, True
    finally:
        _end_group(process)
        _running.discard(process)
    return {
        "exit_code": code if code is None or code >= 0 else None,
        "signal": -code if code is not None and code < 0 else None,
        "stdout": out.text(),
        "stderr": err.text(),
        "elapsed_seconds": round(time.monotonic() - began, 3),
        "is_timed_out": is_timed_out,
        "is_truncated": out.is_cut or err.is_cut,
    }


def _start(command: list[str], folder: str | None, variables: Mapping[str, str]) -> subprocess.Popen[bytes]:
    with _starting:
        if _is_over.is_set():
            raise OSError(errno.ECANCELED, "gopls-diag is ending")
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=variables,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            **_own_group(),
        )
        _running.add(process)
    return process


class _Reader:
    """Drains one stream in a thread of its own."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._kept: list[bytes] = []
        self._kept_bytes = 0
        self.is_cut = False
        self._thread = threading.Thread(target=self._drain, daemon=True)
        self._thread.start()

    def _drain(self) -> None:
        with self._stream as stream:
            while chunk := os.read(stream.fileno(), _CHUNK_BYTES):
                room = COMMAND_OUTPUT_LIMIT_BYTES - self._kept_bytes
                if room < len(chunk):
                    self.is_cut = True
                    chunk = chunk[: max(0, room)]
                self._kept.append(chunk)
                self._kept_bytes += len(chunk)

    def text(self) -> str:
        """What was read; a stream that a left-over process of another group still holds open is not waited for."""
        self._thread.join(_KILL_WAIT_SECONDS)
        return b"".join(self._kept).decode("utf-8", "replace")


def _feed(stream: IO[bytes], content: bytes) -> None:
    with contextlib.suppress(OSError), stream:
        stream.write(content)


def _own_group() -> dict[str, Any]:
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NO_WINDOW | subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"start_new_session": True}


def _end_group(process: subprocess.Popen[bytes]) -> None:
    """Kill what is left of the command's group: it may have left children even when it ended by itself."""
    if sys.platform == "win32":
        if process.poll() is None:
            subprocess.run(["taskkill", "/F", "/T", "/PID", str(process.pid)], capture_output=True, check=False)
    else:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    # One that hangs in the kernel (a dead network disk) cannot be ended, and waiting longer helps nobody.
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(_KILL_WAIT_SECONDS)


def _end_all() -> None:
    """An interrupted program leaves its threads where they stand, without their clean-up: so it is done here."""
    with _starting:
        _is_over.set()
    for process in list(_running):
        _end_group(process)
    for folder in list(_folders):
        folder.cleanup()


atexit.register(_end_all)
