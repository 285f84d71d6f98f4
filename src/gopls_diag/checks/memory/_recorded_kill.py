"""Kills for lack of memory that the recorder itself proves, without the kernel's log."""

from __future__ import annotations

from enum import Enum, auto

from gopls_diag.model.amount import size_text
from gopls_diag.model.finding import Evidence
from gopls_diag.model.incident import Lost
from gopls_diag.model.recorded_end import RecordedEnd


class Scarce(Enum):
    """Whose memory was at its end."""

    GROUP = auto()
    MACHINE = auto()


def killed_for(end: RecordedEnd) -> Scarce | None:
    """Why the kernel killed gopls; None unless its control group counted a kill as gopls was killed.

    The kernel counts every process that its memory killer ends in the group of that process (memory.events and
    memory.oom_control, `oom_kill`), whether the group's limit or the machine's end was the reason: what had less room
    left was.
    """
    is_gone = end.is_killed or end.incident.lost is Lost.LAUNCHER
    if not is_gone or not end.kills:
        return None
    memory = end.incident.memory
    if memory is None or memory.group_limit_bytes is None:
        return Scarce.MACHINE
    room = memory.group_limit_bytes - (memory.group_bytes or 0)
    if memory.available_bytes is not None and memory.available_bytes < room:
        return Scarce.MACHINE
    return Scarce.GROUP


def held_words(end: RecordedEnd) -> str:
    """` 4712 at 1.9 GiB`, as far as it is known.

    What is resident holds pages of files too, which do not count for the group: more than its limit would only confuse.
    """
    pid, memory = end.incident.start.gopls_pid, end.incident.memory
    peak = memory.peak_resident_bytes if memory else None
    if peak and memory and memory.group_limit_bytes and peak > memory.group_limit_bytes:
        peak = None
    return (f" {pid}" if pid else "") + (f" at {size_text(peak)}" if peak else "")


def kill_proof(end: RecordedEnd) -> tuple[Evidence, ...]:
    """The counts, and the last that was seen of memory."""
    incident = end.incident
    found = [
        end.proof(
            "kills_after",
            f"kills in its control group: {incident.kills_before} before the end, {incident.kills_after} after",
        )
    ]
    memory = incident.memory
    if memory and memory.group_bytes is not None and memory.group_limit_bytes:
        used, limit = size_text(memory.group_bytes), size_text(memory.group_limit_bytes)
        words = f"the group used {used} of {limit} at second {memory.at_seconds:.0f}, the last sample"
        found.append(end.proof("memory", words))
    elif memory and memory.available_bytes is not None:
        left = size_text(memory.available_bytes)
        found.append(end.proof("memory", f"{left} of the machine were left at second {memory.at_seconds:.0f}"))
    return tuple(found)
