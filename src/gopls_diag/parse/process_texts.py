"""Files of /proc about a process and about the machine's memory.

Forms: proc(5), proc_pid_stat(5), proc_pid_statm(5), proc_pid_limits(5), proc_meminfo(5); accounting/psi.rst.
"""

from __future__ import annotations

from typing import NamedTuple


class ProcessStat(NamedTuple):
    """What `/proc/PID/stat` says of a process."""

    name: str
    """At most 15 characters."""
    state: str
    """`R`, `S`, `D`, `T` (stopped by a signal), `t` (stopped by a debugger), `Z`, …"""
    parent: int
    cpu_ticks: int
    """User and system."""
    threads: int
    start_ticks: int
    """Since the machine started, with the time that it slept: with the pid, the name of a process that is never given
    again before the next start of the machine."""


def parse_process_stat(text: str) -> ProcessStat | None:
    """None if it is cut. The name stands in parentheses and may hold anything, parentheses and blanks too."""
    begin, end = text.find("("), text.rfind(")")
    rest = text[end + 1 :].split()
    if not 0 <= begin < end or len(rest) < 20:
        return None
    numbers = [_count(rest[place]) for place in (1, 11, 12, 17, 19)]
    if None in numbers:
        return None
    parent, user, system, threads, start = (each or 0 for each in numbers)
    return ProcessStat(text[begin + 1 : end], rest[0][:1], parent, user + system, threads, start)


def parse_statm(text: str) -> tuple[int, int] | None:
    """Pages of address space and pages that are resident."""
    words = text.split()
    if len(words) < 2:
        return None
    size, resident = _count(words[0]), _count(words[1])
    return None if size is None or resident is None else (size, resident)


def parse_pss(text: str) -> int | None:
    """Bytes of the `Pss:` line of smaps_rollup."""
    return _kilobytes(text, "Pss:")


def parse_meminfo(text: str) -> tuple[int | None, int | None]:
    """Bytes of MemTotal and MemAvailable (since Linux 3.14)."""
    return _kilobytes(text, "MemTotal:"), _kilobytes(text, "MemAvailable:")


def parse_address_space_limit(text: str) -> int | None:
    """Bytes of the soft limit `Max address space` of `/proc/PID/limits`; None when there is none."""
    for line in text.splitlines():
        if line.startswith("Max address space"):
            words = line.removeprefix("Max address space").split()
            return _count(words[0]) if words else None
    return None


def parse_pressure(text: str) -> float | None:
    """Percent of the last 10 seconds in which some process waited for memory: `some avg10=1.23 …`."""
    for line in text.splitlines():
        words = line.split()
        if words[:1] == ["some"] and len(words) > 1 and words[1].startswith("avg10="):
            number = words[1].removeprefix("avg10=")
            whole, _, part = number.partition(".")
            if _count(whole) is not None and (not part or _count(part) is not None):
                return float(number)
    return None


def _kilobytes(text: str, name: str) -> int | None:
    for line in text.splitlines():
        if line.startswith(name):
            words = line[len(name) :].split()
            value = _count(words[0]) if words else None
            return None if value is None else value * 1024
    return None


def _count(word: str) -> int | None:
    return int(word) if word.isascii() and word.isdigit() and len(word) <= 20 else None
