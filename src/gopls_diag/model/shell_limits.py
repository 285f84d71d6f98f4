"""Places that put a limit on the address space of every program started from them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AddressSpaceLimit:
    """One line of one file that limits the address space (`ulimit -v`, limits.conf `as`)."""

    path: str
    line: int
    text: str
    """The line as written, without its comment."""
    limit_bytes: int | None
    """None when the value is a variable or an expression."""
    subject: str = ""
    """Whom a line of limits.conf is about: `*`, `@dev`, a user."""


@dataclass(frozen=True, slots=True)
class ShellLimits:
    """What was found in shell start files and limits.conf."""

    limits: tuple[AddressSpaceLimit, ...]
    read: tuple[str, ...] = ()
    """Files that were read."""
    unread: tuple[str, ...] = ()
    """Files that exist and may not be read."""
