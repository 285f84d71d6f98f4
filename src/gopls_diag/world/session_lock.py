"""One process at a time works on a session: its recorder, or who makes an incident of it.

The lock is on the folder itself (flock(2)), so it needs no file, works where nothing can be written, and is gone with
the process that held it. On Windows a file in the folder is locked in its place.
"""

from __future__ import annotations

import contextlib
import os
import sys
import time
from pathlib import Path


class SessionLock:
    """Held until it is released or this process ends."""

    def __init__(self, descriptor: int | None) -> None:
        self._descriptor = descriptor

    def release(self) -> None:
        """Lets the next one in."""
        if self._descriptor is not None:
            with contextlib.suppress(OSError):
                os.close(self._descriptor)
            self._descriptor = None


def lock_session(folder: Path, *, wait_seconds: float = 0.0) -> SessionLock | None:
    """None if another process works on it, or the folder is gone.

    Where the file system knows no locks, everybody gets one.
    """
    until = time.monotonic() + wait_seconds
    while True:
        try:
            return SessionLock(_locked(folder))
        except BlockingIOError:
            if time.monotonic() >= until:
                return None
            time.sleep(0.05)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError:
            return SessionLock(None)


def _locked(folder: Path) -> int:
    if sys.platform == "win32":
        import msvcrt  # noqa: PLC0415 - only there

        descriptor = os.open(folder / "recorder.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError as problem:
            os.close(descriptor)
            raise BlockingIOError(str(problem)) from problem
        return descriptor
    import fcntl  # noqa: PLC0415 - not on Windows

    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor
