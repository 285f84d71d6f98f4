"""Goroutines in groups: the same state and the same calls are one bucket.

A dump of 100,000 goroutines holds some hundred distinct stacks, so no goroutine is parsed: many are normalised at once,
as text, and only a text that was not seen before is read. What is kept of a goroutine is its id; and the text of the
first of each bucket, and of those that wait for locks and channels, whose arguments tell for which.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import accumulate
from typing import NamedTuple

from gopls_diag.model.go_stack import Bucket, Goroutine, Stack
from gopls_diag.parse.go_crash.header import parse_header
from gopls_diag.parse.go_crash.interest import interest
from gopls_diag.parse.go_crash.same_stack import GroupingRule, sieve, stack_text, stack_text_as_printed, state_text
from gopls_diag.parse.go_crash.stack import parse_stack

__all__ = ["Added", "GoroutineGroups", "GroupingRule"]

_WINDOW = 256 * 1024
"""Characters that are normalised at once: more than a core's cache holds is slower."""
_NARROW_WINDOW = 8 * 1024
"""The same after a goroutine that the line path had to take, so that little is done in vain if more of them follow."""
_BLOCK_LIMIT = 64 * 1024
_DISTINCT_LIMIT = {GroupingRule.STACK: 32 * 1024 * 1024, GroupingRule.ARGUMENTS: 256 * 1024 * 1024}
"""Characters of distinct stacks that are kept; goroutines with further ones are counted by state alone."""
_SEEN_LIMIT = 8 * 1024 * 1024
"""Characters of normalised texts that are remembered; beyond, they are learnt anew, which takes time alone."""
_STATES_LIMIT = 1_000
_IDS_LIMIT = 4_000_000
_RUNNING_LIMIT = 16
_KEPT_LIMIT = 5_000
_KEPT_CHARACTERS = 16 * 1024 * 1024
_LABELS_LIMIT = 1_000
_LABELS_SHOWN = 20
_WAITS_FOR_OTHERS = ("semacquire", "sync.", "chan ")
_ID_DIGITS = 18
_ID_PATTERN = re.compile(
    r"goroutine ([0-9]{1,18})(?: gp=[0-9a-fx*nil]{1,20})?(?: m=[0-9a-z-]{1,20})?(?: mp=[0-9a-fx*nil]{1,20})?"
)


@dataclass(slots=True)
class _Group:
    """A bucket as it grows."""

    text: str
    """Its first goroutine as printed; "" where goroutines of one state are counted whose stacks are not kept."""
    line: int
    state: str
    count: int = 0
    ids: array[int] = field(default_factory=lambda: array("q"))
    shortest: int | None = None
    longest: int | None = None
    locked: int = 0
    labels: dict[tuple[str, str], int] = field(default_factory=dict)

    def note(self, head: Goroutine, times: int) -> None:
        """Adds what the header says, of so many goroutines."""
        self.count += times
        self.locked += times * head.is_locked
        minutes = head.waited_minutes
        if minutes is not None:
            self.shortest = minutes if self.shortest is None else min(minutes, self.shortest)
            self.longest = minutes if self.longest is None else max(minutes, self.longest)
        for each in head.labels:
            if each in self.labels or len(self.labels) < _LABELS_LIMIT:
                self.labels[each] = self.labels.get(each, 0) + times

    def bucket(self) -> Bucket:
        example = _whole(self.text, self.line) if self.text else None
        labels = sorted(self.labels.items(), key=lambda pair: -pair[1])
        return Bucket(
            example.stack if example else Stack(elided=-1),
            self.count,
            ((self.state, self.count),),
            # The runtime prints no wait below a minute.
            None if self.longest is None else (self.shortest or 0, self.longest),
            self.locked,
            tuple(self.ids),
            example,
            tuple(labels[:_LABELS_SHOWN]),
        )


_Learnt = tuple[_Group, Goroutine, list[int]]
"""A group, the header of some of its goroutines, and their numbers in a window."""


class Added(NamedTuple):
    """How one goroutine was read; its stack is in the groups."""

    used: int
    """Lines of the body that belonged to it."""
    is_cut: bool = False
    not_understood: tuple[tuple[int, str], ...] = ()
    """(offset in the body, text) of foreign lines among the frames."""
    diagnostics: tuple[str, ...] = ()
    """What the runtime said about the stack among the frames: `runtime: unknown pc …`."""


