"""One reader for any log: real ones whole, cut anywhere, mixed with others, and of any size."""

from __future__ import annotations

import random
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gopls_diag.model.crash import EndKind
from gopls_diag.model.log_reading import LogReading
from gopls_diag.model.saying import Channel
from gopls_diag.parse.log.reader import LogReader

CORPUS = Path(__file__).parent.parent / "corpus"
LOGS = sorted((CORPUS / "logs").glob("*.log")) + sorted((CORPUS / "vscode").glob("*.log"))
NEOVIM_CRASH = CORPUS / "logs" / "neovim-crash.log"


def read(content: bytes | str, *cuts: int) -> LogReading:
    content = content.encode() if isinstance(content, str) else content
    reader = LogReader("a.log")
    places = [0, *sorted(each % (len(content) + 1) for each in cuts), len(content)]
    for begin, end in pairwise(places):
        reader.feed(content[begin:end])
    return reader.finish()


def goroutine(number: int) -> str:
    depth = number % 7
    frames = "".join(
        f"main.f{each}(0xc000{number:06x})\n\t/src/m/main.go:{each + 1} +0x1d\n" for each in range(depth + 1)
    )
    state = f"chan receive, {number % 90} minutes"
    return f"goroutine {number} [{state}]:\n{frames}created by main.main\n\t/src/m/main.go:9 +0x2\n"


def dump(count: int) -> str:
    return "SIGQUIT: quit\nPC=0x46d441 m=0 sigcode=0\n\n" + "\n".join(goroutine(each) for each in range(1, count + 1))


@pytest.mark.parametrize("path", LOGS, ids=lambda each: each.name)
def test_a_real_log_gives_the_same_however_it_is_cut(path: Path) -> None:
    content = path.read_bytes()
    whole = read(content)
    chosen = random.Random(path.name)

    assert whole.lines == content.count(b"\n") + (not content.endswith(b"\n"))
    assert whole.bytes == len(content)
    for _ in range(5):
        assert read(content, *(chosen.randrange(len(content)) for _ in range(6))) == whole


def test_tells_what_a_log_is_made_of() -> None:
    formats = {each.name: read(each.read_bytes()).formats for each in LOGS}

    assert formats["server-0.57.2.log"][0] == "vscode-0.57"
    assert formats["server-0.56.0.log"][0] == "vscode-0.56"
    assert formats["neovim-crash.log"] == ("neovim", "go-traceback")
    assert formats["gopls-verbose.log"][0] == "gopls-log"
    assert formats["kernel.log"] == ("kernel",)
    assert "rpc-trace" in formats["rpc-trace-errors.log"]


@pytest.mark.parametrize("name", ["server-0.56.0.log", "server-0.57.2.log"])
def test_every_end_of_a_real_channel_is_told_once(name: str) -> None:
    lines = (CORPUS / "vscode" / name).read_text().splitlines()
    told = [line for line in lines if "Server process exited with" in line and "code 0" not in line]

    ends = read((CORPUS / "vscode" / name).read_bytes()).crashes

    assert len(ends) == len(told)
    assert {each.kind for each in ends} >= {EndKind.KILLED, EndKind.SIGNAL}


@pytest.mark.parametrize("prefix", ["", "2026-11-22 18:18:10.368 [error] ", "[stderr] "])
def test_goroutines_are_the_same_by_the_fast_lane_and_line_by_line(prefix: str) -> None:
    count = 3000
    text = dump(count)
    carried = "".join(f"{prefix}{line}\n" for line in text.splitlines())

    (fast,) = read(carried).crashes
    (slow,) = read(carried, *range(0, len(carried), 97)).crashes

    assert fast == slow
    assert fast.goroutines == count
    assert sum(each.count for each in fast.buckets) == count
    assert fast.last_line == carried.count("\n")


def test_a_prefix_that_changes_in_between_ends_the_lane_and_not_the_dump() -> None:
    lines = [f"2026-11-22 18:18:10.368 [error] {line}" for line in dump(400).splitlines()]
    for at in (50, 51, 700, 1500):
        lines.insert(at, "2026-11-22 18:18:10.368 [info] 2026/11/22 18:18:10 background refresh finished")

    reading = read("\n".join(lines) + "\n")

    assert [each.goroutines for each in reading.crashes] == [400]
    assert sum(each.channel is Channel.LOG for each in reading.sayings) == 4


@settings(deadline=None, max_examples=25)
@given(st.randoms(use_true_random=False))
def test_two_programs_of_one_journal_do_not_mix(chosen: random.Random) -> None:
    ways = [
        (f"Nov 22 15:57:57 burrow gopls[{pid}]: ", iter(dump(count).splitlines())) for pid, count in ((7, 12), (8, 30))
    ]
    lines = []
    while ways:
        at = chosen.randrange(len(ways))
        line = next(ways[at][1], None)
        if line is None:
            del ways[at]
        else:
            lines.append(ways[at][0] + line)

    crashes = read("\n".join(lines) + "\n").crashes

    assert sorted((each.stream, each.goroutines) for each in crashes) == [("gopls[7]", 12), ("gopls[8]", 30)]


@settings(deadline=None, max_examples=25)
@given(st.lists(st.integers(0, 200), max_size=12))
def test_messages_between_the_lines_of_a_crash_do_not_cut_it(places: list[int]) -> None:
    lines = dump(30).splitlines()
    alone = read("\n".join(lines) + "\n").crashes[0]
    for each in sorted(places, reverse=True):
        lines[each:each] = ["[Info  - 6:27:08 PM] 2026/11/22 18:27:08 go/packages.Load #1", '\tview_id="1"']

    (crash,) = read("\n".join(lines) + "\n").crashes

    assert crash.goroutines == alone.goroutines
    assert [(each.stack, each.ids) for each in crash.buckets] == [(each.stack, each.ids) for each in alone.buckets]


def test_utf_16_of_powershell_is_read_like_utf_8() -> None:
    (plain,) = read(dump(20)).crashes

    for encoding in ("utf-16", "utf-16-le", "utf-8-sig"):
        assert read(dump(20).replace("\n", "\r\n").encode(encoding)).crashes == (plain,)


def test_streams_without_number_are_ended_in_turn() -> None:
    text = "".join(f"Nov 22 15:57:57 burrow gopls[{pid}]: panic: {pid}\n" for pid in range(1, 201))

    reading = read(text)

    assert [each.message for each in reading.crashes] == [f"panic: {pid}" for pid in range(1, 201)]


def test_of_very_many_sayings_the_first_and_the_last_are_kept() -> None:
    reading = read("".join(f"2026/11/22 18:27:00 message {each}\n" for each in range(60_000)))

    assert reading.sayings[0].text == "message 0"
    assert reading.sayings[-1].text == "message 59999"
    assert len(reading.sayings) == 50_000
    assert "10000 sayings in the middle were left out" in reading.notes


def test_says_what_was_cut() -> None:
    reading = read(b"x" * 3_000_000 + b"\npanic: boom\n")

    assert "1 lines of more than 1024 KiB were cut" in reading.notes
    assert reading.crashes[0].line == 2


def test_an_empty_log_holds_nothing() -> None:
    assert read(b"") == LogReading("a.log")
