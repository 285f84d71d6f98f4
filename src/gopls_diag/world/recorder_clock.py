"""Three clocks: one that is never set and counts sleep, one that stands while the machine sleeps, and the wall's.

Linux: CLOCK_BOOTTIME and CLOCK_MONOTONIC (clock_gettime(2)). macOS: CLOCK_MONOTONIC goes on in sleep, CLOCK_UPTIME_RAW
stands (its clock_gettime(3)). Elsewhere there is one steady clock, and sleep shows as a tick that came late.
"""

from __future__ import annotations

import sys
import time
from typing import NamedTuple


class Moment(NamedTuple):
    """The three clocks, read together; seconds."""

    steady: float
    """Counts the time that the machine sleeps. Never set."""
    awake: float
    """Stands while the machine sleeps. Never set."""
    wall: float
    """Since 1970; may be set at any time."""


def read_clocks() -> Moment:
    """Now."""
    if sys.platform == "linux":
        return Moment(time.clock_gettime(time.CLOCK_BOOTTIME), time.monotonic(), time.time())
    if sys.platform == "darwin":
        return Moment(time.clock_gettime(time.CLOCK_MONOTONIC), time.clock_gettime(time.CLOCK_UPTIME_RAW), time.time())
    return Moment(time.monotonic(), time.monotonic(), time.time())
