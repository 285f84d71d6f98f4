"""A window of a dump: many goroutines that follow each other, cut apart by empty lines."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cached_property
from itertools import accumulate

from gopls_diag.parse.go_crash.same_stack import GroupingRule, sieve

_ID_DIGITS = 18
_HEAD_PATTERN = re.compile(
    r"goroutine ([0-9]{1,18})(?: gp=[0-9a-fx*nil]{1,20})?(?: m=[0-9a-z-]{1,20})?(?: mp=[0-9a-fx*nil]{1,20})?"
)
"""What stands before the state; a sieved pointer is an asterisk."""


class Window:
    """Goroutines as they were printed, and the same without what varies among equal ones."""

    def __init__(self, text: str, line: int, rule: GroupingRule, heights: Mapping[str, int]) -> None:
        """`text` begins with a header and has no empty line at its end; `line` is that of the header.

        `heights` gives the lines of parts that are known, with the empty line.
        """
        self._heights = heights
        self._text = text
        self._line = line
        self._sieved = sieve(text + "\n", rule)[:-1]

    @cached_property
    def parts(self) -> list[tuple[str, str, str]]:
        """Of each block: what stands before ` [`, and what behind: the same text for goroutines that are alike."""
        return [each.partition(" [") for each in self._sieved.split("\n\n")]

    @cached_property
    def ids(self) -> list[int]:
        """Their ids, up to the first block that is no goroutine."""
        heads = [each[0] for each in self.parts]
        text = "\n" + "\n".join(heads)
        numbers = text.replace("\ngoroutine ", "\n").split("\n")[1:]
        together = "".join(numbers)
        # All at once if all are plain, as they are at the lower traceback levels.
        if together.isascii() and together.isdigit() and text.count("\ngoroutine ") == len(numbers) == len(heads):
            lengths = set(map(len, numbers))
            if 0 not in lengths and max(lengths) <= _ID_DIGITS:
                return list(map(int, numbers))
        return _ids(heads)

    @cached_property
    def texts(self) -> list[str]:
        """Each as it was printed. The first use costs about as much as the window itself."""
        return self._text.split("\n\n")

    @cached_property
    def lines(self) -> list[int]:
        """The line of the header of each, and the one behind the last."""
        known = self._heights
        heights = (known.get(key) or key.count("\n") + 2 for _, _, key in self.parts)
        return list(accumulate(heights, initial=self._line))

    def height(self, count: int) -> int:
        """Lines of so many goroutines, with the empty lines behind them."""
        return self._sieved.count("\n") + 2 if count == len(self.parts) else self.lines[count] - self._line

    def length(self, count: int) -> int:
        """Characters of so many goroutines, with the empty lines behind them."""
        return len(self._text) + 2 if count == len(self.parts) else sum(map(len, self.texts[:count])) + 2 * count


def _ids(heads: Sequence[str]) -> list[int]:
    found = []
    for each in heads:
        matched = _HEAD_PATTERN.fullmatch(each)
        if matched is None:
            break
        found.append(int(matched.group(1)))
    return found
