"""Control groups of version 1 with a limit of memory or of processes; skipped where none can be made."""

from __future__ import annotations

import contextlib
import itertools
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.real.recording.stand_in import wait_until

ROOT = Path("/sys/fs/cgroup")
_numbers = itertools.count()


@dataclass(frozen=True, slots=True)
class Group:
    """A control group of a controller."""

    path: Path

    @property
    def prelude(self) -> str:
        """Shell text by which a process enters it."""
        return f"echo $$ > {self.path}/cgroup.procs"

    def write(self, name: str, value: int) -> None:
        """Set one of its files."""
        (self.path / name).write_text(str(value), encoding="ascii")

    def read(self, name: str) -> str:
        """Read one of its files."""
        return (self.path / name).read_text(encoding="ascii")

    def enter(self, pid: int) -> None:
        """Move a process into it."""
        self.write("cgroup.procs", pid)

    def pids(self) -> list[int]:
        """Who is in it."""
        return [int(each) for each in self.read("cgroup.procs").split()]

    @property
    def kills(self) -> int:
        """How often the kernel killed somebody in it for memory."""
        words = self.read("memory.oom_control").split()
        return int(words[words.index("oom_kill") + 1]) if "oom_kill" in words else 0


@contextmanager
def group_of(controller: str, limit_name: str, limit: int) -> Iterator[Group]:
    """A group with a limit; empty and gone afterwards."""
    group = Group(ROOT / controller / f"gopls-diag-fault-{os.getpid()}-{next(_numbers)}")
    try:
        group.path.mkdir()
        group.write(limit_name, limit)
    except OSError as problem:
        with contextlib.suppress(OSError):
            group.path.rmdir()
        pytest.skip(f"no control group of {controller} can be made here: {problem}")
    try:
        yield group
    finally:
        for pid in group.pids():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        assert wait_until(lambda: not group.pids())

        def is_gone() -> bool:
            with contextlib.suppress(OSError):
                group.path.rmdir()
            return not group.path.exists()

        assert wait_until(is_gone)


def memory_group(limit: int) -> contextlib.AbstractContextManager[Group]:
    """A group with a limit of memory in bytes."""
    return group_of("memory", "memory.limit_in_bytes", limit)
