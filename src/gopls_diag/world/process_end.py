"""How a process ended that is not a child of this one.

Linux 6.15 and newer tell who holds a descriptor of the process from before its end, as soon as its parent has waited
for it (ioctl PIDFD_GET_INFO with PIDFD_INFO_EXIT, include/uapi/linux/pidfd.h). Until then, and on older kernels, the
status stands in /proc/PID/stat, for the same user; most parents wait at once.
"""

from __future__ import annotations

import contextlib
import os
import struct
import sys

from gopls_diag.world.control_groups import read_small

_INFO = struct.Struct("<QQ11Ii")
"""pidfd_info in its first form, 64 bytes: what is wanted and got, the control group, ids, the exit status."""
_GET_INFO = 0xC0000000 | (_INFO.size << 16) | 0xFF0B
_EXIT = 1 << 3


class ProcessEnd:
    """One process, known from now on whatever becomes of its pid."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._descriptor: int | None = None
        fields = read_small(f"/proc/{pid}/stat").rpartition(")")[2].split()
        self._started = fields[19] if len(fields) > 19 else ""
        with contextlib.suppress(OSError):
            if sys.platform == "linux" and hasattr(os, "pidfd_open"):
                self._descriptor = os.pidfd_open(pid)

    def status(self) -> int | None:
        """As waitpid(2) gives it; None while it lives, and where the system does not tell."""
        told = self._told()
        return self._unwaited() if told is None else told

    def _unwaited(self) -> int | None:
        """Of a process that its parent has not waited for yet."""
        stat = read_small(f"/proc/{self._pid}/stat")
        fields = stat.rpartition(")")[2].split()
        # proc_pid_stat(5) counts from 1, and two fields stand before: 3 is the state, 22 the start, 52 the status.
        if len(fields) < 50 or fields[0] != "Z" or fields[19] != self._started or not fields[49].isdigit():
            return None
        return int(fields[49])

    def _told(self) -> int | None:
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
