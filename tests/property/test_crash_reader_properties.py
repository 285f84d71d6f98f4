"""Any lines are read without an error, within limits, and what was said before a cut is said of the cut log too."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from gopls_diag.model.crash import Crash, EndKind
from gopls_diag.parse.go_crash.reader import CrashReader

PIECES = [
    "panic: x",
    "panic: y [recovered]",
    "\tpanic: z",
    "fatal error: all goroutines are asleep - deadlock!",
    "fatal error: out of memory",
    "\tfatal error: concurrent map writes",
    "runtime: out of memory: cannot allocate 4194304-byte block (0 in use)",
    "SIGQUIT: quit",
    "SIGABRT: abort",
    "PC=0x4960e1 m=0 sigcode=0",
    "Exception 0xc0000005 0x0 0x0 0x47b5f1",
    "[signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc=0x1]",
    "",
    "",
    "\t",
    "goroutine 1 [running]:",
    "goroutine 7 gp=0x1 m=nil [chan receive, 2 minutes]:",
    "goroutine 0 [idle]:",
    "runtime stack:",
    "main.main()",
    "main.f(0x1, {0x",
    "\t/src/m/main.go:5 +0x1d",
    "created by main.main in goroutine 1",
    "...7 frames elided...",
    "\tgoroutine running on other thread; stack unavailable",
    "runtime: unknown pc 0x1",
    "00007ffef26573f0: <0000000000000000  ab1881999b0eba00 ",
    "rax    0xca",
    "-----",
    "exit status 2",
    "signal: killed",
    "FAIL\texample.com/m\t0.1s",
    "==================",
    "WARNING: DATA RACE",
    "Write at 0x00c000094020 by goroutine 8:",
    "  main.set()",
    "      /m.go:1 +0x1",
    "Found 1 data race(s)",
    "goroutine profile: total 3",
    "3 @ 0x1 0x2",
    "#\t0x1\tmain.f+0x1\t/m.go:1",
    "==1==ERROR: AddressSanitizer: x",
    "2026/11/22 18:25:23 http: panic serving 127.0.0.1:51342: x",
    "flag provided but not defined: -x",
    "tracealloc(0x1, 0x2, T)",
    "gc 34 @0.426s 1%: 0",
    "2026/11/22 18:25:27 words",
    "words",
]
LINES = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=30)), max_size=60)


def read(lines: list[str]) -> tuple[Crash, ...]:
    reader = CrashReader("log")
    for number, line in enumerate(lines, 1):
        assert reader.line(line, number) in (True, False)
    return reader.finish()


@given(LINES)
@settings(max_examples=400)
def test_any_lines_are_read_within_limits(lines: list[str]) -> None:
    crashes = read(lines)
    for each in crashes:
        assert 1 <= each.line <= (each.last_line or each.line) <= len(lines)
        assert len(each.diagnostics) <= 50
        assert len(each.not_understood) <= 20
        assert each.is_truncated == bool(each.truncation)
        assert each.kind is not EndKind.PANIC or each.chain
    assert [each.line for each in crashes] == sorted(each.line for each in crashes)
    assert sum(each.goroutines for each in crashes if not each.message.startswith("goroutine profile")) <= len(lines)


CRASH = [
    "panic: one [recovered]",
    "\tpanic: two",
    "",
    "goroutine 1 [running]:",
    "main.main()",
    "\t/src/m/main.go:5 +0x1d",
    "",
    "goroutine 7 [select]:",
    "main.f()",
    "\t/src/m/main.go:9 +0x1d",
    "created by main.main in goroutine 1",
    "\t/src/m/main.go:3 +0x1d",
]


@given(st.integers(min_value=1, max_value=len(CRASH)), st.integers(min_value=0, max_value=40))
def test_a_cut_log_tells_what_stands_before_the_cut(lines: int, characters: int) -> None:
    cut = [*CRASH[:lines], *(each[:characters] for each in CRASH[lines : lines + 1])]
    (crash,) = read(cut)
    assert crash.message == "panic: one [recovered]"
    assert crash.goroutines <= 2
    if lines >= 6:
        assert crash.top_frame is not None
        assert crash.top_frame.function == "main.main"


@given(LINES)
def test_a_crash_is_told_whatever_stands_before_it(lines: list[str]) -> None:
    reader = CrashReader("log")
    for number, line in enumerate(lines, 1):
        reader.line(line, number)
    reader.cut()
    for number, line in enumerate(CRASH, len(lines) + 1):
        assert reader.line(line, number)
    last = reader.finish()[-1]
    assert (last.message, last.line, last.goroutines) == ("panic: one [recovered]", len(lines) + 1, 2)
