"""Only one run at a time changes files: a lock that the system takes back when its holder dies."""

from __future__ import annotations

import contextlib
import errno
import os
import time
from collections.abc import Iterator
from pathlib import Path

from gopls_diag.model.change import CannotChange

_WAIT_SECONDS = 3.0
_PAUSE_SECONDS = 0.05
_BUSY = {errno.EAGAIN, errno.EACCES, errno.EDEADLK, errno.EWOULDBLOCK}


def _try_lock(descriptor: int) -> bool:
    try:
        if os.name == "nt":
            import msvcrt  # noqa: PLC0415 - Windows only

            # The lock is on bytes, not on the file; they need not exist.
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
        else:
            import fcntl  # noqa: PLC0415 - not on Windows

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as problem:
        if problem.errno in _BUSY:
            return False
        raise
    return True


@contextlib.contextmanager
def hold(path: Path, wait_seconds: float = _WAIT_SECONDS) -> Iterator[None]:
    """Hold the lock of this file, which is made if need be; CannotChange when another run keeps it."""
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
    try:
        descriptor = os.open(path, flags, 0o600)
    except OSError as problem:
        raise CannotChange(f"the journal cannot be locked: {path}: {problem.strerror}") from None
    try:
        ends = time.monotonic() + wait_seconds
        while not _locked(descriptor, path):
            if time.monotonic() >= ends:
                raise CannotChange("another run of gopls-diag is changing files right now: try again when it is done")
            time.sleep(_PAUSE_SECONDS)
        yield
    finally:
        # Closing gives the lock back, on every system.
        os.close(descriptor)


def _locked(descriptor: int, path: Path) -> bool:
    try:
        return _try_lock(descriptor)
    except OSError as problem:
        raise CannotChange(
            f"the journal cannot be locked: {path}: {problem.strerror}; GOPLS_DIAG_STATE names another folder for it"
        ) from None


def is_held(path: Path) -> bool:
    """Whether another run holds the lock at this moment; False when it cannot be told."""
    try:
        descriptor = os.open(path, os.O_RDWR | getattr(os, "O_NOFOLLOW", 0))
    except OSError:
        return False
    try:
        return not _try_lock(descriptor)
    except OSError:
        return False
    finally:
        os.close(descriptor)
