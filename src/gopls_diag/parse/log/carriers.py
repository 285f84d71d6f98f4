"""Which carrier a line is given to: all that are known, asked in order, and only those that the line can be of."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from itertools import compress
from typing import NamedTuple

from gopls_diag.parse.log.carrier import Carrier, LineCarrier, Peeled
from gopls_diag.parse.log.editors import certain_editors, editors
from gopls_diag.parse.log.system_words import MARK_ROOTS
from gopls_diag.parse.log.transports import loose_transports, transports

_NEAR = 400
"""Lines after a word of a crash in which the rest of it may come."""
_CRASH_WORDS = (
    *("goroutine ", "panic: ", "fatal error: ", "[signal ", "runtime stack:", "runtime: ", "DATA RACE", "Exception 0x"),
    *("SIGQUIT: ", "SIGABRT: ", "SIGSEGV: ", "SIGBUS: ", "SIGILL: ", "SIGFPE: ", "SIGTRAP: ", "SIGSYS: "),
)
_CRASH_ROOTS = tuple(
    (root, tuple(each for each in _CRASH_WORDS if root in each))
    for root in ("goroutine ", "panic: ", "fatal error: ", "[signal ", "runtime", "DATA RACE", "Exception 0x", "SIG")
)
"""What several of the words have in common: half the searches of a text, which are a fifth of the time."""
_TRACE = "[Trace - "
"""Head of a record of requests, which no carrier's line begins with."""
_LOOSE_STREAMS = 64
_HELD_LINES = 256
"""More than any carrier holds back."""
_CHARACTERS_LIMIT = 512
"""First characters for which the carriers are remembered: letters of all scripts would be a memory of their own."""
_UNFILTERED_LINES = 64
"""Lines of a text that are looked at before it pays to look for the marks in the whole of it."""

_BODY_FIRST = ("", " ", "\t", "}")
"""With what the lines of a record's body begin, but for the first line of one."""


class Asked(NamedTuple):
    """One carrier, with what the loop needs of it."""

    carrier: Carrier
    mark: str
    is_transport: bool
    stream: str = ""
    """The only one whose lines it is given; "" where it is given those of all."""
    numbers: deque[int] | None = None
    """Lines of the log on which stood what it was given last: beside other streams they do not follow each other."""

    def line_of(self, back: int, number: int) -> int:
        """The line of the log that it was given so many lines before the last, which was this one."""
        if not self.numbers:
            return max(1, number - back)
        return self.numbers[max(0, len(self.numbers) - 1 - back)]


