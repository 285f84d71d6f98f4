"""When the recorder looks deeper and when it calms down: rows of what is seen, and what follows."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from gopls_diag.engines.record.depth import CALM_SECONDS, LOOK_ROOM_BYTES, Decision, Depth, NearestLimit
from gopls_diag.model.record_settings import MIB, RecordSettings
from gopls_diag.model.recorded_session import InFlight, Sample, TroubleKind

SETTINGS = RecordSettings()
LIMIT = 2048 * MIB


@dataclass(frozen=True)
class Window:
    count: int = 0
    slow: int = 0
    failed: int = 0
    words: str = ""


def memory(share: float, limit: int = LIMIT) -> NearestLimit:
    return NearestLimit("control group", int(share * limit), limit)


def waiting(method: str, seconds: float | None) -> tuple[InFlight, ...]:
    return (InFlight(method, 1, seconds, "counts"),)


def see(depth: Depth, now: float, **seen: object) -> Decision:
    known: dict[str, object] = {"window": None, "in_flight": (), "limit": None, **seen}
    return depth.see(now, Sample(now), **known)  # type: ignore[arg-type]


SIGNS = [
    pytest.param({"limit": memory(0.8501)}, TroubleKind.MEMORY, id="memory at its threshold"),
    pytest.param({"limit": memory(0.849)}, None, id="memory below it"),
    pytest.param({"limit": NearestLimit("machine", 5, 0)}, None, id="a limit of nothing"),
    pytest.param({"in_flight": waiting("textDocument/hover", 15.0)}, TroubleKind.STUCK, id="a request is stuck"),
    pytest.param({"in_flight": waiting("textDocument/hover", 14.9)}, None, id="a request takes long"),
    pytest.param({"in_flight": waiting("textDocument/hover", None)}, None, id="nobody knows how long"),
    pytest.param({"in_flight": waiting("workspace/executeCommand", 59.0)}, None, id="a command may take a minute"),
    pytest.param({"in_flight": waiting("workspace/executeCommand", 60.0)}, TroubleKind.STUCK, id="and no more"),
    pytest.param({"in_flight": waiting("window/showMessageRequest", 9e4)}, None, id="a person may take a day"),
    pytest.param({"window": Window(10, slow=4)}, TroubleKind.SLOW, id="four of ten are slow"),
    pytest.param({"window": Window(10, slow=3)}, None, id="three of ten are slow"),
    pytest.param({"window": Window(9, slow=9)}, None, id="too few to say"),
    pytest.param({"window": Window(10, failed=6)}, TroubleKind.FAILING, id="six of ten failed"),
    pytest.param({"window": Window(10, failed=5)}, None, id="half of them failed"),
    pytest.param({"thrashing": "30 collections in 10 s"}, TroubleKind.THRASHING, id="the collector gets nowhere"),
    pytest.param({}, None, id="nothing is wrong"),
]


@pytest.mark.parametrize(("seen", "kind"), SIGNS)
def test_a_sign_begins_a_trouble(seen: dict[str, object], kind: TroubleKind | None) -> None:
    decision = see(Depth(SETTINGS), 100.0, **seen)

    assert [each.kind for each in decision.begun] == ([kind] if kind else [])
    assert (decision.look is not None) == (kind is not None)
    assert decision.next_sample_seconds == (SETTINGS.busy_sample_seconds if kind else SETTINGS.sample_seconds)


ENDS = [
    pytest.param({"limit": memory(0.9)}, {"limit": memory(0.77)}, False, id="memory just below stays a trouble"),
    pytest.param({"limit": memory(0.9)}, {"limit": memory(0.76)}, True, id="memory well below"),
    pytest.param({"limit": memory(0.9)}, {}, True, id="the limit is gone"),
    pytest.param({"window": Window(10, slow=5)}, {"window": Window(10, slow=2)}, False, id="still some slow ones"),
    pytest.param({"window": Window(10, slow=5)}, {"window": Window(10, slow=1)}, True, id="hardly any slow ones"),
    pytest.param({"window": Window(10, slow=5)}, {"window": Window(3, slow=3)}, True, id="hardly any requests"),
    pytest.param({"in_flight": waiting("initialize", 20.0)}, {}, True, id="the request was answered"),
]


@pytest.mark.parametrize(("before", "after", "ends"), ENDS)
def test_a_trouble_ends_when_its_sign_was_gone_for_a_while(
    before: dict[str, object], after: dict[str, object], ends: bool
) -> None:
    depth = Depth(SETTINGS)
    assert see(depth, 100.0, **before).begun

    assert see(depth, 102.0, **after).ended == ()
    decision = see(depth, 102.0 + CALM_SECONDS, **after)

    assert [each.ended_seconds for each in decision.ended] == ([102.0] if ends else [])
    assert [each.ended_seconds for each in depth.troubles] == ([102.0] if ends else [None])


def test_a_measure_that_swings_about_its_threshold_is_one_trouble_with_its_worst_words() -> None:
    depth = Depth(SETTINGS)
    begun = 0
    for step in range(200):
        share = 0.93 if step == 77 else 0.86 if step % 4 else 0.70
        begun += len(see(depth, 100.0 + 2 * step, limit=memory(share)).begun)

    assert begun == 1
    assert [each.words for each in depth.troubles] == [
        "memory was 1.9 GiB, 93 % of the limit of 2.0 GiB (control group)"
    ]


def test_looks_have_pauses_and_an_end() -> None:
    depth = Depth(SETTINGS)
    looks = [now for now in range(0, 10_000, 2) if see(depth, float(now), in_flight=waiting("initialize", 99.0)).look]

    assert looks == [0, 300, 600, 900, 1200, 1500]


def test_a_look_lasts_a_while_and_then_it_is_calm_though_the_trouble_goes_on() -> None:
    depth = Depth(SETTINGS)
    pauses = {
        now: see(depth, float(now), in_flight=waiting("initialize", 99.0)).next_sample_seconds
        for now in (100, 110, 119, 121, 130, 399, 401, 421)
    }

    assert pauses == {100: 0.5, 110: 0.5, 119: 0.5, 121: 2.0, 130: 2.0, 399: 2.0, 401: 0.5, 421: 2.0}


@pytest.mark.parametrize(
    ("seen", "dumps", "heap"),
    [
        pytest.param({"limit": memory(0.9)}, 1, True, id="memory"),
        pytest.param({"in_flight": waiting("initialize", 99.0)}, 3, False, id="stuck"),
        pytest.param({"limit": memory(0.9), "in_flight": waiting("initialize", 99.0)}, 3, True, id="both in one look"),
        pytest.param({"limit": memory(0.95, 200 * MIB)}, 1, False, id="a profile could be what kills it"),
        pytest.param(
            {"limit": NearestLimit("control group", 300 * MIB, 300 * MIB + LOOK_ROOM_BYTES)}, 1, True, id="just room"
        ),
        pytest.param({"thrashing": "words"}, 1, True, id="thrashing"),
    ],
)
def test_what_a_look_takes(seen: dict[str, object], dumps: int, heap: bool) -> None:
    look = see(Depth(SETTINGS), 100.0, **seen).look

    assert look is not None
    assert (look.goroutine_dumps, look.heap) == (dumps, heap)


def test_a_stopped_gopls_is_told_of_and_asked_nothing() -> None:
    depth = Depth(SETTINGS)

    assert see(depth, 100.0, is_stopped=True).begun == (), "a debugger's touch is shorter"
    decision = see(depth, 102.0, is_stopped=True, in_flight=waiting("initialize", 50.0))

    assert {each.kind for each in decision.begun} == {TroubleKind.SILENT, TroubleKind.STUCK}
    assert decision.look is None
    assert see(depth, 104.0, in_flight=waiting("initialize", 52.0)).look is None
    assert see(depth, 114.0, in_flight=waiting("initialize", 62.0)).look is not None


def test_memory_that_climbs_is_measured_more_often_before_it_is_a_trouble() -> None:
    depth = Depth(SETTINGS)
    pauses = [
        see(depth, 100.0 + 2 * step, limit=memory(share)).next_sample_seconds
        for step, share in enumerate((0.30, 0.30, 0.31, 0.45, 0.60))
    ]

    assert pauses[:2] == [2.0, 2.0]
    assert pauses[-1] == 0.5
    assert depth.troubles == ()


def test_the_start_is_measured_more_often() -> None:
    assert see(Depth(SETTINGS), 1.0).next_sample_seconds == SETTINGS.busy_sample_seconds
    assert see(Depth(SETTINGS), 11.0).next_sample_seconds == SETTINGS.sample_seconds


def test_very_many_troubles_are_bounded() -> None:
    depth = Depth(SETTINGS)
    now = 0.0
    for _ in range(1000):
        see(depth, now, thrashing="words")
        see(depth, now + 1)
        see(depth, now + 1 + CALM_SECONDS)
        now += 20

    assert len(depth.troubles) == 100
    assert depth.dropped == 900
    assert depth.troubles[0].began_seconds == 0.0
    assert depth.troubles[-1].began_seconds == 999 * 20.0
