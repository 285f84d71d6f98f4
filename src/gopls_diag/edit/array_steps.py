"""Which elements of an array differ from another array's, so that only those are touched."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

_MOST_COMPARISONS = 250_000
"""Beyond this many the elements between the common start and the common end are replaced one by one."""


@dataclass(frozen=True, slots=True)
class ArrayStep:
    """One change at an index of the old array; an insertion stands before that index."""

    action: str
    """replace, remove or insert."""
    at: int
    value: Any = None


def _common(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """Pairs of indices of a longest common subsequence."""
    if len(old) * len(new) > _MOST_COMPARISONS:
        return []
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


def array_steps(old: Sequence[Any], new: Sequence[Any]) -> Iterator[ArrayStep]:
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
    for (i, j), (next_i, next_j) in reversed(list(pairwise(pairs))):
        taken, given = next_i - i - 1, next_j - j - 1
        shared = min(taken, given)
        for each in range(given - 1, shared - 1, -1):
            yield ArrayStep("insert", next_i, new[j + 1 + each])
        for each in range(taken - 1, shared - 1, -1):
            yield ArrayStep("remove", i + 1 + each)
        for each in range(shared - 1, -1, -1):
            yield ArrayStep("replace", i + 1 + each, new[j + 1 + each])
