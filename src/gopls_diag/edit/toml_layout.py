"""Where everything stands in a TOML file: headers, pairs, values, to the character.

Only for text that the standard library's reader takes: what is wrong in it is not looked for here. Offsets count
characters of the decoded text without its byte order mark. Source of the forms: the TOML 1.0 specification.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from enum import Enum

from gopls_diag.model.change import CannotEdit

MAXIMUM_DEPTH = 100
_BLANK_PATTERN = re.compile(r"[ \t]*")
_SPACE_PATTERN = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_BARE_PATTERN = re.compile(r"[A-Za-z0-9_-]+")
_BASIC_PATTERN = re.compile(r'"(?:[^"\\\n]|\\[^\n])*"')
_LITERAL_PATTERN = re.compile(r"'[^'\n]*'")
_SCALAR_PATTERN = re.compile(r"[^,\]}#\r\n]+")
_ESCAPED_PATTERN = re.compile(r'\\[\s\S]|"""')

Path = tuple[str, ...]


class Form(Enum):
    """What a value is made of."""

    SCALAR = 1
    ARRAY = 2
    TABLE = 3


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a key, between dots."""

    name: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Value:
    """A value that stands behind an equals sign, or in an array."""

    start: int
    end: int
    form: Form
    elements: tuple[Value, ...] = ()
    table: Table | None = None
    """Of an inline table: its pairs."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A key with its value."""

    path: Path
    """From the root of the file."""
    parts: tuple[Part, ...]
    value: Value

    @property
    def start(self) -> int:
        return self.parts[0].start

    @property
    def above(self) -> Path:
        """Path of the table in which it is written."""
        return self.path[: len(self.path) - len(self.parts)]


@dataclass(slots=True)
class Table:
    """What holds pairs: the file's beginning, what stands below a header, or an inline table."""

    path: Path
    start: int
    """Of the header's line, or of the brace."""
    end: int
    """Behind the header's line with its line end, or behind the closing brace."""
    parts: tuple[Part, ...] = ()
    """Of the header."""
    is_inline: bool = False
    is_array: bool = False
    """Its header has two brackets."""
    is_element: bool = False
    """It is an element of an array of tables or stands below one, so that its path leads to more than one place."""
    pairs: tuple[Pair, ...] = ()


@dataclass(frozen=True, slots=True)
class Layout:
    """A whole file."""

    text: str
    tables: tuple[Table, ...]
    """The root first, then one for each header."""

    @property
    def reachable(self) -> tuple[Table, ...]:
        """Tables to which a path leads: those of arrays are left out."""
        return tuple(each for each in self.tables if not each.is_element)

    def pairs(self) -> tuple[Pair, ...]:
        """Every pair to which a path leads, those of inline tables included, outer ones before inner ones."""
        found: list[Pair] = []
        waiting = [pair for table in self.reachable for pair in table.pairs]
        while waiting:
            found += waiting
            waiting = [inner for pair in waiting if pair.value.table for inner in pair.value.table.pairs]
        return tuple(found)

    def pair(self, path: Path) -> Pair | None:
        """The pair that gives that path its value; None for a table that is made by headers or dotted keys."""
        return next((each for each in self.pairs() if each.path == path), None)

    def table(self, path: Path) -> Table | None:
        """The table of that path that is written as a header or an inline table."""
        for each in self.reachable:
            if each.path == path:
                return each
        pair = self.pair(path)
        return pair.value.table if pair else None

    def dotted(self, path: Path) -> tuple[Pair, ...]:
        """Pairs whose keys lead through that path by their dots, and so make a table of it."""
        return tuple(
            each for each in self.pairs() if len(each.above) < len(path) < len(each.path) and below(each, path)
        )

    def holder(self, pair: Pair) -> Table:
        """The table in which the pair is written."""
        inline = (each.value.table for each in self.pairs() if each.value.table)
        return next(each for each in (*self.reachable, *inline) if pair in each.pairs)

    def headers(self, path: Path) -> tuple[Table, ...]:
        """Tables with a header at that path or below it, those of arrays included."""
        return tuple(each for each in self.tables[1:] if each.path[: len(path)] == path)

    def line_start(self, at: int) -> int:
        """First character of the line in which that one stands."""
        return self.text.rfind("\n", 0, at) + 1

    def line_end(self, at: int) -> int:
        """Behind the line in which that one stands, its line end included."""
        end = self.text.find("\n", at)
        return len(self.text) if end < 0 else end + 1


