"""Goroutines in groups: the same state and the same calls are one bucket.

A dump of 100,000 goroutines holds some hundred distinct stacks, so no goroutine is parsed: many are normalised at once,
as text, and only a text that was not seen before is read. What is kept of a goroutine is its id; and the text of the
first of each bucket, and of those that wait for locks and channels, whose arguments tell for which.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Collection, Sequence
from typing import NamedTuple

from gopls_diag.model.go_stack import Bucket, Goroutine
from gopls_diag.parse.go_crash.group import Group, Like, whole
from gopls_diag.parse.go_crash.header import parse_header
from gopls_diag.parse.go_crash.interest import interest
from gopls_diag.parse.go_crash.same_stack import GroupingRule, sieve, stack_text, stack_text_as_printed, state_text
from gopls_diag.parse.go_crash.stack import parse_stack
from gopls_diag.parse.go_crash.window import Window

__all__ = ["Added", "GoroutineGroups", "GroupingRule"]

_WINDOW = 256 * 1024
"""Characters that are normalised at once: more than a core's cache holds is slower."""
_NARROW_WINDOW = 8 * 1024
"""The same after a goroutine that the line path had to take, so that little is done in vain if more of them follow."""
_BLOCK_LIMIT = 64 * 1024
_DISTINCT_LIMIT = {GroupingRule.STACK: 32 * 1024 * 1024, GroupingRule.ARGUMENTS: 256 * 1024 * 1024}
"""Characters of distinct stacks that are kept; goroutines with further ones are counted by state alone."""
_GROUPS_LIMIT = {GroupingRule.STACK: 20_000, GroupingRule.ARGUMENTS: 100_000}
"""The same in stacks: read, each takes some KB more than its characters."""
_SEEN_LIMIT = 8 * 1024 * 1024
"""Characters of normalised texts that are remembered; beyond, they are learnt anew, which takes time alone."""
_SEEN_CHARACTERS_OF_EACH = 400
"""What a text costs beside its characters, counted as if it were some."""
_STATES_LIMIT = 1_000
_IDS_LIMIT = 4_000_000
_RUNNING_LIMIT = 16
_KEPT_LIMIT = 5_000
_KEPT_FREELY = 500
"""Of more than so many that wait for others only some of each kind are kept: to compare all takes too long."""
_KEPT_OF_EACH = 8
_KEPT_CHARACTERS = 16 * 1024 * 1024
_MARKS_PATTERN = re.compile(r"[\r\x08\x0e\x0f\x1b]")
_WAITS_FOR_OTHERS = ("semacquire", "sync.", "chan ")


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

    Memory is bounded: where there are more than 20,000 distinct stacks (100,000 under `ARGUMENTS`), or they have more
    than 32 Mi characters in all (256 Mi), further ones are counted by state alone, in buckets with the stack
    `Stack(elided=-1)` and neither example nor ids. `count` and the counts of the buckets are right all the same. Ids of
    more than 4,000,000 goroutines are not kept.
    """

    def __init__(self, rule: GroupingRule = GroupingRule.STACK) -> None:
        self.rule = rule
        self.count = 0
        self.lines = 0
        """Lines that `take` took so far: what it took last need not be counted again."""
        self.first: Goroutine | None = None
        self.running: tuple[Goroutine, ...] = ()
        """The first 16 in the state `running`."""
        self._groups: dict[str, Group] = {}
        self._groups_of_states: dict[str, Group] = {}
        self._distinct_characters = 0
        self._likes: dict[str, Like] = {}
        self._heights: dict[str, int] = {}
        self._stacks: dict[str, str] = {}
        self._seen_characters = 0
        self._ids = array("q")
        self._wanted: list[tuple[int, str]] = []
        """Place and state of goroutines whose texts are to be kept."""
        self._kept: dict[int, str] = {}
        """By the line of the header."""
        self._kept_characters = 0
        self._window = _WINDOW

    def add(self, header: str, body: Sequence[str] | str, line: int) -> Added | None:
        """Takes one goroutine, whole or not; None if the header is none.

        `line` is that of the header. Lines after the stack may follow in `body`: `used` tells how many were its own.
        """
        head = parse_header(header, line)
        if head is None:
            return None
        lines = body.split("\n") if isinstance(body, str) else body
        window = Window(_plain("\n".join((header, *lines, ""))), line, self.rule)
        like = self._like(window, 0) if window.ids else None
        if like is not None:
            text = window.text(0)
            added = Added(len(lines))
            like.places.append(self.count)
        else:
            reading = parse_stack(lines)
            text = _plain("\n".join((header, *lines[: reading.used])))
            added = Added(reading.used, reading.is_cut, reading.not_understood, reading.diagnostics)
            group = self._group(head, stack_text(reading, self.rule), text, line)
            group.note(head, 1)
            group.places.append(self.count)
        self._count([head.id])
        self.first = self.first or whole(text, line)
        if like is None or self._is_needed(like):
            self._keep(head.state, text, line)
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
            plain = text[at : stop + 2].replace("\r\n", "\n") if has_cr else text[at : stop + 1]
            window = Window(plain, line, self.rule)
            before = self.lines
            taken = self._take(window)
            lines = self.lines - before
            at += window.length(taken) + lines * has_cr
            line += lines
            if not window.is_all(taken):
                self._window = _NARROW_WINDOW
                break
            self._window = min(_WINDOW, self._window * 2)
        return at

    def _take(self, window: Window) -> int:
        """Takes the goroutines of a window up to the first that is not clean; how many."""
        likes, base, lines = self._likes, self.count, 0
        taken = len(window.ids)
        for index, key in enumerate(window.keys):
            like = likes.get(key) or self._like(window, index)
            if like is None:
                taken = index
                if window.end_at(index) and (like := self._like(window, index)):
                    like.put(base + index)
                    lines += like.height
                    taken += 1
                break
            like.put(base + index)
            lines += like.height
        self._count(window.ids[:taken])
        self.lines += lines
        if self.first is None and taken:
            self.first = whole(window.text(0), window.lines({})[0])
        if self._wanted:
            texts = window.texts([place - base for place, _ in self._wanted])
            numbers = window.lines(self._heights)
            for (place, state), text in zip(self._wanted, texts, strict=True):
                self._keep(state, text, numbers[place - base])
            self._wanted.clear()
        return taken

    def _like(self, window: Window, index: int) -> Like | None:
        """Those that are like a goroutine, which is read if it is the first; None if it is not clean."""
        key = window.keys[index]
        if key in self._likes:
            return self._likes[key]
        if "\n\n" in key:
            return None
        text = window.text(index)
        header, _, body = text.partition("\n")
        # What a terminal or an escape marks is for the carriers, which see each line.
        head = parse_header(header) if not _MARKS_PATTERN.search(text) else None
        calls = self._read(key.partition("\n")[2], body) if head else None
        if head is None or calls is None:
            return None
        size = len(key) + _SEEN_CHARACTERS_OF_EACH
        self._seen_characters += size
        if self._seen_characters > _SEEN_LIMIT:
            self._forget()
            self._seen_characters = size
        height = text.count("\n") + 2
        like = Like(self._group(head, calls, text, window.lines(self._heights)[index]), head, height)
        if self._is_wanted(head.state):
            like.put = self._putting_aside(like)
        self._likes[key] = like
        self._heights[key] = height
        return like

    def _forget(self) -> None:
        """Hands the counts on to the groups and forgets the texts by which goroutines were told to be alike."""
        for each in self._likes.values():
            each.settle()
        self._likes.clear()
        self._heights.clear()
        self._stacks.clear()

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

    def _group(self, head: Goroutine, calls: str, text: str, line: int) -> Group:
        """The group of a goroutine, made if it is the first."""
        key = state_text(head, self.rule) + "\n\n" + calls
        group = self._groups.get(key)
        if group is not None:
            return group
        size = len(key) + len(text)
        is_full = len(self._groups) >= _GROUPS_LIMIT[self.rule]
        if is_full or self._distinct_characters + size > _DISTINCT_LIMIT[self.rule]:
            state = head.state if len(self._groups_of_states) < _STATES_LIMIT else ""
            return self._groups_of_states.setdefault(state, Group("", line, state))
        self._distinct_characters += size
        group = self._groups[key] = Group(text, line, head.state)
        return group

    def _count(self, ids: list[int]) -> None:
        self.count += len(ids)
        if len(self._ids) < _IDS_LIMIT:
            self._ids.extend(ids)

    def _is_wanted(self, state: str) -> bool:
        if state == "running":
            return len(self.running) < _RUNNING_LIMIT
        has_room = len(self._kept) < _KEPT_LIMIT and self._kept_characters < _KEPT_CHARACTERS
        return has_room and state.startswith(_WAITS_FOR_OTHERS)

    def _putting_aside(self, like: Like) -> Callable[[int], None]:
        """Takes a place, and notes that its text is to be kept, as long as there is need for more of its kind."""
        append, state = like.places.append, like.head.state

        def put(place: int) -> None:
            append(place)
            if self._is_needed(like):
                self._wanted.append((place, state))
            else:
                like.put = append

        return put

    def _is_needed(self, like: Like) -> bool:
        return len(self._kept) + len(self._wanted) < _KEPT_FREELY or len(like.places) <= _KEPT_OF_EACH

    def _keep(self, state: str, text: str, line: int) -> None:
        """Keeps the text of one that may be asked for later: of those that run, and that wait for others."""
        if not self._is_wanted(state):
            return
        if state == "running":
            self.running += (whole(text, line),)
            return
        self._kept[line] = text
        self._kept_characters += len(text)
        if not self._is_wanted(state):
            # From now on nothing is put aside.
            for each in self._likes.values():
                each.put = each.places.append

    def buckets(self) -> tuple[Bucket, ...]:
        """The groups, those that a reader wants first at the front; see `interest`."""
        for like in self._likes.values():
            like.settle()
        first = self.first.id if self.first else None
        found = [each.bucket(self._ids) for each in (*self._groups.values(), *self._groups_of_states.values())]
        return tuple(sorted(found, key=lambda bucket: interest(bucket, first)))

    def goroutines(self, wanted: Collection[str] | Collection[int]) -> tuple[Goroutine, ...]:
        """Those in these states, or with these ids, whose texts were kept, in the order of the dump.

        Kept are the first of each bucket, the first 16 that run, and of those that wait for a lock, a semaphore or a
        channel the first 500, then eight of each kind, to 5,000 (or 16 Mi characters) in all.
        """
        names = frozenset(wanted)
        has_ids = any(isinstance(each, int) for each in names)
        # Of many groups most are in other states, and to read a stack takes longer than all else here.
        firsts = {each.line: each.text for each in self._groups.values() if has_ids or each.state in names}
        found = {line: whole(text, line) for line, text in (self._kept | firsts).items()}
        found |= {each.line: each for each in (*self.running, self.first) if each and each.line is not None}
        return tuple(found[line] for line in sorted(found) if found[line].state in names or found[line].id in names)


def _plain(text: str) -> str:
    """The same without CR and without the blanks that stand before every line."""
    if "\r" in text:
        text = text.replace("\r", "")
    indent = text[: len(text) - len(text.lstrip(" \t"))]
    return text.removeprefix(indent).replace("\n" + indent, "\n") if indent else text
