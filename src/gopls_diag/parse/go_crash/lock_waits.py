"""Who waits for which lock, and who holds it, as far as addresses tell.

A lock does not know its owner. What a dump tells: the address of the lock (of `lockSlow` the receiver, of
`semacquire1` the semaphore inside the lock, which stands 4 bytes into a Mutex, 8 and 12 into a RWMutex, 8 into a
WaitGroup: golang/go src/sync), and which other goroutines are in methods of the value that the lock is a field of. A
goroutine that alone is in such a method, and does not itself wait for the lock, is named as its likely holder.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from gopls_diag.model.go_stack import Frame
from gopls_diag.parse.go_crash.population import Member, Population
from gopls_diag.parse.go_crash.stack_words import all_words, exact_words, first_word, receiver_type

_SLOW_CALLS = ("sync.(*Mutex).lockSlow", "internal/sync.(*Mutex).lockSlow")
_LOCK_CALLS = ("sync.(*Mutex).", "internal/sync.(*Mutex).", "sync.(*RWMutex).", "sync.runtime_Sem", "internal/sync.")
_LOCKER_CALLS = (*_LOCK_CALLS, "sync.(*rlocker).")
_SEMAPHORE = {"mutex": 4, "write": 8, "read": 12, "group": 8}
_FIELD_LIMIT = 4096
_CANDIDATES = 4
_NEAR = 64


class LockWait(NamedTuple):
    """A goroutine that wants a lock."""

    member: Member
    mode: str
    """`mutex`, `read`, `write` (waits until the readers have left), `write-queue` (waits for another writer)."""
    address: int
    """Of the Mutex or RWMutex."""
    caller: Frame | None
    """The first call that is not the lock's."""
    depth: int
    """How many of the member's calls are the lock's own."""


@dataclass(slots=True)
class Lock:
    """A lock that somebody waits for."""

    address: int
    waits: list[LockWait] = field(default_factory=list)
    value: int | None = None
    """Address of the value that it is a field of, where that could be told."""
    type: str = ""
    """Of that value: `main.(*account)`."""
    holders: tuple[Member, ...] = ()
    """Who may hold it; most often one or none."""
    is_told_by_lock: bool = False
    """True if the lock itself shows that the holder stands in the way: a writer before readers."""
    inner: str = ""
    """For a goroutine that may wait for itself: the calls, outer before inner."""

    @property
    def is_shared(self) -> bool:
        """A RWMutex."""
        return any(each.mode != "mutex" for each in self.waits)

    @property
    def waiters(self) -> list[Member]:
        return [each.member for each in self.waits]


def find_locks(population: Population) -> dict[int, Lock]:
    """All locks that are waited for, by address, each with those who may hold it."""
    locks: dict[int, Lock] = {}
    for member in population.users:
        wait = lock_wait(member)
        if wait is not None:
            locks.setdefault(wait.address, Lock(wait.address)).waits.append(wait)
    _find_values(locks.values(), population)
    _find_holders(locks, population)
    return locks


def lock_wait(member: Member) -> LockWait | None:
    """What lock the goroutine waits for; None if it waits for none, or the address is not to be trusted."""
    calls = member.calls
    depth = 0
    while depth < len(calls) and calls[depth].function.startswith(_LOCKER_CALLS):
        depth += 1
    own = calls[:depth]
    if not own or not member.is_parked:
        return None
    names = [each.function for each in own]
    is_read = any("(*RWMutex).RLock" in name or "SemacquireRWMutexR" in name for name in names)
    is_write = any(name == "sync.(*RWMutex).Lock" for name in names)
    slow = next((each for each in own if each.function in _SLOW_CALLS), None)
    mode = "read" if is_read else ("write-queue" if slow else "write") if is_write else "mutex"
    if mode == "mutex" and slow is None and not any("(*Mutex)" in name for name in names):
        return None
    address = _address(member, own, slow, mode)
    if address is None:
        return None
    return LockWait(member, mode, address, calls[depth] if depth < len(calls) else None, depth)


def semaphore(member: Member) -> int | None:
    """The address that the scheduler waits at, of dumps that show the runtime's calls."""
    for each in member.goroutine.stack.frames[:4]:
        if each.function == "runtime.semacquire1":
            return first_word(each)
    return None


def group_address(member: Member) -> int | None:
    """Of the WaitGroup that the goroutine waits for."""
    for each in member.calls[:4]:
        if each.function == "sync.(*WaitGroup).Wait" and (address := first_word(each)) is not None:
            return address
    at = semaphore(member)
    if at is None:
        at = next((first_word(each) for each in member.calls[:2] if "emacquire" in each.function), None)
    return at - _SEMAPHORE["group"] if at is not None else None


