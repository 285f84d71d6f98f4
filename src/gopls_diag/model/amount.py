"""Amounts as people read them."""

from __future__ import annotations

KIB = 1024
MIB = 1024**2
GIB = 1024**3


def size_text(size_bytes: int) -> str:
    """An amount of memory or disk in binary units: `1.4 GiB`, `140 MiB`, `512 KiB`."""
    if size_bytes >= 10 * GIB:
        return f"{size_bytes / GIB:.0f} GiB"
    if size_bytes >= GIB:
        return f"{size_bytes / GIB:.1f} GiB"
    if size_bytes >= MIB:
        return f"{size_bytes / MIB:.0f} MiB"
    return f"{size_bytes / KIB:.0f} KiB"


def share_text(part: int, whole: int) -> str:
    """A part of a whole in per cent: `83 %`."""
    return f"{100 * part / whole:.0f} %" if whole > 0 else "0 %"
