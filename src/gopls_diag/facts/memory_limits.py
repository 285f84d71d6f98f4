"""What bounds the memory of gopls here: the machine, the control groups of Linux, `ulimit -v`."""

from __future__ import annotations

import re

from gopls_diag.facts.declare import fact
from gopls_diag.model.gopls_process import GoplsProcesses
from gopls_diag.model.memory_limits import CgroupMemory, MemoryLimits
from gopls_diag.model.outcome import Unknown
from gopls_diag.parse.cgroup import (
    CgroupMount,
    group_folders,
    parse_cgroup_mounts,
    parse_cgroup_paths,
    parse_counts,
    parse_limit,
)
from gopls_diag.world import World, WorldError

_FILES = {
    1: {
        "limit": "memory.limit_in_bytes",
        "high": "memory.soft_limit_in_bytes",
        "current": "memory.usage_in_bytes",
        "peak": "memory.max_usage_in_bytes",
        "events": "memory.oom_control",
    },
    2: {
        "limit": "memory.max",
        "high": "memory.high",
        "current": "memory.current",
        "peak": "memory.peak",
        "events": "memory.events",
    },
}
_GROUPS_LIMIT = 16
"""Ancestors that are read; deeper nestings exist only in tests of the kernel."""
_ADDRESS_SPACE_PATTERN = re.compile(r"^Max address space +(\S+)", re.MULTILINE)


@fact(limit_seconds=15.0)
def memory_limits(world: World, processes: GoplsProcesses | Unknown) -> MemoryLimits:
    """Limits of the machine, of the asking process's control groups and of each running gopls's."""
    machine = world.machine
    running = () if isinstance(processes, Unknown) else processes.all
    reader = _Groups(world)
    address_space, is_known = _address_space(world)
    return MemoryLimits(
        total_bytes=machine.total_memory_bytes,
        available_bytes=machine.available_memory_bytes,
        swap_bytes=machine.swap_bytes,
        container=machine.container,
        is_wsl=machine.is_wsl,
        own=reader.of(_text(world, "/proc/self/cgroup")) if machine.os == "linux" else (),
        servers={each.pid: reader.of(each.cgroups) for each in running if each.cgroups},
        address_space_bytes=address_space,
        is_address_space_known=is_known,
        go_memory_limit=world.environment.get("GOMEMLIMIT", ""),
    )


def _text(world: World, path: str) -> str | None:
    try:
        return world.read_text(path, limit_bytes=1 << 20)
    except WorldError:
        return None


class _Groups:
    """Reads each control group at most once."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._mounts: tuple[CgroupMount, ...] | None = None
        self._read: dict[str, CgroupMemory | None] = {}

    def of(self, cgroups: str | None) -> tuple[CgroupMemory, ...]:
        """The groups with memory accounts that a `/proc/PID/cgroup` names, innermost first."""
        if not cgroups:
            return ()
        if self._mounts is None:
            self._mounts = parse_cgroup_mounts(_text(self._world, "/proc/self/mountinfo") or "")
        found: list[CgroupMemory] = []
        for path in parse_cgroup_paths(cgroups):
            for folder in group_folders(path, self._mounts)[:_GROUPS_LIMIT]:
                if folder not in self._read:
                    self._read[folder] = self._group(folder, path.version)
                group = self._read[folder]
                found.extend([group] if group else [])
        return tuple(found)

    def _group(self, folder: str, version: int) -> CgroupMemory | None:
        """The accounts of one group; None when it has none (the root of version 2, a controller that is off)."""
        texts = {name: _text(self._world, f"{folder}/{file}") for name, file in _FILES[version].items()}
        if texts["current"] is None and texts["limit"] is None:
            return None
        stat = parse_counts(_text(self._world, f"{folder}/memory.stat") or "")
        high = parse_limit(texts["high"] or "") if version == 2 else None
        return CgroupMemory(
            path=folder,
            version=version,
            limit_bytes=parse_limit(texts["limit"] or ""),
            high_bytes=high,
            current_bytes=parse_limit(texts["current"] or ""),
            reclaimable_bytes=stat.get("total_inactive_file", stat.get("inactive_file", 0)),
            peak_bytes=parse_limit(texts["peak"] or ""),
            oom_kills=parse_counts(texts["events"] or "").get("oom_kill"),
        )


def _address_space(world: World) -> tuple[int | None, bool]:
    """RLIMIT_AS of the asking shell in bytes (None: unlimited), and whether it could be learnt."""
    if world.machine.os == "linux":
        found = _ADDRESS_SPACE_PATTERN.search(_text(world, "/proc/self/limits") or "")
        return (parse_limit(found[1]), True) if found else (None, False)
    if world.machine.os == "darwin":
        result = world.run(("/bin/sh", "-c", "ulimit -v"), limit_seconds=5.0)
        kibibytes = parse_limit(result.stdout)
        is_known = result.is_ok and (kibibytes is not None or result.stdout.strip() == "unlimited")
        return (kibibytes * 1024 if kibibytes is not None else None), is_known
    return None, False
