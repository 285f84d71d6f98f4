"""One run of gopls as the launcher and the recorder beside it saw it. docs/explanation/recording.md has the files."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class PassedSignal:
    """A signal that the launcher got and passed on."""

    name: str
    """`SIGTERM`."""
    at: str
    """RFC 3339, UTC."""


@dataclass(frozen=True, slots=True)
class SessionStart:
    """`session.json`, which the launcher writes as soon as gopls runs."""

    id: str
    """`20261123T061500.123Z-4711`: the start in UTC, and the launcher's pid."""
    started: str
    """RFC 3339, UTC."""
    launcher_pid: int
    gopls_pid: int | None
    """None if gopls could not be started."""
    parent_pid: int
    """Of the launcher: the editor, or its extension host."""
    gopls: str
    """The program that was started."""
    arguments: tuple[str, ...] = ()
    """With what the launcher added, without the program."""
    given_arguments: tuple[str, ...] = ()
    """As the editor gave them."""
    folder: str = ""
    """The working folder."""
    boot_id: str = ""
    """Linux: /proc/sys/kernel/random/boot_id; "" elsewhere."""
    launcher: str = "go"
    """`go`, `python`, or `watch` for a gopls that was already running."""
    otel_port: int | None = None
    is_debugged: bool = False
    keep_alive: str = ""
    """What the guard against crash loops changed, in words; "" when nothing."""


@dataclass(frozen=True, slots=True)
class SessionEnd:
    """`end.json`, which the launcher writes after it has waited for gopls."""

    ended: str
    """RFC 3339, UTC."""
    elapsed_seconds: float
    exit_code: int | None = None
    """None if a signal ended it, or nobody knows."""
    signal: str | None = None
    """`SIGKILL`."""
    is_core_dumped: bool = False
    max_resident_bytes: int | None = None
    """The kernel's own account of the peak (wait4)."""
    user_seconds: float | None = None
    system_seconds: float | None = None
    signals: tuple[PassedSignal, ...] = ()
    """What the launcher was sent and passed on, oldest first."""
    stderr_bytes: int = 0
    """In all; the ring holds the last of it."""
    failure: str = ""
    """Why gopls could not be started, in the system's words."""
    how_known: str = "the launcher waited for it"
    """Who says so: `the launcher waited for it`, `the editor's log`, `nobody: …`."""


@dataclass(frozen=True, slots=True)
class Sample:
    """gopls, its children and its control group at one moment; None where it could not be learnt."""

    at_seconds: float
    """Since the session began, by a clock that is never set."""
    resident_bytes: int | None = None
    pss_bytes: int | None = None
    cpu_seconds: float | None = None
    """User and system, since gopls began."""
    threads: int | None = None
    descriptors: int | None = None
    children: int | None = None
    children_resident_bytes: int | None = None
    group_bytes: int | None = None
    """Of the control group that has the nearest limit."""
    group_limit_bytes: int | None = None
    group_kills: int | None = None
    """oom_kill of memory.events (v2) or memory.oom_control (v1)."""
    pressure_percent: float | None = None
    """PSI `some avg10` for memory."""
    available_bytes: int | None = None
    """Of the machine."""


class EventKind(StrEnum):
    """What an event of the time line is about. A value is part of the JSON contract and never changes."""

    START = "start"
    REQUEST = "request"
    """One that ended."""
    COLLECTION = "gc"
    CHILD = "child"
    """A command that gopls ran."""
    SIGNAL = "signal"
    TROUBLE = "trouble"
    CALM = "calm"
    """A trouble that is over."""
    LOOK = "look"
    """A dump or profile was taken."""
    SOURCE = "source"
    """A source began, failed or came back."""
    SUSPENDED = "suspended"
    """Nothing ran for a while: the machine slept, or the recorder was stopped."""
    END = "end"


@dataclass(frozen=True, slots=True)
class RecordedEvent:
    """Something that happened at one moment of a session."""

    at_seconds: float
    """Since the session began. Of something that lasted: when it ended."""
    kind: EventKind
    subject: str
    """The method, the command line, the kind of trouble."""
    elapsed_seconds: float | None = None
    detail: str = ""
    """`failed: …`, `exit status 1`, `287->161 MB of 303 MB, 1 %`."""


@dataclass(frozen=True, slots=True)
class InFlight:
    """Requests of a method that had no answer."""

    method: str
    count: int
    waited_seconds: float | None
    """At least so long, the oldest."""
    how_known: str
    """`counts of started and completed requests (-otel)`, `rpc trace`."""


class TroubleKind(StrEnum):
    """Why the recorder looked deeper. A value is part of the JSON contract and never changes."""

    MEMORY = "memory-near-limit"
    STUCK = "stuck-request"
    SLOW = "slow-requests"
    FAILING = "failing-requests"
    THRASHING = "collector-thrashing"
    SILENT = "gopls-stopped"
    """gopls itself was stopped (SIGSTOP) or swapped out: it uses no processor time though it is asked."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that was wrong for a while, by the thresholds of the settings."""

    kind: TroubleKind
    began_seconds: float
    ended_seconds: float | None
    """None if it lasted until the end."""
    words: str
    """What was measured: `memory was 1.74 GiB, 87 % of the limit of 2 GiB`."""


@dataclass(frozen=True, slots=True)
class Look:
    """A dump or a profile that was taken while something was wrong."""

    at_seconds: float
    kind: str
    """`goroutines`, `heap`."""
    file: str
    """Relative to the session's or incident's folder: `looks/001-goroutines.txt`."""
    bytes: int
    why: str


@dataclass(frozen=True, slots=True)
class Source:
    """One way of seeing, and whether it worked."""

    name: str
    """`process`, `control group`, `kernel log`, `otel`, `debug`, `gctrace`, `rpc trace`, `standard error`."""
    state: str
    """`on`, `off`, `failed`."""
    why: str = ""
