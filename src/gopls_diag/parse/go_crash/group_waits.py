"""WaitGroups: for which goroutines one waits, and what these do."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from gopls_diag.model.crash import Explanation
from gopls_diag.parse.go_crash.child_waits import what_for
from gopls_diag.parse.go_crash.lock_waits import group_address
from gopls_diag.parse.go_crash.population import Member, Population
from gopls_diag.parse.go_crash.proof_lines import calls_with, header_line, proof_of
from gopls_diag.parse.go_crash.stack_words import exact_words, method_name

_WAIT_CALL = "sync.(*WaitGroup).Wait"
_TOLD_GROUPS = 3
_JUDGED_GROUPS = 50


class GroupWait(NamedTuple):
    """A goroutine that waits for others to end, told because of what these do."""

    explanation: Explanation
    is_hang: bool


class _Workers(NamedTuple):
    members: tuple[Member, ...]
    is_by_address: bool
    """True if they show the WaitGroup among their arguments; else the waiting goroutine made them."""


def explain_groups(population: Population) -> list[GroupWait]:
    """WaitGroups whose goroutines wait themselves, and those that the rest of the program waits for."""
    waiters = [each for each in population.users if each.is_parked and each.has_call(_WAIT_CALL)]
    found: list[GroupWait] = []
    if len(population.working) > 1 or not waiters:
        # With more at work there is no telling which of them is waited for in the end.
        return found
    judged = waiters[:_JUDGED_GROUPS]
    showing = _showing({each for each in map(group_address, judged) if each is not None}, population)
    for waiter in judged:
        workers = _workers(waiter, population, showing)
        told = _tell(waiter, workers, population) if workers.members else None
        if told is not None:
            found.append(told)
        if len(found) == _TOLD_GROUPS:
            break
    return found


def explain_conditions(population: Population) -> list[Explanation]:
    """Goroutines at a sync.Cond, where nothing works that could wake them. Idle programs may wait like that, too."""
    members = [each for each in population.users if each.is_parked and each.has_call("sync.(*Cond).Wait")]
    if not members or population.working:
        return []
    count = sum(len(each.ids) for each in members)
    who = f"goroutine {members[0].id} waits" if count == 1 else f"{count} goroutines wait"
    caller = next((each.function for each in members[0].calls if not each.function.startswith("sync.")), "")
    return [
        Explanation(
            summary=f"{who} in {method_name(caller)} for a sync.Cond to be signalled, and nothing in the dump works "
            "that could do so now",
            kind="lock",
            goroutines=tuple(number for each in members for number in each.ids)[:50],
            proof=calls_with(members[0], "sync."),
            is_certain=False,
        )
    ]


def _showing(addresses: set[int], population: Population) -> dict[int, list[Member]]:
    """Who has which of the addresses among its arguments, without those that wait for the WaitGroup there."""
    found: dict[int, list[Member]] = {each: [] for each in addresses}
    # A look at the text first: a large dump has very many calls, and one address in ten thousand of them.
    printed = {f"0x{each:x}": each for each in addresses}
    for member in population.users:
        for frame in member.calls:
            arguments = frame.arguments
            if not arguments:
                continue
            for text, address in printed.items():
                if (
                    text in arguments
                    and address in exact_words(frame)
                    and not any(each is member for each in found[address][-1:])
                ):
                    found[address].append(member)
    return {address: [each for each in members if group_address(each) != address] for address, members in found.items()}


def _workers(waiter: Member, population: Population, showing: dict[int, list[Member]]) -> _Workers:
    address = group_address(waiter)
    shown = [each for each in showing[address] if each.id != waiter.id] if address is not None else []
    if shown:
        return _Workers(tuple(shown), is_by_address=True)
    # Go 1.21 and later say who made a goroutine; before, only in which function.
    made = [each for each in population.made_by(waiter.id) if each.id != waiter.id]
    if not made and not population.has_parents:
        names = {each.function for each in waiter.calls if not each.function.startswith("sync.")}
        made = [
            each
            for each in population.users
            if each.id != waiter.id
            and each.goroutine.stack.created_by is not None
            and each.goroutine.stack.created_by.function in names
        ]
    return _Workers(tuple(made), is_by_address=False)


def _tell(waiter: Member, workers: _Workers, population: Population) -> GroupWait | None:
    members = workers.members
    count = sum(len(each.ids) for each in members)
    name = f"goroutine {waiter.id} ({what_for(waiter)})"
    since = f" has waited for {waiter.minutes} min or more" if waiter.minutes else " waits"
    whom = f"goroutine {members[0].id}" if count == 1 else f"{count} goroutines"
    if all(each.is_parked for each in members):
        if population.working or (waiter.id == 1 and not population.is_still):
            # The main goroutine of a server waits like that for as long as there is nothing to do.
            return None
        states = Counter({each.state: 0 for each in members})
        for each in members:
            states[each.state] += len(each.ids)
        wait = "itself waits" if count == 1 else "themselves wait"
        doing = ", ".join(
            f"{number} in {state}" if count > 1 else f"in {state}" for state, number in states.most_common(3)
        )
        place = next((method_name(each.function) for each in members[0].calls if "sync." not in each.function), "")
        explanation = Explanation(
            summary=f"{name}{since} for {whom} to end, which {wait}: {doing}" + (f" in {place}" if place else ""),
            kind="channel",
            goroutines=(waiter.id, *(number for each in members for number in each.ids))[:50],
            proof=calls_with(waiter, _WAIT_CALL) + _proof(members[0], waiter, workers),
            is_certain=workers.is_by_address,
        )
        return GroupWait(explanation, is_hang=False)
    working = population.working
    if len(working) != 1 or working[0] not in members:
        return None
    worker = working[0]
    if not all(each.is_parked for each in members if each.id != worker.id):
        return None
    others = [each for each in population.users if each.id != worker.id]
    # A server goes on listening while it works; here nothing is left to do but that one thing.
    is_alone = all(each.is_parked for each in others)
    explanation = Explanation(
        summary=f"{name}{since} for goroutine {worker.id}, the only one that works, in {what_for_work(worker)}",
        kind="busy",
        goroutines=(worker.id, waiter.id),
        proof=calls_with(waiter, _WAIT_CALL) + _proof(worker, waiter, workers),
        is_certain=workers.is_by_address,
    )
    return GroupWait(explanation, is_hang=is_alone and waiter.minutes >= 1)


def what_for_work(member: Member) -> str:
    """The innermost call that is not the runtime's."""
    return method_name(member.calls[0].function) if member.calls else "the runtime"


def _proof(member: Member, waiter: Member, workers: _Workers) -> tuple[str, ...]:
    address = group_address(waiter)
    if workers.is_by_address and address is not None:
        return proof_of(member, address)
    created = member.goroutine.stack.created_by
    by = f"created by {created.function}" if created is not None else ""
    if by and member.goroutine.parent_id is not None:
        by += f" in goroutine {member.goroutine.parent_id}"
    return (header_line(member), *((by,) if by else ()))
