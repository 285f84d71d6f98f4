"""One bucket as it grows, and the goroutines that are printed alike in it."""

from __future__ import annotations

from array import array
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from gopls_diag.model.go_stack import Bucket, Goroutine, Stack
from gopls_diag.parse.go_crash.header import parse_header
from gopls_diag.parse.go_crash.stack import parse_plain_stack, parse_stack

_LABELS_LIMIT = 1_000
_LABELS_SHOWN = 20


@dataclass(slots=True, eq=False)
class Group:
    """Goroutines that a rule calls the same."""

    text: str
    """Its first goroutine as printed; "" where goroutines of one state are counted whose stacks are not kept."""
    line: int
    state: str
    count: int = 0
    places: array[int] = field(default_factory=lambda: array("L"))
    """Which goroutines of the dump, from 0."""
    shortest: int | None = None
    longest: int | None = None
    locked: int = 0
    labels: dict[tuple[str, str], int] = field(default_factory=dict)

    def note(self, head: Goroutine, times: int) -> None:
        """Adds what a header says, of so many goroutines."""
        self.count += times
        self.locked += times * head.is_locked
        minutes = head.waited_minutes
        if minutes is not None:
            self.shortest = minutes if self.shortest is None else min(minutes, self.shortest)
            self.longest = minutes if self.longest is None else max(minutes, self.longest)
        for each in head.labels:
            if each in self.labels or len(self.labels) < _LABELS_LIMIT:
                self.labels[each] = self.labels.get(each, 0) + times

    def bucket(self, ids: array[int]) -> Bucket:
        """What is known of it. `ids` are those of all goroutines of the dump, as far as they were kept."""
        example = whole(self.text, self.line) if self.text else None
        labels = sorted(self.labels.items(), key=lambda pair: -pair[1])
        return Bucket(
            example.stack if example else Stack(elided=-1),
            self.count,
            ((self.state, self.count),),
            None if self.shortest is None or self.longest is None else (self.shortest, self.longest),
            self.locked,
            # Several texts of one group (other minutes, other offsets) alternate in the dump.
            tuple(ids[each] for each in sorted(self.places) if each < len(ids)) if self.text else (),
            example,
            tuple(labels[:_LABELS_SHOWN]),
        )


class Like:
    """Goroutines of one group whose texts are equal but for what the sieve takes out."""

    __slots__ = ("group", "head", "height", "places", "put")

    def __init__(self, group: Group, head: Goroutine, height: int) -> None:
        """`height` is how many lines one has, with the empty line behind it."""
        self.group = group
        self.head = head
        self.height = height
        self.places = array("L")
        self.put: Callable[[int], None] = self.places.append
        """Takes the place of one in the dump."""

    def settle(self) -> None:
        """Hands what was counted on to the group."""
        if self.places:
            self.group.note(self.head, len(self.places))
            if self.group.text:
                # Where no stack is kept, a million ids would tell nobody anything.
                self.group.places.extend(self.places)
            del self.places[:]


def whole(text: str, line: int) -> Goroutine:
    """A goroutine with its stack, of its printed form. `line` is that of its header."""
    header, _, body = text.partition("\n")
    head = parse_header(header, line) or Goroutine(0, "", line=line)
    reading = parse_plain_stack(body) or parse_stack(body.split("\n"))
    return replace(head, stack=reading.stack, parent_id=reading.parent_id)
