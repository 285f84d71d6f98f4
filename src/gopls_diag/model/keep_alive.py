"""With what the launcher starts gopls while it ends again and again for one cause."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class KeepAlive:
    """One entry of keep-alive.json. The launcher applies it to the sessions that it fits, and says so."""

    cause: str
    """Code of the verdict: `M02`, `X05`."""
    gopls: str
    """The program that it is for."""
    folder: str
    """The working folder that it is for."""
    until: str
    """RFC 3339, UTC; later it counts no more."""
    words: str
    """What is changed and why, one sentence: the launcher writes it to the editor's log."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """Variables to set."""
    given_arguments: tuple[str, ...] | None = None
    """Only sessions that the editor starts with exactly these; None means all."""
    arguments: tuple[str, ...] | None = None
    """To use instead of those; None leaves them."""