def below(pair: Pair, path: Path) -> bool:
    """True if the pair stands at that path or below it."""
    return pair.path[: len(path)] == path


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def skip(self, pattern: re.Pattern[str]) -> None:
        found = pattern.match(self.text, self.at)
        self.at = found.end() if found else self.at

    def key(self) -> tuple[Part, ...]:
        """The parts of the key in hand; afterwards what follows it is in hand, without blanks."""
        parts: list[Part] = []
        while True:
            self.skip(_BLANK_PATTERN)
            start = self.at
            pattern = {'"': _BASIC_PATTERN, "'": _LITERAL_PATTERN}.get(self.text[start : start + 1], _BARE_PATTERN)
            before = start
            self.skip(pattern)
            if self.at == before:
                raise CannotEdit("a key of the file was not understood")
            raw = self.text[start : self.at]
            name = raw if pattern is _BARE_PATTERN else next(iter(tomllib.loads(f"{raw} = 0")))
            parts.append(Part(name, start, self.at))
            self.skip(_BLANK_PATTERN)
            if self.text[self.at : self.at + 1] != ".":
                return tuple(parts)
            self.at += 1

    def pair(self, above: Path, depth: int) -> Pair:
        parts = self.key()
        self.at += 1
        self.skip(_BLANK_PATTERN)
        path = (*above, *(each.name for each in parts))
        return Pair(path, parts, self.value(path, depth))

    def value(self, path: Path, depth: int) -> Value:
        if depth > MAXIMUM_DEPTH:
            raise CannotEdit("its values are nested too deeply")
        start = self.at
        here = self.text[start : start + 1]
        if here == "[":
            return self._array(path, depth)
        if here == "{":
            return self._inline(path, depth)
        if self.text.startswith(('"""', "'''"), start):
            self._long_text(self.text[start : start + 3])
        elif here and here in "\"'":
            self.skip(_BASIC_PATTERN if here == '"' else _LITERAL_PATTERN)
        else:
            found = _SCALAR_PATTERN.match(self.text, start)
            self.at = start + len(found[0].rstrip(" \t")) if found else start
        if self.at == start:
            raise CannotEdit("a value of the file was not understood")
        return Value(start, self.at, Form.SCALAR)

    def _long_text(self, quotes: str) -> None:
        at = self.at + 3
        if quotes == "'''":
            at = self.text.find(quotes, at)
        else:
            while (found := _ESCAPED_PATTERN.search(self.text, at)) and found[0] != quotes:
                at = found.end()
            at = found.start() if found else -1
        if at < 0:
            raise CannotEdit("a text of the file has no end")
        at += 3
        # Up to two quotes may stand directly before the closing three.
        while self.text[at : at + 1] == quotes[0] and at < len(self.text):
            at += 1
        self.at = at

    def _array(self, path: Path, depth: int) -> Value:
        start = self.at
        self.at += 1
        elements: list[Value] = []
        self.skip(_SPACE_PATTERN)
        while self.text[self.at : self.at + 1] != "]":
            # What stands in an array has no path of its own.
            elements.append(self.value((*path, "[]"), depth + 1))
            self._next("]")
        self.at += 1
        return Value(start, self.at, Form.ARRAY, tuple(elements))

    def _inline(self, path: Path, depth: int) -> Value:
        start = self.at
        self.at += 1
        pairs: list[Pair] = []
        self.skip(_SPACE_PATTERN)
        while self.text[self.at : self.at + 1] != "}":
            pairs.append(self.pair(path, depth + 1))
            self._next("}")
        self.at += 1
        table = Table(path, start, self.at, is_inline=True, pairs=tuple(pairs))
        return Value(start, self.at, Form.TABLE, table=table)

    def _next(self, closing: str) -> None:
        self.skip(_SPACE_PATTERN)
        if self.text[self.at : self.at + 1] == ",":
            self.at += 1
            self.skip(_SPACE_PATTERN)
        elif self.text[self.at : self.at + 1] != closing:
            raise CannotEdit("an array or a table of the file was not understood")

    def line_end(self) -> int:
        """Pass over what is left of the line."""
        end = self.text.find("\n", self.at)
        self.at = len(self.text) if end < 0 else end + 1
        return self.at


def toml_layout(text: str) -> Layout:
    """Where everything stands; the text must be valid TOML. Raises CannotEdit for what is not understood."""
    scanner = _Scanner(text)
    tables = [Table((), 0, 0)]
    pairs: list[Pair] = []
    lists: set[Path] = set()
    while True:
        scanner.skip(_SPACE_PATTERN)
        if scanner.at >= len(text):
            break
        if text[scanner.at] != "[":
            pairs.append(scanner.pair(tables[-1].path, 0))
            continue
        tables[-1].pairs = tuple(pairs)
        pairs = []
        start = text.rfind("\n", 0, scanner.at) + 1
        is_array = text.startswith("[[", scanner.at)
        scanner.at += 2 if is_array else 1
        parts = scanner.key()
        path = tuple(each.name for each in parts)
        if is_array:
            lists.add(path)
        is_element = any(path[:length] in lists for length in range(1, len(path) + 1))
        end = scanner.line_end()
        tables.append(Table(path, start, end, parts, is_array=is_array, is_element=is_element))
    tables[-1].pairs = tuple(pairs)
    return Layout(text, tuple(tables))
