"""What is kept of a log has a limit, and what is left out is told."""

from __future__ import annotations

import pytest

from gopls_diag.model.crash import EndKind
from gopls_diag.model.log_reading import LogReading
from gopls_diag.parse.go_crash import groups
from gopls_diag.parse.log import stream
from gopls_diag.parse.log.reader import LogReader

DUMP = "panic: x\n\ngoroutine 1 [running]:\nmain.main()\n\t/a/main.go:1 +0x1\n\n"


def read(text: str) -> LogReading:
    reader = LogReader("a.log")
    reader.feed(text.encode())
    return reader.finish()


def test_crashes_beyond_the_limit_are_counted_whichever_stream_they_are_of(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "_CRASHES_LIMIT", 3)
    log = "".join(f"web{each}-1  | {line}\n" for each in range(5) for line in DUMP.splitlines())

    reading = read(log)

    assert [each.kind for each in reading.crashes] == [EndKind.PANIC] * 3
    assert "2 further crashes were left out" in reading.notes


def test_stacks_beyond_the_limit_are_told_to_be_counted_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(groups, "_GROUPS_LIMIT", dict.fromkeys(groups.GroupingRule, 2))
    log = DUMP + "".join(f"goroutine {each} [select]:\nmain.f{each}()\n\t/a/f.go:1 +0x1\n\n" for each in range(2, 9))

    reading = read(log)

    (crash,) = reading.crashes
    assert crash.goroutines == 8 == sum(each.count for each in crash.buckets)
    assert any("were counted by state alone" in each for each in reading.notes)


def test_lines_that_were_held_back_keep_their_number_beside_another_stream() -> None:
    # The panic is held until a header proves its prefix; the other unit's lines stand between.
    lines = [f"Nov 22 10:00:00 host one[7]: app> {each}" for each in DUMP.splitlines()]
    other = "Nov 22 10:00:00 host two[8]: nothing"

    reading = read("\n".join(word for line in lines for word in (line, other, other)))

    (crash,) = reading.crashes
    assert (crash.line, crash.stream.split("[")[0]) == (1, "one")
    assert crash.crashing is not None
    assert crash.crashing.line == 7
