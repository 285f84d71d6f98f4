"""The gopls processes of this machine: what each one is, whose it is, and what state it is in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class GoplsRole(StrEnum):
    """What a gopls process does, read off its argument list."""

    SERVER = "server"
    """Speaks LSP with one editor window."""
    DAEMON = "daemon"
    """Listens on an address (`-listen`) and serves several editor windows."""
    FORWARDER = "forwarder"
    """Passes bytes between one editor window and a daemon (`-remote`)."""
    MCP = "mcp"
    """`gopls mcp`: serves an AI assistant."""
    OTHER = "other"
    """A subcommand such as `check` or `stats`, which ends by itself."""


@dataclass(frozen=True, slots=True)
class EditorProcess:
    """The nearest ancestor of a gopls that is an editor."""

    pid: int
    """Of the process that stands for one window (VS Code: the extension host)."""
    name: str
    """vscode, cursor, windsurf, vscodium, code-server, neovim, vim, emacs, helix, zed, sublime, kakoune."""
    label: str
    """As people call it: `VS Code`."""


@dataclass(frozen=True, slots=True)
class EnvironmentDifference:
    """One name that gopls has otherwise than the asking shell."""

    name: str
    server: str | None
    """Its value in gopls; None when gopls does not have it."""
    shell: str | None
    """Its value in the shell; None when the shell does not have it."""


@dataclass(frozen=True, slots=True)
class GoplsProcess:
    """One running gopls; what this user may not read is None or empty."""

    pid: int
    parent_pid: int
    role: GoplsRole
    command: tuple[str, ...]
    executable: str = ""
    """Path of its program, without the system's ` (deleted)`."""
    is_replaced: bool = False
    """True if the file that it was started from is gone or was replaced by another."""
    status: str = ""
    """running, sleeping, stopped, tracing-stop, zombie, …"""
    started_seconds: float = 0.0
    """Seconds since 1970."""
    user: str = ""
    editor: EditorProcess | None = None
    parents: tuple[str, ...] = ()
    """Names of its ancestors, the nearest first."""
    is_orphan: bool = False
    """True if it serves one client over its standard input and that client is gone."""
    folder: str | None = None
    """Its working folder: what an editor opened, as a rule."""
    resident_bytes: int = 0
    peak_resident_bytes: int | None = None
    cpu_seconds: float | None = None
    open_files: int | None = None
    limits: Mapping[str, tuple[int | None, int | None]] | None = None
    """(soft, hard) by the names of `/proc/PID/limits`; None inside means unlimited."""
    cgroups: str | None = None
    """Text of `/proc/PID/cgroup`."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """The names that Go and gopls read, and PATH; credentials in URLs are taken out."""
    differences: tuple[EnvironmentDifference, ...] = ()
    """What of it the asking shell has otherwise; empty also when its environment may not be read."""
    is_environment_known: bool = False
    launcher_pid: int | None = None
    """Of the launcher (`record install`) that started it in the editor's place; None without one."""

    @property
    def is_stopped(self) -> bool:
        """True if it was stopped by a signal or is held by a debugger."""
        return self.status in ("stopped", "tracing-stop")

    @property
    def owner(self) -> str:
        """Whose it is, in words: `VS Code (pid 812)`, `nobody`, `bash`."""
        if self.editor:
            return f"{self.editor.label} (pid {self.editor.pid})"
        if self.is_orphan:
            return "nobody"
        return self.parents[0] if self.parents else "an unknown process"


@dataclass(frozen=True, slots=True)
class GoplsProcesses:
    """Every gopls of this machine but the telemetry side-cars, by pid."""

    all: tuple[GoplsProcess, ...]
    side_cars: int = 0
    """Telemetry children (`gopls ** telemetry **`) that were left out."""
    launchers: tuple[int, ...] = ()
    """Process ids of launchers (`record install`), which were left out too."""

    @property
    def servers(self) -> tuple[GoplsProcess, ...]:
        """Those that hold a workspace in memory: servers, daemons and mcp, not forwarders or one-shot subcommands."""
        return tuple(each for each in self.all if each.role in (GoplsRole.SERVER, GoplsRole.DAEMON, GoplsRole.MCP))

    @property
    def resident_bytes(self) -> int:
        """Of all servers together."""
        return sum(each.resident_bytes for each in self.servers)
