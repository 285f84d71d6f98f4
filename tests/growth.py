"""Whether work grows no worse than in proportion to its input, judged so that a busy machine does not matter.

A test never asserts a time. It compares two times of the same work: on an input and on one that is `factor` times as
long. Work in proportion takes `factor` times as long, quadratic work `factor` squared; the limit lies in the geometric
middle. Noise only ever adds to a time, so of repeated rounds the least time of each input is kept, and the first round
that is below the limit ends it. Quadratic work stays above it in every round.
"""

from __future__ import annotations

import gc
import math
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TypeVar

Input = TypeVar("Input")

LEAST_SECONDS = 0.005
"""Of the short input; one that is over sooner is made longer, since the clock and the caches would blur it."""
ROUNDS = 12
SHORT_RUNS = 4
"""Runs on the short input a round: were all of them disturbed and the long one not, quadratic work would pass."""
HANG_SECONDS = 300.0
"""On the wall, after which one piece of work is stopped: only work without a sensible end takes so long."""


class _Hangs(BaseException):
    """Not an Exception, which a parser that never raises would catch."""


def assert_linear(
    work: Callable[[Input], object],
    make: Callable[[int], Input],
    size: int,
    *,
    factor: int = 16,
    largest: int = 200_000,
    rounds: int = ROUNDS,
    hang_seconds: float = HANG_SECONDS,
) -> None:
    """Raise AssertionError if the work on `make(factor * size)` is out of proportion to that on `make(size)`.

    The size is doubled while the work on it is too quick to be measured, up to `largest`. What is too quick even there
    counts as LEAST_SECONDS: with so long an input it may grow as it likes below that.
    """
    with _without_collector():
        least_short = _seconds(work, make(size), hang_seconds)
        while least_short < LEAST_SECONDS and size < largest:
            size = min(2 * size, largest)
            least_short = _seconds(work, make(size), hang_seconds)
        short, long = make(size), make(factor * size)
        least_long = math.inf
        for _ in range(rounds):
            for _ in range(SHORT_RUNS):
                least_short = min(least_short, _seconds(work, short, hang_seconds))
            least_long = min(least_long, _seconds(work, long, hang_seconds))
            counted = max(least_short, LEAST_SECONDS) if size >= largest else least_short
            if least_long < factor**1.5 * counted:
                return
    raise AssertionError(
        f"size {factor * size} takes {least_long / counted:.0f} times as long as size {size} ({least_long:.4f} s and "
        f"{counted:.4f} s of processor time, the least of {rounds} rounds); in proportion would be {factor}, "
        f"quadratic {factor**2}"
    )


def _seconds(work: Callable[[Input], object], content: Input, hang_seconds: float) -> float:
    """The processor time of one run; that of other processes, and waiting, does not count."""
    with stopped_after(hang_seconds):
        began = time.process_time()
        work(content)
        return time.process_time() - began


@contextmanager
def _without_collector() -> Iterator[None]:
    # A collection goes through all objects of the process, those of all other tests too.
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


@contextmanager
def stopped_after(seconds: float = HANG_SECONDS) -> Iterator[None]:
    """Raise AssertionError in what has not ended by then; patterns of `re` can be stopped as well.

    The alarm is that of the clock on the wall: while one of processor time (ITIMER_PROF) is set, Linux answers
    `process_time` from what it counted at the last tick.
    """
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(number: int, frame: FrameType | None) -> None:
        raise _Hangs

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    except _Hangs:
        raise AssertionError(f"not over after {seconds:g} s") from None
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
