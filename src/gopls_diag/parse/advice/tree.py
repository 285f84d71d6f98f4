"""Keys and values of settings written in JSON, Lua, TOML or a mixture, with whatever is missing around them.

Articles show fragments: no outer braces, an ellipsis for what is left out, comments in JSON, commas that trail. So this
reader asks for no grammar: it follows braces and takes what stands before `:` or `=` as a key. Whole settings files,
which it reads as well, need nothing beyond that, since only the names and their places are wanted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_TOKEN = re.compile(
    r'"((?:[^"\\]|\\.)*)"?'  # 1
    r"|'([^']*)'?"  # 2
    r"|(//|--+(?: |$|\[)|#)"  # 3: a comment
    r"|([\[\]{}(),;])"  # 4
    r"|(=>|==|~=|[:=])"  # 5
    r"|([^ \"'\[\]{}(),:;=#]+)"  # 6
)
_TABLE_HEADER = re.compile(r" *\[\[?([A-Za-z0-9_.\"'-]+)\]?\] *(?:#.*)?$")
_OPENERS, _CLOSERS = "[{(", "]})"
_MAXIMUM_DEPTH = 40


class Item(NamedTuple):
    """A key with what it is given, or an element of an array."""

    path: tuple[str, ...]
    """Keys around it, outermost first."""
    key: str
    """Empty for an element of an array."""
    line: int
    """From 1; of the key, or of the element."""
    column: int
    """Of the first letter, from 0, without a quote."""
    value: str
    """What stands on the line after the key, an element's text; empty where nothing does."""
    is_open: bool
    """Whether its value is an object or array."""
    is_text: bool
    """Whether it stands in quotes."""


class _Pending(NamedTuple):
    text: str
    line: int
    column: int
    is_text: bool


class _Reader:
    """Follows the braces; the path has one name per open brace, None for an array or a group without a key."""

    def __init__(self) -> None:
        self.path: list[tuple[str | None, str]] = []
        self.header: tuple[str, ...] = ()
        self.pending: _Pending | None = None
        self.key: _Pending | None = None
        self.called: str | None = None

    def names(self) -> tuple[str, ...]:
        return (*self.header, *(name for name, _ in self.path if name is not None))

    def line(self, text: str, number: int, start: int, *, toml: bool) -> Iterator[Item]:
        if toml and not self.path and (header := _TABLE_HEADER.match(text)):
            self.header = tuple(each.strip("\"'") for each in header[1].split("."))
            return
        for found in _TOKEN.finditer(text, start):
            which = found.lastindex
            if which == 3:
                if found[3] == "#" and not toml:
                    continue
                break
            if which == 4:
                yield from self._brace(found[4], text, found.start())
            elif which == 5:
                if self.key is None and self.pending is not None:
                    self.key, self.pending = self.pending, None
            else:
                taken = which or 1
                yield from self._word(_Pending(found[taken], number, found.start(taken), taken != 6), text)
        yield from self._end_of_value(text if toml or not self.path else "")

    def _word(self, word: _Pending, text: str) -> Iterator[Item]:
        if self.key is not None:
            key, self.key = self.key, None
            yield Item(self.names(), key.text, key.line, key.column, word.text, False, key.is_text)
            self.pending = None if word.is_text else word
            return
        if self.path and self.path[-1][1] in "[(" and word.is_text:
            # May yet turn out to be the name of what a call is given.
            yield Item(self.names(), "", word.line, word.column, word.text, False, True)
        self.pending = word

    def _brace(self, brace: str, text: str, at: int) -> Iterator[Item]:
        if brace in _OPENERS:
            name: str | None = None
            if self.key is not None:
                key, self.key = self.key, None
                name = key.text
                yield Item(self.names(), name, key.line, key.column, text[at : at + 500].strip(), True, key.is_text)
            elif self.pending is not None and brace in "{(":
                name = self.pending.text
            if brace == "[" and name is None and self.path and self.path[-1][1] == "{":
                return  # ["key"] of Lua
            if len(self.path) < _MAXIMUM_DEPTH:
                self.path.append((name, brace))
            self.pending = None
        elif brace in _CLOSERS:
            if brace == "]" and self.pending is not None and self.path and self.path[-1][1] == "{":
                return
            yield from self._element()
            yield from self._end_of_value("x")
            if self.path:
                self.path.pop()
            self.pending = None
        elif brace in ",;":
            yield from self._element()
            if self.pending is not None and not (self.path and self.path[-1][1] == "("):
                self.pending = None
            self.key = None

    def _element(self) -> Iterator[Item]:
        """An element of an array of Lua, whose braces are those of a table."""
        word = self.pending
        if word is not None and word.is_text and self.key is None and self.path and self.path[-1][1] == "{":
            yield Item(self.names(), "", word.line, word.column, word.text, False, True)

    def _end_of_value(self, text: str) -> Iterator[Item]:
        if text and self.key is not None:
            key, self.key = self.key, None
            yield Item(self.names(), key.text, key.line, key.column, "", False, key.is_text)
        if text and not self.path:
            self.pending = None


def read_tree(lines: list[tuple[int, int, str]], *, toml: bool = False) -> Iterator[Item]:
    """Items of lines given as number, column to begin at, and text."""
    reader = _Reader()
    for number, start, text in lines:
        yield from reader.line(text, number, start, toml=toml)
