"""Lines of a file that a person has to change by hand."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LineChange:
    """One line, as it stands and as it shall stand."""

    line: int
    """From 1; for a line that is added, the line after which it goes (0 for the top)."""
    before: str | None
    """None when the line is added."""
    after: str | None
    """None when the line goes."""
