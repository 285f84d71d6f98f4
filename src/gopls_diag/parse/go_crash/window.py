"""A window of a dump: many goroutines that follow each other, cut apart by empty lines."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cached_property
from itertools import accumulate

from gopls_diag.parse.go_crash.same_stack import GroupingRule, sieve

_HEAD = r"goroutine ([0-9]{1,18})(?: gp=[0-9a-fx*nil]{1,20})?(?: m=[0-9a-z-]{1,20})?(?: mp=[0-9a-fx*nil]{1,20})? \["
"""What stands before the state; a sieved pointer is an asterisk."""
_HEAD_PATTERN = re.compile(_HEAD)
_NEXT_HEAD_PATTERN = re.compile(r"\n\n" + _HEAD)
"""Much faster than to cut at empty lines first: it finds the words by their first two characters."""


class Window:
    """Goroutines as they were printed, and the same without what varies among equal ones."""

    def __init__(self, text: str, line: int, rule: GroupingRule) -> None:
        """`text` begins with a header and ends with the end of a line that is not empty.

        `line` is that of the header.
        """
        self._text = text
        self._line = line
        self._lines: list[int] = []
        self._is_whole = True
        first, *others = _NEXT_HEAD_PATTERN.split(sieve(text, rule)[:-1])
        head = _HEAD_PATTERN.match(first)
        self.ids: list[int] = []
        """Their ids; none if the first block is no goroutine."""
        self.keys: list[str] = []
        """What stands behind ` [`: the same text for goroutines that are alike. Other blocks may stand behind that."""
        if head is not None:
            self.ids = [int(head.group(1)), *map(int, others[::2])]
            self.keys = [first[head.end() :], *others[1::2]]

    @cached_property
    def _blocks(self) -> list[str]:
        return self._text[:-1].split("\n\n")

    def text(self, index: int) -> str:
        """The goroutine with that number, from 0, as it was printed."""
        return self._blocks[index]

    def texts(self, wanted: Sequence[int]) -> list[str]:
        """Those with these numbers, rising, as they were printed."""
        if "_blocks" not in self.__dict__ and len(set(self.ids)) == len(self.ids):
            found = self._searched(wanted)
            if found is not None:
                return found
        return [self._blocks[each] for each in wanted]

    def _searched(self, wanted: Sequence[int]) -> list[str] | None:
        """The same by searching for their first words, which takes half the time of cutting all apart."""
        found = []
        text, at = self._text, 0
        for each in wanted:
            if each:
                at = text.find(f"\n\ngoroutine {self.ids[each]} ", at) + 2
                if at < 2:
                    return None
            stop = text.find("\n\n", at)
            found.append(text[at:stop])
        return found

    def lines(self, heights: Mapping[str, int]) -> list[int]:
        """The line of the header of each, and the one behind the last. `heights` are those of parts that are known."""
        if not self._lines:
            known = (heights.get(key) or key.count("\n") + 2 for key in self.keys)
            self._lines = list(accumulate(known, initial=self._line))
        return self._lines

    def end_at(self, index: int) -> bool:
        """Makes the goroutine with this number the last one, without the other blocks behind it; False if none are."""
        key, between, _ = self.keys[index].partition("\n\n")
        if between:
            self.keys[index:] = [key]
            del self.ids[index + 1 :]
            self._is_whole = False
        return bool(between)

    def is_all(self, count: int) -> bool:
        """True if so many goroutines are all that the text holds."""
        return self._is_whole and 0 < count == len(self.keys)

    def length(self, count: int) -> int:
        """Characters of so many goroutines, with the empty lines behind them."""
        if self.is_all(count):
            return len(self._text) + 1
        return sum(map(len, self._blocks[:count])) + 2 * count
