"""A conversation with a language server, as a value: what to say, and what was heard."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

MORE_TO_COME = ", more to come"
"""How the result of the step `diagnostics` ends when the server was still at work."""


@dataclass(frozen=True, slots=True)
class SessionScript:
    """What to start and what to ask, as an editor would."""

    command: tuple[str, ...]
    """Program and arguments of the server."""
    folder: str
    """The workspace folder; also where the server runs."""
    environment: Mapping[str, str | None] = field(default_factory=dict)
    """Changes on top of the shell's environment; None takes a name away."""
    settings: Mapping[str, Any] = field(default_factory=dict)
    """The `gopls` object: initializationOptions and the answer to workspace/configuration."""
    client: str = "Visual Studio Code"
    open_file: str | None = None
    """A Go file to open, hover over and complete in."""
    memory_limit_bytes: int = 4 * 1024**3
    """Resident memory at which the server is ended."""
    limit_seconds: float = 120.0
    """For the whole conversation."""
    cold: bool = False
    """Give the server an empty cache of its own (GOPLSCACHE), made for the conversation and removed after it."""
    settle_limit_seconds: float = 10.0
    """How long to wait for the end of its work after what was asked."""
    collects: bool = False
    """Let it collect its garbage when its work is done (gopls.mem_stats, which does so three times)."""

    def to_json(self) -> dict[str, Any]:
        """The script as a JSON value; the newer fields only where they say something, so that old recordings answer."""
        value = asdict(self)
        newer = {"settle_limit_seconds": 10.0, "collects": False}
        return {name: each for name, each in value.items() if name not in newer or each != newer[name]}


@dataclass(frozen=True, slots=True)
class SessionStep:
    """One step of the conversation."""

    name: str
    """start, initialize, load, hover, completion, diagnostics, collection, shutdown."""
    elapsed_seconds: float
    resident_bytes: int | None
    """Of the server and the go commands below it, at the end of the step."""
    result: str
    """What came of it, in a few words."""
    is_ok: bool = True


@dataclass(frozen=True, slots=True)
class SessionUtterance:
    """One thing that the server said, on a Channel's value.

    A diagnostic reads `FILE:LINE:COLUMN: SOURCE: message`, an error reply `METHOD: message`, an end `exit code N` or
    `signal SIGNAME`. What the server wrote on standard error between two other utterances is one utterance.
    """

    channel: str
    text: str


@dataclass(frozen=True, slots=True)
class SessionTranscript:
    """What was heard."""

    steps: tuple[SessionStep, ...]
    utterances: tuple[SessionUtterance, ...]
    """In order: pop-ups, log messages, progress, diagnostics, error replies, standard error, the end."""
    exit_code: int | None
    signal: int | None
    peak_resident_bytes: int | None
    """Of the server and the go commands below it; its telemetry side-car is not counted."""
    cpu_seconds: float | None
    """Of the server and of the go commands that it waited for."""
    ended_by_us: str | None = None
    """`memory` or `time` when a limit of ours ended it, `shutdown` when it was still at work at the end,
    `broken` when it lived on but could not be spoken with. There is then no exit code and no signal."""
    start_error: str | None = None
    """Why it could not be started: `missing`, `denied`, `format` (not for this machine), or the system's words."""
    notes: tuple[str, ...] = ()
    """What was done otherwise than the editor does it, and what was dropped: sentences for people."""

    @staticmethod
    def from_json(value: Mapping[str, Any]) -> SessionTranscript:
        """The transcript from its JSON value, as `dataclasses.asdict` gives it."""
        fields = dict(value)
        fields["steps"] = tuple(SessionStep(**each) for each in value["steps"])
        fields["utterances"] = tuple(SessionUtterance(**each) for each in value["utterances"])
        fields["notes"] = tuple(value.get("notes", ()))
        return SessionTranscript(**fields)
