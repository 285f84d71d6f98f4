"""Any text is cut into sayings without an exception, and in time linear in its length."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gopls_diag.model.log_reading import LogReading
from gopls_diag.parse.log.reader import LogReader
from gopls_diag.parse.probe_places import probe_places
from tests.growth import assert_linear

PIECES = [
    "2026/11/22 18:27:00 ",
    "2026/11/22 18:27:00 Error:2026/11/22 18:27:00 ",
    "2026-11-22 18:14:36.346 [info] ",
    "2026-11-22 18:14:36.346 [error] ",
    "2026-11-22 18:14:36.346 [trace] ",
    "[Info  - 6:27:07 PM] ",
    "[Trace - 18:28:19.439 PM] Sending request 'x - (0)'.",
    "[Error - Received] 19:15:38.785 PM #2 ",
    '[ERROR][2026-11-22 18:49:31] .../vim/lsp/rpc.lua:420\t"rpc"\t"gopls"\t"stderr"\t"',
    "[INFO][2026-11-22 19:05:51] ...lsp/handlers.lua:459\t'",
    "[ 4315.876702] ",
    "Nov 22 15:57:57 burrow kernel: ",
    "Request to stop language server (enabled: true)",
    "Server process exited with code 99999999999999999999.",
    "Client 1 quit with exit code 0 and signal 9",
    "panic: ",
    "goroutine 1 [running]:",
    "\tkey=value",
    "Params: {}",
    "\\",
    "\\999",
    "true",
    "\n",
    "\r\n",
    "\x00",
    "",
]
LOG = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=20)), max_size=60).map("".join)


def read(content: str | bytes) -> LogReading:
    reader = LogReader("a.log")
    reader.feed(content.encode() if isinstance(content, str) else content)
    return reader.finish()


@settings(deadline=None)
@given(LOG)
def test_any_text_is_read_and_loses_no_line_count(text: str) -> None:
    reading = read(text)
    sayings = reading.sayings

    ends = text.count("\n") if "\n" in text[:4096] else text.count("\r")
    assert "\0" in text or reading.lines in (ends, ends + 1)
    assert all(each.text.strip() and each.line is not None and 1 <= each.line <= reading.lines for each in sayings)
    assert {each.channel for each in sayings} <= reading.channels
    assert [each.line for each in sayings] == sorted(each.line or 0 for each in sayings)


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_text(content: bytes) -> None:
    read(content)


@given(st.text(alphabet=st.sampled_from('func type"`/*\n\t.fmtPrin(){}import 世😀'), max_size=300))
def test_places_lie_in_the_text(text: str) -> None:
    lines = text.split("\n")

    places = probe_places(text)

    for place in (places.hover, places.completion):
        assert place.line < len(lines)
        assert 0 <= place.character <= len(lines[place.line].encode("utf-16-le")) // 2


WORST = [
    ("[Info - ", "0", ""),
    ("", "Request to stop language server", ""),
    ("", "Request to stop language server (x)", ""),
    ('[ERROR][1] a\tb\tc\t"stderr"\t"', "\\", ""),
    ("Nov 22 15:57:57 ", "a", ""),
    ("[ ", " ", ""),
    ("2026/11/22 18:27:00 ", "2026/11/22 18:27:00 ", ""),
    ("The ", "server ", ""),
    ("", "Client ", ""),
    ("SIG", "A", ""),
    ("Mon Feb 11 16:36:32 2019:" + '["<---(stderr)",', "[", ""),
    ('2024-03-28T11:32:02.364 helix_lsp::transport [ERROR] gopls err <- "', "\\", ""),
    ("2024-03-28T11:32:02.364 ", "helix_", ""),
    ("Process ", "stderr ", ""),
    ("", "gopls", " has exited ("),
    ("LSP server process terminated, exit code = 1, command line: ", "gopl ", ""),
    ("", "[stderr] ", ""),
    ("2026-04-27T16:39:51-05:00 INFO  [lsp] ", "language gopl ", ""),
    ("", "x", ".service: Main process exited, code=exited, status=1/FAILURE"),
    ("Nov 22 15:57:57 burrow systemd[1]: ", "x.", "service: Main process exited, code=exited, status=1/X"),
    ("2023-11-13 21:52:21,925 [   2793]   INFO - #c - ", "gopl", ""),
    ("", "stderr: goroutine 1 [", ""),
    ("", "goroutine ", ""),
    ("", "[Trace - ", ""),
]
"""What a line begins with, repeats and ends with."""


@pytest.mark.parametrize(("start", "piece", "end"), WORST, ids=range(len(WORST)))
def test_the_worst_line_costs_no_more_than_its_length(start: str, piece: str, end: str) -> None:
    def three_lines(length: int) -> str:
        return f"{start}{piece * (length // len(piece))}{end}\n" * 3

    assert_linear(read, three_lines, 12_500)


@pytest.mark.parametrize(
    ("first", "line"),
    [
        ("panic: boom\n", "\t/a.go:1 +0x1\n"),
        ("2026/11/22 18:27:00 x\n", "\tkey=value\n"),
        ("", '[ERROR][1] a\t"rpc"\tc\t"stderr"\t"x\\n"\n'),
    ],
    ids=["trace", "fields", "carried"],
)
def test_many_lines_cost_what_they_are(first: str, line: str) -> None:
    assert_linear(read, lambda lines: first + line * lines, 2_500)
