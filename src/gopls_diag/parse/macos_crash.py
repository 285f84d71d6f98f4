"""A macOS crash report as an end of a program: who ended it, in which thread, in which functions.

Three forms of the same: `.ips` (a header line of JSON, then the report as JSON), the text that Console shows for it
("Translated Report"), and the `.crash` text of macOS 11 and older. Forms: Apple's pages "Examining the fields in a
crash report" and "Interpreting the JSON format of a crash report"; golang/go#65810 and #63997.

A Go panic ends with code 2 and makes no report: what stands here was ended by the system, or by a signal that the
runtime gave back to it (GOTRACEBACK=crash, faults in C code).
"""

from __future__ import annotations

import json
import re
from typing import Any, NamedTuple

from gopls_diag.model.crash import Crash, EndKind, SignalDetail
from gopls_diag.model.go_stack import Frame
from gopls_diag.model.kernel_log import is_gopls_name
from gopls_diag.model.macos_report import MacReport
from gopls_diag.parse.macos_report import parse_macos_report

_FRAMES_LIMIT = 200
_FIELD_PATTERN = re.compile(r"^(?:> ?)?([A-Z][A-Za-z/ ]{1,30}):[ \t]{1,40}(\S.{0,1000})$")
_PROCESS_PATTERN = re.compile(r"^(.{1,200}) \[(\d{1,10})\]")
_SIGNAL_PATTERN = re.compile(r"\((SIG[A-Z]{2,6})(?: - [^()]{0,80}| \([^()]{0,80}\))?\)")
_DETAIL_PATTERN = re.compile(r"\(SIG[A-Z]{2,6} \(([^()]{1,80})\)\)")
_REASON_PATTERN = re.compile(
    r"^(?:Namespace )?([A-Z][A-Z0-9_]{1,30}),? (?:Code )?(0x[0-9a-f]{1,16}|\d{1,10}),?[ \t]{0,4}(.{0,300})$"
)
_THREAD_PATTERN = re.compile(r"^Thread (\d{1,6})(?: Crashed)?:{1,2}|^Thread (\d{1,6})(?: name)?:")
_FRAME_PATTERN = re.compile(
    r"^\d{1,4}[ \t]{1,10}(\S.{0,120}?)[ \t]{1,60}(0x[0-9a-f]{6,16}) (\S.{0,400}?) \+ \d{1,12}"
    r"(?: \(([^():]{1,200}):(\d{1,9})\))?"
)
_ADDRESS_PATTERN = re.compile(r"\bat 0x0{0,16}([0-9a-f]{1,16})")


class MacCrash(NamedTuple):
    """A report, with the frames of the thread that crashed, innermost first."""

    report: MacReport
    frames: tuple[Frame, ...] = ()
    address: int | None = None


def is_crash_text(text: str) -> bool:
    """True if a text begins like a report in plain text."""
    return any(each.startswith(("Process: ", "Process:\t")) for each in text.split("\n")[:60]) and (
        "\nIdentifier:" in text or "\nException Type:" in text
    )


def parse_mac_crash(text: str, *, path: str) -> MacCrash | None:
    """What a report in JSON says; None if it is none."""
    report = parse_macos_report(text, path=path)
    if report is None:
        return None
    head, _, rest = text.lstrip("\ufeff").partition("\n")
    body = _object(rest) or _object(head) or {}
    exception = body.get("exception")
    codes = exception.get("subtype") if isinstance(exception, dict) else None
    found = _ADDRESS_PATTERN.search(codes) if isinstance(codes, str) else None
    return MacCrash(report, _thread(body), int(found[1], 16) if found else None)


def _object(text: str) -> dict[str, Any] | None:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _thread(body: dict[str, Any]) -> tuple[Frame, ...]:
    threads = body.get("threads")
    rows = [each for each in threads if isinstance(each, dict)] if isinstance(threads, list) else []
    number = body.get("faultingThread")
    chosen = next((each for each in rows if each.get("triggered") is True), None)
    if chosen is None and isinstance(number, int) and 0 <= number < len(rows):
        chosen = rows[number]
    frames = chosen.get("frames") if chosen else None
    images = body.get("usedImages")
    return tuple(
        _frame(each, images if isinstance(images, list) else [])
        for each in (frames if isinstance(frames, list) else [])[:_FRAMES_LIMIT]
        if isinstance(each, dict)
    )


