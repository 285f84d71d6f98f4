"""A settings file as a tree that knows its places, so that what is wrong can be shown and one key can be changed."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from typing import Any

_LONG_LINE_BYTES = 20_000


class LineTable:
    """Turns byte offsets into lines and columns, as editors count them."""

    __slots__ = ("_starts", "_text")

    def __init__(self, text: bytes) -> None:
        """Notes where lines begin; a file without a line feed has lines that end in a carriage return."""
        ends = re.finditer(rb"\n" if b"\n" in text else rb"\r", text)
        self._starts = [0, *(each.end() for each in ends)]
        self._text = text

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column of a byte, each from 1; the column counts characters (bytes, very far into a line)."""
        line = bisect_right(self._starts, offset)
        start = self._starts[line - 1]
        if offset - start > _LONG_LINE_BYTES:
            return line, offset - start + 1
        return line, len(self._text[start:offset].decode("utf-8", "replace").removeprefix("\ufeff")) + 1

    def line_text(self, line: int, limit: int = 120) -> str:
        """The line of that number without its end and its indentation, cut to the limit."""
        start = self._starts[line - 1]
        end = self._starts[line] if line < len(self._starts) else len(self._text)
        return self._text[start : min(end, start + 4 * limit)].decode("utf-8", "replace").strip()[:limit]


@dataclass(frozen=True, slots=True)
class SettingsNode:
    """One value."""

    value: Any
    """As `json.loads` would give it; the last of repeated keys holds."""
    start: int
    """First byte in the file."""
    end: int
    """Byte after the last."""
    entries: tuple[SettingsEntry, ...] = ()
    """Of an object, repeated keys included, in the order of the file."""
    elements: tuple[SettingsNode, ...] = ()
    """Of an array."""

    def entry(self, key: str) -> SettingsEntry | None:
        """The entry that holds for that key: the last one."""
        return next((each for each in reversed(self.entries) if each.key == key), None)


@dataclass(frozen=True, slots=True)
class SettingsEntry:
    """One key of an object with its value."""

    key: str
    start: int
    """First byte of the key, its quote included; the entry ends where its value ends."""
    key_end: int
    """Byte after the key's closing quote."""
    node: SettingsNode

    @property
    def end(self) -> int:
        """Byte after the value."""
        return self.node.end

    @property
    def value(self) -> Any:
        return self.node.value


@dataclass(frozen=True, slots=True)
class SyntaxProblem:
    """A place that is not what the format allows."""

    message: str
    start: int
    line: int
    """From 1."""
    column: int
    """In characters, from 1."""


@dataclass(frozen=True, slots=True)
class SettingsDocument:
    """A whole file."""

    root: SettingsNode | None
    """None when the file holds no value."""
    lines: LineTable
    problems: tuple[SyntaxProblem, ...] = ()
    """In the order in which they were met, at most 20; the first is the likeliest cause of the others."""
    has_byte_order_mark: bool = False
    newline: str = "\n"
    """What ends its first line."""

    @property
    def entries(self) -> tuple[SettingsEntry, ...]:
        """Of the object that the file is; none when it is something else."""
        return self.root.entries if self.root else ()
