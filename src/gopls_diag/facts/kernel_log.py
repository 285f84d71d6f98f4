"""What the system's logs of the last days say about processes that it ended.

Linux: `dmesg` (the ring of this boot) and the journal (all boots, and systemd-oomd). macOS: two hours of the unified
log, because more takes minutes to search. Most users may not read some of this; what could not be read is never taken
for clean.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import NamedTuple

from gopls_diag.facts.declare import fact
from gopls_diag.model.kernel_log import KernelEvent, KernelLog
from gopls_diag.model.log_reading import LogReadings
from gopls_diag.model.outcome import CannotTell, Unknown
from gopls_diag.model.system import CommandResult
from gopls_diag.parse.cgroup import CgroupPath, group_folders, parse_cgroup_mounts, parse_cgroup_paths
from gopls_diag.parse.kernel_log import merge, parse_kernel_log
from gopls_diag.world import World, WorldError

DAYS = 7
"""How far back events count: older ones say little about today's trouble."""
_JOURNAL = (
    "journalctl",
    "--no-pager",
    "--output=short-unix",
    "--lines=50000",
    "_TRANSPORT=kernel",
    "+",
    "SYSLOG_IDENTIFIER=systemd-oomd",
)
_UNIFIED_PREDICATE = 'process == "kernel" AND (eventMessage CONTAINS "[gopls" OR eventMessage CONTAINS "RLIMIT_AS")'
_UNIFIED = ("/usr/bin/log", "show", "--last")
_UNIFIED_FORM = ("--style", "syslog", "--predicate", _UNIFIED_PREDICATE)
_BY_HAND = "log show --last 2h --predicate 'process == \"kernel\"' | grep gopls"
_BOOT_PATTERN = re.compile(r"^btime (\d{1,12})$", re.MULTILINE)
_NO_RIGHT = ("not seeing messages from other users", "insufficient permissions", "No journal files were")


@fact(limit_seconds=45.0)
def kernel_log(world: World, readings: LogReadings | Unknown) -> KernelLog:
    """Kills and refusals of the last days, and those in the logs that the user gave, whatever their age.

    CannotTell, with what to run, when nothing may be read.
    """
    given, sources = _given(readings)
    try:
        own = _own(world)
    except CannotTell:
        if not given:
            raise
        return KernelLog(given, sources, (), world.now.timestamp(), sources)
    return replace(own, events=merge(own.events, given), sources=own.sources + sources, given=sources)


def _given(readings: LogReadings | Unknown) -> tuple[tuple[KernelEvent, ...], tuple[str, ...]]:
    told = [each for each in readings.all if each.kernel_events] if isinstance(readings, LogReadings) else []
    return tuple(event for each in told for event in each.kernel_events), tuple(each.source for each in told)


def _own(world: World) -> KernelLog:
    system = world.machine.os
    if system == "linux":
        return _linux(world)
    if system == "darwin":
        return _mac(world)
    raise CannotTell("Windows keeps no log of processes that it ended; look into the protection history of its scanner")


class KernelText(NamedTuple):
    """What one way to the kernel's log gave."""

    source: str
    """`dmesg`, `journalctl -k`."""
    text: str
    boot_seconds: float | None = None
    """When the machine started, since 1970, where the lines have no other time."""


def kernel_texts(
    world: World, *, since: str, ring_seconds: float, journal_seconds: float
) -> tuple[tuple[KernelText, ...], tuple[str, ...]]:
    """The logs of a Linux machine's kernel that may be read, and in words what may not.

    Args:
        world: the machine.
        since: from when on the journal is wanted, as journalctl takes it; the kernel's own ring is given whole.
        ring_seconds: how long to wait for the ring.
        journal_seconds: how long to wait for the journal.
    """
    read: list[KernelText] = []
    unread: list[str] = []
    ring = world.run(("dmesg",), limit_seconds=ring_seconds)
    if ring.is_ok and ring.stdout.strip():
        read.append(KernelText("dmesg", ring.stdout, _boot_seconds(world)))
    else:
        unread.append(f"dmesg {_reason(ring)}")
    journal = world.run((*_JOURNAL[:3], f"--since={since}", *_JOURNAL[3:]), limit_seconds=journal_seconds)
    if journal.is_ok and not any(words in journal.stderr for words in _NO_RIGHT):
        read.append(KernelText("journalctl -k", journal.stdout))
    else:
        unread.append(f"journalctl {_reason(journal)}")
    return tuple(read), tuple(unread)


def _linux(world: World) -> KernelLog:
    now = world.now.timestamp()
    read, unread = kernel_texts(world, since=f"-{DAYS}d", ring_seconds=10.0, journal_seconds=20.0)
    if not read:
        raise CannotTell(
            f"the kernel's log may not be read ({'; '.join(unread)}); try: sudo dmesg | grep -i -A2 oom-kill"
        )
    logs = [
        parse_kernel_log(each.text, source=each.source, boot_seconds=each.boot_seconds, now_seconds=now)
        for each in read
    ]
    events = _marked(world, _recent(merge(*logs), now))
    return KernelLog(events, tuple(each.source for each in read), unread, now)


def _marked(world: World, events: tuple[KernelEvent, ...]) -> tuple[KernelEvent, ...]:
    """The events, those marked whose control group exists no more.

    In a container with a view of its own (its group shows as `/`) the kernel's paths cannot be looked up.
    """
    if not any(each.cgroup for each in events):
        return events
    try:
        own = parse_cgroup_paths(world.read_text("/proc/self/cgroup"))
        mounts = parse_cgroup_mounts(world.read_text("/proc/self/mountinfo"))
    except WorldError:
        return events
    if not own or (world.machine.container and own[0].path == "/"):
        return events
    version = own[0].version
    marked: list[KernelEvent] = []
    for event in events:
        folders = group_folders(CgroupPath(version, event.cgroup), mounts) if event.cgroup.startswith("/") else ()
        marked.append(replace(event, is_group_gone=bool(folders) and not world.is_folder(folders[0])))
    return tuple(marked)


def _reason(result: CommandResult) -> str:
    if any(words in result.stderr for words in _NO_RIGHT):
        return "shows this user nothing of the kernel's"
    said = result.stderr.strip().splitlines()
    return f"says: {said[-1][:120]}" if said else result.ending


def _boot_seconds(world: World) -> float | None:
    try:
        found = _BOOT_PATTERN.search(world.read_text("/proc/stat"))
    except WorldError:
        return None
    return float(found[1]) if found else None


def unified_text(world: World, *, last: str, limit_seconds: float) -> KernelText:
    """What macOS's log says of gopls since so long ago (`2h`, `5m`), as `log show` takes it; CannotTell otherwise."""
    result = world.run((*_UNIFIED, last, *_UNIFIED_FORM), limit_seconds=limit_seconds)
    if not result.is_ok:
        raise CannotTell(f"the system's log could not be searched (log {_reason(result)}); try: {_BY_HAND}")
    return KernelText(f"log show --last {last}", result.stdout)


def _mac(world: World) -> KernelLog:
    now = world.now.timestamp()
    text = unified_text(world, last="2h", limit_seconds=15.0).text
    events = parse_kernel_log(text, source="log show --last 2h", now_seconds=now)
    return KernelLog(_recent(events, now), ("log show --last 2h",), (), now)


def _recent(events: tuple[KernelEvent, ...], now: float) -> tuple[KernelEvent, ...]:
    return tuple(each for each in events if each.seconds is None or each.seconds > now - DAYS * 86400)
