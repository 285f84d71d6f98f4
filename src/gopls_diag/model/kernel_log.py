"""What the kernel and its daemons said about processes that they ended or refused memory."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

PRESENT_SECONDS = 3600.0
"""A kill of the last hour is the trouble that somebody asks about; an older one may be over."""


class KillKind(StrEnum):
    """Why the system ended a process or refused it something."""

    OUT_OF_MEMORY = "out-of-memory"
    """The machine had no memory left (Linux)."""
    CGROUP_OUT_OF_MEMORY = "cgroup-out-of-memory"
    """The memory limit of a container or service was reached (Linux)."""
    OOMD = "oomd"
    """systemd-oomd ended a whole group under memory pressure."""
    JETSAM = "jetsam"
    """macOS ended it under memory pressure."""
    CODE_SIGNING = "code-signing"
    """macOS ended it because its code no longer matches its signature."""
    ADDRESS_SPACE = "address-space"
    """macOS refused memory because of RLIMIT_AS; the process may live on."""
    COMMIT_LIMIT = "commit-limit"
    """Windows had no virtual memory left and named the processes that used most; they may live on."""
    ANTIVIRUS = "antivirus"
    """A virus scanner removed or blocked the program (Windows)."""


@dataclass(frozen=True, slots=True)
class KernelEvent:
    """One process ended or refused by the system."""

    kind: KillKind
    text: str
    """The line itself."""
    source: str
    """The command or file that it was read from."""
    line: int | None = None
    pid: int | None = None
    process: str = ""
    """Its name as the kernel writes it: Linux cuts it to 15 bytes."""
    seconds: float | None = None
    """When, since 1970; None when the line does not say."""
    cgroup: str = ""
    """Path of the control group that was over its limit or was ended."""
    limit_bytes: int | None = None
    """The group's limit, where the kernel wrote it."""
    virtual_bytes: int | None = None
    resident_bytes: int | None = None
    """Anonymous resident memory of the process when it was ended."""
    reason: str = ""
    """The system's own word: `per-process-limit`, `CONSTRAINT_MEMCG`."""
    victims: tuple[str, ...] = ()
    """Names of other processes known to be in the group that was ended."""
    is_group_gone: bool = False
    """True if the control group is known to exist no more: a container or service that has ended."""

    @property
    def is_gopls(self) -> bool:
        """True if the process is a gopls by its name."""
        return is_gopls_name(self.process)


@dataclass(frozen=True, slots=True)
class KernelLog:
    """Kills of the last days, oldest first."""

    events: tuple[KernelEvent, ...]
    sources: tuple[str, ...]
    """What was really read; never empty (else the fact has no answer)."""
    unread: tuple[str, ...] = ()
    """What could not be read, each with its reason."""
    now_seconds: float = 0.0
    given: tuple[str, ...] = ()
    """Those of the sources that are logs which the user gave; their age says nothing."""

    def of(self, *kinds: KillKind) -> tuple[KernelEvent, ...]:
        """Events of these kinds."""
        return tuple(each for each in self.events if each.kind in kinds)

    def is_past(self, event: KernelEvent) -> bool:
        """True if it was more than an hour ago on this machine, so that it need not be the present trouble."""
        if event.seconds is None or event.source in self.given:
            return False
        return self.now_seconds - event.seconds > PRESENT_SECONDS

    def ago(self, event: KernelEvent) -> str:
        """How long ago it was, in words: `12 minutes ago`; empty when the line did not say."""
        if event.seconds is None:
            return ""
        return ago(self.now_seconds - event.seconds)


def is_gopls_name(process: str) -> bool:
    """True for a gopls, whatever was added to its name (`gopls-head`, `gopls23`, `gopls.exe`), but not for us."""
    name = process.rsplit("/", 1)[-1].lower()
    return name.startswith("gopls") and not name.startswith("gopls-diag")


def ago(seconds: float) -> str:
    """A span of time before now, in words."""
    if seconds < 90:
        return "just now"
    unit, length = ("minute", 60) if seconds < 90 * 60 else ("hour", 3600) if seconds < 36 * 3600 else ("day", 86400)
    count = round(seconds / length)
    return f"{count} {unit}{'' if count == 1 else 's'} ago"


def clock(seconds: float) -> str:
    """A moment as people read it, UTC: `2026-11-22 18:27:00 UTC`."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
