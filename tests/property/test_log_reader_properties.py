"""What `crash` promises of any bytes holds for damaged, mixed and cut logs; tests/fuzz goes on for longer."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fuzz import promises
from tests.fuzz.fuzz_logs import CORPUS, WORDS, contents, damaged

_SEED_BYTES = 12_000
SEEDS = [each[:_SEED_BYTES] for each in contents(CORPUS)][::7]
"""Beginnings of real logs, each long enough for some goroutines."""

BYTES = st.binary(max_size=300)
LOGS = st.lists(st.one_of(st.sampled_from(WORDS), st.sampled_from(SEEDS).map(lambda log: log[:600]), BYTES), max_size=8)
DAMAGED = st.integers(0, 2**32).map(lambda number: damaged(random.Random(number), SEEDS)[: 3 * _SEED_BYTES])
"""A log as the fuzzer hurts it."""

quick = settings(deadline=None, derandomize=True, max_examples=120)
slow = settings(deadline=None, derandomize=True, max_examples=40)


def test_there_are_seeds() -> None:
    assert len(SEEDS) > 20


@quick
@given(st.one_of(DAMAGED, LOGS.map(b"".join)), st.sampled_from((7, 100, 4096)))
def test_the_pieces_that_are_fed_do_not_matter(content: bytes, piece_bytes: int) -> None:
    promises.is_the_same_in_pieces(promises.read(content), content, piece_bytes)


@quick
@given(st.one_of(DAMAGED, LOGS.map(b"".join)))
def test_counts_add_up_and_no_goroutine_is_counted_twice(content: bytes) -> None:
    promises.adds_up(promises.read(content), content)


@quick
@given(DAMAGED, st.floats(0, 1))
def test_what_was_over_before_a_cut_stays_understood(content: bytes, share: float) -> None:
    promises.outlasts_a_cut(promises.read(content), content, int(share * len(content)))


@slow
@given(st.integers(0, 2**32), st.sampled_from(SEEDS), st.sampled_from(SEEDS))
def test_two_programs_in_one_journal_are_read_as_each_by_itself(number: int, one: bytes, other: bytes) -> None:
    promises.are_kept_apart(random.Random(number), one, other)


@slow
@given(st.one_of(DAMAGED, LOGS.map(b"".join)))
def test_whatever_was_read_can_be_told(content: bytes) -> None:
    promises.is_told(content)


@pytest.mark.parametrize("seed", range(0, len(SEEDS), 3))
def test_a_log_read_in_blocks_that_cut_it_anywhere_keeps_its_crashes(seed: int) -> None:
    content = SEEDS[seed]

    whole = promises.read(content).crashes

    assert [promises.read(content, block_bytes=each).crashes for each in (4096, 5000, 7777)] == [whole] * 3
