"""What processes cost, by the kernel's own clocks. Linux only: /proc, CPU clocks of other processes, a subreaper.

This process makes itself the subreaper of all that it starts. A recorder that outlives its launcher becomes our child,
so its whole CPU time comes with its end, and nothing stays behind unseen.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

_SET_CHILD_SUBREAPER = 36
"""PR_SET_CHILD_SUBREAPER of prctl(2)."""
_CPU_CLOCK = 2
"""CPUCLOCK_SCHED of the kernel: what a process ran, user and system, in nanoseconds."""


class Memory(NamedTuple):
    """Bytes, of /proc/PID/smaps_rollup."""

    resident: int
    proportional: int


class Ended(NamedTuple):
    """A process that was waited for, with the children that it had waited for itself."""

    pid: int
    status: int
    cpu_seconds: float
    peak_bytes: int


def become_subreaper() -> None:
    """From now on orphans below this process become its children."""
    ctypes.CDLL(None).prctl(_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def cpu_seconds(pid: int) -> float:
    """User and system time of a live process, of all its threads, without its children; 0 if it is gone."""
    try:
        return time.clock_gettime((~pid << 3) | _CPU_CLOCK)
    except OSError:
        return 0.0


def memory(pid: int) -> Memory:
    """Zeros if it is gone."""
    found = {"Rss:": 0, "Pss:": 0}
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii", errors="replace").splitlines():
            words = line.split()
            if words[0] in found:
                found[words[0]] = int(words[1]) * 1024
    except OSError:
        pass
    return Memory(found["Rss:"], found["Pss:"])


def descendants(pid: int) -> Iterator[int]:
    """Children, their children and so on, as far as they can be read."""
    for task in _listed(Path(f"/proc/{pid}/task")):
        try:
            children = Path(f"/proc/{pid}/task/{task}/children").read_text(encoding="ascii").split()
        except OSError:
            continue
        for child in map(int, children):
            yield child
            yield from descendants(child)


def running(program: Path) -> Iterator[int]:
    """The processes below this one that run a program."""
    for pid in descendants(os.getpid()):
        try:
            if Path(f"/proc/{pid}/exe").samefile(program):
                yield pid
        except OSError:
            continue


def named_in_arguments(*words: str) -> int | None:
    """The process below this one that has each of these words in its arguments, or None."""
    for pid in descendants(os.getpid()):
        try:
            arguments = Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:
            continue
        if all(os.fsencode(each) in arguments for each in words):
            return pid
    return None


def within(seconds: float, look: Callable[[], int | None]) -> int | None:
    """What `look` finds, asked again until the time is over."""
    limit = time.monotonic() + seconds
    while (found := look()) is None and time.monotonic() < limit:
        time.sleep(0.01)
    return found


def wait_for_all(seconds: float) -> list[Ended]:
    """Reap every child. What still lives when the time is over is killed, and reaped too."""
    ended: list[Ended] = []
    limit = time.monotonic() + seconds
    while True:
        try:
            pid, status, usage = os.wait4(-1, os.WNOHANG)
        except ChildProcessError:
            return ended
        if pid:
            ended.append(_ended(pid, status, usage))
            continue
        if time.monotonic() > limit:
            for each in list(descendants(os.getpid())):
                os.kill(each, signal.SIGKILL)
            limit = float("inf")
        time.sleep(0.005)


def _ended(pid: int, status: int, usage: resource.struct_rusage) -> Ended:
    return Ended(pid, status, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024)


def _listed(folder: Path) -> list[str]:
    try:
        return os.listdir(folder)  # noqa: PTH208 - the names are wanted, of a folder that may vanish meanwhile
    except OSError:
        return []
