"""What carries the lines of a program: a journal, a container's log, an editor's output channel, a terminal.

The reader keeps one instance of each carrier for a log and asks them in a fixed order, outermost first. What one of
them peels off is asked again, so that a journal of a container's log of an output channel needs no code of its own
(at most `NESTED_LIMIT` deep). Lines that no carrier knows go on as they are.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple, Protocol

from gopls_diag.model.saying import Channel

NESTED_LIMIT = 4
_JOINED_LIMIT = 1024 * 1024
"""Characters of one line that was carried in pieces; what is longer is cut."""


class Peeled(NamedTuple):
    """One line, or the beginning of one, without what carried it."""

    text: str
    """Without line end."""
    stream: str = ""
    """Which program of several: a unit, a container; "" where the carrier does not tell."""
    channel: Channel | None = None
    """The way by which it was said; None where only its own words can tell. KERNEL for lines of the system's own
    programs, whose text must be the whole line: those who read them need its date."""
    lines_back: int = 0
    """How many lines before the current one it began: for carriers that hold lines until they know more."""
    is_partial: bool = False
    """True if the same line goes on in the next Peeled of this stream; the reader joins them."""
    is_trace: bool = False
    """True for records of what was asked and answered (rpc traces) and of no concern to anybody else."""
    stamp: str = ""
    """The time of such a record, as it is written."""


class Carrier(Protocol):
    """Peels one kind of carrier. May remember lines: there is one instance for each log."""

    @property
    def name(self) -> str:
        """The format's name in `LogReading.formats`: `journald`, `docker-json`."""

    @property
    def first_characters(self) -> str:
        """A carried line begins with one of these; "" if with any. The reader asks only for lines that do."""

    @property
    def mark(self) -> str:
        """What stands in every carried line (`\\x1b[`, ` stderr F `), a cheap way to say no; "" if nothing does."""

    def peel(self, line: str) -> Sequence[Peeled] | None:
        """The lines that become known with this one.

        None: not carried by this carrier. Empty: taken, and held back or dropped. Must be linear in the line, and
        must raise on none.
        """

    def finish(self) -> Sequence[Peeled]:
        """What was held back, when the log has ended. `lines_back` counts from the last line."""

    def lane(self, line: str) -> re.Pattern[str] | None:
        """For the fast lane: what is taken off every line of the same stream and channel as this one, all the same.

        The pattern begins with `\\n` (the reader puts one before the text), is matched against many lines at once, and
        what it matches is replaced by `\\n`. So it must hold all that tells one stream from another as literal words.
        None where a carrier needs to see each line: escapes, lengths, state.
        """


class LineCarrier:
    """What most carriers have in common: each line stands for itself, and nothing is held back."""

    name: str = ""
    first_characters: str = ""
    mark: str = ""

    def finish(self) -> Sequence[Peeled]:
        """Nothing was held back."""
        return ()

    def lane(self, line: str) -> re.Pattern[str] | None:
        """Each line is looked at."""
        return None

    def passes(self, text: str) -> bool:
        """True if it would take no line of a text: body of a record, whose lines begin with a blank, `}` or a word."""
        return self.mark != "" and self.mark not in text


class PieceJoiner:
    """Joins the pieces of lines that were carried in parts, for each stream on its own."""

    def __init__(self) -> None:
        self._pieces: dict[str, list[str]] = {}
        self._lengths: dict[str, int] = {}
        self._begun: dict[str, int] = {}

    def join(self, peeled: Peeled, number: int) -> tuple[Peeled, int] | None:
        """The whole line with this as its last piece, and the line on which it began; None as long as it goes on."""
        pieces = self._pieces.get(peeled.stream)
        if pieces is None:
            if not peeled.is_partial:
                return peeled, number
            pieces = self._pieces[peeled.stream] = []
            self._begun[peeled.stream] = number
        length = self._lengths.get(peeled.stream, 0)
        pieces.append(peeled.text[: max(0, _JOINED_LIMIT - length)])
        self._lengths[peeled.stream] = length + len(pieces[-1])
        return None if peeled.is_partial else self._whole(peeled)

    def finish(self) -> list[tuple[Peeled, int]]:
        """Lines that never got their end."""
        return [self._whole(Peeled("", stream, Channel.STDERR)) for stream in list(self._pieces)]

    def _whole(self, last: Peeled) -> tuple[Peeled, int]:
        self._lengths.pop(last.stream, None)
        text = "".join(self._pieces.pop(last.stream))
        return last._replace(text=text), self._begun.pop(last.stream)
