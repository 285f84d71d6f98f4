"""A session that ended badly, or that had trouble: what is kept of it, and what is to blame."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from gopls_diag.model.json_value import JsonValue
from gopls_diag.model.record_settings import RecordSettings
from gopls_diag.model.recorded_session import (
    InFlight,
    Look,
    RecordedEvent,
    Sample,
    SessionEnd,
    SessionStart,
    Source,
    Trouble,
)


@dataclass(frozen=True, slots=True)
class RequestCount:
    """All requests of one method in one session."""

    method: str
    count: int
    failed: int
    median_seconds: float | None
    p95_seconds: float | None
    slowest_seconds: float | None


@dataclass(frozen=True, slots=True)
class KnownLimit:
    """A limit on gopls's memory that was in force."""

    kind: str
    """`control group`, `machine`, `GOMEMLIMIT`, `memoryLimit`, `address space`."""
    bytes: int
    place: str = ""


@dataclass(frozen=True, slots=True)
class KeptFile:
    """One file of an incident's folder."""

    name: str
    bytes: int
    about: str = ""
    is_private: bool = False
    """True for what holds source text or profiles: it stays here, unless the user asks for it in the file to send."""


@dataclass(frozen=True, slots=True)
class MemorySeen:
    """What the samples say of memory: the last one before the end, and the highest."""

    at_seconds: float
    """Of the last sample, since the session began."""
    samples: int = 0
    resident_bytes: int | None = None
    children_resident_bytes: int | None = None
    group_bytes: int | None = None
    """Of the control group that has the nearest limit."""
    group_limit_bytes: int | None = None
    available_bytes: int | None = None
    """Of the machine."""
    peak_resident_bytes: int | None = None
    """The highest of all samples and of the kernel's own account."""
    peak_group_bytes: int | None = None
    least_available_bytes: int | None = None


class Lost(StrEnum):
    """Why nobody saw how a session ended. A value is part of the JSON contract and never changes."""

    NO = ""
    """Somebody saw it."""
    MACHINE = "machine"
    """The machine was started anew since: it went down with the session."""
    LAUNCHER = "launcher"
    """The launcher, which would have written it down, is gone without a word, on a machine that went on."""
    WATCHED = "watched"
    """gopls was only watched from the side, and nobody's log says how it ended."""


@dataclass(frozen=True, slots=True)
class Incident:
    """`incident.json` with the time line beside it."""

    id: str
    kind: str
    """How it ended, one of EndKind, or `stopped` (asked to, by a signal or the end of its input), `lost` (nobody knows
    how), `trouble` (it ended well, but had trouble), `start` (it could not be started)."""
    start: SessionStart
    end: SessionEnd | None
    """None for a session whose end nobody saw."""
    version: str = ""
    """Of gopls-diag."""
    editor: str = ""
    """`VS Code`, `nvim`: the program that started the launcher; "" if it could not be learnt."""
    gopls_version: str = ""
    go_version: str = ""
    """That gopls was built with."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """Of gopls, names on the allow-list only."""
    limits: tuple[KnownLimit, ...] = ()
    in_flight: tuple[InFlight, ...] = ()
    requests: tuple[RequestCount, ...] = ()
    """Most first."""
    troubles: tuple[Trouble, ...] = ()
    looks: tuple[Look, ...] = ()
    sources: tuple[Source, ...] = ()
    settings: RecordSettings = field(default_factory=RecordSettings)
    kills_before: int | None = None
    """Kills that the control group had counted before the end."""
    kills_after: int | None = None
    samples: tuple[Sample, ...] = ()
    """timeline.tsv, oldest first."""
    events: tuple[RecordedEvent, ...] = ()
    """events.tsv, oldest first."""
    files: tuple[KeptFile, ...] = ()
    missing: tuple[str, ...] = ()
    """What could not be kept or learnt, and why."""
    lost: Lost = Lost.NO
    """Set where the end is None, or nobody knows how it ended."""
    memory: MemorySeen | None = None
    """None without any sample."""
    report: JsonValue = None
    """Verdict and findings as they were judged when it was made: the `verdict` and `findings` of crash's JSON."""


@dataclass(frozen=True, slots=True)
class IncidentEntry:
    """One line of the list of incidents."""

    id: str
    path: str
    ended: str
    """RFC 3339, UTC; when it began, if nobody saw the end."""
    folder: str
    kind: str
    signal: str | None
    exit_code: int | None
    verdict: JsonValue
    bytes: int
