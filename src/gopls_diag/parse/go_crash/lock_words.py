"""Locks in sentences: many that wait for one, cycles, and goroutines that wait for themselves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple

from gopls_diag.model.crash import Explanation
from gopls_diag.parse.go_crash.child_waits import what_for
from gopls_diag.parse.go_crash.lock_waits import Lock, LockWait
from gopls_diag.parse.go_crash.population import Member
from gopls_diag.parse.go_crash.proof_lines import call_line, header_line, proof_of
from gopls_diag.parse.go_crash.stack_words import method_name

_TOLD_LOCKS = 5
_NAMED_HOLDERS = 4
_SEMAPHORE_CALL = "runtime.semacquire1"
_MODES = {"mutex": "lock", "read": "read-lock", "write": "lock for writing", "write-queue": "lock for writing"}


class LockCycle(NamedTuple):
    """Goroutines of which each waits for a lock that the next one holds."""

    members: tuple[Member, ...]
    locks: tuple[Lock, ...]
    """In the same order: the lock that the member waits for."""
    is_certain: bool


def find_cycles(locks: Mapping[int, Lock]) -> list[LockCycle]:
    """Cycles over locks with one likely holder each. Every cycle once, also that of one goroutine with itself."""
    wanted: dict[int, Lock] = {}
    for lock in locks.values():
        for wait in lock.waits:
            wanted[wait.member.id] = lock
    found: list[LockCycle] = []
    done: set[int] = set()
    for start in wanted:
        path: list[int] = []
        members: dict[int, Member] = {}
        at = start
        while at in wanted and at not in done and at not in members:
            holders = wanted[at].holders
            if len(holders) != 1:
                break
            path.append(at)
            members[at] = holders[0]
            at = holders[0].id
        if at in members:
            ring = path[path.index(at) :]
            ring_locks = tuple(wanted[each] for each in ring)
            ring_members = tuple(_member(wanted[each], each) for each in ring)
            is_certain = len(ring) > 1 or (ring_locks[0].is_told_by_lock and ring_locks[0].value is not None)
            found.append(LockCycle(ring_members, ring_locks, is_certain))
        done.update(path)
    return found


def explain_locks(locks: Mapping[int, Lock], cycles: list[LockCycle]) -> list[Explanation]:
    """Cycles first, then the locks with most waiters."""
    found = [_cycle(each) for each in cycles]
    told = {lock.address for cycle in cycles for lock in cycle.locks if len(lock.waits) == 1 or lock.inner}
    others = sorted((each for each in locks.values() if each.address not in told), key=lambda each: -_count(each))
    found += [_waiters(each) for each in others[:_TOLD_LOCKS]]
    return found


def _member(lock: Lock, number: int) -> Member:
    return next(each.member for each in lock.waits if each.member.id == number)


def _count(lock: Lock) -> int:
    return sum(len(each.member.ids) for each in lock.waits)


def _cycle(cycle: LockCycle) -> Explanation:
    if len(cycle.members) == 1:
        return _self_wait(cycle)
    parts = [
        f"goroutine {member.id} ({what_for(member)}) waits for {_name(lock)}, which goroutine {following.id} holds"
        for member, lock, following in zip(
            cycle.members, cycle.locks, cycle.members[1:] + cycle.members[:1], strict=True
        )
    ]
    return Explanation(
        summary="a deadlock: " + ", ".join(parts[:4]) + (" …" if len(parts) > 4 else ""),
        kind="lock-cycle",
        goroutines=tuple(each.id for each in cycle.members),
        proof=tuple(
            line
            for member, lock in zip(cycle.members, cycle.locks, strict=True)
            for line in _proof(_wait(lock, member))
        )[:12],
        is_certain=cycle.is_certain,
    )


def _self_wait(cycle: LockCycle) -> Explanation:
    (member,), (lock,) = cycle.members, cycle.locks
    outer, _, inner = lock.inner.partition(" > ")
    proof = _proof(_wait(lock, member))
    writer = next((each.member for each in lock.waits if each.mode == "write" and each.member.id != member.id), None)
    if writer is not None:
        summary = (
            f"a deadlock: goroutine {member.id} wants to read-lock {_name(lock)} once more in {method_name(inner)}, "
            f"called from {method_name(outer)}; goroutine {writer.id} waits to lock it for writing, which keeps new "
            "readers out, until the first reader has left"
        )
        ids: tuple[int, ...] = (member.id, writer.id)
        proof += _proof(_wait(lock, writer))
    else:
        summary = (
            f"goroutine {member.id} waits in {method_name(inner)} for {_name(lock)}, which it may hold itself: "
            f"{method_name(outer)}, a method of the same type, called it, and no other goroutine shows the value"
        )
        ids = (member.id,)
    return Explanation(summary, "lock-cycle", ids, proof, cycle.is_certain)


def _waiters(lock: Lock) -> Explanation:
    waits = lock.waits
    count = _count(lock)
    who = f"{count} goroutines wait" if count > 1 else f"goroutine {waits[0].member.id} waits"
    places = Counter(each.caller.function for each in waits if each.caller is not None)
    place = "".join(f", in {method_name(name)}" for name, _ in places.most_common(2))
    minutes = max(each.member.minutes for each in waits)
    since = f", up to {minutes} min by now" if minutes else ""
    return Explanation(
        summary=f"{who} for {_name(lock)}{place}{since}{_holder(lock)}",
        kind="lock",
        goroutines=tuple(each.id for each in lock.holders[:1]) + tuple(each.member.id for each in waits)[:50],
        proof=_proof(waits[0]) + (proof_of(lock.holders[0], lock.value or lock.address) if lock.holders else ()),
        is_certain=True,
    )


def _holder(lock: Lock) -> str:
    holders = [each for each in lock.holders if not any(each.id == wait.member.id for wait in lock.waits)]
    if len(holders) == 1:
        holder = holders[0]
        if holder.is_working and any("lockSlow" in each.function for each in holder.calls[:4]):
            return f"; goroutine {holder.id} was woken to take it, so the lock is in use and moves on"
        doing = "works" if holder.is_working else f"is in state {holder.state}"
        return f"; goroutine {holder.id} ({what_for(holder)}) probably holds it, and {doing}"
    writer = next((each.member for each in lock.waits if each.mode == "write"), None)
    if writer is not None and len(lock.waits) > 1:
        return f"; goroutine {writer.id} is next to write, and waits for readers to leave"
    if len(holders) > _NAMED_HOLDERS:
        return f"; {len(holders)} goroutines have to do with the same value, so who holds it does not show"
    if holders:
        return "; it may be held by one of the goroutines " + ", ".join(str(each.id) for each in holders)
    return "; who holds it does not show"


def _name(lock: Lock) -> str:
    kind = "RWMutex" if lock.is_shared else "mutex"
    owner = f" of a {method_name(lock.type)}" if lock.type else ""
    return f"the {kind} {lock.address:#x}{owner}"


def _wait(lock: Lock, member: Member) -> LockWait:
    return next(each for each in lock.waits if each.member.id == member.id)


def _proof(wait: LockWait) -> tuple[str, ...]:
    lines = [header_line(wait.member)]
    lines += [call_line(frame) for frame in wait.member.goroutine.stack.frames[:4] if frame.function == _SEMAPHORE_CALL]
    for frame in wait.member.calls[: wait.depth + 2]:
        if frame.arguments is not None and not frame.is_inlined:
            lines.append(f"{frame.function}({frame.arguments})")
    return tuple(lines[:7])
