"""Why a program waits: who waits for whom, as far as a dump of its goroutines proves it.

What a text cannot show is not claimed: a lock has no owner in a dump, a channel no other end, and minutes are printed
only after two collections since the wait began (golang/go src/runtime/mgcmark.go stamps it), so that none is no sign
of a short wait.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from gopls_diag.model.crash import Crash, EndKind, Explanation
from gopls_diag.model.go_stack import Goroutine
from gopls_diag.parse.go_crash.channel_waits import explain_channels
from gopls_diag.parse.go_crash.child_waits import ChildWait, Queue, find_children, find_queue
from gopls_diag.parse.go_crash.group_waits import explain_conditions, explain_groups
from gopls_diag.parse.go_crash.lock_waits import find_locks
from gopls_diag.parse.go_crash.lock_words import LockCycle, explain_locks, find_cycles
from gopls_diag.parse.go_crash.population import WAITING_STATES, Population, take_population
from gopls_diag.parse.go_crash.system_waits import explain_files, explain_network
from gopls_diag.parse.go_crash.wait_words import explain_children, explain_queue, explain_work

__all__ = ["WAITING_STATES", "Waiting", "explain_waiting", "is_hang", "read_waiting", "with_waiting"]

_ASKED_BY = frozenset(("SIGQUIT", "SIGABRT"))
_OWN_ABORT = -6
"""SI_TKILL: abort(3) sends the signal to its own thread."""
_EXPLANATIONS = 12


class Waiting(NamedTuple):
    """What a dump says about why the program waits."""

    explanations: tuple[Explanation, ...]
    """What matters most first."""
    is_hang: bool
    """True if it is proved that the program waits for what does not come."""


def explain_waiting(crash: Crash, goroutines: Sequence[Goroutine] = ()) -> tuple[Explanation, ...]:
    """Why goroutines wait; `goroutines`: those in WAITING_STATES with their own arguments, as far as they were kept."""
    return read_waiting(crash, goroutines).explanations


def is_hang(crash: Crash, goroutines: Sequence[Goroutine] = ()) -> bool:
    """True if a dump that was asked for proves that its program hangs."""
    return is_asked_for(crash) and read_waiting(crash, goroutines).is_hang


def is_asked_for(crash: Crash) -> bool:
    """True for a dump of a program that went on, or that a signal from outside ended; it may have hung."""
    if crash.kind is EndKind.SIGNAL:
        signal = crash.signal
        return signal is not None and signal.name in _ASKED_BY and signal.code != _OWN_ABORT and not signal.during_cgo
    return crash.kind in (EndKind.DUMP, EndKind.HANG)


def with_waiting(crash: Crash, goroutines: Sequence[Goroutine]) -> Crash:
    """The same crash with why it waited, and of the kind `hang` where that is proved."""
    if not (is_asked_for(crash) or (crash.kind is EndKind.FATAL and _has_deadlocked(crash))):
        return crash
    waiting = read_waiting(crash, goroutines)
    kind = EndKind.HANG if waiting.is_hang and is_asked_for(crash) else crash.kind
    return replace(crash, kind=kind, explanations=crash.explanations + waiting.explanations)


def read_waiting(crash: Crash, goroutines: Sequence[Goroutine] = ()) -> Waiting:
    """Both at once."""
    population = take_population(crash, goroutines)
    if not population.users:
        return Waiting((), is_hang=False)
    locks = find_locks(population)
    cycles = find_cycles(locks)
    children = find_children(population)
    queue = find_queue(population)
    groups = explain_groups(population)
    found = [
        *explain_locks(locks, cycles),
        *explain_children(children, queue, population),
        *explain_network(population, queue),
        *explain_files(population),
        *(each.explanation for each in groups),
        *explain_channels(population, has_deadlocked=_has_deadlocked(crash), has_child=bool(children)),
        *explain_queue(queue, children),
        *explain_conditions(population),
        *explain_work(population, is_told=any(each.explanation.kind == "busy" for each in groups)),
    ]
    hangs = (
        _is_caught(cycles, population)
        or _is_served_by_none(queue, children, population)
        or _is_at_a_standstill(population)
        or any(each.is_hang for each in groups)
    )
    return Waiting(tuple(found[:_EXPLANATIONS]), hangs)


def _has_deadlocked(crash: Crash) -> bool:
    """True if the runtime itself found that none can go on."""
    return crash.message.startswith("fatal error: all goroutines are asleep") or " - deadlock" in crash.message[:200]


def _is_caught(cycles: Sequence[LockCycle], population: Population) -> bool:
    """Goroutines that wait for each other's locks, while nobody who works could have unlocked them.

    A goroutine that has work to do may be the true holder: then only minutes prove that the wait is no passing one.
    """
    return any(
        each.is_certain and (not population.working or min(member.minutes for member in each.members) >= 1)
        for each in cycles
    )


def _is_served_by_none(queue: Queue, children: Sequence[ChildWait], population: Population) -> bool:
    """Requests wait in gopls's queue, and nothing in the process works on the one before them.

    It needs minutes for a proof; or a go command that reads no workspace and for that has no reason to take long: gopls
    was started, the editor has sent its requests, and the answer to a simple question has not come.
    """
    if not queue.waiting or not queue.served or population.working:
        return False
    if queue.minutes >= 1 and max(each.minutes for each in queue.served) >= 1:
        return True
    served = {each.id for each in queue.served}
    return any(each.is_quick and each.starter.id in served for each in children)


def _is_at_a_standstill(population: Population) -> bool:
    """Nobody waits for the system, for time or for a processor, and some wait for what only the others could do."""
    users = population.users
    if not population.is_still or all(each.state == "select (no cases)" for each in users):
        return False
    return population.has_signal_handler or any(each.minutes >= 1 for each in users)