def _frame(row: dict[str, Any], images: list[Any]) -> Frame:
    symbol, file, line = row.get("symbol"), row.get("sourceFile"), row.get("sourceLine")
    at, offset = row.get("imageIndex"), row.get("imageOffset")
    image = images[at] if isinstance(at, int) and 0 <= at < len(images) else None
    start = image.get("base") if isinstance(image, dict) else None
    pc = start + offset if isinstance(start, int) and isinstance(offset, int) else None
    name = symbol if isinstance(symbol, str) else ""
    return Frame(
        name[:400],
        file[:400] if isinstance(file, str) else "",
        line if isinstance(line, int) and not isinstance(line, bool) else None,
        is_go=_is_go(name),
        pc=pc,
    )


def _is_go(symbol: str) -> bool:
    """Go's symbols have a package before the first dot; those of C and Objective-C have none."""
    return "." in symbol and not symbol.startswith(("-[", "+[", "."))


def parse_mac_crash_text(text: str, *, path: str) -> MacCrash | None:
    """What a report in plain text says; None if it names no process. Cut texts give what is left."""
    fields: dict[str, str] = {}
    frames: list[Frame] = []
    crashed = ""
    is_inside = False
    for line in text.split("\n"):
        line = line.rstrip("\r")[:1200]  # noqa: PLW2901
        if line.startswith("Thread "):
            found = _THREAD_PATTERN.match(line)
            number = (found[1] or found[2]) if found else ""
            is_inside = not frames and (" Crashed" in line[:24] or (bool(crashed) and number == crashed))
        elif is_inside and (row := _FRAME_PATTERN.match(line)):
            if len(frames) < _FRAMES_LIMIT:
                number_ = int(row[5]) if row[5] else None
                frames.append(Frame(row[3], row[4] or "", number_, is_go=_is_go(row[3]), pc=int(row[2], 16)))
        elif is_inside and not line.strip() and frames:
            is_inside = False
        elif field := _FIELD_PATTERN.match(line):
            fields.setdefault(field[1].strip(), field[2].strip())
            if field[1] in ("Crashed Thread", "Triggered by Thread"):
                crashed = field[2].split(" ")[0]
    process = _PROCESS_PATTERN.match(fields.get("Process", ""))
    if not process:
        return None
    codes = fields.get("Exception Subtype", "") + " " + fields.get("Exception Codes", "")
    address = _ADDRESS_PATTERN.search(codes)
    report = _text_report(path, fields, process[1].strip(), int(process[2]))
    return MacCrash(report, tuple(frames), int(address[1], 16) if address else None)


def _text_report(path: str, fields: dict[str, str], process: str, pid: int) -> MacReport:
    kind = fields.get("Exception Type", "")
    signal = _SIGNAL_PATTERN.search(kind)
    detail = _DETAIL_PATTERN.search(kind)
    ended = _REASON_PATTERN.match(fields.get("Termination Reason", ""))
    said = [ended[3].strip(" :") if ended else "", detail[1] if detail else ""]
    code = fields.get("Code Type", "")
    return MacReport(
        path,
        "crash",
        process=process,
        pid=pid,
        time=fields.get("Date/Time", ""),
        namespace=ended[1] if ended else "",
        reason="; ".join(each for each in said if each)[:300],
        signal=signal[1] if signal else "",
        architecture=code.split(" ")[0],
        is_translated="Translated" in code,
    )


def crash_of_report(found: MacCrash, text: str, *, source: str) -> Crash | None:
    """The end that a report tells of; None for a report about the memory of a machine whose gopls lives."""
    report = found.report
    if report.kind == "jetsam" and not report.namespace:
        return None
    if report.kind not in ("crash", "jetsam"):
        return None
    line, message = _telling_line(text)
    is_ended = report.signal in ("SIGKILL", "") or report.namespace not in ("SIGNAL", "")
    signal = SignalDetail(report.signal, report.reason, address=found.address) if report.signal else None
    go = [each for each in found.frames if each.is_go]
    return Crash(
        source,
        line,
        EndKind.KILLED if is_ended else EndKind.SIGNAL,
        message,
        last_line=line,
        program="gopls" if is_gopls_name(report.process) else report.process,
        signal=signal,
        top_frame=next((each for each in go if not each.function.startswith(("runtime.", "internal/runtime/"))), None),
        runtime_stack=found.frames,
    )


_TELLING = (
    '"termination"',
    "Termination Reason:",
    '"exception"',
    "Exception Type:",
    '"reason"',
    '"bug_type"',
    "Process:",
)


def _telling_line(text: str) -> tuple[int, str]:
    """The line that says how it ended, and its number."""
    lines = text.split("\n")
    for mark in _TELLING:
        for number, line in enumerate(lines[:20_000], 1):
            if mark in line[:400]:
                return number, line.strip()[:400].rstrip(",")
    return 1, lines[0].strip()[:400]
