"""The control group whose memory limit a process meets first, and its accounts; versions 1 and 2.

Sources: the kernel's cgroup-v1/memory.rst and cgroup-v2.rst, mm/memcontrol.c. A limit may stand in any group from the
process's own up to the root, so the nearest is the one with the least room. Kills for lack of memory are counted in the
group of the process that was killed (version 1), or there and in all groups above it (version 2): the process's own
group therefore counts them in both, wherever the limit stands.
"""

from __future__ import annotations

from dataclasses import dataclass

from gopls_diag.parse.cgroup import group_folders, parse_cgroup_mounts, parse_cgroup_paths, parse_counts, parse_limit
from gopls_diag.parse.process_texts import parse_pressure

_READ_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class _Names:
    """What the files of a version are called."""

    used: str
    limit: str
    kills: str
    cache: tuple[str, str]
    """Of memory.stat: file pages, which the kernel drops before it kills."""


_VERSIONS = {
    1: _Names(
        "memory.usage_in_bytes",
        "memory.limit_in_bytes",
        "memory.oom_control",
        ("total_inactive_file", "total_active_file"),
    ),
    2: _Names("memory.current", "memory.max", "memory.events", ("inactive_file", "active_file")),
}


@dataclass(frozen=True, slots=True)
class GroupReading:
    """The accounts of one moment; None where a file is missing or says nothing."""

    used_bytes: int | None = None
    """What the kernel cannot take back by dropping the cache of files: usage without file pages."""
    limit_bytes: int | None = None
    kills: int | None = None
    """Processes of the group that were killed for lack of memory, since the group was made."""
    pressure_percent: float | None = None


@dataclass(frozen=True, slots=True)
class ControlGroup:
    """Where the accounts of a process stand."""

    version: int
    own: str
    """Folder of the process's own group."""
    limiting: str
    """Folder of the group with the nearest limit; the own one if there is no limit."""

    def read(self) -> GroupReading:
        """Never raises: a group can go away at any time, and does so soon after its last process."""
        names = _VERSIONS[self.version]
        used, limit = _room(self.limiting, self.version)
        return GroupReading(
            used,
            limit,
            parse_counts(read_small(f"{self.own}/{names.kills}")).get("oom_kill"),
            parse_pressure(read_small(f"{self.own}/memory.pressure")) if self.version == 2 else None,
        )


def control_group_of(pid: int | str, *, proc: str = "/proc", root: str = "") -> ControlGroup | None:
    """The group of a process; None where there is no memory controller, or no such process.

    `root` is put before the folders that the mounts name: the tests' own file system, or a host's that is mounted.
    """
    mounts = parse_cgroup_mounts(read_small(f"{proc}/self/mountinfo", 1 << 20))
    for path in parse_cgroup_paths(read_small(f"{proc}/{pid}/cgroup")):
        folders = [root + each for each in group_folders(path, mounts)]
        names = _VERSIONS[path.version]
        known = [each for each in folders if read_small(f"{each}/{names.used}") or read_small(f"{each}/{names.kills}")]
        if known:
            return ControlGroup(path.version, known[0], _nearest(known, path.version))
    return None


def _nearest(folders: list[str], version: int) -> str:
    """The folder whose limit leaves the least room; the first, the innermost, when none has a limit."""
    best, least = folders[0], None
    for each in folders:
        used, limit = _room(each, version)
        if limit is None:
            continue
        room = limit - (used or 0)
        if least is None or room < least:
            best, least = each, room
    return best


def _room(folder: str, version: int) -> tuple[int | None, int | None]:
    """Bytes in use that cannot be dropped, and the limit."""
    names = _VERSIONS[version]
    used = parse_limit(read_small(f"{folder}/{names.used}"))
    if used is not None:
        counts = parse_counts(read_small(f"{folder}/memory.stat"))
        used = max(used - sum(counts.get(each, 0) for each in names.cache), 0)
    return used, parse_limit(read_small(f"{folder}/{names.limit}"))


def read_small(path: str, most: int = _READ_BYTES) -> str:
    """The text of a small file of the kernel's; "" if it cannot be read."""
    try:
        with open(path, "rb", buffering=0) as file:  # noqa: PTH123 - asked several times a second
            return (file.read(most) or b"").decode("utf-8", "replace")
    except OSError:
        return ""
