"""A window of a dump: many goroutines that follow each other, cut apart by empty lines."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cached_property
from itertools import accumulate

from gopls_diag.parse.go_crash.same_stack import GroupingRule, sieve

_PLAIN_HEADS_PATTERN = re.compile(r"(?:goroutine [0-9]{1,18}\n)+")
_HEAD_PATTERN = re.compile(
    r"goroutine ([0-9]{1,18})(?: gp=[0-9a-fx*nil]{1,20})?(?: m=[0-9a-z-]{1,20})?(?: mp=[0-9a-fx*nil]{1,20})?"
)
"""What stands before the state; a sieved pointer is an asterisk."""


class Window:
    """Goroutines as they were printed, and the same without what varies among equal ones."""

    def __init__(self, text: str, line: int, rule: GroupingRule) -> None:
        """`text` begins with a header and has no empty line at its end; `line` is that of the header."""
        self._text = text
        self._line = line
        self._lines: list[int] = []
        self._sieved = sieve(text + "\n", rule)[:-1]

    @cached_property
    def parts(self) -> list[tuple[str, str, str]]:
        """Of each block: what stands before ` [`, and what behind: the same text for goroutines that are alike."""
        return [each.partition(" [") for each in self._sieved.split("\n\n")]

    @cached_property
    def ids(self) -> list[int]:
        """Their ids, up to the first block that is no goroutine."""
        heads = [each[0] for each in self.parts]
        text = "\n".join(heads) + "\n"
        # All at once if all are plain, as they are at the lower traceback levels.
        if _PLAIN_HEADS_PATTERN.fullmatch(text):
            return list(map(int, text.replace("goroutine ", "").split()))
        return _ids(heads)

    @cached_property
    def _blocks(self) -> list[str]:
        return self._text.split("\n\n")

    def text(self, index: int) -> str:
        """The goroutine with that number, from 0, as it was printed."""
        return self._blocks[index]

    def texts(self, wanted: Sequence[int]) -> list[str]:
        """Those with these numbers, rising, as they were printed."""
        if "_blocks" not in self.__dict__ and len(set(self.ids)) == len(self.parts):
            found = self._searched(wanted)
            if found is not None:
                return found
        return [self._blocks[each] for each in wanted]

    def _searched(self, wanted: Sequence[int]) -> list[str] | None:
        """The same by searching for their first words, which takes half the time of cutting all apart.

        None if the sieve changed such words, as it does with addresses.
        """
        found = []
        text, at = self._text, 0
        for each in wanted:
            if each:
                at = text.find(f"\n\n{self.parts[each][0]} [", at) + 2
                if at < 2:
                    return None
            stop = text.find("\n\n", at)
            found.append(text[at:stop] if stop >= 0 else text[at:])
        return found

    def lines(self, heights: Mapping[str, int]) -> list[int]:
        """The line of the header of each, and the one behind the last. `heights` are those of parts that are known."""
        if not self._lines:
            known = (heights.get(key) or key.count("\n") + 2 for _, _, key in self.parts)
            self._lines = list(accumulate(known, initial=self._line))
        return self._lines

    def length(self, count: int) -> int:
        """Characters of so many goroutines, with the empty lines behind them."""
        if count == len(self.parts):
            return len(self._text) + 2
        return sum(map(len, self._blocks[:count])) + 2 * count


def _ids(heads: Sequence[str]) -> list[int]:
    found = []
    for each in heads:
        matched = _HEAD_PATTERN.fullmatch(each)
        if matched is None:
            break
        found.append(int(matched.group(1)))
    return found
