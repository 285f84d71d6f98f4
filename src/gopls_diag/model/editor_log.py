"""What editors wrote about the gopls servers that they started and lost."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

GIVE_UP_AFTER = 5
"""The Go extension for VS Code does not restart gopls after the fifth lost connection (goLanguageServer.ts, closed)."""


class ServerState(StrEnum):
    """What the end of a log says about the server of that window."""

    RUNNING = "running"
    GIVEN_UP = "given-up"
    """The editor lost it and does not start it again."""
    STOPPED = "stopped"
    """Stopped on request and not started since."""
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class LostConnection:
    """One time that an editor lost its server."""

    line: int
    """Line in the log, from 1: the sentence about the exit, or the empty message where there is no sentence."""
    text: str
    ending: str = ""
    """`signal SIGKILL`, `code 2`; empty when the editor's version does not say."""
    seconds: float | None = None
    """When, since 1970, as far as log and file tell it (local time read by the log's date)."""
    clock: str = ""
    """The time as written in the log."""


@dataclass(frozen=True, slots=True)
class ServerExit:
    """One time that an editor saw its server end, well or badly."""

    line: int
    """Line in the log, from 1."""
    ending: str
    """`signal SIGKILL`, `code 2`, `code 0`."""
    seconds: float | None = None
    """As of LostConnection."""


@dataclass(frozen=True, slots=True)
class ServerLog:
    """What one log of one window says."""

    lost: tuple[LostConnection, ...] = ()
    """All of them, oldest first."""
    exits: tuple[ServerExit, ...] = ()
    """All that the editor told of, oldest first, also those that it had asked for."""
    lost_in_a_row: int = 0
    """Since the editor last started the server on request."""
    state: ServerState = ServerState.UNKNOWN
    folders: tuple[str, ...] = ()
    """Workspace folders that gopls made a view of."""
    lines: int = 0
    not_understood: int = 0
    """Lines that belong to no known form; other programs' output, mostly harmless."""


@dataclass(frozen=True, slots=True)
class WindowLog:
    """The newest server log of one editor window."""

    editor: str
    """vscode, neovim, … as in EditorSetup.name."""
    label: str
    """As people call it."""
    path: str
    window: str
    """Name of the window's log folder: `window1`, `exthost2`; empty when the editor has one log for all."""
    modified_seconds: float
    log: ServerLog
    is_open: bool = False
    """True if that editor runs now and already ran when the log was last written."""


@dataclass(frozen=True, slots=True)
class EditorLogs:
    """Server logs written in the last days, newest first."""

    windows: tuple[WindowLog, ...]
    looked_in: tuple[str, ...] = ()
    """Log folders that exist."""
    now_seconds: float = 0.0
