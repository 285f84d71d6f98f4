"""What gopls tells of its requests becomes windows, counts and a proof of what is in flight."""

from __future__ import annotations

import random

import pytest

from gopls_diag.engines.record.requests import HOW_KNOWN, Requests
from gopls_diag.model.otlp import MethodCount, OtlpCommand, OtlpMetrics, OtlpRequest, OtlpTraces
from gopls_diag.model.record_settings import RecordSettings
from gopls_diag.model.recorded_session import EventKind
from gopls_diag.parse.lsp_methods import NOTIFICATIONS, REQUESTS

HOVER = "textDocument/hover"
NOW = 1_795_000_000.0


def requests(**settings: float) -> Requests:
    return Requests(RecordSettings(**settings))  # type: ignore[arg-type]


def ended(
    method: str = HOVER, seconds: float = 0.1, status: str = "OK", *, ago: float = 0.0, **more: str
) -> OtlpRequest:
    end = NOW - ago
    return OtlpRequest(method, more.get("direction", "in"), more.get("id", "#1"), end - seconds, end, status)


def counts(*each: tuple[str, int | None, int | None]) -> OtlpMetrics:
    return OtlpMetrics(tuple(MethodCount(method, "in", started, completed) for method, started, completed in each))


def test_slow_and_failed_requests_of_the_window_are_counted() -> None:
    seen = requests(slow_seconds=2.0, window_seconds=60.0)
    told = (ended(), ended(seconds=3.0), ended(status="ERROR"), ended(status="CANCELED", seconds=9.0))
    seen.add(OtlpTraces(told), 100.0, unix_seconds=NOW)

    window = seen.window(150.0)

    assert (window.count, window.slow, window.failed) == (4, 2, 1)
    assert window.words == "textDocument/hover 3 of 4"
    assert seen.window(161.0).count == 0


def test_what_the_editor_did_not_ask_for_is_in_no_window() -> None:
    seen = requests()
    seen.add(OtlpTraces((ended(direction="out"), ended("textDocument/didChange", id=""))), 1.0)

    assert seen.window(1.0).count == 0
    assert seen.totals() == ()


def test_a_command_may_take_longer() -> None:
    seen = requests(slow_seconds=2.0)
    seen.add(OtlpTraces((ended("workspace/executeCommand", 7.0), ended("workspace/executeCommand", 9.0))), 1.0)

    assert seen.window(1.0).slow == 1


def test_quantiles_are_right_within_their_promise() -> None:
    chance = random.Random(5)
    times = [chance.lognormvariate(-4, 2) for _ in range(5000)]
    seen = requests()
    for each in times:
        seen.add(OtlpTraces((ended(seconds=each),)), 1.0)
    times.sort()

    total = seen.totals()[0]

    assert total.count == 5000
    assert total.median_seconds == pytest.approx(times[2499], rel=0.026)
    assert total.p95_seconds == pytest.approx(times[4749], rel=0.026)
    assert total.slowest_seconds == pytest.approx(times[-1], rel=1e-4)


def test_a_request_is_in_flight_while_fewer_are_completed_than_were_started() -> None:
    seen = requests()
    seen.add(counts((HOVER, 3, 2)), 10.0)
    seen.add(counts((HOVER, 5, 2)), 12.0)

    (flight,) = seen.in_flight(20.0)

    assert (flight.method, flight.count, flight.waited_seconds, flight.how_known) == (HOVER, 3, 10.0, HOW_KNOWN)


def test_the_wait_is_one_that_holds_in_any_order() -> None:
    """Three were open at 10; two of five are completed later: one of the three at least is still open."""
    seen = requests()
    seen.add(counts((HOVER, 3, 0)), 10.0)
    seen.add(counts((HOVER, 5, 2)), 12.0)
    assert seen.in_flight(20.0)[0].waited_seconds == 10.0

    # With a third completed, those of 12 may be the only ones left.
    seen.add(counts((HOVER, 5, 3)), 21.0)
    assert seen.in_flight(22.0)[0].waited_seconds == 10.0

    seen.add(counts((HOVER, 5, 5)), 23.0)
    assert seen.in_flight(24.0) == ()


