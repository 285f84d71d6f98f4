"""An incident stays under its bytes: what says least goes first, and it is told what went."""

from __future__ import annotations

from collections.abc import Mapping

from gopls_diag.parse.incident_files import EVENTS, KERNEL, RPC, STDERR, TIMELINE

_FIRST = (KERNEL, STDERR, TIMELINE, EVENTS)
"""What explains an end, in the order of its worth; looks and messages come after."""
_SHARE = 0.6
"""Of the bytes, for standard error: a dump of goroutines must not push out the time line."""
_OF_INCIDENT = 256 * 1024
"""For incident.json itself."""


def within(files: Mapping[str, bytes], most_bytes: int) -> tuple[dict[str, bytes], tuple[str, ...]]:
    """The files that have room, logs of too many bytes cut to their end, and sentences about what has not."""
    left = max(most_bytes - _OF_INCIDENT, 0)
    kept: dict[str, bytes] = {}
    left_out: list[str] = []
    for name in (*(each for each in _FIRST if each in files), *sorted(set(files).difference(_FIRST), key=_worth)):
        content = files[name]
        room = int(left * _SHARE) if name == STDERR else left
        if len(content) > room:
            if name not in (STDERR, RPC) or room < 1024:
                left_out.append(f"{name}: its {len(content)} bytes are more than an incident has room for")
                continue
            left_out.append(f"{name}: all but its last {room} bytes, for want of room")
            content = content[-room:]
        kept[name] = content
        left -= len(content)
    return kept, tuple(left_out)


def _worth(name: str) -> tuple[bool, bool, str]:
    return name == RPC, not name.endswith(".txt"), name
