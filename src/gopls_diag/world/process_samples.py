"""What a process and its children use, read cheaply: from /proc on Linux, through psutil elsewhere.

A reading costs well under a millisecond on Linux, because it is taken several times a second while something is wrong.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections import deque
from dataclasses import dataclass
from typing import Any

from gopls_diag.parse.process_texts import (
    ProcessStat,
    parse_address_space_limit,
    parse_meminfo,
    parse_pressure,
    parse_process_stat,
    parse_pss,
    parse_statm,
)
from gopls_diag.world.control_groups import read_small

_MOST_CHILDREN = 64
_COMMAND_BYTES = 32 * 1024
TELEMETRY_WORDS = "** telemetry **"
"""gopls v0.16 and newer run a copy of themselves with this argument as a watch for crashes; that is no command."""


@dataclass(frozen=True, slots=True)
class Usage:
    """One process at one moment; None where the system does not tell."""

    state: str = ""
    """As in ProcessStat."""
    resident_bytes: int | None = None
    virtual_bytes: int | None = None
    cpu_seconds: float | None = None
    threads: int | None = None
    descriptors: int | None = None


@dataclass(frozen=True, slots=True)
class Child:
    """A process below another."""

    pid: int
    started: float
    """With the pid it tells a process from a later one of the same pid."""
    command: tuple[str, ...]
    """As it is; not fit to be written anywhere."""
    resident_bytes: int
    age_seconds: float


class ProcessSamples:
    """One process on Linux, asked again and again; it is known by its pid and its start."""

    def __init__(self, pid: int, *, proc: str = "/proc") -> None:
        self.pid = pid
        self._proc = proc
        self._folder = f"{proc}/{pid}"
        self._page = os.sysconf("SC_PAGE_SIZE")
        self._tick = os.sysconf("SC_CLK_TCK")
        self._start_ticks: int | None = None
        self._commands: dict[tuple[int, int], tuple[str, ...]] = {}
        first = self._stat()
        self._start_ticks = first.start_ticks if first else None
        self.problem = "" if first else "there is no such process"

    @property
    def name(self) -> str:
        stat = self._stat()
        return stat.name if stat else ""

    @property
    def started_seconds(self) -> float | None:
        """When it started, by the clock that counts from the start of the machine (CLOCK_BOOTTIME)."""
        return None if self._start_ticks is None else self._start_ticks / self._tick

    def is_alive(self) -> bool:
        """False once it has ended, also while nobody has waited for it, and if the pid is another's now."""
        stat = self._stat()
        return stat is not None and stat.state not in "ZX"

    def usage(self) -> Usage | None:
        """None once it has ended."""
        stat = self._stat()
        if stat is None or stat.state in "ZX":
            return None
        pages = parse_statm(read_small(f"{self._folder}/statm"))
        return Usage(
            state=stat.state,
            virtual_bytes=pages[0] * self._page if pages else None,
            resident_bytes=pages[1] * self._page if pages else None,
            cpu_seconds=stat.cpu_ticks / self._tick,
            threads=stat.threads,
            descriptors=self._descriptors(),
        )

    def pss_bytes(self) -> int | None:
        """The kernel counts it page by page under a lock of the process; not to be asked often."""
        return parse_pss(read_small(f"{self._folder}/smaps_rollup"))

    def address_space_limit(self) -> int | None:
        """The soft limit (`ulimit -v`); None if there is none."""
        return parse_address_space_limit(read_small(f"{self._folder}/limits"))

    def environment(self) -> dict[str, str] | None:
        """Its variables as it was started with; None if this user may not read them. Holds secrets."""
        try:
            with open(f"{self._folder}/environ", "rb") as file:  # noqa: PTH123 - as above
                content = file.read(4 << 20)
        except OSError:
            return None
        return _variables(content)

    def command(self) -> tuple[str, ...]:
        """Its arguments, empty if they cannot be read."""
        return _command(f"{self._folder}/cmdline")

    def executable(self) -> str:
        """The program's path, "" if it cannot be read."""
        try:
            return os.readlink(f"{self._folder}/exe")
        except OSError:
            return ""

    def parent(self) -> int | None:
        """The pid of its parent."""
        stat = self._stat()
        return stat.parent if stat else None

    def children(self, boot_seconds: float) -> tuple[Child, ...]:
        """All processes below it but gopls's telemetry sidecar, at most 64; `boot_seconds` is now, since the start."""
        found: list[Child] = []
        commands: dict[tuple[int, int], tuple[str, ...]] = {}
        waiting = deque(self._child_pids(self.pid))
        while waiting and len(found) < _MOST_CHILDREN:
            pid = waiting.popleft()
            stat = parse_process_stat(read_small(f"{self._proc}/{pid}/stat"))
            if stat is None or stat.state in "ZX":
                continue
            key = (pid, stat.start_ticks)
            # A child that was just forked still has its parent's arguments; it is asked again until it has its own.
            command = self._commands.get(key) or _command(f"{self._proc}/{pid}/cmdline")
            if TELEMETRY_WORDS in command:
                continue
            age = max(boot_seconds - stat.start_ticks / self._tick, 0.0)
            if age > 0.5:
                commands[key] = command
            pages = parse_statm(read_small(f"{self._proc}/{pid}/statm"))
            resident = pages[1] * self._page if pages else 0
            found.append(Child(pid, float(stat.start_ticks), command or (stat.name,), resident, age))
            waiting.extend(self._child_pids(pid))
        self._commands = commands
        return tuple(found)

    def _child_pids(self, pid: int) -> list[int]:
        """Each thread of a process lists those that it started (proc_pid_task; CONFIG_PROC_CHILDREN)."""
        found: list[int] = []
        tasks = f"{self._proc}/{pid}/task"
        with contextlib.suppress(OSError):
            for each in os.listdir(tasks):  # noqa: PTH208 - as above
                found += [int(word) for word in read_small(f"{tasks}/{each}/children").split() if word.isdigit()]
        return found

    def _stat(self) -> ProcessStat | None:
        stat = parse_process_stat(read_small(f"{self._folder}/stat"))
        if stat is None or (self._start_ticks is not None and stat.start_ticks != self._start_ticks):
            return None
        return stat

    def _descriptors(self) -> int | None:
        """Since Linux 6.2 the folder's size is their number; before it was 0."""
        folder = f"{self._folder}/fd"
        try:
            return os.stat(folder).st_size or len(os.listdir(folder))  # noqa: PTH208 - as above
        except OSError:
            return None


