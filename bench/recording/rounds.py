"""Rounds of sessions: all subjects live at once and work in turn, a few requests each.

Two sessions of one and the same gopls, a minute apart, differ by more than what is looked for: the machine's clock,
its neighbours and its caches drift. Turns of some milliseconds have that in common. What they cannot show is what a
recorder takes away from requests by running at the same time, since it would take it from all alike: for that there is
its CPU time, and `apart`, where each subject has the machine for itself, with more noise.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from bench.recording.session import Row, Session, Subject, end_all

SETTLE_SECONDS = 2.0
"""gopls begins to diagnose the workspace a second after the last change (its setting diagnosticsDelay)."""

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Amount:
    """How much each subject does in one round."""

    resting_turns: int = 30
    hovers: int = 40
    """Of one turn."""
    typing_turns: int = 10
    edits: int = 6
    """Of one turn."""
    idle_seconds: float = 0.0


QUICK = Amount(resting_turns=8, typing_turns=4, edits=4)


@dataclass(frozen=True, slots=True)
class Place:
    """What is started where, and who gets the raw numbers."""

    gopls: Path
    folder: Path
    file: Path
    keep: Callable[[str, Mapping[str, object]], None]


def in_turn(items: Sequence[Item], number: int) -> list[Item]:
    """Every second time backwards, every second pair begun one further on (ABBA)."""
    turn = number // 2 % len(items)
    order = [*items[turn:], *items[:turn]]
    return order[::-1] if number % 2 else order


def rounds_of(
    part: str, place: Place, compared: Sequence[Subject], rounds: int, amount: Amount, *, apart: bool = False
) -> dict[str, list[Row]]:
    """Rows by the name of their subject, in the order of the rounds."""
    found: dict[str, list[Row]] = {each.name: [] for each in compared}
    for number in range(rounds):
        order = in_turn(compared, number)
        for together in [[each] for each in order] if apart else [order]:
            for row in _round(place, together, amount):
                found[row.subject].append(row)
                place.keep(part, {"round": number, "apart": apart, **row.to_json()})
    return found


def _round(place: Place, subjects: Sequence[Subject], amount: Amount) -> Iterator[Row]:
    sessions = [Session(each, place.gopls, place.file, place.folder) for each in subjects]
    time.sleep(SETTLE_SECONDS)
    for each in sessions:
        each.warm()
    time.sleep(SETTLE_SECONDS)
    gc.collect()
    gc.disable()
    before, began = [each.mark() for each in sessions], time.monotonic()
    for turn in range(amount.resting_turns):
        for each in in_turn(sessions, turn):
            each.typist.rest(amount.hovers)
    for turn in range(amount.typing_turns):
        for each in in_turn(sessions, turn):
            each.typist.type(amount.edits)
    seconds = time.monotonic() - began
    gc.enable()
    for session, marks in zip(sessions, before, strict=True):
        session.row.work_seconds = seconds
        for cost, earlier, later in zip(session.row.costs, marks, session.mark(), strict=True):
            cost.begin_cpu_seconds, cost.work_cpu_seconds = earlier, later - earlier
    if amount.idle_seconds:
        _idle(sessions, amount.idle_seconds)
    for each in sessions:
        each.weigh()
    end_all(sessions)
    for each in sessions:
        yield each.row


def _idle(sessions: Sequence[Session], seconds: float) -> None:
    # What the last edit set off (diagnostics, and what is written down of them) is no idle time.
    time.sleep(SETTLE_SECONDS)
    before = [each.mark() for each in sessions]
    time.sleep(seconds)
    for session, marks in zip(sessions, before, strict=True):
        session.row.idle_seconds = seconds
        for cost, earlier, later in zip(session.row.costs, marks, session.mark(), strict=True):
            cost.idle_cpu_seconds = later - earlier
