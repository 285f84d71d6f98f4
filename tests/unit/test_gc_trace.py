"""Collections: real gctrace lines, and what they prove."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gopls_diag.model.log_reading import GcHistory
from gopls_diag.parse.log.gc_trace import GcTraceReader, parse_cycle
from gopls_diag.parse.log.reader import LogReader
from tests.conftest import ROOT

CORPUS = ROOT / "tests" / "corpus" / "gctrace"
MEBIBYTE = 1 << 20


def read(lines: list[str]) -> tuple[GcTraceReader, tuple[GcHistory, ...]]:
    reader = GcTraceReader()
    for number, line in enumerate(lines, 1):
        reader.line(line, number)
    return reader, reader.finish()


def read_file(name: str) -> GcHistory:
    reader, (history,) = read(Path(CORPUS / name).read_text().splitlines())
    assert reader.not_understood == 0
    return history


def cycle(number: int, at: float, live: int, goal: int, *, clock: float = 100, cpu: float = 100, rest: str = "") -> str:
    return (
        f"gc {number} @{at:.3f}s 5%: 0.1+{clock}+0.1 ms clock, 0.2+{cpu}/{cpu}/0+0.2 ms cpu, "
        f"{goal}->{goal}->{live} MB, {goal} MB goal, 0 MB stacks, 0 MB globals, 2 P{rest}"
    )


@pytest.mark.parametrize(
    "line",
    [
        "gc 1 @0.004s 4%: 0.10+0.25+0.002 ms clock, 0.20+0.18/0.074/0.049+0.004 ms cpu, 4->5->4 MB, 5 MB goal, 2 P",
        "gc 3 @0.052s 1%: 0.15+1.5+0.006 ms clock, 0.31+0/0.34/0.21+0.012 ms cpu, 9->9->9 MB, 14 MB goal, 0 MB stacks, "
        "0 MB globals, 2 P (forced)",
        "gc 2 @0.056s 0% (checking for goroutine leaks): 0.017+0.16+0.002 ms clock, 0.035+0/0.13/0.11+0.005 ms cpu, "
        "0->0->0 MB, 4 MB goal, 0 MB stacks, 0 MB globals, 2 P (forced)",
    ],
    ids=["go1.17", "go1.18", "go1.26-leaks"],
)
def test_reads_the_lines_of_each_release(line: str) -> None:
    found = parse_cycle(line, 7)

    assert found is not None
    assert found.cycle.line == 7
    assert found.cycle.is_forced == line.endswith(" (forced)")
    assert found.processors == 2


def test_gives_every_number_of_a_line_its_place() -> None:
    found = parse_cycle(
        "gc 62 @7.350s 14%: 2.8+381+0.20 ms clock, 5.6+42/189/7+0.41 ms cpu, 155->171->166 MB, 156 MB goal, "
        "1 MB stacks, 2 MB globals, 4 P",
        1,
    )

    assert found is not None
    assert (found.cycle.number, found.cycle.at_seconds, found.cycle.cpu_percent) == (62, 7.35, 14.0)
    assert (found.cycle.heap_before_bytes, found.cycle.heap_after_bytes) == (155 * MEBIBYTE, 171 * MEBIBYTE)
    assert (found.cycle.live_bytes, found.cycle.goal_bytes) == (166 * MEBIBYTE, 156 * MEBIBYTE)
    assert found.clock_seconds == pytest.approx(0.384)
    # What idle processors gave is no cost: 5.6 + 42 + 189 + 0.41.
    assert found.cpu_seconds == pytest.approx(0.23701)


def test_a_number_that_falls_back_to_one_is_a_new_process() -> None:
    _, histories = read([cycle(1, 0.1, 1, 4), cycle(2, 0.2, 2, 4), cycle(1, 0.1, 3, 4), cycle(2, 0.3, 4, 4)])

    assert [[each.live_bytes // MEBIBYTE for each in history.cycles] for history in histories] == [[1, 2], [3, 4]]


def test_two_processes_that_write_at_once_are_kept_apart() -> None:
    gopls = [cycle(number, number, 100 + number, 400) for number in range(5, 9)]
    go = [cycle(number, number / 10, number, 9) for number in range(1, 5)]

    _, histories = read([line for pair in zip(gopls, go, strict=True) for line in pair])

    assert [history.count for history in histories] == [4, 4]


def test_lines_that_were_cut_are_counted_and_not_guessed() -> None:
    whole = cycle(1, 0.1, 1, 4)

    reader, (history,) = read([whole, "gc 34 @0.426s ", whole[:60], "gc 34 @0.4gc 35 @0.5s 3%:", cycle(2, 0.5, 1, 4)])

    assert reader.not_understood == 3
    assert history.count == 2


@pytest.mark.parametrize(
    "line",
    [
        "GC forced",
        "scav 1 0 KiB work, 54368 KiB total, 98% util",
        "scav 0 KiB work (bg), 0 KiB work (eager), 1208 KiB now, 98% util",
        "SCHED 0ms: gomaxprocs=2 idleprocs=1 threads=6 spinningthreads=0 idlethreads=1 runqueue=0 [0 0]",
        "  P0: status=0 schedtick=0 syscalltick=0 m=nil runqsize=0 gfreecnt=0 timerslen=0",
        "  G1: status=4(chan receive) m=nil lockedm=0",
        "pacer: assist ratio=+1.057416e+000 (scan 0 MB in 3->4 MB) workers=0++2.500000e-001",
        "init internal/bytealg @0 ms, 0 ms clock, 0 bytes, 0 allocs",
        "scan: class 8B 30+0+0=30 objs, 0+0=0 spans",
        "checkfinalizers: queue: 0 finalizers + 0 cleanups",
    ],
)
def test_knows_the_other_lines_of_godebug(line: str) -> None:
    assert GcTraceReader().line(line, 1)


@pytest.mark.parametrize(
    "line", ["", "gc", "gc things", "initialize failed", "  Plain text", "panic: x", "goroutine 1 [running]:"]
)
def test_leaves_other_lines_alone(line: str) -> None:
    assert not GcTraceReader().line(line, 1)


def test_a_long_history_is_thinned_out_evenly_and_keeps_both_ends() -> None:
    _, (history,) = read([cycle(number, number, 5, 9) for number in range(1, 30_001)])

    numbers = [each.number for each in history.cycles]
    assert history.count == 30_000
    assert len(numbers) <= 2000
    assert (numbers[0], numbers[-1]) == (1, 30_000)
    assert numbers == sorted(set(numbers))
    assert max(after - before for before, after in pairwise(numbers)) <= 64


def test_many_processes_are_bounded() -> None:
    reader, histories = read([cycle(1, 0.1, 1, 4)] * 5 + [cycle(1, number / 1000, 1, 4) for number in range(1000)])

    assert len(histories) <= 200
    assert reader.dropped > 0


def test_a_memory_limit_below_what_is_needed_is_thrashing() -> None:
    history = read_file("gopls-memory-limit-300-mib.log")

    thrash = history.explanations[0]
    assert thrash.kind == "gc-thrash"
    assert thrash.is_certain
    assert "50% of the processor time" in thrash.summary
    assert "432 MB live at a goal of 408 MB" in thrash.summary
    assert thrash.proof[-1].startswith("gc 89 @264.849s 50%:")


@pytest.mark.parametrize("name", ["gopls-cold.log", "gopls-gogc-25.log"])
def test_a_heavy_load_or_a_low_gogc_is_no_thrashing(name: str) -> None:
    kinds = [each.kind for each in read_file(name).explanations]

    assert "gc-thrash" not in kinds
    assert "gc" in kinds


def test_a_share_of_time_is_of_the_last_stretch_and_not_since_the_start() -> None:
    (share,) = [each for each in read_file("gopls-gogc-25.log").explanations if each.kind == "gc-share"]

    assert "38% of the processor time in the last 134 s (33 % since the start)" in share.summary


def test_tells_where_the_live_heap_went_and_what_of_it_is_ballast() -> None:
    (course,) = [each for each in read_file("gopls-cold.log").explanations if each.kind == "gc"]

    assert "from 1 to 810 MB" in course.summary
    assert "95 MB of it the ballast" in course.summary
    assert "the heap was 1399 MB" in course.summary


def test_a_steady_rise_is_told_and_a_level_heap_is_not() -> None:
    _, (rising,) = read([cycle(number, 10 * number, 100 + 5 * number, 2000) for number in range(1, 60)])
    _, (level,) = read([cycle(number, 10 * number, 300 + number % 7, 2000) for number in range(1, 60)])

    assert "30.0 MB a minute" in next(each.summary for each in rising.explanations if each.kind == "gc-growth")
    assert not [each for each in level.explanations if each.kind == "gc-growth"]


@given(st.lists(st.text(alphabet="gc 0123456789@s%:+./->MBPforced()\n", max_size=60)))
def test_never_raises(lines: list[str]) -> None:
    read(["gc " + line for line in lines] + lines)


def test_collections_that_write_into_a_crash_are_taken_out_of_it() -> None:
    crash = ["panic: x", "", "goroutine 1 [running]:", "main.main()", cycle(1, 0.1, 1, 4), "\t/src/main.go:7 +0x1d", ""]
    reader = LogReader("-")

    reader.feed("\n".join(["GC forced", *crash, "gc 2 @0.2s 3%: 0.1+0", ""]).encode())
    reading = reader.finish()

    assert [history.count for history in reading.collections] == [1]
    assert [(each.message, each.goroutines, each.not_understood) for each in reading.crashes] == [("panic: x", 1, ())]
    assert reading.crashes[0].top_frame is not None
    assert reading.crashes[0].top_frame.line == 7
    # The one that was cut.
    assert reading.not_understood == 1
