"""What the operating system tells: files, volumes, processes, the machine, what commands printed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class FileKind(StrEnum):
    """What a path leads to."""

    FILE = "file"
    FOLDER = "folder"
    LINK = "link"
    SOCKET = "socket"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class FileStat:
    """What stat says of a path, links followed unless it was asked of the link itself."""

    kind: FileKind
    size_bytes: int = 0
    modified_seconds: float = 0.0
    """Seconds since 1970, UTC."""
    mode: int = 0o644
    """Permission bits."""
    owner: int | None = None
    """User id; None where the system has none."""
    device: int = 0
    inode: int = 0
    is_executable: bool = False
    """True if the asking user may execute (or, for a folder, enter) it."""
    is_writable: bool = True
    """True if the asking user may write to it."""


@dataclass(frozen=True, slots=True)
class FolderEntry:
    """One name in a folder, in the spelling on the disk."""

    name: str
    kind: FileKind


@dataclass(frozen=True, slots=True)
class ResolvedPath:
    """Where a path leads once every link is followed."""

    path: str
    """The final path, or the point at which following failed."""
    links: tuple[tuple[str, str], ...] = ()
    """(link, target) in the order in which they were met."""
    problem: str | None = None
    """None, `loop`, `broken` (a link whose target is missing) or `missing` (no link involved)."""


@dataclass(frozen=True, slots=True)
class Volume:
    """The file system that a path is on."""

    mount_point: str
    type: str
    """As the system names it: ext4, apfs, ntfs, vfat, 9p, drvfs, nfs, fuse.sshfs, overlay; empty when unknown."""
    source: str = ""
    options: str = ""
    total_bytes: int = 0
    free_bytes: int = 0
    """Free to the asking user."""
    free_files: int | None = None
    """Free inodes; None where the file system has no such limit."""
    is_read_only: bool = False
    ignores_case: bool | None = None
    """True if the same file answers to another letter case; None when it could not be told."""


@dataclass(frozen=True, slots=True)
class SuffixUsage:
    """The files of one suffix below a folder."""

    files: int = 0
    folders: int = 0
    """Folders that hold at least one of them."""
    apparent_bytes: int = 0
    largest_files: tuple[tuple[str, int], ...] = ()
    """(path relative to the folder, bytes), at most 5."""
    largest_folders: tuple[tuple[str, int, int], ...] = ()
    """(path relative to the folder, files, bytes of these files right in it), at most 5; the folder itself is `.`."""
    folder_names: tuple[str, ...] = ()
    """The folders that hold at least one of them, relative, sorted, at most 3,000; the folder itself is `.`."""


@dataclass(frozen=True, slots=True)
class TreeUsage:
    """What lies below a folder, counted in one walk; links are not followed."""

    files: int
    folders: int
    apparent_bytes: int
    disk_bytes: int
    """As du counts: blocks used."""
    newest_seconds: float
    """Newest modification time of a file, seconds since 1970; 0 when there are no files."""
    is_complete: bool
    """False if the walk stopped at its limits."""
    by_suffix: Mapping[str, int] = field(default_factory=dict)
    """Number of files by suffix, the most frequent first, at most 50."""
    largest: tuple[tuple[str, int], ...] = ()
    """(path relative to the folder, bytes) of the largest files, at most 10."""
    by_folder: Mapping[str, int] = field(default_factory=dict)
    """Number of files below each direct sub-folder."""
    named: Mapping[str, int] = field(default_factory=dict)
    """For folders whose name was asked for (`node_modules`): relative path to number of files below it."""
    symlinked_folders: tuple[str, ...] = ()
    """Relative paths of links to folders, at most 50."""
    found: tuple[str, ...] = ()
    """Relative paths of the files whose name was asked for (`find`), in order, at most 5,000."""
    weighed: SuffixUsage = SuffixUsage()
    """About the files of the suffix that was asked for (`weigh`)."""


@dataclass(frozen=True, slots=True)
class CommandResult:
    """How a command ended and what it printed."""

    command: tuple[str, ...]
    exit_code: int | None
    """None when it was ended by a signal, did not start or ran out of time."""
    stdout: str = ""
    stderr: str = ""
    elapsed_seconds: float = 0.0
    signal: int | None = None
    is_timed_out: bool = False
    start_error: str | None = None
    """Why it could not be started: `missing`, `denied`, `format` (not for this machine), or the system's words."""
    is_truncated: bool = False
    """True if it printed more than the limit and the rest was dropped."""

    @property
    def is_ok(self) -> bool:
        """True if it ran to its end and exited with 0."""
        return self.exit_code == 0

    @property
    def line(self) -> str:
        """The command as a person would type it, the program by its base name."""
        program = self.command[0].replace("\\", "/").rsplit("/", 1)[-1].removesuffix(".exe")
        return " ".join((program, *self.command[1:]))

    @property
    def ending(self) -> str:
        """How it ended, in words, for reasons."""
        if self.start_error:
            return f"could not be started ({self.start_error})"
        if self.is_timed_out:
            return f"gave no answer within {self.elapsed_seconds:.0f} s"
        if self.signal is not None:
            return f"was ended by signal {self.signal}"
        return f"exited with code {self.exit_code}"


@dataclass(frozen=True, slots=True)
class Process:
    """One process, as the process table shows it to everybody."""

    pid: int
    parent_pid: int
    name: str
    """The kernel's name of it; Linux cuts it to 15 bytes."""
    command: tuple[str, ...] = ()
    """Its argument list; empty when it may not be read."""
    executable: str = ""
    """Path of its program; empty when it may not be read. Linux adds ` (deleted)` when the file was replaced."""
    status: str = ""
    """running, sleeping, stopped, tracing-stop, zombie, …: psutil's words."""
    started_seconds: float = 0.0
    """Seconds since 1970."""
    resident_bytes: int = 0
    user: str = ""


@dataclass(frozen=True, slots=True)
class ProcessDetails:
    """What may be read of one process by its owner."""

    pid: int
    environment: Mapping[str, str] | None = None
    """None when it may not be read."""
    folder: str | None = None
    """Its working folder."""
    limits: Mapping[str, tuple[int | None, int | None]] | None = None
    """(soft, hard) by the names of `/proc/PID/limits`: `Max address space`; None inside means unlimited."""
    open_files: int | None = None
    cgroups: str | None = None
    """Text of `/proc/PID/cgroup`."""
    peak_resident_bytes: int | None = None
    cpu_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Machine:
    """The machine and the user who asks."""

    os: str
    """linux, darwin or windows."""
    architecture: str
    """Of the processor, as Go names it: amd64, arm64, 386, … even when the asking program is translated."""
    home: str
    """Home folder by the system's user table, for when HOME is unset; empty when there is none."""
    user: str
    user_id: int | None
    host: str
    processors: int
    total_memory_bytes: int
    available_memory_bytes: int
    swap_bytes: int = 0
    release: str = ""
    """Kernel release or system version, as the system prints it."""
    is_translated: bool = False
    """True if the asking program runs under Rosetta 2 or another emulation."""
    is_wsl: bool = False
    container: str = ""
    """docker, podman, lxc, kubernetes, codespaces, devcontainer; empty outside one."""
    temporary_folder: str = "/tmp"
