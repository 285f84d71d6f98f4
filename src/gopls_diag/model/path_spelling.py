"""How paths are spelled, and how the disk spells them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PathSpelling:
    """One path that reaches its file only because the volume ignores letter case."""

    role: str
    """What the path is, for a sentence: `the workspace folder`, `the replacement of example.com/lib`."""
    given: str
    """Absolute, as it was given."""
    on_disk: str
    """The same path as the disk spells it."""
    given_name: str
    """The first part that differs, as given."""
    listed_name: str
    """The same part, as the disk lists it."""
    listed_in: str
    """The folder that lists it."""
    file: str = ""
    """The file that holds the path; empty for the workspace folder."""
    line: int | None = None
    written: str = ""
    """The path as written in that file."""


@dataclass(frozen=True, slots=True)
class PathSpellings:
    """The paths of the workspace that are spelled otherwise than on the disk."""

    os: str
    all: tuple[PathSpelling, ...]
    looked_at: int = 0
    """How many paths lie on volumes that ignore letter case."""
