"""Counter files of golang.org/x/telemetry: `PROGRAM@VERSION-GOVERSION-OS-ARCH-DATE.v1.count`.

The layout is that of x/telemetry/internal/counter/file.go: a header of `Key: value` lines, a hash table of 512 offsets,
and entries (uint64 count, uint32 length of the name, uint32 offset of the next entry, name), little-endian. A counter
of a stack has the stack in its name, one frame a line; a leading `"` stands for the package of the line above
(DecodeStack). Programs write to such a file while it is read: what cannot be read is counted, the rest is given.
"""

from __future__ import annotations

import json
import re
import struct

from gopls_diag.model.telemetry import Counter, CounterFile, CounterFrame
from gopls_diag.model.version import GoplsVersion, GoVersion

COUNTER_FILE_LIMIT_BYTES = 4 * 1024 * 1024
"""Files grow by 16 KB pages; a real one has one or two."""

_PREFIX = b"# telemetry/counter file v1\n"
_HEADER_AT = 28
"""Of the header's length: the prefix rounded up to four bytes."""
_HASHES = 512
_TABLE_AT = 4
"""Of the hash table behind the header; before it is the limit of the used part."""
_LONGEST_HEADER = 16 * 1024
_TRUNCATED = "truncated"
_FRAME_PATTERN = re.compile(r"^(.{1,1000}):([+=-]?-?\d{1,9})(?:,(\+0x[0-9a-f]{1,16}))?$")


def parse_counter_file(content: bytes, *, path: str = "", problem: str = "") -> CounterFile:
    """The counters of a file; `not_understood` says what was wrong with it (`problem`, when it could not be read)."""
    if problem:
        return _counter_file(path, {}, (), problem)
    if not content.startswith(_PREFIX):
        return _counter_file(path, {}, (), "it does not begin like a counter file")
    if len(content) < _HEADER_AT + 4:
        return _counter_file(path, {}, (), "it is cut short")
    (header_length,) = struct.unpack_from("<I", content, _HEADER_AT)
    if not _HEADER_AT + 4 <= header_length <= min(_LONGEST_HEADER, len(content)):
        return _counter_file(path, {}, (), "its header is damaged")
    text = content[_HEADER_AT + 4 : header_length].split(b"\0", 1)[0].decode("utf-8", "replace")
    labels = dict(line.split(": ", 1) for line in text.splitlines() if ": " in line)
    counters, problem = _counters(content, header_length)
    return _counter_file(path, labels, counters, problem)


def _counter_file(path: str, labels: dict[str, str], counters: tuple[Counter, ...], problem: str) -> CounterFile:
    return CounterFile(
        path=path,
        program=labels.get("Program", ""),
        version=GoplsVersion.parse(labels.get("Version", "")),
        go_version=GoVersion.parse(labels.get("GoVersion", "")),
        os=labels.get("GOOS", ""),
        architecture=labels.get("GOARCH", ""),
        began=labels.get("TimeBegin", ""),
        ended=labels.get("TimeEnd", ""),
        counters=counters,
        not_understood=problem,
    )


def _counters(content: bytes, header_length: int) -> tuple[tuple[Counter, ...], str]:
    table = header_length + _TABLE_AT
    if table + 4 * _HASHES > len(content):
        return (), "it is cut short"
    found: list[Counter] = []
    # An entry that was seen is not followed again: a damaged file may hold a ring.
    seen: set[int] = set()
    broken = 0
    for head in struct.unpack_from(f"<{_HASHES}I", content, table):
        at = head
        while at and at not in seen:
            seen.add(at)
            if at < table or at + 16 > len(content):
                broken += 1
                break
            count, length, following = struct.unpack_from("<QII", content, at)
            name = content[at + 16 : at + 16 + (length & 0xFFFFFF)]
            if not name or len(name) < length & 0xFFFFFF:
                broken += 1
                break
            found.append(parse_counter_name(name.decode("utf-8", "replace"), count))
            at = following
    return tuple(sorted(found, key=lambda each: each.name)), f"{broken} entries are damaged" if broken else ""


def parse_weekly_report(text: str, *, path: str = "") -> tuple[CounterFile, ...]:
    """The programs of a `local.DATE.json`: weeks that have ended, as upload.Run adds them up."""
    try:
        report = json.loads(text)
    except (ValueError, RecursionError):
        return ()
    programs = report.get("Programs") if isinstance(report, dict) else None
    found: list[CounterFile] = []
    for program in programs if isinstance(programs, list) else ():
        if not isinstance(program, dict):
            continue
        labels = {name: value for name, value in program.items() if isinstance(value, str)}
        labels |= {"TimeBegin": "", "TimeEnd": str(report.get("Week", ""))}
        named = [each for each in (program.get("Counters"), program.get("Stacks")) if isinstance(each, dict)]
        counters = [
            parse_counter_name(str(name), count)
            for each in named
            for name, count in each.items()
            if isinstance(count, int)
        ]
        found.append(_counter_file(path, labels, tuple(counters), ""))
    return tuple(found)


def parse_counter_name(name: str, count: int) -> Counter:
    """The counter of that name, with the stack that the name carries."""
    title, *lines = name.split("\n")
    frames: list[CounterFrame] = []
    package = ""
    for line in lines:
        # The package is what stands before the last dot of the line, as EncodeStack cuts it.
        path, dot, rest = line.rpartition(".")
        if dot and path != '"':
            package = path
        found = _FRAME_PATTERN.match(f"{package}.{rest}" if dot else line)
        if found:
            frames.append(CounterFrame(found[1], found[2], found[3] or ""))
    return Counter(title, count, tuple(frames), is_truncated=_TRUNCATED in lines)