class GoroutineGroups:
    """Counts the goroutines of one dump by state and stack.

    Memory is bounded: where distinct stacks have more than 32 Mi characters in all (256 Mi under `ARGUMENTS`), further
    ones are counted by state alone, in buckets with the stack `Stack(elided=-1)` and no example. `count` and the counts
    of the buckets are right all the same. Ids of more than 4,000,000 goroutines are not kept.
    """

    def __init__(self, rule: GroupingRule = GroupingRule.STACK) -> None:
        self.rule = rule
        self.count = 0
        self.lines = 0
        """Lines that `take` took, so that the caller need not count them again."""
        self.first: Goroutine | None = None
        self.running: tuple[Goroutine, ...] = ()
        """The first 16 in the state `running`."""
        self._groups: dict[str, _Group] = {}
        self._groups_of_states: dict[str, _Group] = {}
        self._distinct_characters = 0
        self._seen: dict[str, tuple[_Group, Goroutine]] = {}
        self._stacks: dict[str, str] = {}
        self._seen_characters = 0
        self._kept: dict[int, str] = {}
        """By the line of the header."""
        self._kept_characters = 0
        self._ids = 0
        self._window = _WINDOW

    def add(self, header: str, body: Sequence[str] | str, line: int) -> Added | None:
        """Takes one goroutine, whole or not; None if the header is none.

        `line` is that of the header. Lines after the stack may follow in `body`: `used` tells how many were its own.
        """
        head = parse_header(header, line)
        if head is None:
            return None
        lines = body.split("\n") if isinstance(body, str) else body
        text = _plain("\n".join((header, *lines)))
        sieved = sieve(text + "\n", self.rule)
        key = sieved[sieved.find(" [") + 2 : -1]
        seen = self._seen.get(key) or self._learn(key, _Blocks(text, line, {}), 0)
        if seen is not None:
            added = Added(len(lines))
            group = seen[0]
        else:
            reading = parse_stack(lines)
            text = _plain("\n".join((header, *lines[: reading.used])))
            group = self._group(head, stack_text(reading, self.rule), text, line)
            added = Added(reading.used, reading.is_cut, reading.not_understood, reading.diagnostics)
        group.note(head, 1)
        self._count(group, [head.id])
        self._remember(head, [(text, line)])
        return added

    def take(self, text: str, at: int, line: int) -> int:
        """Takes whole goroutines from `text[at:]`, each ended by an empty line, and gives the position behind them.

        `text[at:]` begins with a header, which stands on this line of the input. It stops before the first goroutine
        that has no end here, or in which anything but known forms stands: that one is for `add`.
        """
        end_of_line = text.find("\n", at, at + _BLOCK_LIMIT)
        has_cr = end_of_line > at and text[end_of_line - 1] == "\r"
        between = "\r\n\r\n" if has_cr else "\n\n"
        while text.startswith("goroutine ", at):
            stop = text.rfind(between, at, at + self._window)
            if stop < 0:
                stop = text.find(between, at, at + _BLOCK_LIMIT)
            if stop < 0:
                break
            window = text[at:stop]
            plain = window.replace("\r\n", "\n") if has_cr else window
            before = self.lines
            taken = self._take_window(plain, line)
            lines = self.lines - before
            at += taken + lines * has_cr
            line += lines
            if taken <= len(plain):
                self._window = _NARROW_WINDOW
                break
            self._window = min(_WINDOW, self._window * 2)
        return at

    def _take_window(self, window: str, line: int) -> int:
        """Takes goroutines of a text without its last empty line; gives how far it came, empty lines counted."""
        heads: list[str] = []
        found: dict[str, list[int]] = {}
        for index, block in enumerate(sieve(window, self.rule).split("\n\n")):
            head, _, key = block.partition(" [")
            heads.append(head)
            if key in found:
                found[key].append(index)
            else:
                found[key] = [index]
        ids = _ids(heads)
        blocks = _Blocks(window, line, found)
        learnt: list[_Learnt] = []
        for key, indices in found.items():
            seen = self._seen.get(key) if indices[0] < len(ids) else None
            if seen is None and indices[0] < len(ids):
                seen = self._learn(key, blocks, indices[0])
            if seen is None:
                # Nothing behind the first that is not understood is taken, for its place in the text could not be told.
                ids = ids[: indices[0]]
                break
            learnt.append((*seen, indices))
        self._fold(learnt, ids, blocks)
        if len(ids) < len(heads):
            self.lines += blocks.lines[len(ids)] - line
            return blocks.length(len(ids))
        self.lines += sum((key.count("\n") + 2) * len(indices) for key, indices in found.items())
        return len(window) + 2

    def _learn(self, key: str, blocks: _Blocks, index: int) -> tuple[_Group, Goroutine] | None:
        """Reads a goroutine whose like was not seen; None if it is not clean."""
        text, line = blocks.texts[index], blocks.lines[index]
        header, _, body = text.partition("\n")
        head = parse_header(header)
        calls = self._read(key.partition("\n")[2], body) if head else None
        if head is None or calls is None:
            return None
        self._seen_characters += len(key)
        if self._seen_characters > _SEEN_LIMIT:
            self._seen.clear()
            self._stacks.clear()
            self._seen_characters = len(key)
        seen = self._group(head, calls, text, line), head
        self._seen[key] = seen
        return seen

    def _read(self, sieved: str, body: str) -> str | None:
        """The stack's part of the identity; None if the body is not clean. Each distinct stack is parsed once."""
        is_exact = self.rule is GroupingRule.ARGUMENTS
        shape = sieve(body + "\n", GroupingRule.STACK) if is_exact else sieved
        known = self._stacks.get(shape)
        if known is not None:
            return stack_text_as_printed(body) if is_exact else known
        lines = body.split("\n")
        reading = parse_stack(lines)
        if reading.used < len(lines) or not reading.is_clean:
            return None
        calls = stack_text(reading, self.rule)
        if not is_exact or calls == stack_text_as_printed(body):
            self._stacks[shape] = "" if is_exact else calls
            self._seen_characters += len(shape) + len(calls)
        return calls

    def _group(self, head: Goroutine, calls: str, text: str, line: int) -> _Group:
        """The group of a goroutine, made if it is the first."""
        key = state_text(head, self.rule) + "\n\n" + calls
        group = self._groups.get(key)
        if group is not None:
            return group
        size = len(key) + len(text)
        if self._distinct_characters + size > _DISTINCT_LIMIT[self.rule]:
            state = head.state if len(self._groups_of_states) < _STATES_LIMIT else ""
            return self._groups_of_states.setdefault(state, _Group("", line, state))
        self._distinct_characters += size
        group = self._groups[key] = _Group(text, line, head.state)
        return group

    def _fold(self, learnt: list[_Learnt], ids: list[int], blocks: _Blocks) -> None:
        """Counts goroutines of a window. `learnt` has their numbers in it, of which those beyond `ids` are left out."""
        of_group: dict[int, tuple[_Group, list[list[int]]]] = {}
        waiting: list[tuple[Goroutine, list[int]]] = []
        for group, head, found in learnt:
            indices = found if found[-1] < len(ids) else [each for each in found if each < len(ids)]
            group.note(head, len(indices))
            of_group.setdefault(id(group), (group, []))[1].append(indices)
            if self._is_wanted(head):
                waiting.append((head, indices))
        for group, lists in of_group.values():
            # Several texts of one group (other minutes, other offsets) alternate in the dump.
            ordered = lists[0] if len(lists) == 1 else sorted(index for each in lists for index in each)
            self._count(group, [ids[index] for index in ordered])
        if self.first is None and ids:
            waiting.insert(0, (learnt[0][1], [0]))
        if waiting:
            texts, lines = blocks.texts, blocks.lines
            for head, indices in waiting:
                self._remember(head, [(texts[each], lines[each]) for each in indices])

    def _count(self, group: _Group, ids: list[int]) -> None:
        self.count += len(ids)
        if self._ids < _IDS_LIMIT:
            self._ids += len(ids)
            group.ids.extend(ids)

    def _is_wanted(self, head: Goroutine) -> bool:
        if head.state == "running":
            return len(self.running) < _RUNNING_LIMIT
        has_room = len(self._kept) < _KEPT_LIMIT and self._kept_characters < _KEPT_CHARACTERS
        return has_room and head.state.startswith(_WAITS_FOR_OTHERS)

    def _remember(self, head: Goroutine, goroutines: Sequence[tuple[str, int]]) -> None:
        """Keeps the texts of those that are asked for later: the first, the running, those that wait for others."""
        if self.first is None:
            self.first = _whole(*goroutines[0])
        if not self._is_wanted(head):
            return
        if head.state == "running":
            room = _RUNNING_LIMIT - len(self.running)
            self.running += tuple(_whole(text, line) for text, line in goroutines[:room])
            return
        for text, line in goroutines[: _KEPT_LIMIT - len(self._kept)]:
            self._kept[line] = text
            self._kept_characters += len(text)

    def buckets(self) -> tuple[Bucket, ...]:
        """The groups, those that a reader wants first at the front; see `interest`."""
        first = self.first.id if self.first else None
        found = [each.bucket() for each in (*self._groups.values(), *self._groups_of_states.values())]
        return tuple(sorted(found, key=lambda bucket: interest(bucket, first)))

    def goroutines(self, wanted: Collection[str] | Collection[int]) -> tuple[Goroutine, ...]:
        """Those in these states, or with these ids, whose texts were kept, in the order of the dump.

        Kept are the first of each bucket, the first 16 that run, and the first 5,000 (of 16 Mi characters) that wait
        for a lock, a semaphore or a channel.
        """
        texts = self._kept | {each.line: each.text for each in self._groups.values()}
        found = {line: _whole(text, line) for line, text in texts.items()}
        found |= {each.line: each for each in (*self.running, self.first) if each and each.line is not None}
        names = frozenset(wanted)
        return tuple(found[line] for line in sorted(found) if found[line].state in names or found[line].id in names)