class ForeignSamples:
    """The same where there is no /proc, asked through psutil."""

    def __init__(self, pid: int) -> None:
        import psutil  # noqa: PLC0415 - Linux does without

        self.pid = pid
        self.problem = ""
        self._errors = (psutil.Error, OSError)
        self._process: psutil.Process | None = None
        try:
            self._process = psutil.Process(pid)
        except self._errors:
            self.problem = "there is no such process"

    @property
    def name(self) -> str:
        return str(self._ask("name") or "")

    @property
    def started_seconds(self) -> float | None:
        return None

    def is_alive(self) -> bool:
        """False once it has ended."""
        return self._process is not None and bool(self._ask("is_running")) and self._ask("status") != "zombie"

    def usage(self) -> Usage | None:
        """None once it has ended."""
        if self._process is None or not self.is_alive():
            return None
        memory, times = self._ask("memory_info"), self._ask("cpu_times")
        stopped = self._ask("status") == "stopped"
        return Usage(
            state="T" if stopped else "S",
            resident_bytes=memory.rss if memory else None,
            virtual_bytes=None,
            cpu_seconds=times.user + times.system if times else None,
            threads=self._ask("num_threads"),
            descriptors=self._ask("num_handles" if sys.platform == "win32" else "num_fds"),
        )

    def pss_bytes(self) -> int | None:
        """Only Linux counts it."""
        return None

    def address_space_limit(self) -> int | None:
        """Only Linux tells it of another process."""
        return None

    def environment(self) -> dict[str, str] | None:
        """Its variables; None if the system does not tell."""
        found = self._ask("environ")
        return dict(found) if found else None

    def command(self) -> tuple[str, ...]:
        """Its arguments."""
        return tuple(self._ask("cmdline") or ())

    def executable(self) -> str:
        """The program's path."""
        return str(self._ask("exe") or "")

    def parent(self) -> int | None:
        """The pid of its parent."""
        found = self._ask("ppid")
        return found if isinstance(found, int) else None

    def children(self, boot_seconds: float) -> tuple[Child, ...]:
        """All processes below it but the sidecar, at most 64."""
        import time  # noqa: PLC0415 - as psutil

        found: list[Child] = []
        for each in (self._ask("children", recursive=True) or ())[:_MOST_CHILDREN]:
            with contextlib.suppress(*self._errors):
                command = tuple(each.cmdline())
                if TELEMETRY_WORDS not in command:
                    begun = each.create_time()
                    age = max(time.time() - begun, 0.0)
                    found.append(Child(each.pid, begun, command or (each.name(),), each.memory_info().rss, age))
        return tuple(found)

    def _ask(self, question: str, **arguments: object) -> Any:
        if self._process is None:
            return None
        try:
            return getattr(self._process, question)(**arguments)
        except self._errors:
            return None
        except AttributeError:  # not on this system
            return None


def process_samples(pid: int) -> ProcessSamples | ForeignSamples:
    """The cheapest way to ask about a process on this system."""
    return ProcessSamples(pid) if sys.platform == "linux" and _exists("/proc/self/stat") else ForeignSamples(pid)


def machine_pressure(*, proc: str = "/proc") -> float | None:
    """Percent of the last 10 seconds in which some process of the machine waited for memory; None where unknown."""
    return parse_pressure(read_small(f"{proc}/pressure/memory"))


def machine_memory(*, proc: str = "/proc") -> tuple[int | None, int | None]:
    """Bytes in all, and bytes that could be had without swapping."""
    if sys.platform == "linux":
        return parse_meminfo(read_small(f"{proc}/meminfo"))
    import psutil  # noqa: PLC0415 - Linux does without

    with contextlib.suppress(psutil.Error, OSError):
        memory = psutil.virtual_memory()
        return memory.total, memory.available
    return None, None


def _variables(content: bytes) -> dict[str, str]:
    found: dict[str, str] = {}
    for each in content.decode("utf-8", "replace").split("\0"):
        name, sign, value = each.partition("=")
        if sign and name:
            found.setdefault(name, value)
    return found


def _command(path: str) -> tuple[str, ...]:
    text = read_small(path, _COMMAND_BYTES)
    return tuple(text.rstrip("\0").split("\0")) if text.strip("\0") else ()


def _exists(path: str) -> bool:
    return os.access(path, os.R_OK)
