"""What bounds the memory of gopls: the machine, control groups, resource limits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class CgroupMemory:
    """The memory accounts of one control group; None where the system gives no such number."""

    path: str
    """Folder of the group in the cgroup file system."""
    version: int
    """1 or 2."""
    limit_bytes: int | None = None
    """Above it processes are killed (`memory.max`, `memory.limit_in_bytes`); None means no limit."""
    high_bytes: int | None = None
    """Above it processes are slowed down (`memory.high`)."""
    current_bytes: int | None = None
    """In use, page cache included."""
    reclaimable_bytes: int = 0
    """Of it, file cache that the kernel gives back before it kills (`inactive_file`)."""
    peak_bytes: int | None = None
    oom_kills: int | None = None
    """Processes that the kernel killed for want of memory in this group or below, since the group exists."""

    @property
    def working_set_bytes(self) -> int | None:
        """In use without the cache that the kernel gives back by itself."""
        if self.current_bytes is None:
            return None
        return max(0, self.current_bytes - self.reclaimable_bytes)

    @property
    def limit_file(self) -> str:
        """The file that holds the limit, for evidence."""
        return f"{self.path}/{'memory.max' if self.version == 2 else 'memory.limit_in_bytes'}"

    @property
    def oom_file(self) -> str:
        """The file that holds the count of kills, for evidence."""
        return f"{self.path}/{'memory.events' if self.version == 2 else 'memory.oom_control'}"


@dataclass(frozen=True, slots=True)
class MemoryLimits:
    """Everything on this machine that bounds memory."""

    total_bytes: int
    """Of the machine (in WSL and in a virtual machine: of that)."""
    available_bytes: int
    """What can be had without swapping."""
    swap_bytes: int = 0
    container: str = ""
    """Kind of container, empty outside one."""
    is_wsl: bool = False
    own: tuple[CgroupMemory, ...] = ()
    """Groups that hold the asking process, innermost first; only those that could be read."""
    servers: Mapping[int, tuple[CgroupMemory, ...]] = field(default_factory=dict)
    """The same for each running gopls, by pid."""
    address_space_bytes: int | None = None
    """RLIMIT_AS (`ulimit -v`) of the asking shell; None when there is none."""
    is_address_space_known: bool = False
    """True if `ulimit -v` of the shell could be learnt."""
    go_memory_limit: str = ""
    """GOMEMLIMIT of the asking shell, as written; empty when it is not set."""

    @property
    def tightest(self) -> CgroupMemory | None:
        """The group of the asking process with the smallest limit below the machine's memory, if any."""
        return tightest(self.own, self.total_bytes)

    @property
    def effective_bytes(self) -> int:
        """The memory that a gopls started from here can have: the machine's or a group's limit, whichever is less."""
        group = self.tightest
        return group.limit_bytes if group and group.limit_bytes else self.total_bytes


def tightest(groups: tuple[CgroupMemory, ...], total_bytes: int) -> CgroupMemory | None:
    """The group with the smallest limit that is below the machine's memory; the innermost of equals."""
    limited = [each for each in groups if each.limit_bytes is not None and 0 < each.limit_bytes < total_bytes]
    return min(limited, key=lambda each: each.limit_bytes or 0, default=None)
