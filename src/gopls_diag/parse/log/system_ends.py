"""Ends of processes as a system's own lines tell them, joined with what editors and programs said of the same ends."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from gopls_diag.model.crash import Crash, EndKind, SignalDetail
from gopls_diag.model.kernel_log import KernelEvent, KillKind, is_gopls_name
from gopls_diag.model.log_reading import LogReading
from gopls_diag.parse.container_state import parse_container_words
from gopls_diag.parse.kernel_log import parse_kernel_log
from gopls_diag.parse.windows_events import parse_windows_events

_SIGKILL_PATTERN = re.compile(r"SIGKILL|\bsignal:? (?:9\b|killed\b)|\b[Kk]illed\b|\b137\b|9/KILL")
_ENDING = frozenset(
    (
        KillKind.OUT_OF_MEMORY,
        KillKind.CGROUP_OUT_OF_MEMORY,
        KillKind.OOMD,
        KillKind.JETSAM,
        KillKind.CODE_SIGNING,
    )
)
"""The others refuse memory or files; the program may live on."""


def with_system_ends(
    reading: LogReading, lines: Sequence[str], numbers: Sequence[int], *, now_seconds: float | None
) -> LogReading:
    """The reading with what the system refused or ended, and an end for each process that was.

    Args:
        reading: what else the log held.
        lines: the system's own, with the date and the names that stood before them.
        numbers: their places in the log.
        now_seconds: the time, since 1970, that gives dates without a year theirs.
    """

    def number(at: int) -> int:
        return numbers[min(max(at, 1), len(numbers)) - 1]

    def numbered(event: KernelEvent) -> KernelEvent:
        return event if event.line is None else replace(event, line=number(event.line))

    killed = parse_kernel_log("\n".join(lines), source=reading.source, now_seconds=now_seconds)
    windows = parse_windows_events(lines, source=reading.source)
    containers = parse_container_words(lines, source=reading.source)
    events = [numbered(each) for each in (*killed, *windows.events, *containers.events)]
    told = [replace(each, line=number(each.line)) for each in (*windows.crashes, *containers.crashes)]
    told = [replace(each, last_line=each.line) for each in told]
    ends = [ended(numbered(each)) for each in killed if each.kind in _ENDING]
    crashes = joined(reading.crashes, (*ends, *told))
    return replace(reading, kernel_events=(*reading.kernel_events, *events), crashes=crashes)


def ended(event: KernelEvent) -> Crash:
    """The end of the process that the system ended, as its own line tells it.

    A group that systemd-oomd ended may have held any program, so it names none.
    """
    name = "gopls" if is_gopls_name(event.process) else event.process
    line = event.line or 1
    return Crash(
        event.source,
        line,
        EndKind.KILLED,
        event.text,
        last_line=line,
        program=name,
        signal=SignalDetail("SIGKILL", "killed"),
    )


def joined(crashes: Iterable[Crash], ends: Iterable[Crash]) -> tuple[Crash, ...]:
    """All ends in the order of the log; one that an editor or a shell told too is given once, with both lines.

    An editor sees only that its server was killed, the kernel says why: what it says becomes a diagnostic.
    """
    found = list(crashes)
    taken: set[int] = set()
    for end in ends:
        at = next((at for at, each in enumerate(found) if at not in taken and _is_same(each, end)), None)
        if at is None:
            found.append(end)
            taken.add(len(found) - 1)
        else:
            taken.add(at)
            program = found[at].program or end.program
            found[at] = replace(found[at], program=program, diagnostics=(*found[at].diagnostics, end.message))
    return tuple(sorted(found, key=lambda each: each.line))


def _is_same(crash: Crash, end: Crash) -> bool:
    if crash.kind is not EndKind.KILLED or end.kind is not EndKind.KILLED or end.program != "gopls":
        return False
    if crash.program not in ("", "gopls"):
        return False
    return crash.signal.name == "SIGKILL" if crash.signal else _SIGKILL_PATTERN.search(crash.message) is not None