def _address(member: Member, own: tuple[Frame, ...], slow: Frame | None, mode: str) -> int | None:
    if slow is not None:
        # The lock that a writer of a RWMutex queues at is its first field.
        if (address := first_word(slow)) is not None:
            return address
    else:
        for each in own:
            if each.function.startswith("sync.(*RWMutex).") and (address := first_word(each)) is not None:
                return address
    at = semaphore(member)
    if at is None:
        at = next((first_word(each) for each in own if "emacquire" in each.function), None)
    kind = "mutex" if slow is not None or mode == "mutex" else mode
    return at - _SEMAPHORE[kind] if at is not None else None


def _find_values(locks: Iterable[Lock], population: Population) -> None:
    """Find the values that the locks are fields of.

    The caller of Lock is a method, but its receiver is often stale. So the distance between lock and receiver is
    searched that explains most locks of that type, over all receivers of the type that are in the dump.
    """
    by_type: dict[str, list[Lock]] = defaultdict(list)
    for lock in locks:
        types = Counter(receiver_type(each.caller.function) for each in lock.waits if each.caller)
        lock.type = next((name for name, _ in types.most_common() if name), "")
        if lock.type:
            by_type[lock.type].append(lock)
    if not by_type:
        return
    receivers = {name: sorted(found) for name, found in _receivers(population, set(by_type)).items()}
    for name, some in by_type.items():
        votes: Counter[int] = Counter()
        for lock in some:
            votes.update(lock.address - each for each in _below(lock.address, receivers.get(name, [])))
            for wait in lock.waits:
                own = first_word(wait.caller) if wait.caller and receiver_type(wait.caller.function) == name else None
                if own is not None and 0 <= lock.address - own < _FIELD_LIMIT:
                    votes[lock.address - own] += 10
                    break
        if not votes:
            continue
        distance = min(votes, key=lambda each: (-votes[each], each))
        for lock in some:
            if lock.address - distance in _below(lock.address, receivers.get(name, [])):
                lock.value = lock.address - distance


def _below(address: int, receivers: list[int]) -> list[int]:
    """The receivers, sorted, that are so near below the address that it can be a field of theirs."""
    return receivers[bisect_right(receivers, address - _FIELD_LIMIT) : bisect_right(receivers, address)][-_NEAR:]


def _receivers(population: Population, types: set[str]) -> dict[str, set[int]]:
    found: dict[str, set[int]] = defaultdict(set)
    for member in population.users:
        for frame in member.calls:
            if "(*" in frame.function and (name := receiver_type(frame.function)) in types:
                word = first_word(frame)
                if word is not None:
                    found[name].add(word)
    return found


def _find_holders(locks: dict[int, Lock], population: Population) -> None:
    sought: dict[int, list[Lock]] = defaultdict(list)
    for lock in locks.values():
        sought[lock.address].append(lock)
        if lock.value is not None and lock.value != lock.address:
            sought[lock.value].append(lock)
    waiting = {lock.address: {each.member.id for each in lock.waits} for lock in locks.values()}
    ranks: dict[int, dict[int, int]] = defaultdict(dict)
    members = {each.id: each for each in population.users}
    for member in members.values() if sought else ():
        if sought.keys().isdisjoint(all_words(member.calls)):
            continue
        for frame in member.calls:
            for word in exact_words(frame):
                for lock in sought.get(word, ()):
                    if member.id not in waiting[lock.address]:
                        found = ranks[lock.address]
                        found[member.id] = max(found.get(member.id, 0), _rank(frame, lock, word))
    for lock in locks.values():
        found = ranks[lock.address]
        best = max(found.values(), default=0)
        lock.holders = tuple(members[number] for number, rank in found.items() if rank == best)
        if not lock.holders or len(lock.holders) > _CANDIDATES:
            _find_self(lock)


def _rank(frame: Frame, lock: Lock, word: int) -> int:
    """3: in a method of the value; 2: the value is the receiver of another's; 1: it is among the arguments."""
    if first_word(frame) != word:
        return 1
    return 3 if lock.type and frame.function.startswith(lock.type + ".") else 2


def _find_self(lock: Lock) -> None:
    """A goroutine that is further out in another method of the same value may have locked it there."""
    writer = next((each for each in lock.waits if each.mode == "write"), None)
    found: list[tuple[LockWait, Frame]] = []
    for wait in lock.waits:
        outer = _outer_call(wait, lock)
        if outer is not None:
            found.append((wait, outer))
    if len(found) != 1:
        return
    (wait, outer) = found[0]
    inner = wait.caller
    if inner is None or (writer is None and len(lock.waits) > 1 and wait.mode == "read"):
        return
    lock.holders = (wait.member,)
    lock.inner = f"{outer.function} > {inner.function}"
    lock.is_told_by_lock = writer is not None and writer.member.id != wait.member.id


def _outer_call(wait: LockWait, lock: Lock) -> Frame | None:
    if wait.caller is None or not lock.type:
        return None
    for each in wait.member.calls[wait.depth + 1 :]:
        if receiver_type(each.function) != lock.type:
            continue
        if first_word(each) in (None, lock.value):
            return each
    return None
