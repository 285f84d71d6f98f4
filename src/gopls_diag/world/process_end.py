"""How a process ended that is not a child of this one.

Linux 6.15 and newer tell who holds a descriptor of the process from before its end, as soon as its parent has waited
for it (ioctl PIDFD_GET_INFO with PIDFD_INFO_EXIT, include/uapi/linux/pidfd.h).
"""

from __future__ import annotations

import contextlib
import os
import struct
import sys

_INFO = struct.Struct("<QQ11Ii")
"""pidfd_info in its first form, 64 bytes: what is wanted and got, the control group, ids, the exit status."""
_GET_INFO = 0xC0000000 | (_INFO.size << 16) | 0xFF0B
_EXIT = 1 << 3


class ProcessEnd:
    """One process, known from now on whatever becomes of its pid."""

    def __init__(self, pid: int) -> None:
        self._descriptor: int | None = None
        with contextlib.suppress(OSError):
            if sys.platform == "linux" and hasattr(os, "pidfd_open"):
                self._descriptor = os.pidfd_open(pid)

    def status(self) -> int | None:
        """As waitpid(2) gives it; None while it lives, until its parent has waited for it, and on older systems."""
        if self._descriptor is None:
            return None
        import fcntl  # noqa: PLC0415 - not on Windows

        asked = bytearray(_INFO.size)
        _INFO.pack_into(asked, 0, _EXIT, *([0] * 13))
        try:
            fcntl.ioctl(self._descriptor, _GET_INFO, asked)
        except OSError:
            return None
        told = _INFO.unpack(asked)
        return int(told[-1]) if told[0] & _EXIT else None

    def close(self) -> None:
        """Gives back what it holds."""
        if self._descriptor is not None:
            with contextlib.suppress(OSError):
                os.close(self._descriptor)
            self._descriptor = None
