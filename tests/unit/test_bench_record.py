"""The statistics of bench/record.py are right on samples made up here."""

from __future__ import annotations

import random
import statistics

import pytest

from bench.recording.intervals import Interval, interval, percentile, request_by_request, verdict

ROUNDS = 12


def sessions(dice: random.Random, middle: float, spread: float, luck: list[float]) -> list[float]:
    """A number for each round: what the round has in common, and its own scatter."""
    return [middle + shared + dice.gauss(0, spread) for shared in luck]


def difference(reference: list[float], other: list[float], draws: int = 4000) -> Interval:
    return interval([mine - its for its, mine in zip(reference, other, strict=True)], draws)


def test_percentiles_are_those_of_the_standard_library() -> None:
    dice = random.Random(1)
    for count in (2, 3, 10, 101, 450):
        values = [dice.expovariate(0.01) for _ in range(count)]
        cuts = statistics.quantiles(values, n=20, method="inclusive")
        assert [percentile(values, each / 20) for each in range(1, 20)] == pytest.approx(cuts)
        assert percentile(values, 0.5) == pytest.approx(statistics.median(values))
        assert (percentile(values, 0), percentile(values, 1)) == (min(values), max(values))


def test_one_value_is_every_percentile() -> None:
    assert [percentile([7.0], share) for share in (0, 0.5, 0.95, 1)] == [7, 7, 7, 7]


def test_equal_sessions_have_no_difference() -> None:
    assert difference([3.0, 5.0, 9.0], [3.0, 5.0, 9.0]) == Interval(0, 0, 0)
    assert difference([3.0, 5.0, 9.0], [4.0, 6.0, 10.0]) == Interval(1, 1, 1)


def test_the_same_numbers_give_the_same_interval() -> None:
    dice = random.Random(2)
    luck = [dice.gauss(0, 50) for _ in range(ROUNDS)]
    one, two = sessions(dice, 400, 10, luck), sessions(dice, 410, 10, luck)
    assert difference(one, two) == difference(one, two)


def test_an_added_cost_is_found_though_rounds_differ_by_much_more() -> None:
    dice = random.Random(3)
    luck = [dice.gauss(0, 500) for _ in range(ROUNDS)]
    found = difference(sessions(dice, 400, 5, luck), sessions(dice, 440, 5, luck))
    assert found.low < 40 < found.high
    assert not found.is_noise
    assert found.high - found.low < 30


def test_one_ruined_session_does_not_make_a_difference() -> None:
    dice = random.Random(4)
    luck = [0.0] * ROUNDS
    one, two = sessions(dice, 400, 5, luck), sessions(dice, 400, 5, luck)
    two[3] += 1_000_000
    assert difference(one, two).is_noise


@pytest.mark.parametrize("rounds", [8, 12, 20])
def test_the_interval_holds_the_truth_as_often_as_it_says(rounds: int) -> None:
    """95 % is what it says; drawn again from few rounds it holds a little less, and no more than a little."""
    dice = random.Random(rounds)
    holds, tries, added = 0, 300, 25.0
    for _ in range(tries):
        luck = [dice.gauss(0, 100) + (dice.random() < 0.1) * dice.expovariate(1 / 300) for _ in range(rounds)]
        found = difference(sessions(dice, 400, 15, luck), sessions(dice, 400 + added, 15, luck), draws=300)
        holds += found.low <= added <= found.high
    assert 0.88 <= holds / tries <= 0.99


def test_requests_of_many_sizes_are_compared_one_by_one() -> None:
    dice = random.Random(5)
    sizes = [dice.choice((300.0, 900.0, 6000.0, 20000.0)) for _ in range(60)]
    one = [each * dice.uniform(0.98, 1.02) for each in sizes]
    assert request_by_request(one, [each + 70 for each in one]) == pytest.approx(70)
    two = [each * dice.uniform(0.98, 1.02) + 70 for each in sizes]
    assert 0 < request_by_request(one, two) < 140
    with pytest.raises(ValueError, match="shorter"):
        request_by_request(one, two[:-1])


def test_verdicts_are_plain() -> None:
    assert verdict(Interval(-12, 3, 18), "µs") == "inside the noise: -12 to +18 µs"
    assert verdict(Interval(1004.2, 1500, 2000), "µs") == "more: +1,500 µs (+1,004 to +2,000 µs)"
    assert verdict(Interval(-0.5, -0.25, -0.125), "ms", 2) == "less: -0.25 ms (-0.50 to -0.12 ms)"
    assert verdict(Interval(0, 0, 0), "µs") == "inside the noise: +0 to +0 µs"
