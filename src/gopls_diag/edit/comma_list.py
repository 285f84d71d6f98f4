"""Items between brackets with commas between them: an array or an inline table of TOML, a table of Lua.

Only the places of an item are changed: a comment of another line stays, a comment at the end of a removed item's own
line goes with it, a comma behind the last item is there afterwards when it was there before.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

Patch = tuple[int, int, str]
"""First character, the one behind the last, and what comes in their place."""


def patched(text: str, patches: Iterable[Patch]) -> str:
    """The text with the patches, which do not overlap; those of the same place stand as they are given."""
    for start, end, instead in sorted(patches, key=lambda each: each[:2], reverse=True):
        text = text[:start] + instead + text[end:]
    return text


@dataclass(frozen=True, slots=True)
class CommaList:
    """One list in a text."""

    text: str
    start: int
    """Of the opening bracket."""
    end: int
    """Behind the closing bracket."""
    items: tuple[tuple[int, int], ...]
    commas: tuple[int | None, ...]
    """Where the comma (or another separator) behind each item stands."""
    comment: str
    """What begins a comment that goes to the end of its line."""
    padding: str = ""
    """What stands inside of the brackets around the only item."""
    indentation: str = "  "
    """One step, where no item shows it."""
    newline: str = "\n"

    def _line_start(self, at: int) -> int:
        return self.text.rfind("\n", 0, at) + 1

    def _line_end(self, at: int) -> int:
        end = self.text.find("\n", at)
        return len(self.text) if end < 0 else end + 1

    def _begins_line(self, at: int) -> bool:
        return not self.text[self._line_start(at) : at].strip()

    def _ends_line(self, at: int) -> bool:
        rest = self.text[at : self._line_end(at)].strip()
        return at < self.end and (not rest or rest.startswith(self.comment)) and self._line_end(at) < self.end

    def _behind(self, index: int) -> int:
        """Behind the item and its comma."""
        comma = self.commas[index]
        return self.items[index][1] if comma is None else comma + 1

    def without(self, index: int) -> tuple[Patch, ...]:
        """What takes an item out."""
        start, end = self.items[index]
        comma = self.commas[index]
        before = self.commas[index - 1] if index else None
        is_last = index == len(self.items) - 1
        if self._begins_line(start) and self._ends_line(self._behind(index)):
            lines = (self._line_start(start), self._line_end(self._behind(index)), "")
            if is_last and comma is None and before is not None:
                return ((before, before + 1, ""), lines)
            return (lines,)
        if len(self.items) == 1:
            inside = self.text[self.start + 1 : start] + self.text[self._behind(index) : self.end - 1]
            if not inside.strip(" \t"):
                return ((self.start + 1, self.end - 1, ""),)
            return ((start, self._behind(index), ""),)
        if not is_last and "\n" not in self.text[end : self.items[index + 1][0]]:
            return ((start, self.items[index + 1][0], ""),)
        if before is None:
            return ((start, self._behind(index), ""),)
        if comma is not None:
            gap = self.text[before + 1 : start]
            return ((start - (0 if gap.strip() or "\n" in gap else len(gap)), comma + 1, ""),)
        if not self.text[before + 1 : start].strip(" \t"):
            return ((before, end, ""),)
        return ((before, before + 1, ""), (start, end, ""))

    def including(self, index: int, raw: str) -> tuple[Patch, ...]:
        """What puts an item before the one that stands at the index, or behind the last."""
        if not self.items:
            return (self._first(raw),)
        if index < len(self.items):
            start = self.items[index][0]
            if self._begins_line(start):
                at = self._line_start(start)
                return ((at, at, f"{self.text[at:start]}{raw},{self.newline}"),)
            return ((start, start, f"{raw}, "),)
        start, end = self.items[-1]
        comma = self.commas[-1]
        behind = self._behind(len(self.items) - 1)
        if self._begins_line(start) and self._ends_line(behind):
            line = self._line_end(behind)
            indentation = self.text[self._line_start(start) : start]
            added = (line, line, f"{indentation}{raw}{'' if comma is None else ','}{self.newline}")
            return (added,) if comma is not None else ((end, end, ","), added)
        if comma is None:
            return ((end, end, f", {raw}"),)
        return ((behind, behind, f" {raw},"),)

    def _first(self, raw: str) -> Patch:
        inside = self.text[self.start + 1 : self.end - 1]
        closing = self.end - 1
        if "\n" not in inside:
            return self.start + 1, closing, f"{self.padding}{raw}{self.padding}"
        if self._begins_line(closing):
            line = self._line_start(closing)
            return line, line, f"{self.text[line:closing]}{self.indentation}{raw},{self.newline}"
        return closing, closing, f"{raw} "
