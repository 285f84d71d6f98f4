"""Channels: operations that never end, and goroutines of which none can wake another."""

from __future__ import annotations

from collections import defaultdict

from gopls_diag.model.crash import Explanation
from gopls_diag.model.go_stack import Frame
from gopls_diag.parse.go_crash.child_waits import what_for
from gopls_diag.parse.go_crash.population import Member, Population
from gopls_diag.parse.go_crash.proof_lines import call_line, header_line
from gopls_diag.parse.go_crash.stack_words import first_word, method_name

_NEVER = {
    "chan receive (nil chan)": "receives from a nil channel, which never ends",
    "chan send (nil chan)": "sends on a nil channel, which never ends",
    "select (no cases)": "stands in a select that has no case, which never ends",
}
_TOLD = 4
_NAMED = 4


def explain_channels(population: Population, *, has_deadlocked: bool, has_child: bool) -> list[Explanation]:
    """Waits without an end; with the runtime's own word that the program is in a deadlock, what each one waits for.

    While another program is waited for, senders may be in the middle of what will go on afterwards: nothing is said.
    """
    found = [*_leaked(population), *_without_end(population)]
    if has_deadlocked or (population.is_still and _is_more_than_idle(population)):
        found.insert(0, _standstill(population, has_deadlocked=has_deadlocked))
    elif not population.working and not has_child:
        found += _senders(population)
    return found[:_TOLD]


def _is_more_than_idle(population: Population) -> bool:
    users = population.users
    return len(users) > 1 and any(each.state != "select (no cases)" for each in users)


def _standstill(population: Population, *, has_deadlocked: bool) -> Explanation:
    users = population.users
    count = sum(len(each.ids) for each in users)
    parts = [f"goroutine {each.id} in {each.state} ({what_for(each)})" for each in users[:_NAMED]]
    more = f" and {count - _NAMED} more" if count > _NAMED else ""
    whole = "the only goroutine waits" if count == 1 else f"all {count} goroutines wait"
    why = "as the runtime found" if has_deadlocked else "and none waits for time, the system or a processor"
    return Explanation(
        summary=f"{whole} for what only another one could do, {why}: {', '.join(parts)}{more}",
        kind="channel",
        goroutines=tuple(number for each in users for number in each.ids)[:50],
        proof=tuple(header_line(each) for each in users[:6]),
        is_certain=True,
    )


def _without_end(population: Population) -> list[Explanation]:
    found = []
    for state, words in _NEVER.items():
        members = [each for each in population.users if each.state == state]
        if state == "select (no cases)":
            # `select {}` at the end of main is how a server stays.
            members = [each for each in members if each.id != 1]
        if not members:
            continue
        count = sum(len(each.ids) for each in members)
        who = f"goroutine {members[0].id} ({what_for(members[0])})" if count == 1 else f"each of {count} goroutines"
        found.append(
            Explanation(
                summary=f"{who} {words}",
                kind="channel",
                goroutines=tuple(number for each in members for number in each.ids)[:50],
                proof=tuple(line for each in members[:3] for line in _lines(each)),
            )
        )
    return found


def _leaked(population: Population) -> list[Explanation]:
    members = [each for each in population.users if "leaked" in each.goroutine.marks]
    if not members:
        return []
    count = sum(len(each.ids) for each in members)
    who = f"goroutine {members[0].id} waits" if count == 1 else f"{count} goroutines wait"
    return [
        Explanation(
            summary=f"{who} for something that nothing else can reach: the collector marked them as leaked",
            kind="leak",
            goroutines=tuple(number for each in members for number in each.ids)[:50],
            proof=tuple(line for each in members[:3] for line in _lines(each)),
        )
    ]


def _senders(population: Population) -> list[Explanation]:
    """Senders on channels from which nobody seems to receive; receivers are often idle on purpose."""
    receiving = {_channel(each) for each in population.users if each.state == "chan receive"}
    by_place: dict[str, list[Member]] = defaultdict(list)
    for each in population.users:
        if each.state == "chan send" and (channel := _channel(each)) is not None and channel not in receiving:
            by_place[each.calls[0].function if each.calls else ""].append(each)
    found = []
    for place, members in sorted(by_place.items(), key=lambda each: -len(each[1])):
        count = sum(len(each.ids) for each in members)
        if count < 2 and not members[0].minutes:
            continue
        channels = {_channel(each) for each in members}
        where = f"on the channel {channels.pop():#x}" if len(channels) == 1 else f"on {len(channels)} channels"
        who = f"goroutine {members[0].id} waits" if count == 1 else f"{count} goroutines wait"
        found.append(
            Explanation(
                summary=f"{who} to send {where} in {method_name(place)}; no goroutine stands there to receive",
                kind="channel",
                goroutines=tuple(number for each in members for number in each.ids)[:50],
                proof=_lines(members[0]),
                is_certain=False,
            )
        )
    return found


def _channel(member: Member) -> int | None:
    """Its address, in dumps that show the runtime's calls."""
    for frame in member.goroutine.stack.frames[:4]:
        if frame.function in ("runtime.chansend", "runtime.chanrecv"):
            return first_word(frame)
    return None


def _lines(member: Member) -> tuple[str, ...]:
    calls: tuple[Frame, ...] = member.calls[:1]
    shown = [
        frame
        for frame in member.goroutine.stack.frames[:4]
        if frame.function in ("runtime.chansend", "runtime.chanrecv")
    ]
    return (header_line(member), *(call_line(each) for each in (*shown, *calls)))
