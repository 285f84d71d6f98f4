"""The goroutines of a dump by what they are about: which belong to the runtime, which work, which wait."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from gopls_diag.model.crash import Crash
from gopls_diag.model.go_stack import Frame, Goroutine
from gopls_diag.parse.go_crash.stack_words import own_calls

WAITING_STATES = frozenset(
    (
        "semacquire",
        "sync.Mutex.Lock",
        "sync.RWMutex.RLock",
        "sync.RWMutex.Lock",
        "sync.Cond.Wait",
        "sync.WaitGroup.Wait",
        "chan receive",
        "chan send",
        "chan receive (nil chan)",
        "chan send (nil chan)",
        "select",
        "select (no cases)",
        "IO wait",
        "syscall",
        "sleep",
        "running",
        "runnable",
    )
)
"""Goroutines in these states are worth keeping with their arguments: the addresses tell who waits for whom."""

PARKED_STATES = frozenset(
    (
        "semacquire",
        "sync.Mutex.Lock",
        "sync.RWMutex.RLock",
        "sync.RWMutex.Lock",
        "sync.Cond.Wait",
        "sync.WaitGroup.Wait",
        "chan receive",
        "chan send",
        "chan receive (nil chan)",
        "chan send (nil chan)",
        "select (no cases)",
    )
)
"""States that only another goroutine can end. A `select` can hold a timer, the others wait for the system."""

_WORKING_STATES = frozenset(
    ("running", "runnable", "preempted", "copystack", "GC assist marking", "GC assist wait", "wait for GC cycle")
)
_COLLECTING_STATES = frozenset(
    (
        "GC assist marking",
        "GC assist wait",
        "GC worker (active)",
        "GC mark termination",
        "garbage collection",
        "garbage collection scan",
        "stopping the world",
        "wait for GC cycle",
    )
)
_OWN_DUMP_CALLS = ("runtime/pprof.", "runtime/debug.Stack", "runtime/debug.PrintStack", "runtime.Stack")
_SYSTEM_CALLS = ("os/signal.", "runtime/trace.", "runtime/pprof.profileWriter", "unique.", "runtime.")


class Member(NamedTuple):
    """One goroutine, or several with the same stack of which only one was kept with its arguments."""

    goroutine: Goroutine
    calls: tuple[Frame, ...]
    """Without the scheduler's."""
    ids: tuple[int, ...]
    """More than one where the arguments of the others are not known."""
    is_system: bool
    names: str
    """Of the calls, a line each: looked through at once: thousands of goroutines are asked for dozens of words."""

    @property
    def id(self) -> int:
        return self.goroutine.id

    @property
    def state(self) -> str:
        return self.goroutine.state

    @property
    def minutes(self) -> int:
        """Printed minutes; 0 if none were, which is no proof of a short wait."""
        return self.goroutine.waited_minutes or 0

    @property
    def is_parked(self) -> bool:
        return self.state in PARKED_STATES

    @property
    def is_working(self) -> bool:
        """True if it has a processor, wants one, or helps the collector."""
        return self.state in _WORKING_STATES

    def has_call(self, *parts: str) -> bool:
        """True if one of the calls has one of these words in its name."""
        return any(part in self.names for part in parts)


class Population:
    """All goroutines of one dump."""

    __slots__ = ("_children", "has_parents", "members", "users", "working")

    def __init__(self, members: tuple[Member, ...]) -> None:
        self.members = members
        self.users = tuple(each for each in members if not each.is_system)
        """Those that are not the runtime's own."""
        self.working = tuple(each for each in self.users if each.is_working)
        self.has_parents = any(each.goroutine.parent_id for each in members)
        """True if it is printed which goroutine made which: since Go 1.21."""
        self._children: dict[int | None, list[Member]] = {}
        for each in self.users:
            self._children.setdefault(each.goroutine.parent_id, []).append(each)

    def made_by(self, number: int) -> Sequence[Member]:
        """The users that the goroutine with this id made."""
        return self._children.get(number, ())

    @property
    def is_collecting(self) -> bool:
        """True if a garbage collection was under way."""
        return any(each.state in _COLLECTING_STATES for each in self.members)

    @property
    def is_still(self) -> bool:
        """True if each waits for what only another goroutine could do, so that none will ever go on.

        A channel that is received from can be a timer's, so receivers may be woken.
        """
        users = self.users
        return bool(users) and all(each.is_parked and each.state != "chan receive" for each in users)

    @property
    def has_signal_handler(self) -> bool:
        """True if the program asked for signals: then the runtime does not notice that nobody can go on."""
        return any(each.is_system and each.has_call("os/signal.") for each in self.members)

    def by_id(self) -> dict[int, Member]:
        return {number: each for each in self.members for number in each.ids}


def take_population(crash: Crash, goroutines: Sequence[Goroutine]) -> Population:
    """The goroutines that were kept with arguments, and for all others the example of their bucket."""
    members = [_member(each, (each.id,)) for each in goroutines]
    known = {each.id for each in goroutines}
    for bucket in crash.buckets:
        others = tuple(each for each in bucket.ids if each not in known)
        if not others or bucket.example is None:
            continue
        members.append(_member(bucket.example, others))
    return Population(tuple(members))


def _member(goroutine: Goroutine, ids: tuple[int, ...]) -> Member:
    calls = own_calls(goroutine)
    names = "\n".join(each.function for each in calls)
    return Member(goroutine, calls, ids, _is_system(goroutine, calls), names)


def _is_system(goroutine: Goroutine, calls: tuple[Frame, ...]) -> bool:
    """True for goroutines of the runtime, and for the one that writes the dump."""
    if goroutine.id == 0 or goroutine.state == "idle":
        return True
    created = goroutine.stack.created_by
    if created is not None and created.function.startswith(("runtime.", "os/signal.", "unique.")):
        return created.function != "runtime.main"
    if not calls:
        # Its stack could not be printed, so it was running.
        return bool(goroutine.stack.frames) or goroutine.state not in _WORKING_STATES
    if calls[-1].function.startswith(_SYSTEM_CALLS):
        return True
    return goroutine.state == "running" and any(each.function.startswith(_OWN_DUMP_CALLS) for each in calls)
