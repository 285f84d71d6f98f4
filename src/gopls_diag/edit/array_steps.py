"""Which elements of an array differ from another array's, so that only those are touched."""

from __future__ import annotations

import json
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

_MOST_COMPARISONS = 250_000
"""Beyond this many, elements that stand once in each array are found first, and the rest is compared between them."""


@dataclass(frozen=True, slots=True)
class ArrayStep:
    """One change at an index of the old array; an insertion stands before that index."""

    action: str
    """replace, remove or insert."""
    at: int
    value: Any = None


def _common(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """Pairs of indices of a common subsequence: the longest one, except in arrays of very many elements."""
    if len(old) * len(new) <= _MOST_COMPARISONS:
        return _longest_common(old, new)
    pairs: list[tuple[int, int]] = []
    i = j = 0
    for next_i, next_j in (*_anchors(old, new), (len(old), len(new))):
        if (next_i - i) * (next_j - j) <= _MOST_COMPARISONS:
            pairs += ((i + one, j + other) for one, other in _longest_common(old[i:next_i], new[j:next_j]))
        if next_i < len(old):
            pairs.append((next_i, next_j))
        i, j = next_i + 1, next_j + 1
    return pairs


def _longest_common(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    lengths = [[0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for i in range(len(old) - 1, -1, -1):
        for j in range(len(new) - 1, -1, -1):
            is_same = old[i] == new[j]
            lengths[i][j] = lengths[i + 1][j + 1] + 1 if is_same else max(lengths[i + 1][j], lengths[i][j + 1])
    pairs: list[tuple[int, int]] = []
    i = j = 0
    while i < len(old) and j < len(new):
        if old[i] == new[j]:
            pairs.append((i, j))
            i, j = i + 1, j + 1
        elif lengths[i + 1][j] >= lengths[i][j + 1]:
            i += 1
        else:
            j += 1
    return pairs


def _anchors(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """The longest rising sequence of elements that each array holds once."""
    old_counts, new_counts = Counter(old), Counter(new)
    places = {each: j for j, each in enumerate(new) if new_counts[each] == 1 == old_counts[each]}
    ends: list[int] = []
    chains: list[Any] = []
    for i, each in enumerate(old):
        if each in places:
            at = bisect_left(ends, places[each])
            ends[at : at + 1] = [places[each]]
            # Of each length the chain with the lowest end: its last pair, and the chain before that.
            chains[at : at + 1] = [(i, places[each], chains[at - 1] if at else None)]
    pairs: list[tuple[int, int]] = []
    link = chains[-1] if chains else None
    while link:
        pairs.append((link[0], link[1]))
        link = link[2]
    return pairs[::-1]


def array_steps(old: Sequence[Any], new: Sequence[Any]) -> list[ArrayStep]:
    """The changes that make the new array of the old one, from its end to its start, so that indices stay right."""
    was, is_now = ([json.dumps(each, sort_keys=True) for each in values] for values in (old, new))
    start = 0
    while start < min(len(was), len(is_now)) and was[start] == is_now[start]:
        start += 1
    end = 0
    while end < min(len(was), len(is_now)) - start and was[-1 - end] == is_now[-1 - end]:
        end += 1
    middle = _common(was[start : len(was) - end], is_now[start : len(is_now) - end])
    pairs = [(-1, -1), *((start + i, start + j) for i, j in middle), (len(was) - end, len(is_now) - end)]
    pairs[0] = (start - 1, start - 1)
    steps: list[ArrayStep] = []
    for (i, j), (next_i, next_j) in reversed(list(pairwise(pairs))):
        taken, given = next_i - i - 1, next_j - j - 1
        shared = min(taken, given)
        steps += (ArrayStep("insert", next_i, new[j + 1 + each]) for each in range(given - 1, shared - 1, -1))
        steps += (ArrayStep("remove", i + 1 + each) for each in range(taken - 1, shared - 1, -1))
        steps += (ArrayStep("replace", i + 1 + each, new[j + 1 + each]) for each in range(shared - 1, -1, -1))
    return steps
