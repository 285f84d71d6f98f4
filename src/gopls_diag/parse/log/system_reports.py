"""Files that are one report as a whole, told by how they begin, never by their name."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from gopls_diag.model.crash import Crash, EndKind
from gopls_diag.model.kernel_log import KernelEvent, KillKind
from gopls_diag.model.log_reading import LogReading
from gopls_diag.parse.cgroup import parse_counts
from gopls_diag.parse.container_state import is_container_state, parse_container_state, parse_container_words
from gopls_diag.parse.macos_crash import crash_of_report, is_crash_text, parse_mac_crash, parse_mac_crash_text
from gopls_diag.parse.telemetry_counters import COUNTER_FILE_LIMIT_BYTES, parse_counter_file, parse_weekly_report
from gopls_diag.parse.telemetry_crashes import crashes_of_counters, parse_stored_bugs
from gopls_diag.parse.windows_events import parse_wer, parse_windows_events

LIMIT_BYTES = 32 * 1024 * 1024
"""Of a report in text; the largest real ones (memory reports of macOS) have a few megabytes."""
_COUNTER_MAGIC = b"# telemetry/counter file v1"
_IPS_PATTERN = re.compile(r'^\{[^\n]*"(?:bug_type|incident_id)"')
_INCIDENT_PATTERN = re.compile(r'^\s{0,20}\{\s{0,20}"schema"\s{0,20}:\s{0,20}"gopls-diag/incident/')
_ACCOUNT_PATTERN = re.compile(r"^[a-z_.]{2,40} \d{1,20}$")
_ACCOUNT_NAMES = frozenset(("oom", "oom_kill", "under_oom", "oom_kill_disable"))
_WEEKLY_WORDS = ('"Week"', '"Programs"')

_Read = Callable[[bytes, LogReading], LogReading]


class WholeReport:
    """Keeps a file's bytes, up to a limit, and has them read when they are complete."""

    def __init__(self, read: _Read) -> None:
        self._read = read
        self._pieces: list[bytes] = []
        self._size = 0

    def feed(self, content: bytes) -> None:
        """Take the next bytes."""
        kept = content[: max(0, LIMIT_BYTES - self._size)]
        self._pieces.append(kept)
        self._size += len(kept)

    def finish(self, reading: LogReading) -> LogReading:
        """The reading with what the file held."""
        content = b"".join(self._pieces)
        read = self._read(content, reading)
        lines = content.count(b"\n") + (0 if content.endswith(b"\n") or not content else 1)
        notes = ("the end of the file was left out: it is too large for a report",) if self._size >= LIMIT_BYTES else ()
        return replace(read, lines=lines, notes=read.notes + notes)


def report_reader(head: bytes) -> WholeReport | None:
    """The reader for a file that begins so; None if it is read line by line."""
    if head.startswith(_COUNTER_MAGIC):
        return WholeReport(_counters)
    text = _decoded(head)
    first = text.lstrip("\ufeff \t\r\n")[:1]
    read: _Read | None = None
    if first == "{" and _INCIDENT_PATTERN.match(text[:200].lstrip("\ufeff")):
        read = _incident
    elif first == "{" and _IPS_PATTERN.match(text.lstrip("\ufeff \t\r\n").split("\n", 1)[0]):
        read = _mac_json
    elif first == "{" and all(each in text for each in _WEEKLY_WORDS):
        read = _weekly
    elif first == "{" and '"BugReports"' in text and ('"CacheDir"' in text or '"DirStats"' in text):
        read = _stats
    elif first in ("{", "[") and first and is_container_state(text):
        read = _container
    elif is_crash_text(text):
        read = _mac_text
    elif text.lstrip("\ufeff").startswith("Version=") and "EventType=" in text[:400]:
        read = _windows_report
    elif "\0" not in head.decode("latin-1") and _is_account(text):
        read = _account
    elif text.lstrip("\ufeff \t\r\n").startswith(("<?xml", "<Events", "<Event ")) and "<Event " in text:
        read = _windows_events
    return WholeReport(read) if read else None


