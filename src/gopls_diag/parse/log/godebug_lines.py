"""Which lines can be of GODEBUG: asked of every line of a log, most of which hold none."""

from __future__ import annotations

_BEGINNINGS = frozenset("GsSpicte ")
"""Of the lines that stand among those of the collector, see gc_trace."""


def can_be_godebug(text: str) -> bool:
    """True if the line begins as one of them does."""
    return text[:3] == "gc " or text[:1] in _BEGINNINGS
