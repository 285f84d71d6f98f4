"""Medians, percentiles, and how sure a difference is: a bootstrap over rounds.

The requests of one session share its luck (which core, what else ran, where the heap lay), so they are no independent
samples; sessions are. One session gives one number (its median, its p95). Sessions of one round ran close together in
time, so their numbers are subtracted from each other first, and rounds are what is drawn from.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from statistics import median
from typing import NamedTuple

DRAWS = 4000
SEED = 20261123


class Interval(NamedTuple):
    """The middle of a difference, and where it lies with 95 % of confidence."""

    low: float
    middle: float
    high: float

    @property
    def is_noise(self) -> bool:
        """Whether no difference at all would explain what was seen."""
        return self.low <= 0 <= self.high


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which this share of all lies, between two neighbours in proportion; values must not be empty."""
    ordered = sorted(values)
    place = (len(ordered) - 1) * share
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def request_by_request(reference: Sequence[float], other: Sequence[float]) -> float:
    """How much longer `other` took typically: the median of the differences of one request each.

    The n-th request of each is the same one (a completion behind `fmt.` takes ten times one behind `st`), so this
    scatters less than the difference of two medians, each of which falls on some other request.
    """
    return median(mine - its for its, mine in zip(reference, other, strict=True))


def interval(apart: Sequence[float], draws: int = DRAWS) -> Interval:
    """How much two subjects differ: the median of the rounds' differences, with its interval.

    Args:
        apart: a difference for each round.
        draws: how often the rounds are drawn again; the same draws come in every run.
    """
    dice = random.Random(SEED)
    middles = [median(dice.choices(apart, k=len(apart))) for _ in range(draws)]
    return Interval(percentile(middles, 0.025), median(apart), percentile(middles, 0.975))


def verdict(found: Interval, unit: str, digits: int = 0) -> str:
    """One line for a reader: `inside the noise: -12 to +18 µs`."""
    between = f"{found.low:+,.{digits}f} to {found.high:+,.{digits}f} {unit}"
    if found.is_noise:
        return f"inside the noise: {between}"
    return f"{'more' if found.low > 0 else 'less'}: {found.middle:+,.{digits}f} {unit} ({between})"
