"""Words of a command line with their places, read as POSIX shells, cmd and PowerShell mostly agree to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_PIECE = re.compile(
    r" +"
    r"|(#)"  # 1
    r"|(&&|\|\||2>&1|[0-9]?>>?&?|<<<|<<-?|[|&;()<>])"  # 2: what ends a command or redirects it
    r'|"(?:[^"\\]|\\.)*"'
    r"|'[^']*'"
    r"|\$\([^()]*\)"
    r"|\$\{[^{}]*\}"
    r"|\\?[^ ]"
)
_PLAIN = re.compile(r"[^ #|&;()<>\"'\\$0-9`]+")
_CLOSERS = {'"': '"', "'": "'"}


class Word(NamedTuple):
    """A word of a command line; an operator is a word that is no part of a command."""

    text: str
    """Without the quotes around it."""
    line: int
    """From 1."""
    column: int
    """Of the text in its line, from 0."""
    is_operator: bool = False
    is_quoted: bool = False


def shell_words(line: str, number: int, start: int = 0, stop: int | None = None) -> Iterator[Word]:
    """Words of one line from a column on, up to another; a comment ends it. Backticks divide words."""
    at, end = start, len(line) if stop is None else stop
    word_start = -1

    while at < end:
        plain = _PLAIN.match(line, at, end)
        found = plain or _PIECE.match(line, at, end)
        if found is None:
            break
        is_break = line[at] in " `" or (plain is None and found.lastindex is not None)
        if is_break and found.lastindex == 1 and word_start >= 0:
            is_break = False  # a # within a word
        if is_break:
            if word_start >= 0:
                yield _word(line, number, word_start, at)
                word_start = -1
            if found.lastindex == 1:
                return
            if found.lastindex == 2 or line[at] == "`":
                yield Word(found[0], number, at, is_operator=True)
        elif word_start < 0:
            word_start = at
        at = found.end()
    if word_start >= 0:
        yield _word(line, number, word_start, end)


def _word(line: str, number: int, start: int, end: int) -> Word:
    first, last = line[start], line[end - 1]
    if end - start >= 2 and first in _CLOSERS and last == _CLOSERS[first] and first not in line[start + 1 : end - 1]:
        return Word(line[start + 1 : end - 1], number, start + 1, is_quoted=True)
    return Word(line[start:end], number, start)


def simple_commands(words: Iterator[Word]) -> Iterator[list[Word]]:
    """The words of each command between operators; targets of redirections are left out."""
    command: list[Word] = []
    skips_next = False
    for word in words:
        if word.is_operator:
            skips_next = word.text[-1:] in "<>" or word.text.endswith(">&")
            if not skips_next and word.text != "2>&1":
                yield command
                command = []
        elif skips_next:
            skips_next = False
        else:
            command.append(word)
    yield command
