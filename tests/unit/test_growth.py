"""What grows out of proportion is seen, what does not is let through, on a busy machine too."""

from __future__ import annotations

import contextlib
import gc
import random
import re
import signal
import time

import pytest

from tests import growth
from tests.growth import assert_linear


def in_proportion(size: int) -> int:
    return sum(range(size))


def quadratic(size: int) -> int:
    return sum(sum(range(place)) for place in range(size))


def cuts_its_rest_off_again_and_again(text: str) -> int:
    """Quadratic in copied bytes alone: each is quick, and a short text hides it."""
    count = 0
    while text:
        text = text[1:]
        count += 1
    return count


def letters(size: int) -> str:
    return "a" * size


@pytest.mark.parametrize("factor", [8, 16])
def test_work_in_proportion_passes(factor: int) -> None:
    assert_linear(in_proportion, int, 1_000, factor=factor)
    assert_linear(sorted, lambda size: random.Random(1).sample(range(size), size), 1_000, factor=factor)
    assert_linear(re.compile(r"[a-z]{1,200}!").search, letters, 2_000, factor=factor)


@pytest.mark.parametrize("factor", [8, 16])
def test_quadratic_work_fails(factor: int, monkeypatch: pytest.MonkeyPatch) -> None:
    # So that these fail sooner.
    monkeypatch.setattr(growth, "LEAST_SECONDS", 0.001)
    with pytest.raises(AssertionError, match=f"in proportion would be {factor}, quadratic {factor**2}"):
        assert_linear(quadratic, int, 10, factor=factor, rounds=2)


def test_quadratic_copies_fail() -> None:
    with pytest.raises(AssertionError, match="times as long"):
        assert_linear(cuts_its_rest_off_again_and_again, letters, 20_000, rounds=2)


def test_a_quadratic_pattern_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(growth, "LEAST_SECONDS", 0.001)
    with pytest.raises(AssertionError, match="times as long"):
        assert_linear(re.compile(r"a+b").search, letters, 1_000, rounds=2)
    with pytest.raises(AssertionError, match="times as long"):
        assert_linear(re.compile(r"(?s)a.*b").search, letters, 8_000, factor=8, largest=8_000, rounds=2)


def test_a_catastrophic_pattern_is_stopped_and_fails() -> None:
    with pytest.raises(AssertionError, match="not over after 1 s"):
        assert_linear(re.compile(r"(a+)+b").search, letters, 5, hang_seconds=1.0)


def test_what_never_ends_is_stopped_though_it_catches_every_exception() -> None:
    def turn(_: int) -> None:
        while True:
            with contextlib.suppress(Exception):
                in_proportion(10)

    before = signal.getsignal(signal.SIGALRM)
    with pytest.raises(AssertionError, match="not over"):
        assert_linear(turn, int, 1, hang_seconds=0.2)
    assert signal.getsignal(signal.SIGALRM) is before
    assert signal.getitimer(signal.ITIMER_REAL)[0] == 0


def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """A processor time that only the test moves."""
    now = [0.0]
    monkeypatch.setattr(time, "process_time", lambda: now[0])
    return now


def test_noise_in_all_rounds_but_one_does_no_harm(monkeypatch: pytest.MonkeyPatch) -> None:
    now, long_runs = clock(monkeypatch), []

    def disturbed(size: int) -> None:
        if size > 10:
            long_runs.append(size)
        is_disturbed = size > 10 and len(long_runs) < growth.ROUNDS
        now[0] += size * (0.02 if is_disturbed else 0.001)

    assert_linear(disturbed, int, 10)

    assert long_runs == [160] * growth.ROUNDS


def test_quadratic_work_fails_with_any_noise(monkeypatch: pytest.MonkeyPatch) -> None:
    now, chance = clock(monkeypatch), random.Random(1)

    def disturbed(size: int) -> None:
        # Half of the runs take up to thirty times as long as they would alone.
        now[0] += 0.0001 * size**2 * chance.choice([1, chance.uniform(1, 30)])

    for _ in range(100):
        with pytest.raises(AssertionError, match="the least of 12 rounds"):
            assert_linear(disturbed, int, 10)


def test_a_quick_input_is_made_longer_and_the_bound_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    now, sizes = clock(monkeypatch), []

    def work(size: int) -> None:
        sizes.append(size)
        now[0] += size * 1e-6

    assert_linear(work, int, 1_000)
    assert sizes == [1_000, 2_000, 4_000, 8_000, *[8_000] * growth.SHORT_RUNS, 128_000]

    sizes.clear()
    assert_linear(work, int, 1_000, largest=3_000)
    assert sizes == [1_000, 2_000, 3_000, *[3_000] * growth.SHORT_RUNS, 48_000]


def test_the_collector_rests_and_is_set_going_again() -> None:
    seen: list[bool] = []

    def work(size: int) -> None:
        seen.append(gc.isenabled())
        in_proportion(size)

    assert gc.isenabled()
    assert_linear(work, int, 100_000)
    assert not any(seen)
    assert gc.isenabled()
    with pytest.raises(ZeroDivisionError):
        assert_linear(lambda size: size // 0, int, 1)
    assert gc.isenabled()
