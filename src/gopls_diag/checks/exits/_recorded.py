"""What a recorded session proves about its own end, in words."""

from __future__ import annotations

from gopls_diag.model.amount import share_text, size_text
from gopls_diag.model.finding import Evidence
from gopls_diag.model.incident import Incident, Lost
from gopls_diag.model.outcome import Unknown
from gopls_diag.model.recorded_end import RecordedEnd, RecordedEnds
from gopls_diag.model.recorded_session import InFlight, Trouble, TroubleKind

_SETTLED_SECONDS = 10.0
"""A session manager may move a young process into another control group, and kills are counted in that one then."""
_PATIENCE_SECONDS = 2.0
"""Editors wait at least so long for the answer to `shutdown` (vscode-languageserver-node: two seconds)."""


def recorded_at(ends: RecordedEnds | Unknown, source: str) -> RecordedEnd | None:
    """The end that was read from there."""
    known = ends.all if isinstance(ends, RecordedEnds) else ()
    return next((each for each in known if each.source == source), None)


def slow_shutdown(end: RecordedEnd) -> InFlight | None:
    """The `shutdown` that had had no answer for seconds when gopls was killed, by itself or with its launcher."""
    if not end.is_killed and end.incident.lost is not Lost.LAUNCHER:
        return None
    waiting = (each for each in end.incident.in_flight if each.method == "shutdown")
    return next((each for each in waiting if (each.waited_seconds or 0.0) >= _PATIENCE_SECONDS), None)


def is_no_memory_kill(end: RecordedEnd | None) -> bool:
    """True if the count of kills of gopls's control group proves that the kernel's memory killer did not end it.

    It counts a kill before it sends the signal. The group must have been looked at until shortly before the end.
    """
    if end is None or end.kills != 0 or end.incident.end is None or end.incident.memory is None:
        return False
    elapsed = end.incident.end.elapsed_seconds
    return elapsed >= _SETTLED_SECONDS and elapsed - end.incident.memory.at_seconds <= _SETTLED_SECONDS


def outside_words(end: RecordedEnd | None) -> str:
    """`, not by the kernel for lack of memory: it held 212 MiB of 2.0 GiB`; "" where nothing is known of memory."""
    if end is None:
        return ""
    held = memory_words(end.incident)
    if is_no_memory_kill(end):
        return ", not by the kernel for lack of memory" + (f": it held {held}" if held else "")
    return f"; it held {held}" if held else ""


def outside_proof(end: RecordedEnd | None) -> tuple[Evidence, ...]:
    """The lines behind these words."""
    if end is None:
        return ()
    found: list[Evidence] = []
    if is_no_memory_kill(end):
        count = end.incident.kills_after
        found.append(end.proof("kills_after", f"kills in its control group: {count} before the end, {count} after"))
    held = memory_words(end.incident)
    if held and end.incident.memory:
        found.append(end.proof("memory", f"{held} at second {end.incident.memory.at_seconds:.0f}, the last sample"))
    return tuple(found)


def memory_words(incident: Incident) -> str:
    """`212 MiB (its control group 300 MiB of 2.0 GiB, 15 %)`, of the last sample; "" without one."""
    memory = incident.memory
    if memory is None or memory.resident_bytes is None:
        return ""
    words = size_text(memory.resident_bytes)
    if memory.group_bytes is not None and memory.group_limit_bytes:
        share = share_text(memory.group_bytes, memory.group_limit_bytes)
        words += (
            f" (its control group {size_text(memory.group_bytes)} of {size_text(memory.group_limit_bytes)}, {share})"
        )
    elif memory.available_bytes is not None:
        words += f" ({size_text(memory.available_bytes)} of the machine were left)"
    return words


def troubles_of(end: RecordedEnd, kind: TroubleKind) -> tuple[Trouble, ...]:
    """Troubles of that kind, oldest first."""
    return tuple(each for each in end.incident.troubles if each.kind is kind)


def trouble_proof(end: RecordedEnd, troubles: tuple[Trouble, ...]) -> tuple[Evidence, ...]:
    """The last three of them."""
    return tuple(end.proof("troubles", f"second {each.began_seconds:.0f}: {each.words}") for each in troubles[-3:])


def times_words(troubles: tuple[Trouble, ...]) -> str:
    """` (3 times)`, or nothing for one."""
    return f" ({len(troubles)} times)" if len(troubles) > 1 else ""
