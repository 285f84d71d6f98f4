"""The process table, and what may be read of one process."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import psutil

from gopls_diag.world.port import Answer

_LIMIT_LINE = re.compile(r"^(Max [a-z ]+?) {2,}(\S+) +(\S+)")


def list_processes() -> Answer:
    """Every process with what everybody may see of it; those that end meanwhile are left out."""
    try:
        table = list(psutil.process_iter())
    except (OSError, RuntimeError, IndexError, psutil.Error) as problem:
        # What psutil raises where /proc is hidden depends on which of its files it misses first.
        return {"error": f"the process table cannot be read ({type(problem).__name__})"}
    rows = []
    for process in table:
        try:
            with process.oneshot():
                rows.append(_row(process))
        except (psutil.NoSuchProcess, psutil.ZombieProcess):
            continue
        except (psutil.AccessDenied, OSError):
            continue
    return {"processes": rows}


def _row(process: psutil.Process) -> dict[str, Any]:
    return {
        "pid": process.pid,
        "parent_pid": process.ppid(),
        "name": process.name(),
        "command": _or(process.cmdline, []),
        "executable": _executable(process),
        "status": process.status(),
        "started_seconds": process.create_time(),
        "resident_bytes": _or(lambda: process.memory_info().rss, 0),
        "user": _or(process.username, ""),
    }


def _or(ask: Any, instead: Any) -> Any:
    try:
        return ask()
    except (psutil.AccessDenied, psutil.ZombieProcess, OSError):
        return instead


def _executable(process: psutil.Process) -> str:
    if sys.platform.startswith("linux"):
        # psutil drops the ` (deleted)` that the kernel adds, which is the very thing to know.
        try:
            return str(Path(f"/proc/{process.pid}/exe").readlink())
        except OSError:
            return ""
    return str(_or(process.exe, ""))


def describe_process(pid: int) -> Answer:
    """What may be read of one process; parts that may not be read are None."""
    try:
        process = psutil.Process(pid)
        environment = _or(process.environ, None)
        folder = _or(process.cwd, None)
        open_files = _open_files(process)
        cpu = _or(process.cpu_times, None)
    except psutil.NoSuchProcess:
        return {"error": "missing"}
    return {
        "pid": pid,
        "environment": environment,
        "folder": folder,
        "limits": _limits(pid),
        "open_files": open_files,
        "cgroups": _proc_text(pid, "cgroup"),
        "peak_resident_bytes": _peak(pid),
        "cpu_seconds": round(cpu.user + cpu.system, 2) if cpu else None,
    }


def _open_files(process: psutil.Process) -> int | None:
    count = getattr(process, "num_fds", None) or getattr(process, "num_handles", None)
    return None if count is None else _or(count, None)


def _proc_text(pid: int, name: str) -> str | None:
    try:
        return Path(f"/proc/{pid}/{name}").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None


def _limits(pid: int) -> dict[str, list[int | None]] | None:
    text = _proc_text(pid, "limits")
    if text is None:
        return None
    found = {}
    for line in text.splitlines():
        row = _LIMIT_LINE.match(line)
        if row:
            found[row[1]] = [
                None if value == "unlimited" else int(value) for value in row.groups()[1:] if _is_limit(value)
            ]
    return {name: values for name, values in found.items() if len(values) == 2}


def _is_limit(word: str) -> bool:
    return word == "unlimited" or word.isdigit()


def _peak(pid: int) -> int | None:
    found = re.search(r"^VmHWM:\s*(\d+) kB", _proc_text(pid, "status") or "", re.MULTILINE)
    return int(found[1]) * 1024 if found else None
