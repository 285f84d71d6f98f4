"""Changes to files of the user's: what was read, what shall stand there, and how a change was kept and taken back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class CannotEdit(Exception):
    """A settings file cannot be changed as asked without touching something else; the message is the reason."""


class CannotChange(Exception):
    """A file was not written, or not put back; the message says which and why, and nothing of it was lost."""


@dataclass(frozen=True, slots=True)
class FileChange:
    """One file as it was read, and as it shall be."""

    path: str
    """As shown to the user; links in it are followed when it is written."""
    before: bytes | None
    """What was read; None when there was no file."""
    after: bytes | None
    """What shall stand there; None takes the file away (only when undoing the making of a file)."""


class ChangeKind(StrEnum):
    """What a kept change did."""

    FILES = "files"
    GO_ENV = "go-env"
    PROJECT = "project"


class ChangeState(StrEnum):
    """Where a kept change stands.

    begun: it was interrupted; some of its files may be written. done: all written. undone: all put back.
    """

    BEGUN = "begun"
    DONE = "done"
    UNDONE = "undone"


@dataclass(frozen=True, slots=True)
class KeptFile:
    """One file in the journal."""

    path: str
    """As shown."""
    resolved: str
    """What was written: links followed."""
    before_sha256: str | None
    """None when there was no file."""
    after_sha256: str | None
    """None when it is not known yet (a command of go's was interrupted) or the file was taken away."""
    mode: int | None = None


@dataclass(frozen=True, slots=True)
class KeptChange:
    """One entry of the journal: what one run of fix did."""

    id: str
    """Sorts by time: `20261123T021500Z-1a2b`."""
    state: ChangeState
    kind: ChangeKind
    made: str
    """RFC 3339, UTC."""
    files: tuple[KeptFile, ...]
    titles: tuple[str, ...] = ()
    """What was done, in words, one a remedy, with its code: `S01 Take go.goplsArgs out`."""
    command: tuple[str, ...] = ()
    folder: str = ""
    about: Mapping[str, Any] = field(default_factory=dict)
    """What else the engine wants to know later: the workspace folder, the codes."""


@dataclass(frozen=True, slots=True)
class PutBack:
    """What undoing one change did."""

    change: KeptChange
    restored: tuple[str, ...]
    """Paths whose bytes are as they were before it."""
    already: tuple[str, ...] = ()
    """Paths that were so already."""
    conflicts: tuple[str, ...] = ()
    """Sentences about files that somebody changed since; they were left alone, and where their old bytes are kept."""
