"""What Windows wrote about a program that ended: Event Viewer's text, exported XML, a `.wer` file, Defender's words.

Forms: Microsoft Learn, "Application Error" event 1000 (eleven values: program, its version and time stamp, module, its
version and time stamp, exception code, offset, process id, start time, path), "Resource-Exhaustion-Detector" event
2004, "Microsoft Defender Antivirus event IDs" 1116 and 1117; WerFault's `Report.wer` with its `Sig[n]` pairs. Codes are
those of winnt.h and ntstatus.h. Texts are read in English; XML and `.wer` are the same in each language.

A Go program that panics ends with code 2 and leaves nothing here: only GOTRACEBACK=wer, faults in C code and refused
memory do (golang/go src/runtime/signal_windows.go).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from gopls_diag.model.crash import Crash, EndKind, SignalDetail
from gopls_diag.model.kernel_log import KernelEvent, KillKind

EXCEPTIONS = {
    0x40000015: "fatal application exit",
    0xC0000005: "access violation",
    0xC0000006: "in-page I/O error",
    0xC0000017: "no memory",
    0xC000001D: "illegal instruction",
    0xC0000094: "integer division by zero",
    0xC00000FD: "stack overflow",
    0xC000009A: "insufficient resources",
    0xC000012D: "commitment limit",
    0xC0000135: "DLL not found",
    0xC0000142: "DLL initialization failed",
    0xC0000374: "heap corruption",
    0xC0000409: "fail fast",
    0xC0000428: "invalid image hash",
}
_OF_MEMORY = frozenset((0xC0000017, 0xC000009A, 0xC000012D))

_PROGRAM_PATTERN = re.compile(r"Faulting application (?:name: )?([^,\n]{1,260}), version:? ([^,\n]{0,60}),")
_OLD_PATTERN = re.compile(r"exception code (0x[0-9a-fA-F]{1,16}), fault offset (0x[0-9a-fA-F]{1,16})")
_CODE_PATTERN = re.compile(r"Exception code: (0x[0-9a-fA-F]{1,16})")
_OFFSET_PATTERN = re.compile(r"Fault offset: (0x[0-9a-fA-F]{1,16})")
_PATH_PATTERN = re.compile(r"Faulting application path: (\S.{0,400})")
_DATA_PATTERN = re.compile(r"<Data(?: Name=['\"]([^'\"<>]{0,60})['\"])?>([^<]{0,1000})</Data>")
_XML_PROVIDER_PATTERN = re.compile(r"<Provider Name=['\"]([^'\"<>]{1,120})['\"]")
_SIGNATURE_PATTERN = re.compile(r"Sig\[(\d{1,2})\]\.(Name|Value)=(.{0,300})")
_EXHAUSTED_PATTERN = re.compile(r"virtual memory condition\. The following programs consumed the most virtual memory: ")
_CONSUMED_PATTERN = re.compile(r"([^\s,;:()]{1,120}) \((\d{1,10})\) consumed (\d{1,19}) bytes")
_QUARANTINED_PATTERN = re.compile(r"\bfile:_([A-Za-z]:\\[^;|\"<>\r\n}]{1,400})")
_THREAT_PATTERN = re.compile(r"\b([A-Z][A-Za-z]{2,40}:[A-Za-z0-9]{2,20}/[\w.!+-]{1,100})")


class WindowsReading(NamedTuple):
    """What was found, with lines counted from 1 within what was given."""

    crashes: tuple[Crash, ...]
    events: tuple[KernelEvent, ...]


@dataclass(slots=True)
class _Reader:
    source: str
    crashes: list[Crash] = field(default_factory=list)
    events: list[KernelEvent] = field(default_factory=list)
    threat: str = ""
    open: Crash | None = None
    xml: list[str] = field(default_factory=list)
    xml_line: int = 0

    def close(self) -> None:
        if self.open is not None:
            self.crashes.append(self.open)
            self.open = None

    def line(self, text: str, number: int) -> None:
        if "<Event" in text or self.xml:
            self._xml(text, number)
        elif "Faulting application" in text and (found := _PROGRAM_PATTERN.search(text)):
            self.close()
            old = _OLD_PATTERN.search(text)
            crash = _crash(self.source, number, text[found.start() :].strip(), found[1], found[2])
            self.open = _with_code(crash, old[1], old[2]) if old else crash
        elif self.open is not None and (code := _CODE_PATTERN.search(text)):
            self.open = _with_code(self.open, code[1], "")
        elif self.open is not None and (offset := _OFFSET_PATTERN.search(text)):
            self.open = _with_offset(self.open, offset[1])
        elif self.open is not None and _PATH_PATTERN.search(text):
            self.close()
        elif "virtual memory" in text and (exhausted := _EXHAUSTED_PATTERN.search(text)):
            self._exhausted(text[exhausted.end() :], text, number)
        else:
            self._defender(text, number)

    def _exhausted(self, programs: str, text: str, number: int) -> None:
        for name, pid, size in _CONSUMED_PATTERN.findall(programs):
            event = KernelEvent(
                KillKind.COMMIT_LIMIT,
                text.strip()[:400],
                self.source,
                line=number,
                pid=int(pid),
                process=name,
                virtual_bytes=int(size),
                reason="Resource-Exhaustion-Detector",
            )
            self.events.append(event)

    def _defender(self, text: str, number: int) -> None:
        threat = _THREAT_PATTERN.search(text)
        if threat:
            self.threat = threat[1]
        for found in _QUARANTINED_PATTERN.finditer(text):
            path = found[1].strip()
            name = path.rsplit("\\", 1)[-1]
            event = KernelEvent(
                KillKind.ANTIVIRUS,
                text.strip()[:400],
                self.source,
                line=number,
                process=name,
                reason=self.threat,
            )
            if not any(each.process == name and each.reason == self.threat for each in self.events):
                self.events.append(event)

    def _xml(self, text: str, number: int) -> None:
        # wevtutil writes each event on one line, Event Viewer over many.
        for part in text.replace("</Event>", "</Event>\n").split("\n"):
            if not self.xml and "<Event " not in part:
                continue
            if not self.xml:
                self.xml_line = number
            if len(self.xml) < 400:
                self.xml.append(part[:20_000])
            if "</Event>" in part:
                self.event("\n".join(self.xml))
                self.xml.clear()

    def event(self, text: str) -> None:
        provider = _XML_PROVIDER_PATTERN.search(text)
        values = _DATA_PATTERN.findall(text)
        named = {name: value for name, value in values if name}
        if provider and provider[1] == "Application Error":
            bare = [value for _, value in values]
            fields = ("AppName", "AppVersion", "", "ModuleName", "", "", "ExceptionCode", "FaultingOffset")
            filled = [named.get(name) or value for name, value in zip(fields, [*bare, *[""] * 8], strict=False)]
            if filled[0]:
                message = f"Faulting application name: {filled[0]}, version: {filled[1]}"
                crash = _crash(self.source, self.xml_line, message, filled[0], filled[1])
                self.crashes.append(_with_code(crash, filled[6], filled[7]))
        elif "Defender" in text or "Antimalware" in text:
            self.threat = named.get("Threat Name", self.threat)
            self._defender(named.get("Path", text), self.xml_line)
        else:
            for line in text.split("\n"):
                if exhausted := _EXHAUSTED_PATTERN.search(line):
                    self._exhausted(line[exhausted.end() :], line, self.xml_line)


def parse_windows_events(lines: Iterable[str], *, source: str) -> WindowsReading:
    """Ends of programs and what the system did to them, in the order of the lines. Other lines are passed over."""
    reader = _Reader(source)
    for number, text in enumerate(lines, 1):
        reader.line(text, number)
    if reader.xml:
        reader.event("\n".join(reader.xml))
    reader.close()
    return WindowsReading(tuple(reader.crashes), tuple(reader.events))


def parse_wer(text: str, *, source: str) -> Crash | None:
    """The end that a `Report.wer` tells of; None if it is no report of a crash."""
    names: dict[str, str] = {}
    values: dict[str, str] = {}
    kind = ""
    for line in text.splitlines()[:4000]:
        if line.startswith("EventType="):
            kind = line[10:].strip()
        elif found := _SIGNATURE_PATTERN.match(line):
            (names if found[2] == "Name" else values)[found[1]] = found[3].strip()
    if kind not in ("APPCRASH", "BEX", "BEX64", "CLR20r3", "InPageError"):
        return None
    by_name = {name: values.get(at, "") for at, name in names.items()}
    # The names are translated, their order is not.
    program = by_name.get("Application Name") or values.get("0", "")
    code = by_name.get("Exception Code") or values.get("7" if kind.startswith("BEX") else "6", "")
    offset = by_name.get("Exception Offset") or values.get("6" if kind.startswith("BEX") else "7", "")
    crash = _crash(source, 1, f"EventType={kind}", program, values.get("1", ""))
    return _with_code(crash, code, offset)


def _crash(source: str, line: int, message: str, program: str, version: str) -> Crash:
    name = program.rsplit("\\", 1)[-1].strip()
    name = name[:-4] if name.lower().endswith(".exe") else name
    known = version if version.strip("0. ") else ""
    return Crash(
        source, line, EndKind.SIGNAL, message[:400], last_line=line, program=name.lower(), program_version=known
    )


def _with_code(crash: Crash, code: str, offset: str) -> Crash:
    number = _hexadecimal(code)
    if number is None:
        return crash
    name = f"0x{number:08x}"
    signal = SignalDetail(name, EXCEPTIONS.get(number, ""), pc=_hexadecimal(offset))
    kind = EndKind.OOM if number in _OF_MEMORY else EndKind.SIGNAL
    return replace(crash, kind=kind, signal=signal, exit_code=number)


def _with_offset(crash: Crash, offset: str) -> Crash:
    if crash.signal is None:
        return crash
    return replace(crash, signal=replace(crash.signal, pc=_hexadecimal(offset)))


def _hexadecimal(text: str) -> int | None:
    text = text.strip().lower().removeprefix("0x")
    try:
        return int(text, 16) if 0 < len(text) <= 16 and text.isalnum() else None
    except ValueError:
        return None
