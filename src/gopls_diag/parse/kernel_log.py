"""Kernel and system logs: which processes the system ended or refused memory, and why.

Takes what `dmesg`, `journalctl`, a syslog file or macOS's `log show` print. Lines of other programs are passed over; a
cut or interleaved block gives what its lines say on their own.

Sources of the forms: Linux mm/oom_kill.c and mm/memcontrol.c, kernels 2.6.18 to 6.18; systemd src/oom/oomd-manager.c,
src/core/unit.c and src/core/service.c; rfjakob/earlyoom kill.c; xnu bsd/kern/kern_memorystatus.c,
bsd/kern/ubc_subr.c and osfmk/vm/vm_map.c; golang/go#63997.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from gopls_diag.model.kernel_log import KernelEvent, KillKind

_UPTIME_PATTERN = re.compile(r"^(?:<\d+>)?\[ *(\d{1,12}\.\d{1,9})\] ?")
_UNIX_PATTERN = re.compile(r"^(\d{9,11}\.\d{1,9}) (\S+) ([^:\s]{1,80}): ")
_ISO_PATTERN = re.compile(
    r"^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:[.,](\d{1,9}))?([+-]\d\d:?\d\d|Z)?[ \t]+(?:(\S+)[ \t]+([^:\s]{1,80}): )?"
)
_FULL_PATTERN = re.compile(
    r"^[A-Z][a-z]{2} (\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d{1,9}))? ([A-Z+\d:-]{1,6}) (?:\S+ )?[^:\s]{1,80}: "
)
_DMESG_PATTERN = re.compile(
    r"^\[[A-Z][a-z]{2} (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) ([ \d]\d) (\d\d):(\d\d):(\d\d) (\d{4})\] "
)
_SYSLOG_PATTERN = re.compile(
    r"^(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) +(\d{1,2}) (\d\d):(\d\d):(\d\d) (\S+) ([^:]{1,80}): "
)

_CONSTRAINT_PATTERN = re.compile(r"oom-kill:constraint=([A-Z_]{1,40}),")
_OOM_MEMCG_PATTERN = re.compile(r"\boom_memcg=([^,]{1,900}),")
_USAGE_PATTERN = re.compile(r"^memory: usage (\d{1,19})kB, limit (\d{1,19})kB")
_KILLED_PATTERN = re.compile(r"\b(?:Killed|Kill) process (\d{1,10})(?:, UID \d{1,10},)? \(([^)]{1,64})\)")
_TASK_IN_PATTERN = re.compile(r"^Task in (\S{1,900}) killed as a result of limit of (\S{1,900})")
_REAPED_PATTERN = re.compile(r"\boom_reaper: reaped process (\d{1,10}) \(([^)]{1,64})\)")
_EARLYOOM_PATTERN = re.compile(
    r'\bsending SIG(?:TERM|KILL) to process (\d{1,10})(?: uid \d{1,10})? "([^"]{1,64})": .{0,80}?VmRSS (\d{1,9}) MiB'
)
_UNIT_KILLED_PATTERN = re.compile(
    r"\b(\S{1,255}\.(?:scope|service|slice)): (A process of this unit has been killed by the OOM killer"
    r"|Failed with result 'oom-kill')"
)
_TOTAL_VIRTUAL_PATTERN = re.compile(r"\btotal-vm:(\d{1,15})kB")
_ANONYMOUS_PATTERN = re.compile(r"\banon-rss:(\d{1,15})kB")
_TASK_ROW_PATTERN = re.compile(r"^\[ *(\d{1,10})\] +\d{1,10} +(\d{1,10}) .{1,200}? (-?\d{1,5}) +(\S{1,64})$")
_OOMD_PATTERN = re.compile(r"\bKilled (/\S{1,900}) due to (memory (?:pressure|used)[^\n]{0,300})")
_OOMD_UNIT_PATTERN = re.compile(r"\b(\S{1,255}\.(?:scope|service|slice)): systemd-oomd killed (?:\d{1,9}|some) process")

_CODE_SIGNING_PATTERN = re.compile(
    r"CODE SIGNING: cs_invalid_page\(0x[0-9a-f]{1,16}\): p=(\d{1,10})\[([^\]]{1,64})\].{0,200}SIGKILL"
)
_MEMORYSTATUS_PATTERN = re.compile(
    r"memorystatus: [^\n]{0,120}?\bpid (\d{1,10}) \[([^\]]{1,64})\]"
    r" \(([a-z][a-z-]{1,60})[ )](?:[^)]{0,20}\))?(?: (\d{1,15})KB)?"
)
_ADDRESS_SPACE_PATTERN = re.compile(
    r"\b(\d{1,10})\[([^\]]{1,64})\] [^\n]{0,60}map size 0x([0-9a-f]{1,16}) over RLIMIT_AS 0x([0-9a-f]{1,16})"
)

_LINE_LIMIT = 4000
"""Characters of a line that are looked at: the kernel cuts its own at about a thousand."""
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_LINUX_KINDS = (KillKind.OUT_OF_MEMORY, KillKind.CGROUP_OUT_OF_MEMORY, KillKind.OOMD)
_UNLIMITED_KILOBYTES = 1 << 50
"""The kernel prints a missing limit as 9007199254740988 kB (the largest page count)."""


@dataclass(slots=True)
class _Block:
    """What the lines of one Linux out-of-memory report said before the line that names the victim."""

    limit_bytes: int | None = None
    group: str = ""
    reason: str = ""
    tasks: list[str] = field(default_factory=list)
    announced: str = ""
    """The sentence of kernels before 4.20, which announce in one line and kill in the next."""
    number: int = 0
    """The line of that sentence."""
    seconds: float | None = None


def parse_kernel_log(
    text: str, *, source: str, boot_seconds: float | None = None, now_seconds: float | None = None
) -> tuple[KernelEvent, ...]:
    """Every kill or refusal in a log, in its order.

    Args:
        text: the log.
        source: the command or path, for evidence.
        boot_seconds: when the machine started, since 1970: turns `[ 2173.199]` into a time.
        now_seconds: gives syslog's dates, which have no year, theirs; without it they have no time.
    """
    events: list[KernelEvent] = []
    block = _Block()
    for number, line in enumerate(text.split("\n"), 1):
        message, seconds = _strip(line[:_LINE_LIMIT].rstrip("\r"), boot_seconds, now_seconds)
        found = _apple(message) or _oomd(message) or _daemon(message)
        if found is None:
            before = block
            block, found = _linux(message, block)
            if block.announced and not block.number:
                block.number, block.seconds = number, seconds
            if before is not block and found is None:
                events += _only_announced(before, source)
        if found is not None:
            events.append(replace(found, text=message.strip()[:400], source=source, line=number, seconds=seconds))
    events += _only_announced(block, source)
    return tuple(_without_repeats(events))


def _only_announced(block: _Block, source: str) -> list[KernelEvent]:
    """The kill whose second line is missing: cut off, or of a kernel before 2.6.35, which has one line."""
    killed = _KILLED_PATTERN.search(block.announced)
    if not killed:
        return []
    event = _killed(block.announced, killed, block)
    text = block.announced.strip()[:400]
    return [replace(event, text=text, source=source, line=block.number, seconds=block.seconds)]


def cut_kernel_log(text: str) -> tuple[str, int]:
    """The log with every line that `parse_kernel_log` does not look at replaced by `-`, and how many were.

    A kernel's log tells of devices, networks and mounts, which are nobody's business. Lines keep their numbers.
    """
    lines = text.split("\n")
    removed = 0
    for at, line in enumerate(lines):
        message, _ = _strip(line[:_LINE_LIMIT].rstrip("\r"), None, None)
        if message.strip() and not _is_read(message):
            lines[at] = "-"
            removed += 1
    return "\n".join(lines), removed


def _is_read(message: str) -> bool:
    return (
        " invoked oom-killer:" in message
        or _apple(message) is not None
        or _oomd(message) is not None
        or _daemon(message) is not None
        or any(each.match(message) for each in (_USAGE_PATTERN, _TASK_ROW_PATTERN, _TASK_IN_PATTERN))
        or any(each.search(message) for each in (_CONSTRAINT_PATTERN, _KILLED_PATTERN))
    )


def _strip(line: str, boot_seconds: float | None, now_seconds: float | None) -> tuple[str, float | None]:
    """The message of a line and its time; prefixes may be nested (a journal of kernel lines with uptimes)."""
    seconds: float | None = None
    unix = _UNIX_PATTERN.match(line)
    iso = None if unix else _ISO_PATTERN.match(line)
    full = None if unix or iso else _FULL_PATTERN.match(line)
    syslog = None if unix or iso or full else _SYSLOG_PATTERN.match(line)
    if unix:
        seconds, line = float(unix[1]), line[unix.end() :]
    elif iso:
        seconds, line = _iso_seconds(iso), line[iso.end() :]
    elif full:
        seconds, line = _iso_seconds(full), line[full.end() :]
    elif syslog:
        seconds, line = _syslog_seconds(syslog, now_seconds), line[syslog.end() :]
    dated = _DMESG_PATTERN.match(line)
    if dated:
        seconds = _seconds(int(dated[6]), dated)
        line = line[dated.end() :]
    uptime = _UPTIME_PATTERN.match(line)
    if uptime:
        if seconds is None and boot_seconds is not None:
            seconds = boot_seconds + float(uptime[1])
        line = line[uptime.end() :]
    return line, seconds


def _iso_seconds(found: re.Match[str]) -> float | None:
    zone = "+00:00" if found[4] in ("Z", "UTC", "GMT") else found[4] or ""
    try:
        moment = datetime.fromisoformat(f"{found[1]}T{found[2]}{zone}")
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return moment.timestamp() + float(f"0.{found[3] or 0}")


def _syslog_seconds(found: re.Match[str], now_seconds: float | None) -> float | None:
    if now_seconds is None:
        return None
    now = datetime.fromtimestamp(now_seconds, UTC)
    for year in (now.year, now.year - 1):
        seconds = _seconds(year, found)
        # A log may be written in a zone ahead of UTC, so up to a day ahead of now is still this year.
        if seconds is not None and seconds <= now_seconds + 86400:
            return seconds
    return None


def _seconds(year: int, found: re.Match[str]) -> float | None:
    """The time of month, day, hour, minute and second, the first five groups, taken as UTC."""
    hour, minute, second = int(found[3]), int(found[4]), int(found[5])
    try:
        moment = datetime(year, _MONTHS.index(found[1]) + 1, int(found[2]), hour, minute, second, tzinfo=UTC)
    except ValueError:
        return None
    return moment.timestamp()


def _apple(message: str) -> KernelEvent | None:
    signing = _CODE_SIGNING_PATTERN.search(message)
    if signing:
        return KernelEvent(
            KillKind.CODE_SIGNING, "", "", pid=int(signing[1]), process=signing[2], reason="invalid page"
        )
    status = _MEMORYSTATUS_PATTERN.search(message)
    if status:
        size = int(status[4]) * 1024 if status[4] else None
        return KernelEvent(
            KillKind.JETSAM, "", "", pid=int(status[1]), process=status[2], reason=status[3], resident_bytes=size
        )
    space = _ADDRESS_SPACE_PATTERN.search(message)
    if space:
        return KernelEvent(
            KillKind.ADDRESS_SPACE,
            "",
            "",
            pid=int(space[1]),
            process=space[2],
            virtual_bytes=int(space[3], 16),
            limit_bytes=int(space[4], 16),
        )
    return None


def _oomd(message: str) -> KernelEvent | None:
    killed = _OOMD_PATTERN.search(message)
    if killed:
        return KernelEvent(KillKind.OOMD, "", "", cgroup=killed[1], reason=killed[2][:120])
    unit = _OOMD_UNIT_PATTERN.search(message)
    if unit:
        return KernelEvent(KillKind.OOMD, "", "", cgroup=unit[1], reason="systemd-oomd")
    return None


def _daemon(message: str) -> KernelEvent | None:
    """What earlyoom did, what systemd saw, what the kernel's reaper did after a kill."""
    sent = _EARLYOOM_PATTERN.search(message)
    if sent:
        size = int(sent[3]) << 20
        return KernelEvent(
            KillKind.OUT_OF_MEMORY, "", "", pid=int(sent[1]), process=sent[2], resident_bytes=size, reason="earlyoom"
        )
    unit = _UNIT_KILLED_PATTERN.search(message)
    if unit:
        return KernelEvent(KillKind.OUT_OF_MEMORY, "", "", cgroup=unit[1], reason="oom-kill")
    reaped = _REAPED_PATTERN.search(message)
    if reaped:
        return KernelEvent(KillKind.OUT_OF_MEMORY, "", "", pid=int(reaped[1]), process=reaped[2], reason="oom_reaper")
    return None


