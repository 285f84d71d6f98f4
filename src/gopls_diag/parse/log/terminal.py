"""Copies of a terminal: colours, cursor movements, lines that were written over, backspaces.

Codes: ECMA-48 section 5.4 (control sequences) and xterm's "Control Sequences" (operating system commands). `script`,
`screen` and `tmux pipe-pane` keep them all; progress bars end their lines with CR alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from gopls_diag.parse.log.carrier import LineCarrier, Peeled

_FORWARD_PATTERN = re.compile(r"\x1b\[(\d{0,3})C")
_MOVE_PATTERN = re.compile(r"\x1b\[[\d;]{0,12}[ABEFGHd]")
_CODE_PATTERN = re.compile(
    r"\x1b(?:\[[0-?]{0,60}[ -/]{0,4}[@-~]?|\][^\x07\x1b]{0,900}(?:\x07|\x1b\\)?|[PX^_][^\x1b]{0,900}(?:\x1b\\)?"
    r"|[ -/]{0,3}[0-~])?|[\x0e\x0f]"
)
_CARET_PATTERN = re.compile(r"\^\[\[[\d;]{0,20}[mK]")


class ColourCodes(LineCarrier):
    """Lines with escape codes."""

    name = "terminal"
    first_characters = ""
    mark = "\x1b"

    def peel(self, line: str) -> Sequence[Peeled] | None:
        """What the codes leave; a movement of the cursor ends a line."""
        if "\x1b" not in line:
            return None
        text = _FORWARD_PATTERN.sub(lambda each: " " * int(each[1] or 1), line)
        text = _CODE_PATTERN.sub("", _MOVE_PATTERN.sub("\r", text))
        return _lines(text) if "\r" in text else (Peeled(text),)


class OverwrittenLines(LineCarrier):
    """Progress that was written over with CR: each state is a line, since the last one need not cover the others."""

    name = "terminal"
    first_characters = ""
    mark = "\r"

    def peel(self, line: str) -> Sequence[Peeled] | None:
        """The states, one a line."""
        return _lines(line) if "\r" in line else None


def _lines(text: str) -> list[Peeled]:
    return [Peeled(each) for each in text.split("\r") if each] or [Peeled("")]


class Backspaces(LineCarrier):
    """Letters that were taken back, as `script` keeps them and manual pages use them for bold."""

    name = "terminal"
    first_characters = ""
    mark = "\x08"

    def peel(self, line: str) -> Sequence[Peeled] | None:
        """What was left standing."""
        if "\x08" not in line:
            return None
        kept: list[str] = []
        for letter in line:
            if letter != "\x08":
                kept.append(letter)
            elif kept:
                kept.pop()
        return (Peeled("".join(kept)),)


class CaretCodes(LineCarrier):
    """Colour as `less` and `cat -v` show it: `^[[31m`."""

    name = "terminal"
    first_characters = ""
    mark = "^[["

    def peel(self, line: str) -> Sequence[Peeled] | None:
        """The line without them."""
        return (Peeled(_CARET_PATTERN.sub("", line)),) if _CARET_PATTERN.search(line) else None