@pytest.mark.parametrize("seed", range(20))
def test_the_wait_is_never_longer_than_the_true_one(seed: int) -> None:
    chance = random.Random(seed)
    seen = requests()
    open_since: list[float] = []
    started = completed = 0
    for step in range(300):
        now = step * 2.0
        for _ in range(chance.randrange(4)):
            open_since.append(now - chance.random() * 2)
            started += 1
        for _ in range(min(len(open_since), chance.randrange(4))):
            open_since.pop(chance.randrange(len(open_since)))
            completed += 1
        if chance.random() < 0.8:
            seen.add(counts((HOVER, started, completed)), now)
            flight = seen.in_flight(now)
            assert sum(each.count for each in flight) == len(open_since)
            if flight and flight[0].waited_seconds:
                assert flight[0].waited_seconds <= now - min(open_since) + 1e-9


def test_a_post_without_a_count_changes_nothing() -> None:
    seen = requests()
    seen.add(counts((HOVER, 5, 5)), 1.0)
    seen.add(counts((HOVER, 6, None)), 3.0)
    assert [each.count for each in seen.in_flight(4.0)] == [1]

    seen.add(counts((HOVER, None, 6)), 5.0)
    assert seen.in_flight(6.0) == ()


def test_nobody_waits_for_a_notification() -> None:
    seen = requests()
    seen.add(counts(("initialized", 1, 0), ("textDocument/didOpen", 4, 1)), 1.0)

    assert seen.in_flight(60.0) == ()


def test_events_stand_at_the_time_of_their_end() -> None:
    seen = requests()
    told = OtlpTraces((ended(ago=1.5),), (OtlpCommand("list", "/w", NOW - 3, NOW - 2, failed=False),))

    events = seen.add(told, 100.0, unix_seconds=NOW)

    assert [(each.at_seconds, each.kind, each.subject) for each in events] == [
        (98.0, EventKind.CHILD, "go list"),
        (98.5, EventKind.REQUEST, HOVER),
    ]


@pytest.mark.parametrize("clock", [NOW - 3600, NOW + 86400])
def test_a_clock_that_was_set_moves_no_event_far(clock: float) -> None:
    (event,) = requests().add(OtlpTraces((ended(),)), 100.0, unix_seconds=clock)

    assert event.at_seconds == 100.0


@pytest.mark.parametrize(
    ("request_", "detail"),
    [
        (ended(), ""),
        (ended(status="ERROR"), "failed: ERROR"),
        (ended(status="CANCELED"), "cancelled"),
        (ended("workspace/configuration", 5.0, direction="out"), "asked by gopls"),
    ],
)
def test_an_event_says_how_it_ended(request_: OtlpRequest, detail: str) -> None:
    assert [each.detail for each in requests().add(OtlpTraces((request_,)), 1.0)] == [detail]


def test_quick_notifications_leave_no_event() -> None:
    told = OtlpTraces(
        (ended("textDocument/didChange", id=""), ended("textDocument/publishDiagnostics", direction="out"))
    )

    assert requests().add(told, 1.0) == ()


def test_memory_is_bounded_whatever_is_told() -> None:
    seen = requests()
    for number in range(3000):
        told = tuple(ended(f"evil/{number}/{place}", status=f"S{number}") for place in range(4))
        events = seen.add(OtlpTraces(told), float(number))
        assert len(events) <= 200
        seen.add(counts((f"evil/{number}", number + 2, number)), float(number))

    assert [each.method for each in seen.totals()] == ["other"]
    assert seen.totals()[0].count == 12_000
    assert len(seen.histograms()) <= 9
    assert len(seen.in_flight(1.0)) == 1
    assert seen.window(3000.0).count <= 4096


def test_of_too_many_events_those_that_failed_or_lasted_stay() -> None:
    told = [ended(seconds=0.001 * number) for number in range(1000)] + [ended(status="ERROR", seconds=0.0)]
    events = requests().add(OtlpTraces(tuple(told)), 1.0)

    assert len(events) == 200
    assert sum(bool(each.detail) for each in events) == 1
    assert min(each.elapsed_seconds or 0 for each in events if not each.detail) > 0.79


def test_no_method_is_both() -> None:
    assert not REQUESTS & NOTIFICATIONS
    assert len(REQUESTS) > 60
