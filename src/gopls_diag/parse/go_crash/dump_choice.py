"""What a reader wants of the goroutines of a dump: how they are grouped, and which of them whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from gopls_diag.model.go_stack import Goroutine
from gopls_diag.parse.go_crash.header import parse_header
from gopls_diag.parse.go_crash.same_stack import GroupingRule
from gopls_diag.parse.go_crash.stack import parse_stack


class DumpChoice(NamedTuple):
    """The wish."""

    rule: GroupingRule = GroupingRule.STACK
    ids: frozenset[int] = frozenset()
    """Goroutines that are kept whole, with their own arguments."""


@dataclass(slots=True)
class ChosenGoroutines:
    """Keeps those that were asked for, as they come by."""

    ids: frozenset[int]
    found: list[Goroutine] = field(default_factory=list)
    """In the order of the dump."""

    def one(self, header: str, body: Sequence[str], line: int) -> None:
        """Looks at one goroutine that was cut out."""
        head = parse_header(header, line)
        if head is not None and head.id in self.ids:
            stack = parse_stack(body)
            self.found.append(replace(head, stack=stack.stack, parent_id=stack.parent_id))
            self.found.sort(key=lambda each: each.line or 0)

    def many(self, text: str, begin: int, end: int, line: int) -> None:
        """Looks at whole goroutines, separated by empty lines, that stand between two places of a text."""
        for each in self.ids:
            at = text.find(f"goroutine {each} ", begin, end)
            while at >= 0:
                if at == begin or text[at - 1] == "\n":
                    stop = text.find("\n\n", at, end)
                    header, *body = text[at : end if stop < 0 else stop].split("\n")
                    self.one(header, body, line + text.count("\n", begin, at))
                at = text.find(f"goroutine {each} ", at + 1, end)