def _linux(message: str, block: _Block) -> tuple[_Block, KernelEvent | None]:
    """One line of a Linux report: the block so far with it, and the kill if this line is one."""
    if " invoked oom-killer:" in message:
        return _Block(), None
    usage = _USAGE_PATTERN.match(message)
    if usage:
        limit = int(usage[2])
        block.limit_bytes = limit * 1024 if limit < _UNLIMITED_KILOBYTES else None
        return block, None
    task = _TASK_IN_PATTERN.match(message)
    if task:
        # Kernels before 4.20; both are the root where the whole machine was out of memory.
        block.reason, block.group = "CONSTRAINT_MEMCG", task[2]
        return block, None
    row = _TASK_ROW_PATTERN.match(message)
    if row:
        block.tasks.append(row[4])
        return block, None
    told = _CONSTRAINT_PATTERN.search(message)
    if told:
        group = _OOM_MEMCG_PATTERN.search(message)
        block.reason, block.group = told[1], group[1] if group else ""
        return block, None
    killed = _KILLED_PATTERN.search(message)
    if not killed:
        return block, None
    is_final = "total-vm:" in message
    if not is_final:
        if block.announced:
            return _Block(announced=message), None
        block.announced = message
        return block, None
    return _Block(), _killed(message, killed, block)


