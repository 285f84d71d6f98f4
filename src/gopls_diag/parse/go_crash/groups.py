"""Goroutines in groups: the same state and the same calls are one bucket.

A dump of 100,000 goroutines holds some hundred distinct stacks, so no goroutine is parsed: its text is normalised, and
only a text that was not seen before is read.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum

from gopls_diag.model.go_stack import Bucket, Goroutine, Stack
from gopls_diag.parse.go_crash.header import parse_header
from gopls_diag.parse.go_crash.stack import parse_stack


class GroupingRule(Enum):
    """When two goroutines are the same."""

    STACK = "stack"
    """Same state, functions, files and lines, and site of creation."""
    ARGUMENTS = "arguments"
    """panicparse's AnyPointer: also the same arguments, where any pointer equals any other."""


class GoroutineGroups:
    """Counts the goroutines of one dump by state and stack."""

    def __init__(self, rule: GroupingRule = GroupingRule.STACK) -> None:
        self.rule = rule
        self.count = 0
        self.first: Goroutine | None = None
        self.running: tuple[Goroutine, ...] = ()
        self._goroutines: list[Goroutine] = []

    def add(self, header: str, body: Sequence[str] | str, line: int) -> None:
        """Takes one goroutine that the caller cut out. `line` is that of its header; the body ends before a blank line."""
        head = parse_header(header, line)
        if head is None:
            return
        reading = parse_stack(body.split("\n") if isinstance(body, str) else body)
        goroutine = replace(head, stack=reading.stack, parent_id=reading.parent_id)
        self.count += 1
        self.first = self.first or goroutine
        if goroutine.state == "running" and len(self.running) < 16:
            self.running += (goroutine,)
        self._goroutines.append(goroutine)

    def take(self, text: str, at: int, line: int) -> int:
        """Takes whole goroutines, and gives the position behind them."""
        return at

    def buckets(self) -> tuple[Bucket, ...]:
        """The groups, interesting ones first."""
        found: dict[object, list[Goroutine]] = {}
        for each in self._goroutines:
            key = (each.state, tuple((f.function, f.file, f.line) for f in each.stack.frames))
            found.setdefault(key, []).append(each)
        return tuple(
            Bucket(v[0].stack, len(v), ((v[0].state, len(v)),), ids=tuple(g.id for g in v), example=v[0])
            for v in found.values()
        )

    def goroutines(self, wanted: Collection[str] | Collection[int]) -> tuple[Goroutine, ...]:
        """Those of these states, or with these ids, whose text was kept, in the order of the dump."""
        names = set(wanted)
        return tuple(each for each in self._goroutines if each.state in names or each.id in names)