class Carriers:
    """The carriers of one log."""

    def __init__(self) -> None:
        self.holding: list[Asked] = []
        """Those that hold lines back and must be asked for them if nothing follows that they wait for."""
        self.watches = False
        """True if `watch` must see each line."""
        self.all = [Asked(each, each.mark, False) for each in certain_editors()]
        """Those that are asked for every line, in their order."""
        self.all += [Asked(each, each.mark, True) for each in transports()]
        self.all += [Asked(each, each.mark, False) for each in editors()]
        self._loose: dict[str, tuple[Asked, ...]] = {}
        """For each stream: they learn from what they were given, and hold it back."""
        self._is_loose = False
        """True while a crash is near, which alone tells the loose carriers' forms."""
        self._loose_until = 0
        self._has_crash_words = False
        self._text = ""
        self._asked_lines = 0
        self._root = {each.mark: next((root for root in MARK_ROOTS if root in each.mark), "") for each in self.all}
        self._tables: dict[tuple[bool, ...], dict[str, tuple[Asked, ...]]] = {}
        self._whole_table: dict[str, tuple[Asked, ...]] = {}
        self._table = self._whole_table
        self._marks: tuple[bool, ...] = ()
        self._of_bodies: dict[tuple[bool, ...], tuple[Carrier, ...]] = {}

    def begin(self, text: str) -> None:
        """The next lines are those of this text."""
        self._text = text
        self._asked_lines = 0
        self._table = self._whole_table
        self._has_crash_words = any(
            root in text and any(each in text for each in words) for root, words in _CRASH_ROOTS
        )
        self.watches = self._has_crash_words or self._is_loose

    def near(self, number: int) -> None:
        """A crash is near this line."""
        self._loose_until = number + _NEAR
        self.watches = True

    def watch(self, line: str, number: int) -> bool:
        """Note whether a crash is near, as far as the lines so far tell; True if what is held back must be released."""
        if self._has_crash_words and number + _NEAR // 2 > self._loose_until and any(w in line for w in _CRASH_WORDS):
            self._loose_until = number + _NEAR
        self._is_loose = number <= self._loose_until
        self.watches = self._has_crash_words or self._is_loose
        return bool(self.holding) and not self._is_loose

    def peel(
        self, line: str, number: int, stream: str = "", chain: tuple[Carrier, ...] = ()
    ) -> tuple[Asked, Sequence[Peeled]] | None:
        """What the first carrier that knows the line makes of it; not one of those that it was peeled by already."""
        first = line[:1]
        # What was carried can hold marks that its carrier broke up.
        table = self._whole_table if chain else self._table
        candidates = table.get(first)
        if candidates is None:
            candidates = self._candidates(table, first)
        if not chain:
            self._asked_lines += 1
            if self._asked_lines == _UNFILTERED_LINES:
                self._filter()
        if candidates and not line.startswith(_TRACE):
            for asked in candidates:
                if asked[1] in line and not (chain and asked[0] in chain):
                    peeled = asked[0].peel(line)
                    if peeled is not None:
                        return asked, peeled
        return self._peel_loose(line, number, stream, chain) if self._is_loose else None

    def passes(self, text: str, number: int) -> bool:
        """True if all would pass by the lines of a record's body, the first of which is that number."""
        if self.holding or number <= self._loose_until:
            return False
        if self._table is self._whole_table:
            self._asked_lines = _UNFILTERED_LINES
            self._filter()
        if self._has_crash_words and any(each in text for each in _CRASH_WORDS):
            return False
        asked = self._of_bodies.get(self._marks)
        if asked is None:
            tables = [self._candidates(self._table, first) for first in _BODY_FIRST]
            asked = self._of_bodies[self._marks] = tuple(dict.fromkeys(each[0] for some in tables for each in some))
        # A loop: `all` with a generator takes twice as long.
        for each in asked:  # noqa: SIM110
            if not isinstance(each, LineCarrier) or not each.passes(text):
                return False
        return True

    def _peel_loose(
        self, line: str, number: int, stream: str, chain: tuple[Carrier, ...]
    ) -> tuple[Asked, Sequence[Peeled]] | None:
        for asked in self._loose.get(stream) or self._loose_of(stream):
            if asked.mark in line and asked.carrier not in chain:
                if asked.numbers is not None:
                    asked.numbers.append(number)
                peeled = asked.carrier.peel(line)
                if peeled is not None:
                    self.holding = [each for each in self.holding if each is not asked]
                    self.holding += [] if peeled else [asked]
                    return asked, peeled
        return None

    def _loose_of(self, stream: str) -> tuple[Asked, ...]:
        """New ones for a stream; if too many hold something, the others share those of the first."""
        if len(self._loose) >= _LOOSE_STREAMS:
            holding = {each.stream for each in self.holding}
            self._loose = {name: found for name, found in self._loose.items() if name in holding}
            if len(self._loose) >= _LOOSE_STREAMS:
                return next(iter(self._loose.values()))
        found = tuple(
            Asked(each, each.mark, True, stream, None if each.mark else deque(maxlen=_HELD_LINES))
            for each in loose_transports()
        )
        self._loose[stream] = found
        return found

    def _filter(self) -> None:
        """Leave out the carriers whose mark stands nowhere in the present text; first characters tell the others."""
        text = self._text
        missing = tuple(each for each in MARK_ROOTS if each not in text)
        self._marks = tuple(
            bool(each.carrier.first_characters) or (self._root[each.mark] not in missing and each.mark in text)
            for each in self.all
        )
        if len(self._tables) > _CHARACTERS_LIMIT:
            self._tables.clear()
            self._of_bodies.clear()
        self._table = self._tables.setdefault(self._marks, {})

    def _candidates(self, table: dict[str, tuple[Asked, ...]], first: str) -> tuple[Asked, ...]:
        """The carriers whose lines may begin with this character."""
        marked = self.all if table is self._whole_table else compress(self.all, self._marks)
        found = tuple(
            each
            for each in marked
            if not each.carrier.first_characters or (first != "" and first in each.carrier.first_characters)
        )
        if len(table) < _CHARACTERS_LIMIT:
            table[first] = found
        return found
