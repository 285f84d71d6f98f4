"""Symbolic links on the way to what go and gopls need."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LinkedPlace:
    """One place that a link leads astray."""

    role: str
    """What the place is: `GOROOT`, `the workspace folder`, `the macOS SDK`."""
    path: str
    link: str
    """The link at which following failed."""
    target: str
    """Where that link points, as written in it."""
    is_loop: bool
    """True if links lead back to themselves; else the target is missing."""


@dataclass(frozen=True, slots=True)
class LinkedPlaces:
    """The places that links lead astray."""

    astray: tuple[LinkedPlace, ...]
    looked_at: tuple[str, ...] = ()
    """Roles of the places that were followed."""
    not_followed: tuple[str, ...] = ()
    """Roles of the places that could not be followed."""
