"""One stack: the lines between a goroutine's header and the empty line, or what else ends it."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import NamedTuple

from gopls_diag.model.go_stack import Frame, Stack
from gopls_diag.parse.go_crash.frames import (
    FilePosition,
    c_frame,
    go_frame,
    is_argument_list,
    nameless,
    parse_created_by,
    parse_elided,
    parse_file,
    split_arguments,
)
from gopls_diag.parse.go_crash.header import parse_header

_ANCESTOR_PATTERN = re.compile(r"\[originating from goroutine ([0-9]{1,20})\]:")
_DUMPED_WORDS_PATTERN = re.compile(r"(?:0x)?[0-9a-f]{8,16}:[ <>!0-9a-fx].*")
_HALF_PATTERN = re.compile(r"[^ ()]{1,500}(?:\((?:\*[^ ()]{1,500}\)[^ ()]{1,500})?(?:\([^ ()][^()]{0,500})?)?")
"""A function line whose end is missing: `main.f(0x1, {0x`, `net/http.(*conn).se`."""
_PLAIN_CALL_PATTERN = re.compile(r"([^ \t\n][^ \n]*)\(([0-9a-fx?_,{}. ]*)\)")
_PLAIN_PLACE_PATTERN = re.compile(
    r"\t([^ \t\n?][^\n?]*):([0-9]{1,10})( \+0x[0-9a-f]{1,16})?"
    r"(?: fp=0x[0-9a-f]{1,16} sp=0x[0-9a-f]{1,16} pc=(0x[0-9a-f]{1,16}))?"
)
_FRAME_POINTER_PATTERN = re.compile(r"\[fp=0x[0-9a-f]{1,16}\] ")
"""Go 1.1 printed it in front of each function of the goroutine that threw."""
_UNAVAILABLE = "goroutine running on other thread; stack unavailable"
_TRACEBACK_NOTES = ("runtime: ", "stack: frame=", "traceback: ", "invalid spdelta ")
"""What the runtime prints among frames when it cannot unwind (`traceback stuck`, `unknown pc`), with a hex dump."""
_KEPT_LINES = 20
_REMEMBERED_FRAMES = 1_000
_REMEMBERED_CHARACTERS = 1_000
"""Of one frame; a longer one is not what comes again."""


class StackReading(NamedTuple):
    """A stack, and how much of the lines belonged to it."""

    stack: Stack
    used: int
    """Lines that belonged to it; the empty line that ends it is not counted."""
    parent_id: int | None = None
    """Of `created by … in goroutine N`."""
    not_understood: tuple[tuple[int, str], ...] = ()
    """(offset in the lines, text) of lines among the frames that had no known form; at most 20."""
    diagnostics: tuple[str, ...] = ()
    """`runtime: unknown pc …` and their like that stood among the frames, without the hex dump; at most 20."""
    is_cut: bool = False
    """True if a file line or the whole stack is missing."""

    @property
    def is_clean(self) -> bool:
        """True if nothing is missing and nothing foreign was among the frames."""
        return not (self.is_cut or self.not_understood or self.diagnostics)


@dataclass(slots=True)
class _Part:
    """A stack as it grows: that of the goroutine, or of an ancestor."""

    frames: list[Frame] = field(default_factory=list)
    created_by: Frame | None = None
    elided: int = 0
    elided_at: int = 0
    is_available: bool = True

    def stack(self, ancestors: tuple[Stack, ...] = ()) -> Stack:
        return Stack(tuple(self.frames), self.created_by, self.elided, self.elided_at, self.is_available, ancestors)


def parse_plain_stack(text: str) -> StackReading | None:
    """What `parse_stack` gives for the lines of a text that holds plain Go frames alone; None for any other.

    In less than half the time: for the many goroutines of a dump that are looked at one by one.
    """
    lines = text.split("\n")
    frames: list[Frame] = []
    at = 0
    while at + 1 < len(lines):
        call, place = lines[at], lines[at + 1]
        frame = _plain_frame(call, place) if len(call) + len(place) < _REMEMBERED_CHARACTERS else None
        if frame is None:
            break
        frames.append(frame)
        at += 2
    if not frames or at == len(lines):
        return StackReading(Stack(tuple(frames)), at) if frames else None
    is_ending = len(lines) - at <= 2 and lines[at].startswith("created by ") and len(lines[-1]) < _REMEMBERED_CHARACTERS
    last = _ending(tuple(lines[at:])) if is_ending and len(lines[at]) < _REMEMBERED_CHARACTERS else None
    if last is None:
        return None
    return last._replace(stack=replace(last.stack, frames=tuple(frames)), used=at + last.used)


@lru_cache(_REMEMBERED_FRAMES)
def _plain_frame(call: str, place: str) -> Frame | None:
    """The frame of a line with a function and one with a file; None if one of them has another form than most.

    The outer calls of the goroutines that serve one purpose are alike, arguments and all.
    """
    matched, position = _PLAIN_CALL_PATTERN.fullmatch(call), _plain_place(place)
    if matched is None or position is None:
        return None
    function, arguments = matched.groups()
    if not position.has_offset and arguments != "...":
        return None
    return Frame(sys.intern(function), position.file, position.line, arguments, not position.has_offset, pc=position.pc)


@lru_cache(_REMEMBERED_FRAMES)
def _plain_place(text: str) -> FilePosition | None:
    matched = _PLAIN_PLACE_PATTERN.fullmatch(text)
    if matched is None:
        return None
    file, line, offset, pc = matched.groups()
    return FilePosition(sys.intern(file), int(line), int(pc, 16) if pc is not None else None, offset is not None)


@lru_cache(_REMEMBERED_FRAMES)
def _ending(lines: tuple[str, ...]) -> StackReading | None:
    """What stands below the frames; None if not all of it is known."""
    reading = parse_stack(lines)
    return reading if reading.used == len(lines) else None


def parse_stack(lines: Sequence[str]) -> StackReading:
    """The stack that begins with the first line, which follows a header.

    It ends before an empty line, another header, or a line that is no frame and has no frame behind it. Lines may be
    indented, end with CR or blanks, and have blanks for the TAB.
    """
    reader = _StackReader(lines)
    reader.read()
    return reader.reading()


class _StackReader:
    def __init__(self, lines: Sequence[str]) -> None:
        self._lines = lines
        self._at = 0
        self._parts = [_Part()]
        self._parent: int | None = None
        self._not_understood: list[tuple[int, str]] = []
        self._diagnostics: list[str] = []
        self._is_cut = False

    def read(self) -> None:
        lines = self._lines
        while self._at < len(lines):
            text = lines[self._at].strip()
            if text.startswith("[fp=") and (matched := _FRAME_POINTER_PATTERN.match(text)):
                text = text[matched.end() :]
            if not text or (text.startswith("goroutine ") and parse_header(text)):
                break
            if not (self._frame(text) or self._note(text) or self._stranger(text)):
                break

    def reading(self) -> StackReading:
        first, *others = self._parts
        is_empty = first.is_available and not first.frames and not self._diagnostics and first.created_by is None
        return StackReading(
            first.stack(tuple(each.stack() for each in others)),
            self._at,
            self._parent,
            tuple(self._not_understood),
            tuple(self._diagnostics),
            self._is_cut or is_empty,
        )

    def _position(self, at: int) -> FilePosition | None:
        """The file line there, indented as the runtime indents it."""
        if at >= len(self._lines) or self._lines[at][:1] not in ("\t", " "):
            return None
        return parse_file(self._lines[at].strip())

    def _flat_position(self, at: int) -> FilePosition | None:
        """The same where a logger took the blanks off."""
        if at >= len(self._lines):
            return None
        text = self._lines[at].strip()
        return parse_file(text) if ".go:" in text or "/" in text or text.startswith("<autogenerated>") else None

    def _frame(self, text: str) -> bool:
        """Takes a function with its file line."""
        part = self._parts[-1]
        if part.created_by is not None:
            return False
        if text.endswith(")"):
            function, arguments = split_arguments(text)
            if arguments is not None and is_argument_list(arguments):
                return self._go_frame(function, arguments)
        position = self._position(self._at + 1)
        if text.startswith("created by "):
            return self._creation(text, position or self._flat_position(self._at + 1))
        without_name = nameless(text)
        if without_name is not None:
            is_with_pc = position is not None and not position.file
            part.frames.append(replace(without_name, pc=position.pc) if position and is_with_pc else without_name)
            self._at += 2 if is_with_pc else 1
            return True
        if text.endswith(",") and self._broken_frame(text):
            return True
        if position is not None and not text.endswith(":") and parse_file(text) is None:
            part.frames.append(c_frame(text, position))
            self._at += 2
            return True
        return False

    def _broken_frame(self, text: str) -> bool:
        """Takes a function whose arguments go on in the next line: mailers and old issue trackers break long lines."""
        function, arguments = split_arguments(f"{text} {self._line(self._at + 1)}")
        position = self._position(self._at + 2)
        if position is None or arguments is None or " " in function or not is_argument_list(arguments):
            return False
        self._parts[-1].frames.append(go_frame(function, arguments, position))
        self._at += 3
        return True

    def _line(self, at: int) -> str:
        return self._lines[at].strip() if at < len(self._lines) else ""

    def _go_frame(self, function: str, arguments: str) -> bool:
        part, at, lines = self._parts[-1], self._at, self._lines
        position = self._position(at + 1) or self._flat_position(at + 1)
        if position is not None:
            part.frames.append(go_frame(function, arguments, position))
            self._at += 2
            return True
        if " " in function:
            return False
        behind = self._position(at + 2)
        if behind is not None and not self._goes_on(at + 1):
            # Another thread wrote a line between the two.
            self._foreign(at + 1)
            part.frames.append(go_frame(function, arguments, behind))
            self._at += 3
            return True
        is_half = at + 2 == len(lines) and lines[at + 1][:1] == "\t"
        if is_half or at + 1 >= len(lines) or not lines[at + 1].strip():
            part.frames.append(Frame(function, arguments=arguments))
            self._is_cut = True
            self._at += 2 if is_half else 1
            return True
        return False

    def _creation(self, text: str, position: FilePosition | None) -> bool:
        created = parse_created_by(text)
        if created is None:
            return False
        function, parent = created
        part = self._parts[-1]
        if len(self._parts) == 1:
            self._parent = parent
        if position is None:
            part.created_by = Frame(function)
            self._is_cut = self._is_cut or self._at + 1 >= len(self._lines)
            self._at += 1
        else:
            part.created_by = Frame(function, position.file, position.line, pc=position.pc)
            self._at += 2
        return True

    def _note(self, text: str) -> bool:
        """Takes a line that says something of the stack: what was left out, an ancestor, why there is none."""
        part = self._parts[-1]
        elided = parse_elided(text)
        if elided is not None:
            part.elided, part.elided_at = elided, len(part.frames)
        elif text == _UNAVAILABLE:
            part.is_available = False
        elif _ANCESTOR_PATTERN.fullmatch(text):
            self._parts.append(_Part())
        elif text.startswith(_TRACEBACK_NOTES):
            if len(self._diagnostics) < _KEPT_LINES:
                self._diagnostics.append(text)
        elif not (self._diagnostics and _DUMPED_WORDS_PATTERN.fullmatch(text)):
            return False
        self._at += 1
        return True

    def _stranger(self, text: str) -> bool:
        """Passes over a line of another writer if frames go on behind it, and over the first half of a last line."""
        at = self._at
        if at + 1 == len(self._lines) and self._parts[-1].created_by is None and _HALF_PATTERN.fullmatch(text):
            self._is_cut = True
            self._at += 1
            return True
        if not self._goes_on(at + 1):
            return False
        self._foreign(at)
        self._at += 1
        return True

    def _foreign(self, at: int) -> None:
        if len(self._not_understood) < _KEPT_LINES:
            self._not_understood.append((at, self._lines[at].strip()))

    def _goes_on(self, at: int) -> bool:
        """True if a frame begins at this line."""
        if at + 1 >= len(self._lines):
            return False
        text = self._lines[at].strip()
        function, arguments = split_arguments(text)
        is_function = arguments is not None and is_argument_list(arguments)
        if self._position(at + 1) is not None:
            return is_function or text.startswith("created by ")
        return is_function and " " not in function and self._position(at + 2) is not None