def _killed(message: str, killed: re.Match[str], block: _Block) -> KernelEvent:
    sentence = message + block.announced
    is_group = "emory cgroup out of memory" in sentence or block.reason == "CONSTRAINT_MEMCG"
    total, anonymous = _TOTAL_VIRTUAL_PATTERN.search(message), _ANONYMOUS_PATTERN.search(message)
    return KernelEvent(
        KillKind.CGROUP_OUT_OF_MEMORY if is_group else KillKind.OUT_OF_MEMORY,
        "",
        "",
        pid=int(killed[1]),
        process=killed[2],
        cgroup=block.group,
        limit_bytes=block.limit_bytes if is_group else None,
        virtual_bytes=int(total[1]) * 1024 if total else None,
        resident_bytes=int(anonymous[1]) * 1024 if anonymous else None,
        reason=block.reason,
        victims=tuple(block.tasks),
    )


def _without_repeats(events: list[KernelEvent]) -> Iterator[KernelEvent]:
    """macOS writes one kill in several lines, systemd says a unit's end twice: the first of each speaks.

    The reaper's and systemd's words count only where the kernel's own line is missing.
    """
    seen: set[tuple[KillKind, int | None, str, str]] = set()
    killed = {each.pid for each in events if each.pid is not None and each.reason != "oom_reaper"}
    is_told = any(each.kind in _LINUX_KINDS and each.reason != "oom-kill" for each in events)
    for event in events:
        if (event.reason == "oom_reaper" and event.pid in killed) or (event.reason == "oom-kill" and is_told):
            continue
        minute = "" if event.seconds is None else str(round(event.seconds / 60))
        name = event.process or event.cgroup.rsplit("/", 1)[-1]
        key = (event.kind, event.pid, name, minute)
        if key not in seen:
            seen.add(key)
            yield event


def merge(*logs: tuple[KernelEvent, ...]) -> tuple[KernelEvent, ...]:
    """Events of several logs of one machine, oldest first; a kill that two of them tell is given once.

    The clocks of dmesg and of the journal drift apart over a suspend, so the same pid within an hour is the same kill.
    """
    merged: list[KernelEvent] = []
    for event in (each for log in logs for each in log):
        if not any(_is_same(event, other) for other in merged):
            merged.append(event)
    return tuple(sorted(merged, key=lambda each: each.seconds or 0.0))


def _is_same(one: KernelEvent, other: KernelEvent) -> bool:
    if (one.kind, one.pid, one.process) != (other.kind, other.pid, other.process) or one.source == other.source:
        return False
    if one.seconds is None or other.seconds is None:
        return True
    return abs(one.seconds - other.seconds) < 3600