def _decoded(content: bytes) -> str:
    """Windows writes UTF-16, `.wer` files with its mark."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content[: len(content) & ~1].decode("utf-16", "replace").replace("\r\n", "\n")
    return content.decode("utf-8-sig", "backslashreplace").replace("\r\n", "\n")


def _is_account(text: str) -> bool:
    """True for memory.events and memory.oom_control of a control group, which have nothing but names and numbers."""
    lines = [each for each in text.strip().split("\n") if each.strip()]
    if not 1 < len(lines) <= 40 or not all(_ACCOUNT_PATTERN.match(each.strip()) for each in lines):
        return False
    return any(each.split(" ")[0] in _ACCOUNT_NAMES for each in lines)


def _account(content: bytes, reading: LogReading) -> LogReading:
    text = _decoded(content)
    counts = parse_counts(text)
    form = "memory.oom_control" if "under_oom" in counts else "memory.events"
    killed = counts.get("oom_kill", 0)
    if not killed:
        said = "the account counts no kill"
        return replace(reading, formats=(form,), notes=(*reading.notes, said))
    number = next((at for at, each in enumerate(text.split("\n"), 1) if each.strip().startswith("oom_kill ")), 1)
    message = f"oom_kill {killed}"
    event = KernelEvent(KillKind.CGROUP_OUT_OF_MEMORY, message, reading.source, line=number, reason=form)
    # Somebody in the group was killed; the account does not say who.
    crash = Crash(reading.source, number, EndKind.KILLED, message, last_line=number)
    return replace(
        reading,
        formats=(form,),
        kernel_events=(*reading.kernel_events, event),
        crashes=(*reading.crashes, crash),
    )


def _counters(content: bytes, reading: LogReading) -> LogReading:
    file = parse_counter_file(content[:COUNTER_FILE_LIMIT_BYTES], path=reading.source)
    notes = [f"counter file: {file.not_understood}"] if file.not_understood else []
    bare = [each for each in file.crashes if not each.stack]
    notes += [f"{each.name} was counted {each.count} times, without a stack" for each in bare]
    return replace(
        reading,
        formats=("telemetry-counters",),
        counters=(*reading.counters, file),
        crashes=reading.crashes + crashes_of_counters((file,), source=reading.source),
        notes=(*reading.notes, *notes),
    )


def _incident(content: bytes, reading: LogReading) -> LogReading:
    from gopls_diag.parse.log.incident_form import with_incident  # noqa: PLC0415 - seldom met, and not small

    return with_incident(content, reading)


def _weekly(content: bytes, reading: LogReading) -> LogReading:
    files = parse_weekly_report(_decoded(content), path=reading.source)
    return replace(
        reading,
        formats=("telemetry-report",),
        counters=reading.counters + files,
        crashes=reading.crashes + crashes_of_counters(files, source=reading.source),
        not_understood=0 if files else 1,
    )


def _stats(content: bytes, reading: LogReading) -> LogReading:
    found = parse_stored_bugs(_decoded(content), path=reading.source)
    if found is None:
        return replace(reading, formats=("gopls-stats",), not_understood=1, notes=("gopls stats: it is cut short",))
    return replace(reading, formats=("gopls-stats",), counters=(*reading.counters, found))


def _mac_json(content: bytes, reading: LogReading) -> LogReading:
    return _mac(_decoded(content), reading, parse_mac_crash)


def _mac_text(content: bytes, reading: LogReading) -> LogReading:
    return _mac(_decoded(content), reading, parse_mac_crash_text)


def _mac(text: str, reading: LogReading, parse: Callable[..., object]) -> LogReading:
    form = "macos-crash-text" if parse is parse_mac_crash_text else "macos-report"
    found = parse_mac_crash_text(text, path=reading.source) if parse is parse_mac_crash_text else None
    found = found or parse_mac_crash(text, path=reading.source)
    if found is None:
        return replace(reading, formats=(form,), not_understood=text.count("\n") + 1)
    crash = crash_of_report(found, text, source=reading.source)
    form = "macos-jetsam" if found.report.kind == "jetsam" else form
    return replace(
        reading,
        formats=(form,),
        mac_reports=(*reading.mac_reports, found.report),
        crashes=reading.crashes + ((crash,) if crash else ()),
    )


def _container(content: bytes, reading: LogReading) -> LogReading:
    text = _decoded(content)
    found = parse_container_state(text, source=reading.source)
    if found is None:
        found = parse_container_words(text.split("\n"), source=reading.source)
    return replace(
        reading,
        formats=("container-state",),
        crashes=reading.crashes + found.crashes,
        kernel_events=reading.kernel_events + found.events,
    )


def _windows_report(content: bytes, reading: LogReading) -> LogReading:
    crash = parse_wer(_decoded(content), source=reading.source)
    return replace(reading, formats=("windows-error-report",), crashes=reading.crashes + ((crash,) if crash else ()))


def _windows_events(content: bytes, reading: LogReading) -> LogReading:
    found = parse_windows_events(_decoded(content).split("\n"), source=reading.source)
    return replace(
        reading,
        formats=("windows-events",),
        crashes=reading.crashes + found.crashes,
        kernel_events=reading.kernel_events + found.events,
    )
