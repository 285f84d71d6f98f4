"""Which processes run a program of a given SHA-256, and which have files of a folder open; the system is asked anew."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

import psutil

from gopls_diag.parse.gopls_command import is_gopls_name

_LEAST_PROGRAM_BYTES = 4 * 1024**2
"""A gopls has 25 MB and more; smaller programs need not be read."""


def find_program(sha256_beginning: str) -> str:
    """Words that name a process which runs, or may run, a program whose SHA-256 begins so; empty when none does.

    The program is read through the process where the system allows that, so a file that was replaced since counts as
    what it was. Side-cars and renamed copies count. A process named gopls whose program cannot be read may be it.
    OSError when the process table cannot be read.
    """
    for process in _table():
        try:
            name = process.name()
        except psutil.Error:
            continue
        program = _program(process)
        try:
            if program is None:
                raise PermissionError
            if _sha256(program).startswith(sha256_beginning):
                return f"process {process.pid} ({name}) runs the gopls that it belongs to"
        except OSError:
            if is_gopls_name(name) and process.is_running() and not _is_zombie(process):
                return (
                    f"process {process.pid} ({name}) may run the gopls that it belongs to; its program cannot be read"
                )
    return ""


def who_holds(folder: Path) -> str:
    """Words that name a process with a file or its working folder in that folder, where that shows; else empty."""
    if not sys.platform.startswith("linux"):
        return ""
    beginning = f"{folder.resolve()}/"
    for process in _table():
        here = Path(f"/proc/{process.pid}")
        try:
            links = [here / "cwd", *(here / "fd").iterdir()]
        except OSError:
            continue
        for link in links:
            try:
                target = f"{link.readlink()}/"
            except OSError:
                continue
            if target.startswith(beginning):
                return f"process {process.pid}"
    return ""


def _table() -> list[psutil.Process]:
    try:
        return list(psutil.process_iter())
    except (OSError, RuntimeError, IndexError, psutil.Error) as problem:
        raise OSError(f"the process table cannot be read ({type(problem).__name__})") from None


def _program(process: psutil.Process) -> Path | None:
    """The file that a process executes, None when the system does not tell."""
    if sys.platform.startswith("linux"):
        return Path(f"/proc/{process.pid}/exe")
    try:
        path = process.exe()
    except (psutil.Error, OSError):
        return None
    return Path(path) if path else None


_read: dict[tuple[int, int, int, int], str] = {}
"""SHA-256 by device, inode, size and time of change: a program that runs cannot be written to."""


def _sha256(program: Path) -> str:
    """In hex; empty for a program too small to be a gopls."""
    found = program.stat()
    if found.st_size < _LEAST_PROGRAM_BYTES:
        return ""
    key = (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns)
    if key not in _read:
        with program.open("rb") as file:
            _read[key] = hashlib.file_digest(file, "sha256").hexdigest()
    return _read[key]


def _is_zombie(process: psutil.Process) -> bool:
    try:
        return bool(process.status() == psutil.STATUS_ZOMBIE)
    except psutil.Error:
        return True
