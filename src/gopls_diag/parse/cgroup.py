"""Control groups of Linux, versions 1 and 2: which group a process is in, where it is mounted, what its accounts say.

Forms: proc(5) `/proc/PID/cgroup` and `/proc/PID/mountinfo`; the kernel's cgroup-v1/memory.rst and cgroup-v2.rst.
"""

from __future__ import annotations

from dataclasses import dataclass

PAGE_COUNTER_MAX = 1 << 62
"""Version 1 has no word for "no limit": it is the largest page count, 9223372036854771712 on 64-bit machines."""


@dataclass(frozen=True, slots=True)
class CgroupPath:
    """The memory group of one process."""

    version: int
    path: str
    """Inside the hierarchy: `/user.slice/user-1000.slice`."""


@dataclass(frozen=True, slots=True)
class CgroupMount:
    """Where a hierarchy with a memory controller is mounted."""

    version: int
    mount_point: str
    root: str
    """The group that the mount point shows: not `/` inside many containers."""


def parse_cgroup_paths(text: str) -> tuple[CgroupPath, ...]:
    """The groups of a `/proc/PID/cgroup` that can bound memory: version 1's memory hierarchy, then version 2's."""
    found: list[CgroupPath] = []
    for line in text.splitlines():
        parts = line.split(":", 2)
        if len(parts) != 3 or not parts[2].startswith("/"):
            continue
        path = parts[2].removesuffix(" (deleted)")
        if "memory" in parts[1].split(","):
            found.append(CgroupPath(1, path))
        elif parts[0] == "0" and not parts[1]:
            found.append(CgroupPath(2, path))
    return tuple(sorted(found, key=lambda each: each.version))


def parse_cgroup_mounts(text: str) -> tuple[CgroupMount, ...]:
    """The mounted hierarchies of a `/proc/self/mountinfo`; version 2 whether or not it has a memory controller."""
    found: list[CgroupMount] = []
    for line in text.splitlines():
        left, separator, right = line.partition(" - ")
        fields, kind = left.split(" "), right.split(" ")
        if not separator or len(fields) < 6 or len(kind) < 3:
            continue
        if kind[0] == "cgroup2":
            found.append(CgroupMount(2, _unescape(fields[4]), _unescape(fields[3])))
        elif kind[0] == "cgroup" and "memory" in kind[2].split(","):
            found.append(CgroupMount(1, _unescape(fields[4]), _unescape(fields[3])))
    return tuple(found)


def group_folders(path: CgroupPath, mounts: tuple[CgroupMount, ...]) -> tuple[str, ...]:
    """Folders of the group and of its ancestors, the innermost first, as far as they are mounted here.

    In a container whose own group is mounted as the root, the path inside is `/` or starts with `/..`; the mount point
    is then the innermost group that can be seen.
    """
    for mount in mounts:
        if mount.version != path.version:
            continue
        inside = _below(path.path, mount.root)
        if inside is None:
            return (mount.mount_point,)
        parts = [part for part in inside.split("/") if part]
        if ".." in parts:
            return (mount.mount_point,)
        base = mount.mount_point.rstrip("/")
        return tuple("/".join((base, *parts[:length])) for length in range(len(parts), -1, -1))
    return ()


def _below(path: str, root: str) -> str | None:
    """The path relative to the mount's root, or None when it lies elsewhere."""
    if root == "/":
        return path
    if path == root or path.startswith(root.rstrip("/") + "/"):
        return path[len(root) :]
    # With a private cgroup namespace the process sees `/` while mountinfo shows `/` or a path of the host.
    return path if path == "/" else None


def _unescape(word: str) -> str:
    """Mountinfo writes blanks, tabs, newlines and backslashes in octal."""
    for written, meant in ((r"\040", " "), (r"\011", "\t"), (r"\012", "\n"), (r"\134", "\\")):
        word = word.replace(written, meant)
    return word


def parse_limit(text: str) -> int | None:
    """A limit or peak in bytes; None for `max`, for version 1's page counter maximum, and for what is not a number."""
    word = text.strip()
    if not word.isascii() or not word.isdigit() or len(word) > 20:
        return None
    value = int(word)
    return None if value >= PAGE_COUNTER_MAX else value


def parse_counts(text: str) -> dict[str, int]:
    """`name number` lines, as in memory.events, memory.oom_control and memory.stat; other lines are passed over."""
    found: dict[str, int] = {}
    for line in text.splitlines():
        name, _, value = line.strip().partition(" ")
        if name and value.isascii() and value.isdigit() and len(value) <= 20:
            found[name] = int(value)
    return found