class _Blocks:
    """The goroutines of a window as they were printed; cut apart when one is asked for."""

    def __init__(self, window: str, line: int, found: dict[str, list[int]]) -> None:
        self._window = window
        self._line = line
        self._found = found

    @cached_property
    def texts(self) -> list[str]:
        """One of each."""
        return self._window.split("\n\n")

    @cached_property
    def lines(self) -> list[int]:
        """The line of the header of each, and the one behind the last."""
        # Equal ones have as many lines, so those of one are counted for all.
        heights = [0] * sum(map(len, self._found.values()))
        for key, indices in self._found.items():
            height = key.count("\n") + 2
            for each in indices:
                heights[each] = height
        return list(accumulate(heights, initial=self._line))

    def length(self, count: int) -> int:
        """Characters of so many goroutines, with the empty lines behind them."""
        return sum(map(len, self.texts[:count])) + 2 * count


def _ids(heads: list[str]) -> list[int]:
    """Numbers of `goroutine 17` or `goroutine 17 gp=0x1 m=nil`, up to the first that is none."""
    text = "\n" + "\n".join(heads)
    numbers = text.replace("\ngoroutine ", "\n").split("\n")[1:]
    together = "".join(numbers)
    is_plain = together.isascii() and together.isdigit() and all(numbers) and max(map(len, numbers)) <= _ID_DIGITS
    if is_plain and text.count("\ngoroutine ") == len(numbers) == len(heads):
        return [int(each) for each in numbers]
    found = []
    for each in heads:
        matched = _ID_PATTERN.fullmatch(each)
        if matched is None:
            break
        found.append(int(matched.group(1)))
    return found


def _plain(text: str) -> str:
    """The same without CR and without the blanks that stand before every line."""
    if "\r" in text:
        text = text.replace("\r", "")
    indent = text[: len(text) - len(text.lstrip(" \t"))]
    return text.removeprefix(indent).replace("\n" + indent, "\n") if indent else text


def _whole(text: str, line: int) -> Goroutine:
    """A goroutine with its stack, of its printed form."""
    header, _, body = text.partition("\n")
    head = parse_header(header, line) or Goroutine(0, "", line=line)
    reading = parse_stack(body.split("\n"))
    return replace(head, stack=reading.stack, parent_id=reading.parent_id)
