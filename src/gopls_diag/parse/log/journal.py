"""Journals and syslog: `journalctl -o short` and its relatives, RFC 3164 and 5424, `journalctl -o json`.

Forms: systemd src/shared/logs-show.c (output_short with its times, further lines of a message indented by the width of
the prefix; output_json, where a message that is no UTF-8 is a list of bytes), RFC 3164 section 4, RFC 5424 section 6,
rsyslog's property replacer (RSYSLOG_FileFormat; control characters as `#011`, "escapeControlCharactersOnReceive").

Lines of the kernel, systemd and the daemons that end processes keep their prefix: their reader needs the date.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from gopls_diag.model.saying import Channel
from gopls_diag.parse.log.carrier import LineCarrier, Peeled
from gopls_diag.parse.log.escapes import json_value

_SYSTEM_PROGRAMS = frozenset(("kernel", "systemd", "systemd-oomd", "earlyoom", "oomd", "nohang", "dockerd", "kubelet"))
_LEVELS = frozenset(("INFO", "WARN", "WARNING", "ERROR", "DEBUG", "TRACE", "FATAL", "NOTICE", "CRITICAL", "info"))
_NO_PROGRAMS = frozenset(("panic", "error", "fatal", "goroutine", "runtime", "Error", "SIGSEGV", "SIGABRT", "SIGQUIT"))
"""What stands before a colon in words of programs themselves."""

_MONTH_TIME = r"(?:<\d{1,3}>)?[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d(?:\.\d{1,9})?"
_FULL_TIME = r"[A-Z][a-z]{2} \d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,9})? [A-Z+\d:-]{1,6}"
_ISO_TIME = r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:?\d\d)"
_UNIX_TIME = r"\d{9,11}\.\d{6}"
_UPTIME = r"\[ {0,8}\d{1,9}\.\d{6}\]"
_TIMES = (_MONTH_TIME, _FULL_TIME, _ISO_TIME, _UNIX_TIME, _UPTIME)
_PREFIX_PATTERN = re.compile(
    rf"({'|'.join(_TIMES)}) (?:([A-Za-z0-9][\w.:-]{{0,254}}) )?([^\s:\[\]]{{1,200}})(?:\[([^\]\s]{{1,64}})\])?:(?: |$)"
)
_EVENT_PATTERN = re.compile(r"<\d{1,3}>\d{1,2} (\S{1,40}) (\S{1,255}) (\S{1,48}) (\S{1,128}) \S{1,32} (?:- ?|\[)")
_RSYSLOG_PATTERN = re.compile(r"#0(11|15|33)")
_RSYSLOG_CHARACTERS = {"11": "\t", "15": "", "33": "\x1b"}
_DMESG_PATTERN = re.compile(
    r"(?:<\d{1,3}>)?\[ {0,8}\d{1,9}\.\d{1,9}\] |\[[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}\] "
    r"|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d,\d{6}[+-]\d\d:\d\d "
)

_WIDTH_LEAST = 16
"""Of a prefix with its time."""


class JournalLines(LineCarrier):
    """`Sep  6 15:57:57 burrow gopls[1217]: text`, with any of the times that journalctl and syslog daemons write."""

    name = "journald"
    first_characters = "ADFJMNOSTW<[0123456789 "
    mark = ""

    def __init__(self) -> None:
        self._width = 0
        self._last: tuple[str, Channel | None] = ("", None)
        self._unescaped: set[str] = set()
        """Streams whose TABs are written as they are, so that the prefix is all that must be taken off."""

    def peel(self, line: str) -> Sequence[Peeled] | None:
        """The message, with its program and process as the stream."""
        if line[:1] == " ":
            return self._continued(line)
        found = _PREFIX_PATTERN.match(line)
        program = found[3] if found else ""
        if found is None or not _is_journal(found[1], found[2], program, found[4]):
            self._width = 0
            return None
        self._width = found.end()
        text = line[found.end() :]
        if "#0" in text:
            text = _RSYSLOG_PATTERN.sub(lambda each: _RSYSLOG_CHARACTERS[each[1]], text)
        elif text[:1] in ("\t", " "):
            self._note(found)
        if program in _SYSTEM_PROGRAMS:
            self._last = (program, Channel.KERNEL)
            return (Peeled(line, program, Channel.KERNEL),)
        self._last = (_stream(program, found[4]), None)
        return (Peeled(text, self._last[0]),)

    def passes(self, text: str) -> bool:
        """Nothing goes on behind a prefix."""
        return self._width < _WIDTH_LEAST

    def _note(self, found: re.Match[str]) -> None:
        if len(self._unescaped) < 100:
            self._unescaped.add(_stream(found[3], found[4]))

    def _continued(self, line: str) -> Sequence[Peeled] | None:
        """Further lines of a message, which journalctl indents by the width of the prefix."""
        width = self._width
        if width < _WIDTH_LEAST or line[:width].strip(" "):
            self._width = 0
            return None
        stream, channel = self._last
        return (Peeled(line[width:], stream, channel),)

    def lane(self, line: str) -> re.Pattern[str] | None:
        """All but the time is the same on each line of a process."""
        found = _PREFIX_PATTERN.match(line)
        if not found or found[3] in _SYSTEM_PROGRAMS or _stream(found[3], found[4]) not in self._unescaped:
            return None
        time = next(each for each in _TIMES if re.match(each + "$", found[1]))
        return re.compile(rf"\n{time}{re.escape(found[0][found.end(1) :].rstrip(' '))} ?")


def _stream(program: str, pid: str | None) -> str:
    return f"{program}[{pid}]" if pid else program


def _is_journal(time: str, host: str | None, program: str, pid: str | None) -> bool:
    """False for lines of other logs that look alike: `2026-11-22T18:25:23Z INFO cache: …`, `[ 1.2] usb 1-1: …`."""
    if pid:
        return host is not None or time[0] != "["
    if host is None or host in _LEVELS or program in _NO_PROGRAMS:
        return False
    return time[0] != "[" or program == "kernel"


class SyslogEvents(LineCarrier):
    """RFC 5424: `<165>1 2026-11-22T18:25:23.003Z burrow gopls 1217 - - text`."""

    name = "syslog"
    first_characters = "<"
    mark = ">"

    def peel(self, line: str) -> Sequence[Peeled] | None:
        """The message."""
        found = _EVENT_PATTERN.match(line)
        if not found:
            return None
        text = line[found.end() :]
        if found[0].endswith("["):
            text = _behind_structure(text)
        text = text.removeprefix("\ufeff")
        _, host, program, pid = found.groups()
        if program in _SYSTEM_PROGRAMS:
            return (Peeled(f"{found[1]} {host} {program}: {text}", program, Channel.KERNEL),)
        stream = _stream(program, pid if pid != "-" else None)
        return tuple(Peeled(each.rstrip("\r"), stream) for each in text.replace("#012", "\n").split("\n"))


def _behind_structure(text: str) -> str:
    """What follows the structured data, of which the first bracket was taken: `id k="v"][id2] message`."""
    at = 0
    is_quoted = False
    while at < len(text):
        letter = text[at]
        if letter == "\\":
            at += 1
        elif letter == '"':
            is_quoted = not is_quoted
        elif letter == "]" and not is_quoted and text[at + 1 : at + 2] != "[":
            return text[at + 1 :].removeprefix(" ")
        at += 1
    return ""


class JournalObjects(LineCarrier):
    """`journalctl -o json`: an object a line."""

    name = "journald-json"
    first_characters = "{"
    mark = '"MESSAGE"'

    def peel(self, line: str) -> Sequence[Peeled] | None:
        """The lines of the message."""
        entry = json_value(line)
        if not isinstance(entry, dict) or "MESSAGE" not in entry:
            return None
        message = _message(entry["MESSAGE"])
        program = _word(entry, "SYSLOG_IDENTIFIER") or _word(entry, "_COMM") or _word(entry, "_SYSTEMD_UNIT")
        if _word(entry, "_TRANSPORT") == "kernel":
            program = "kernel"
        if program in _SYSTEM_PROGRAMS:
            host = _word(entry, "_HOSTNAME") or "localhost"
            before = f"{_time(entry)} {host} {program}: "
            return tuple(Peeled(before + each, program, Channel.KERNEL) for each in message.split("\n"))
        stream = _stream(program, _word(entry, "_PID") or _word(entry, "SYSLOG_PID"))
        return tuple(Peeled(each.rstrip("\r"), stream) for each in message.split("\n"))


def _message(value: object) -> str:
    if isinstance(value, list) and all(isinstance(each, int) and 0 <= each < 256 for each in value):
        return bytes(value).decode("utf-8", "backslashreplace")
    return value if isinstance(value, str) else ""


def _word(entry: dict[str, Any], key: str) -> str:
    value = entry.get(key)
    return value[:200] if isinstance(value, str) else ""


def _time(entry: dict[str, Any]) -> str:
    stamp = _word(entry, "__REALTIME_TIMESTAMP") or _word(entry, "_SOURCE_REALTIME_TIMESTAMP")
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 17):
        return "1970-01-01T00:00:00+00:00"
    from datetime import UTC, datetime  # noqa: PLC0415 - 2 ms, for exported journals alone

    return datetime.fromtimestamp(int(stamp) / 1e6, UTC).isoformat(timespec="microseconds")


class KernelRing(LineCarrier):
    """`dmesg`, plain, with `-T` or with `--time-format iso`."""

    name = "kernel"
    first_characters = "[<2"
    mark = ""

    def peel(self, line: str) -> Sequence[Peeled] | None:
        """The whole line."""
        if not _DMESG_PATTERN.match(line):
            return None
        return (Peeled(line, "kernel", Channel.KERNEL),)
