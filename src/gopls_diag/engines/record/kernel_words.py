"""The lines of the kernel's log that concern one session: what it ended or refused while that ran."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from gopls_diag.facts.kernel_log import kernel_texts, unified_text
from gopls_diag.model.kernel_log import KernelEvent
from gopls_diag.model.outcome import CannotTell
from gopls_diag.model.recorded_session import Source
from gopls_diag.parse.kernel_log import cut_kernel_log, parse_kernel_log
from gopls_diag.world import World

SOURCE = "kernel log"
_SECONDS = 8.0
"""For each of the two ways to it."""
_SAME_SECONDS = 5.0
_MAC_SECONDS = 240.0
_AROUND_SECONDS = 30.0
"""The kernel's clock and the wall's differ, and a line is written a little before the process is gone."""
_NOT_ASKED = {
    "darwin": "so long after the end it takes minutes to search: log show --last 2h",
    "windows": "Windows keeps no log of processes that it ended",
}
_BLOCK_LINES = 600
"""From `invoked oom-killer` to the line that names the victim: a row for each process of the group stands between."""
_MOST_BYTES = 256 * 1024


class KernelWords(NamedTuple):
    """What there is to keep, and how the log could be read."""

    lines: str
    source: Source


class Concerned(NamedTuple):
    """Whom the lines must be about."""

    pids: Collection[int]
    """Of gopls and its launcher."""
    group: str
    """Folder of gopls's control group; "" if there is none."""
    began: float
    """Seconds since 1970."""
    ended: float | None
    """None where nobody saw the end."""


def kernel_words(world: World, concerned: Concerned) -> KernelWords:
    """Never raises, and asks for no longer than its limit."""
    try:
        system, now = world.machine.os, world.now.timestamp()
        if system == "linux":
            since = f"@{int(concerned.began - _AROUND_SECONDS)}"
            texts, unread = kernel_texts(world, since=since, ring_seconds=_SECONDS, journal_seconds=_SECONDS)
            are_pids_ours = _is_first_namespace(world)
        elif system == "darwin" and concerned.ended and now - concerned.ended < _MAC_SECONDS:
            # Hours of that log take minutes to search.
            texts, unread = (unified_text(world, last="5m", limit_seconds=2 * _SECONDS),), ()
            are_pids_ours = True
        else:
            return KernelWords("", Source(SOURCE, "off", _NOT_ASKED.get(system, "")))
    except CannotTell as problem:
        return KernelWords("", Source(SOURCE, "failed", str(problem)))
    if not texts:
        return KernelWords("", Source(SOURCE, "failed", "; ".join(unread)))
    for text in texts:
        events = parse_kernel_log(text.text, source=text.source, boot_seconds=text.boot_seconds, now_seconds=now)
        chosen = [each for each in events if _concerns(each, concerned, are_pids_ours=are_pids_ours)]
        if chosen:
            return KernelWords(_lines_of(chosen, text.text)[-_MOST_BYTES:], Source(SOURCE, "on", text.source))
    return KernelWords("", Source(SOURCE, "on", f"{texts[0].source} says nothing of it"))


def _is_first_namespace(world: World) -> bool:
    """True if the kernel's pids are those that this process sees (include/linux/proc_ns.h, PROC_PID_INIT_INO)."""
    return world.resolve("/proc/self/ns/pid").path.endswith("pid:[4026531836]")


def _concerns(event: KernelEvent, concerned: Concerned, *, are_pids_ours: bool) -> bool:
    """By pid or by control group, and by time where the line has one: pids and groups are given again.

    In a container the kernel's pids are other numbers; a gopls that it ended in those very seconds is then the one.
    """
    at, began, ended = event.seconds, concerned.began - _AROUND_SECONDS, concerned.ended
    if at is not None and (at < began or (ended is not None and at > ended + _AROUND_SECONDS)):
        return False
    if are_pids_ours and event.pid in concerned.pids:
        return True
    if len(event.cgroup) > 1 and concerned.group.endswith(event.cgroup):
        return True
    is_near = at is not None and ended is not None and abs(at - ended) < _SAME_SECONDS
    return event.is_gopls and is_near and not are_pids_ours


def _lines_of(events: Collection[KernelEvent], text: str) -> str:
    lines = cut_kernel_log(text)[0].split("\n")
    kept: dict[int, str] = {}
    for event in events:
        last = (event.line or 1) - 1
        for at in range(_begin_of_block(lines, last), min(last + 1, len(lines))):
            if lines[at].strip() not in ("", "-") and not _is_row_of_another(lines[at]):
                kept[at] = lines[at]
    return "".join(f"{kept[at]}\n" for at in sorted(kept))


def _begin_of_block(lines: list[str], last: int) -> int:
    for at in range(last, max(last - _BLOCK_LINES, -1), -1):
        if " invoked oom-killer:" in lines[at]:
            return at
    return last


def _is_row_of_another(line: str) -> bool:
    """A row of the kernel's table of processes that is not about gopls or go: whose they are is nobody's business."""
    words = line.rsplit("] ", 1)[-1].split()
    is_row = len(words) >= 8 and all(each.lstrip("-").isdigit() for each in words[:-1])
    return is_row and not words[-1].startswith(("gopls", "go"))
