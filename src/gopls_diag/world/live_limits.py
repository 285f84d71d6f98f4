"""Fits this program into a small address space, so that it can say that the address space is too small."""

from __future__ import annotations

import contextlib
import ctypes
import sys
import threading

_M_ARENA_MAX = -8
"""glibc malloc.h."""
_ENOUGH_BYTES = 8 * 1024**3
_STACK_BYTES = 512 * 1024


def fit_address_space() -> None:
    """Under `ulimit -v`, make threads cost little address space; does nothing elsewhere.

    Every fact has a thread. Each would reserve 8 MiB of stack and, on glibc, a heap of 64 MiB of its own, which a limit
    of 500 MB (at which no Go program starts, and the user wants to know why) does not hold.
    """
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415 - POSIX only

    soft, _ = resource.getrlimit(resource.RLIMIT_AS)
    if soft == resource.RLIM_INFINITY or soft > _ENOUGH_BYTES:
        return
    threading.stack_size(_STACK_BYTES)
    if sys.platform == "linux":
        # musl has no mallopt, and needs none.
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 1)
