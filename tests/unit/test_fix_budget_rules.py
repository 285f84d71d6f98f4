"""When a budget of memory is too small, and what the smallest is that a measurement supports."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gopls_diag.cli.exits import UserError
from gopls_diag.cli.fix_budget import budget_of
from gopls_diag.engines.fix.budget_place import variable_text
from gopls_diag.engines.fix.weighing import weight_of
from gopls_diag.model.amount import GIB, MIB
from gopls_diag.model.budget import Weight, thrashes, too_small
from gopls_diag.model.session import SessionScript, SessionStep, SessionTranscript, SessionUtterance

WARM = Weight(
    peak_bytes=88 * MIB, cpu_seconds=0.6, collecting_share=0.003, live_bytes=125 * MIB,
    largest_live_bytes=97 * MIB, tight_cycles=1, load_seconds=0.5, elapsed_seconds=4.0,
)  # fmt: skip
COLD = Weight(
    peak_bytes=662 * MIB, cpu_seconds=7.9, collecting_share=0.10, live_bytes=302 * MIB,
    largest_live_bytes=405 * MIB, tight_cycles=1, load_seconds=1.0, elapsed_seconds=33.0,
)  # fmt: skip


@pytest.mark.parametrize(
    ("words", "size_bytes"),
    [
        ("2GiB", 2 * GIB),
        ("2GB", 2 * GIB),
        ("2G", 2 * GIB),
        ("2 gib", 2 * GIB),
        ("2.5GiB", 2560 * MIB),
        ("2048MiB", 2 * GIB),
        ("1500m", 1500 * MIB),
        ("2147483648", 2 * GIB),
    ],
)
def test_amounts_are_read_as_people_write_them(words: str, size_bytes: int) -> None:
    assert budget_of(words) == size_bytes


@pytest.mark.parametrize(
    ("words", "spelled"),
    [("2 gigs", "2GiB"), ("2", "2GiB"), ("lots", "2GiB"), ("-2GiB", "2GiB"), ("0GiB", "2GiB"), ("3PB", "3GiB")],
)
def test_a_wrong_unit_is_told_with_the_right_spelling(words: str, spelled: str) -> None:
    with pytest.raises(UserError) as refusal:
        budget_of(words)
    assert spelled in refusal.value.what_to_do


@pytest.mark.parametrize(
    ("size_bytes", "text"), [(2 * GIB, "2GiB"), (2560 * MIB, "2560MiB"), (3 * 1024, "3KiB"), (1000, "1000")]
)
def test_the_variable_is_written_as_go_reads_it(size_bytes: int, text: str) -> None:
    assert variable_text(size_bytes) == text


def test_below_what_is_live_at_rest_nothing_is_tried() -> None:
    assert "125 MiB of live heap at rest" in too_small(20 * MIB, WARM)
    assert too_small(150 * MIB, WARM) == ""
    assert too_small(300 * MIB, COLD) != ""
    assert too_small(400 * MIB, COLD) == ""


def test_nothing_is_said_of_a_need_that_was_not_measured() -> None:
    unknown = replace(WARM, live_bytes=None)

    assert too_small(1, unknown) == ""
    assert unknown.supported_bytes is None


@pytest.mark.parametrize(
    ("run", "word"),
    [
        (replace(WARM, tight_cycles=26, cpu_seconds=0.9), "back to back"),
        (replace(WARM, collecting_share=0.39), "39%"),
        (replace(WARM, cpu_seconds=2.7), "processor time"),
        (replace(WARM, is_unfinished=True, elapsed_seconds=60.0), "did not end its work in 60 s"),
        (replace(WARM, is_thrashing=True, collecting_share=0.5), "little but collect"),
    ],
)
def test_each_sign_of_thrashing_is_seen(run: Weight, word: str) -> None:
    assert word in thrashes(run, WARM)


@pytest.mark.parametrize(
    "run",
    [
        WARM,
        replace(WARM, tight_cycles=4, collecting_share=0.05),
        replace(WARM, cpu_seconds=1.4),
        replace(WARM, collecting_share=None),
    ],
)
def test_a_run_that_goes_well_shows_no_sign(run: Weight) -> None:
    assert thrashes(run, WARM) == ""


def test_a_workspace_that_always_collects_much_is_compared_with_itself() -> None:
    busy = replace(COLD, collecting_share=0.30)

    assert thrashes(replace(busy, collecting_share=0.36), busy) == ""


def test_the_supported_budget_would_have_been_accepted() -> None:
    for bare in (WARM, COLD):
        supported = bare.supported_bytes
        assert supported is not None
        assert too_small(supported, bare) == ""
        assert supported % (50 * MIB) == 0
    assert COLD.supported_bytes == 450 * MIB


SCRIPT = SessionScript(("gopls",), "/src")
TRACE = """gc 1 @0.03s 9%: 0.1+2+0.01 ms clock, 0.2+1/2/0+0.02 ms cpu, 99->99->98 MB, 99 MB goal, 2 P
gc 2 @1.50s 4%: 0.1+200+0.01 ms clock, 0.2+100/200/0+0.02 ms cpu, 190->195->150 MB, 195 MB goal, 2 P
gc 3 @4.00s 3%: 0.1+20+0.01 ms clock, 0.2+1/20/0+0.02 ms cpu, 160->160->125 MB, 300 MB goal, 2 P (forced)
"""


def transcript(*steps: tuple[str, float, str], **more: object) -> SessionTranscript:
    values: dict[str, object] = {"exit_code": 0, "signal": None, "peak_resident_bytes": 90 * MIB, "cpu_seconds": 1.5}
    told = tuple(SessionStep(name, seconds, 1, result) for name, seconds, result in steps)
    said = (SessionUtterance("stderr", TRACE),)
    return SessionTranscript(told, said, **{**values, **more})  # type: ignore[arg-type]


LOADED = (("load", 1.0, "2 packages"), ("diagnostics", 3.0, "for 1 file"), ("collection", 9.0, ""))


def test_a_run_is_weighed_by_its_own_collections_and_its_rest_by_the_forced() -> None:
    weight = weight_of(transcript(*LOADED), SCRIPT)

    assert weight.live_bytes == 125 * MIB
    assert weight.largest_live_bytes == 150 * MIB
    assert weight.collecting_share == pytest.approx((0.0032 + 0.3002) / 8, abs=0.001)
    assert (weight.load_seconds, weight.elapsed_seconds, weight.tight_cycles) == (1.0, 4.0, 1)
    assert not weight.is_unfinished
    assert weight.problem == ""


def test_a_run_that_did_not_end_is_late_and_one_that_failed_is_a_problem() -> None:
    late = transcript(("load", 1.0, "2 packages"), ("diagnostics", 9.0, "for 1 file, more to come"))
    timed = transcript(("load", 60.0, "no answer within 60 s"), ended_by_us="time")
    killed = transcript(("load", 2.0, "ended"), ended_by_us="memory", exit_code=None)
    missing = transcript(("start", 0.0, "could not be started"), start_error="missing")

    assert weight_of(late, SCRIPT).is_unfinished
    assert weight_of(timed, SCRIPT).is_unfinished
    assert weight_of(timed, SCRIPT).problem == ""
    assert "was ended at 4.0 GiB" in weight_of(killed, SCRIPT).problem
    assert "could not be started (missing)" in weight_of(missing, SCRIPT).problem
