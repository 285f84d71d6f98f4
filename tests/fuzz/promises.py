"""What `crash` promises of any bytes; each raises AssertionError where it is not kept."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import jsonschema

from gopls_diag.engines.crash import Finished, LogInput, read_logs
from gopls_diag.model.crash import Crash
from gopls_diag.model.crash_report import CrashReport
from gopls_diag.model.log_reading import LogReading
from gopls_diag.model.outcome import Crashed
from gopls_diag.parse.log.reader import LogReader
from gopls_diag.parse.log.systems import whole_file
from gopls_diag.present import crash_issue, crash_json, crash_page, crash_text
from tests.growth import assert_linear

SCHEMA = json.loads(
    (Path(__file__).resolve().parent.parent / "unit" / "schemas" / "crash.schema.json").read_text(encoding="utf-8")
)
SLOW_SECONDS = 0.4
"""What is quicker is not measured again for proportion."""
SETTLED_LINES = 200
TAGS = {
    *("html", "head", "meta", "title", "style", "body", "main", "header", "h1", "p", "div", "input", "button", "span"),
    *("section", "h2", "h3", "pre", "ol", "ul", "li", "b", "small", "code", "details", "summary", "svg", "rect"),
    *("footer", "script"),
}
STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]")
DISGUISES = (b"\0", b"\b", b"\x1b", b"&")
"""With one of these a header may be written otherwise."""


def read(content: bytes, piece_bytes: int = 0, *, block_bytes: int = 1 << 20) -> LogReading:
    """A log that was fed in pieces of one size, or at once."""
    reader = LogReader("fuzzed.log", block_bytes=block_bytes)
    size = piece_bytes or max(1, len(content))
    for place in range(0, len(content), size):
        reader.feed(content[place : place + size])
    return reader.finish()


def adds_up(reading: LogReading, content: bytes) -> None:
    """Counts are those of the parts, and no header is counted twice."""
    for crash in reading.crashes:
        assert 1 <= crash.line <= max(crash.last_line or 1, crash.line)
        assert crash.goroutines >= 0
        counted = sum(each.count for each in crash.buckets)
        # What other profiles count are no goroutines.
        is_told = crash.buckets and (crash.goroutines or "profile" not in crash.message)
        assert not is_told or counted == crash.goroutines, f"{counted} of {crash.goroutines} goroutines"
        for bucket in crash.buckets:
            # A profile prints no states.
            assert not bucket.states or bucket.count == sum(count for _, count in bucket.states)
            assert bucket.count > 0
    if not any(each in content for each in DISGUISES):
        counted = sum(each.goroutines for each in reading.crashes if "profile" not in each.message)
        assert counted <= content.count(b"goroutine"), "headers were counted twice"


def is_the_same_in_pieces(whole: LogReading, content: bytes, piece_bytes: int) -> None:
    """However the bytes are handed over."""
    assert read(content, piece_bytes) == whole, f"read otherwise in pieces of {piece_bytes} bytes"


def is_in_proportion(content: bytes) -> None:
    """Four times the log takes less than eight times as long."""
    assert_linear(read, lambda times: content * times, 1, factor=4)


def outlasts_a_cut(whole: LogReading, content: bytes, at: int) -> None:
    """What was over long before the end of a log, and had another thing behind it, is read as in the whole log."""
    if whole_file(content[:4096]) is not None or at < 4096:
        return
    part = read(content[:at])
    last = part.lines - SETTLED_LINES
    begun = [each.line for each in whole.crashes if each.line < last]
    settled = [each for each in whole.crashes if (each.last_line or each.line) < last and each.line < max(begun)]
    # Several may stand on one line of the input, where lines were carried in one.
    told = [_without_exit(each) for each in part.crashes]
    for each in settled:
        assert _without_exit(each) in told, f"line {each.line} is read otherwise if cut"


def _without_exit(crash: Crash) -> Crash:
    # Whoever tells of the end may do it long after.
    return replace(crash, exit_code=None)


def are_kept_apart(source: random.Random, one: bytes, other: bytes) -> None:
    """Two programs that write to one journal are read as each would be by itself."""
    queues = [_carried(each, name) for each, name in ((one, b"one"), (other, b"two"))]
    order = [0] * len(queues[0]) + [1] * len(queues[1])
    source.shuffle(order)
    both: list[bytes] = []
    alone: tuple[list[bytes], list[bytes]] = ([], [])
    for which in order:
        line = queues[which].pop()
        both.append(line)
        alone[which].append(line)
        alone[1 - which].append(b"Nov 22 10:00:00 host three[3]: nothing")
    told = read(b"\n".join(both)).crashes
    for name, lines in zip(("one", "two"), alone, strict=True):
        expected = _of(read(b"\n".join(lines)).crashes, name)
        assert _of(told, name) == expected, f"stream {name} is read otherwise beside another"


def _carried(content: bytes, name: bytes) -> list[bytes]:
    """Lines of a journal, the first one last."""
    return [b"Nov 22 10:00:00 host %s[7]: %s" % (name, each) for each in reversed(content.split(b"\n"))]


def _of(crashes: Iterable[Crash], stream: str) -> list[Crash]:
    return [each for each in crashes if each.stream.split("[")[0] == stream]


def is_told(content: bytes) -> None:
    """All forms of a report can be written, and what stands in the log steers none of them."""
    *_, last = read_logs([LogInput("fuzzed.log", [content], len(content))], now_seconds=1_790_000_000.0)
    assert isinstance(last, Finished)
    report = last.report
    for each in report.outcomes:
        assert not isinstance(each.outcome, Crashed), f"{each.declaration.id}: {each.outcome}"
    for width, is_all in ((80, False), (40, True)):
        screen = crash_text.render(report, width=width, with_colour=False, is_verbose=is_all, all_stacks=is_all)
        assert STEERING.search(screen) is None, "the screen can be steered"
    document = json.loads("".join(crash_json.pieces(report, "0.1.0")))
    jsonschema.Draft202012Validator(SCHEMA).validate(document)
    _is_safe("".join(crash_page.pieces(report, "0.1.0")))
    _issue(report)


def _issue(report: CrashReport) -> None:
    crash = crash_issue.worth_reporting(report.crashes)
    if crash is not None:
        crash_issue.render(crash, count=2, diag_version="0.1.0")


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.scripts = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in TAGS, f"<{tag}> on the page"
        assert not any(name.startswith("on") or name in ("src", "href", "style") for name, _ in attrs)
        self.scripts += tag == "script"
        if tag not in ("meta", "input"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in TAGS, f"<{tag}/> on the page"

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, f"</{tag}> closes another"


def _is_safe(page: str) -> None:
    reader = _Page()
    reader.feed(page)
    reader.close()
    assert reader.open == []
    assert reader.scripts == 1
    assert page.lower().count("<script") == 1
