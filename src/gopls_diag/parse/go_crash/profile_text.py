"""Goroutine profiles as text: what `/debug/pprof/goroutine?debug=1` gives.

Printed by `printCountProfile` of golang/go src/runtime/pprof/pprof.go. A record is a count with program counters,
perhaps labels, and a line for each function; ids, states and arguments are not in it.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field

from gopls_diag.model.go_stack import Bucket, Frame, Stack

_HEAD_PATTERN = re.compile(r"(goroutine|goroutineleak|threadcreate) profile: total ([0-9]{1,18})")
_RECORD_PATTERN = re.compile(r"([0-9]{1,18}) @(?: 0x[0-9a-f]{1,16})* *")
_ADDRESS_PATTERN = re.compile(r"0x[0-9a-f]{1,16}")
_OFFSET_PATTERN = re.compile(r"\+0x[0-9a-f]{1,16}")
_LABELS = "# labels: "
_FRAMES = 1000
_ALL_FRAMES = 300_000
_RECORDS = 100_000
_LABELS_SHOWN = 20


def is_profile_head(text: str) -> bool:
    """True for `goroutine profile: total 1002` and the same of leaks and threads."""
    return _HEAD_PATTERN.fullmatch(text.rstrip()) is not None


@dataclass(slots=True)
class CountProfile:
    """A profile as it is read, behind its head."""

    head: str
    goroutines: int = 0
    """Those that were counted; 0 where threads were."""
    _buckets: list[Bucket] = field(default_factory=list)
    _count: int = 0
    _frames: list[Frame] = field(default_factory=list)
    _labels: tuple[tuple[tuple[str, str], int], ...] = ()
    _kept: int = 0

    def line(self, text: str) -> bool:
        """Takes the next line; False if it is none of a profile."""
        if not text.strip():
            self._close()
            return True
        if text[0] != "#":
            matched = _RECORD_PATTERN.fullmatch(text)
            if matched is None:
                return False
            self._close()
            self._count = int(matched[1])
            self.goroutines += self._count if self.head.startswith("goroutine") else 0
            return True
        if text.startswith(_LABELS):
            self._labels = tuple((each, self._count) for each in _labels(text[len(_LABELS) :]))
            return True
        return self._frame(text)

    def _frame(self, text: str) -> bool:
        """Takes `#`, an address, a function with an offset, and a position, with one or more TABs between them."""
        parts = [each.strip() for each in text[1:].split("\t") if each.strip()]
        if len(parts) == 1:
            # A terminal or an editor made blanks of the TABs.
            parts = text[1:].split(maxsplit=2)
        if not parts or _ADDRESS_PATTERN.fullmatch(parts[0]) is None:
            return False
        if len(parts) > 2 and len(self._frames) < _FRAMES and self._kept < _ALL_FRAMES:
            self._kept += 1
            name, position = parts[1], parts[2]
            offset = name.rfind("+0x")
            if offset > 0 and _OFFSET_PATTERN.fullmatch(name, offset):
                name = name[:offset]
            file, _, line = position.rpartition(":")
            number = int(line) if line.isascii() and line.isdigit() and len(line) < 10 else None
            self._frames.append(Frame(name, file if number is not None else position, number, pc=int(parts[0], 16)))
        return True

    def _close(self) -> None:
        if self._count and len(self._buckets) < _RECORDS:
            self._buckets.append(Bucket(Stack(tuple(self._frames)), self._count, (), labels=self._labels))
        self._count, self._frames, self._labels = 0, [], ()

    def buckets(self) -> tuple[Bucket, ...]:
        """The records, in the order of the profile: the largest counts first."""
        self._close()
        return tuple(self._buckets)


def _labels(text: str) -> list[tuple[str, str]]:
    """`{"key":"value", "key":"value"}`, quoted as Go quotes, which is JSON but for bytes that are no UTF-8."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return []
    if not isinstance(found, dict):
        return []
    return [(str(key), str(value)) for key, value in found.items()][:_LABELS_SHOWN]
