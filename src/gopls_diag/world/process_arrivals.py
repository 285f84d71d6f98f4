"""Whether a gopls may have come since the last time, asked so cheaply that it can be asked every second all day."""

from __future__ import annotations

import os
import sys

from gopls_diag.parse.gopls_command import is_gopls_name
from gopls_diag.parse.process_texts import parse_process_stat
from gopls_diag.world.control_groups import read_small
from gopls_diag.world.process_samples import TELEMETRY_WORDS

_SETTLED = 3
"""Looks after which a process stays what it is: one that was just forked is not yet the program that it will be."""


class Arrivals:
    """All processes, by pid."""

    def __init__(self, *, proc: str = "/proc") -> None:
        self._proc = proc
        self._looks: dict[int, int] = {}

    def look(self) -> bool:
        """True if one is there that may be a gopls of an editor and was not told of before."""
        pids = self._pids()
        self._looks = {pid: self._looks[pid] for pid in pids if pid in self._looks}
        has_come = False
        for pid in pids:
            looks = self._looks.get(pid, 0)
            if looks >= _SETTLED:
                continue
            self._looks[pid] = looks + 1
            if self._is_gopls(pid, is_new=looks == 0):
                self._looks[pid] = _SETTLED
                has_come = True
        return has_come

    def forget(self, pid: int) -> None:
        """It has ended; who has its pid now is another."""
        self._looks.pop(pid, None)

    def _pids(self) -> list[int]:
        if sys.platform == "linux":
            return [int(each) for each in os.listdir(self._proc) if each.isdigit()]  # noqa: PTH208 - every second
        import psutil  # noqa: PLC0415 - Linux does without

        return psutil.pids()

    def _is_gopls(self, pid: int, *, is_new: bool) -> bool:
        if sys.platform != "linux":
            return True
        if not is_gopls_name(self._name(pid)):
            return False
        stat = parse_process_stat(read_small(f"{self._proc}/{pid}/stat"))
        if stat is None or not is_gopls_name(self._name(stat.parent)):
            return True
        # A child of gopls carries its name until it is the go command that it was made for. The sidecar keeps it.
        return not is_new and TELEMETRY_WORDS not in read_small(f"{self._proc}/{pid}/cmdline")

    def _name(self, pid: int) -> str:
        return read_small(f"{self._proc}/{pid}/comm").strip()
