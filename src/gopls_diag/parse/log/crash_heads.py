"""Where in a line words begin with which the Go runtime begins a crash or a block of one."""

from __future__ import annotations

import re
from enum import Enum

_SURE_PATTERN = re.compile(
    r"goroutine \d{1,20} (?:gp=\S{1,20} m=\S{1,20} (?:mp=\S{1,20} )?)?\[[^\]]{1,400}\].{0,400}:[ \t|│]*$"
    r"|\[signal (?:SIG[A-Z]{2,6}|0x[0-9a-f]{1,10}|[0-9]{1,3})\b.{0,160}\][ \t|│]*$"
    r"|SIG[A-Z]{2,6}: [a-z][a-z /-]{2,40}[ \t|│]*$"
    r"|runtime stack:[ \t|│]*$|goroutine profile: total \d{1,10}[ \t|│]*$|WARNING: DATA RACE[ \t|│]*$"
)
_POSSIBLE_PATTERN = re.compile(r"(?:panic|fatal error): |runtime: goroutine stack exceeds ")
_WORDS = ("goroutine ", "panic: ", "fatal error: ", "[signal ", "SIG", "runtime stack:", "runtime: gor", "DATA RACE")
_LOOKED_AT = 1200


class HeadKind(Enum):
    """How sure it is that a crash is told."""

    SURE = "sure"
    """Nobody but the runtime writes so: a header, a signal."""
    POSSIBLE = "possible"
    """`panic: ` and its like, which people write too."""


def find_head(line: str) -> tuple[int, HeadKind] | None:
    """Where the first such words begin in a line; None if there are none."""
    if not any(each in line for each in _WORDS):
        return None
    seen = line[:_LOOKED_AT]
    sure = _SURE_PATTERN.search(seen)
    possible = _POSSIBLE_PATTERN.search(seen)
    if possible and (sure is None or possible.start() < sure.start()):
        return possible.start(), HeadKind.POSSIBLE
    return (sure.start(), HeadKind.SURE) if sure else None
