"""Panics: chains, values of several lines, what stands before, between and behind."""

from __future__ import annotations

import pytest

from gopls_diag.model.crash import EndKind, PanicValue
from tests.unit.crash_reading import STACK, read, read_one, read_with_rest


def values(text: str) -> list[PanicValue]:
    return list(read_one(text).chain)


def test_a_panic_has_its_message_stack_and_exit_code() -> None:
    crash = read_one("panic: simple message\n\n" + STACK)
    assert (crash.kind, crash.message, crash.line, crash.last_line) == (EndKind.PANIC, "panic: simple message", 1, 5)
    assert (crash.exit_code, crash.goroutines, crash.is_truncated) == (2, 1, False)
    assert crash.crashing is not None
    assert (crash.crashing.id, crash.crashing.state, crash.crashing.line) == (1, "running", 3)
    assert crash.top_frame is not None
    assert (crash.top_frame.function, crash.top_frame.file, crash.top_frame.line) == ("main.main", "/src/m/main.go", 5)
    assert crash.origin_frame is None


def test_a_nested_panic_is_a_chain_with_the_first_cause_first() -> None:
    assert values("panic: first\n\tpanic: second\n\n" + STACK) == [PanicValue("first"), PanicValue("second")]


def test_a_recovered_panic_and_its_successor() -> None:
    assert values("panic: orig [recovered]\n\tpanic: wrap(orig)\n\n" + STACK) == [
        PanicValue("orig", is_recovered=True),
        PanicValue("wrap(orig)"),
    ]


@pytest.mark.parametrize(
    "text",
    ["panic: again [recovered]\n\tpanic: again\n", "panic: again [recovered, repanicked]\n"],
    ids=["1.24", "1.25"],
)
def test_the_same_value_panicked_again_is_marked_in_both_spellings(text: str) -> None:
    first = values(text + "\n" + STACK)[0]
    assert (first.text, first.is_recovered, first.is_repanicked) == ("again", True, True)


def test_the_message_keeps_its_mark() -> None:
    assert read_one("panic: orig [recovered]\n\tpanic: new\n\n" + STACK).message == "panic: orig [recovered]"


def test_a_mark_on_the_last_panic_is_part_of_its_words() -> None:
    assert values("panic: msg [recovered]\n\n" + STACK) == [PanicValue("msg [recovered]")]


def test_goexit_takes_the_tab_of_the_panic_behind_it() -> None:
    first, goexit, second = values("panic: first\npanic: second\n\n" + STACK)
    assert (first.text, goexit.is_goexit, second.text) == ("first", True, "second")


def test_lines_of_a_value_with_tabs() -> None:
    text = "panic: line one\n\tline two\n\t\n\tgoroutine 99 [running]:\n\tfake.frame()\n\t\t/fake.go:1 +0x1\n\n"
    crash = read_one(text + STACK)
    assert crash.chain[0].text.split("\n")[:2] == ["line one", "line two"]
    assert "goroutine 99 [running]:" in crash.chain[0].text
    assert (crash.goroutines, crash.crashing and crash.crashing.id) == (1, 1)


def test_lines_of_a_value_without_tabs() -> None:
    assert values("panic: first\nsecond line\nthird\n\n" + STACK) == [PanicValue("first\nsecond line\nthird")]


def test_a_goroutine_forged_in_a_value_is_no_goroutine() -> None:
    text = "panic: x\n\ngoroutine 99 [running]:\nfake.frame()\n\t/fake.go:1 +0x1\n\n"
    crash = read_one(text + STACK)
    assert (crash.goroutines, crash.crashing and crash.crashing.id) == (1, 1)
    assert "fake.frame()" in crash.chain[0].text


def test_a_second_running_goroutine_without_a_stack_is_no_forgery() -> None:
    text = STACK + "\ngoroutine 7 [running]:\n\tgoroutine running on other thread; stack unavailable\n"
    crash = read_one("panic: x\n\n" + text)
    assert (crash.goroutines, crash.crashing and crash.crashing.id) == (2, 1)


def test_a_value_that_begins_with_a_tab_or_is_empty() -> None:
    assert values("panic: \tstarts with tab\n\n" + STACK) == [PanicValue("\tstarts with tab")]
    assert values("panic: \n\n" + STACK) == [PanicValue("")]
    assert values("panic:\n\n" + STACK) == [PanicValue("")]


def test_the_fault_behind_a_panic() -> None:
    line = "[signal SIGSEGV: segmentation violation code=0x1 addr=0x18 pc=0x6c11b1]\n"
    crash = read_one("panic: runtime error: invalid memory address or nil pointer dereference\n" + line + "\n" + STACK)
    assert crash.signal is not None
    assert (crash.signal.name, crash.signal.words) == ("SIGSEGV", "segmentation violation")
    assert (crash.signal.code, crash.signal.address, crash.signal.pc) == (1, 0x18, 0x6C11B1)
    assert crash.kind is EndKind.PANIC


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("[signal 0xb code=0x1 addr=0x0 pc=0x401000]", "SIGSEGV"),
        ("[signal 0xc0000005 code=0x0 addr=0x0 pc=0x471872]", "0xc0000005"),
        ("[signal SIGBUS: bus error code=0x2 addr=0x7f21 pc=0x1]", "SIGBUS"),
    ],
)
def test_faults_of_old_releases_and_other_systems(line: str, name: str) -> None:
    crash = read_one(f"panic: runtime error: x\n{line}\n\n{STACK}")
    assert crash.signal is not None
    assert crash.signal.name == name


def test_the_origin_of_a_panic_that_was_raised_again() -> None:
    stack = (
        "goroutine 1 [running]:\nmain.recoverer()\n\t/src/m/main.go:9 +0x1\npanic({0x1?, 0x2?})\n"
        "\t/usr/local/go1.22.10/src/runtime/panic.go:770 +0x132\nruntime.panicmem()\n"
        "\t/usr/local/go1.22.10/src/runtime/panic.go:261 +0x1\nmain.culprit(...)\n\t/src/m/main.go:5\n"
        "main.main()\n\t/src/m/main.go:3 +0x1\n"
    )
    crash = read_one("panic: x [recovered]\n\tpanic: x\n\n" + stack)
    assert crash.top_frame is not None
    assert crash.origin_frame is not None
    assert (crash.top_frame.function, crash.origin_frame.function) == ("main.recoverer", "main.culprit")
    assert crash.go_version == "go1.22.10"


def test_functions_of_sync_are_not_the_runtimes_own() -> None:
    stack = (
        "goroutine 1 [semacquire]:\nruntime.gopark()\n\t/p.go:1 +0x1\nsync.runtime_Semacquire(0x1)\n\t/s.go:1 +0x1\n"
    )
    crash = read_one("fatal error: all goroutines are asleep - deadlock!\n\n" + stack)
    assert crash.top_frame is not None
    assert crash.top_frame.function == "sync.runtime_Semacquire"


def test_a_message_alone_lacks_its_stack() -> None:
    crash = read_one("panic: deep\n")
    assert (crash.is_truncated, crash.truncation, crash.exit_code) == (True, "no stack follows the message", 2)


def test_a_stack_that_ends_in_a_function_is_cut() -> None:
    crash = read_one("panic: x\n\ngoroutine 1 [running]:\nmain.f()\n\t/m.go:1 +0x1\nmain.g(0x1, 0x")
    assert crash.is_truncated
    assert crash.truncation == "the stack of goroutine 1 is cut off"


def test_a_stack_that_does_not_say_who_created_it_is_cut() -> None:
    crash = read_one("panic: x\n\ngoroutine 5914644 [running]:\nmain.f()\n\t/m.go:1 +0x1\n")
    assert crash.is_truncated


def test_words_of_others_around_a_crash_are_left() -> None:
    crashes, rest = read_with_rest("2026/11/22 18:25:27 hello\n\npanic: x\n\n" + STACK + "exit status 2\nbye\n")
    assert rest == ["2026/11/22 18:25:27 hello", "", "bye"]
    assert [each.exit_code for each in crashes] == [2]


def test_collections_may_cut_into_a_crash() -> None:
    gc = "gc 34 @0.426s 1%: 0.10+0.25+0.002 ms clock, 0.20+0.18/0.074/0.049+0.004 ms cpu, 4->5->4 MB, 5 MB goal, 2 P"
    text = f"panic: x\n{gc}\n\ngoroutine 1 [running]:\nmain.main()\n{gc}\n\t/src/m/main.go:5 +0x1d\n{gc}\n"
    crashes, rest = read_with_rest(text)
    assert rest == [gc] * 3
    assert [(each.message, each.chain, each.goroutines) for each in crashes] == [("panic: x", (PanicValue("x"),), 1)]
    assert crashes[0].top_frame is not None


def test_a_line_of_another_thread_may_cut_into_a_stack() -> None:
    text = "panic: x\n\ngoroutine 1 [running]:\nmain.f()\n2026/11/22 18:25:27 hello\n\t/m.go:1 +0x1\n"
    text += "main.main()\n\t/m.go:2 +0x1\n"
    crashes, rest = read_with_rest(text)
    assert rest == ["2026/11/22 18:25:27 hello"]
    assert crashes[0].crashing is not None
    assert [each.line for each in crashes[0].crashing.stack.frames] == [1, 2]


def test_two_crashes_in_one_stream() -> None:
    crashes = read(
        "panic: one\n\n" + STACK + "panic: two\n\n" + STACK + "\nfatal error: all goroutines are asleep - deadlock!\n"
    )
    assert [(each.message, each.line) for each in crashes] == [
        ("panic: one", 1),
        ("panic: two", 6),
        ("fatal error: all goroutines are asleep - deadlock!", 12),
    ]


def test_carriage_returns_are_no_part_of_lines() -> None:
    crash = read_one(("panic: x\n\n" + STACK).replace("\n", "\r\n"))
    assert (crash.message, crash.goroutines, crash.is_truncated) == ("panic: x", 1, False)


def test_a_request_whose_panic_the_http_server_recovered() -> None:
    block = (
        STACK.replace("goroutine 1", "goroutine 8")
        + "created by net/http.(*Server).Serve in goroutine 6\n\t/s.go:1 +0x4\n"
    )
    text = (
        "2026/11/22 18:25:23 http: panic serving 127.0.0.1:51342: runtime error: oops\n"
        + block
        + "2026/11/22 18:25:23 http: panic serving 127.0.0.1:51354: http err\n"
        + block
    )
    first, second = read(text)
    assert first.message == "http: panic serving 127.0.0.1:51342: runtime error: oops"
    assert first.chain == (PanicValue("runtime error: oops", is_recovered=True),)
    assert (first.kind, first.exit_code, first.goroutines, second.goroutines) == (EndKind.PANIC, None, 1, 1)


def test_a_test_that_timed_out() -> None:
    text = (
        "panic: test timed out after 1s\n\trunning tests:\n\t\tTestX/y (1s)\n\n"
        + STACK
        + "FAIL\texample.com/m\t1.021s\nFAIL\n"
    )
    crashes, rest = read_with_rest(text)
    assert not rest
    assert crashes[0].chain[0].text == "test timed out after 1s\nrunning tests:\n\tTestX/y (1s)"


def test_a_fatal_error_behind_a_pending_panic_is_the_end() -> None:
    crash = read_one("panic: pending\n\tfatal error: concurrent map writes\n\n" + STACK)
    assert (crash.kind, crash.message) == (EndKind.FATAL, "panic: pending")
    assert crash.diagnostics == ("fatal error: concurrent map writes",)


def test_a_panic_that_could_not_unwind_stays_a_panic() -> None:
    crash = read_one(
        "panic: x\nfatal error: panic on system stack\n\nruntime stack:\nruntime.throw()\n\t/p.go:1 +0x1\n"
    )
    assert (crash.kind, crash.diagnostics) == (EndKind.PANIC, ("fatal error: panic on system stack",))
    assert not crash.is_truncated
    assert [each.function for each in crash.runtime_stack] == ["runtime.throw"]


def test_a_goroutine_forged_in_what_an_http_server_recovered() -> None:
    forged = "goroutine 77 [running]:\nfake.f()\n\t/fake.go:1 +0x1\n"
    crash = read_one(f"2026/11/22 18:25:23 http: panic serving 127.0.0.1:5: e1\n\te2\n\n{forged}\n{STACK}")
    assert (crash.goroutines, crash.crashing and crash.crashing.id) == (1, 1)
    assert crash.chain[0].text == "e1\ne2\n\n" + forged


def test_words_that_are_logged_between_message_and_stack_are_no_value() -> None:
    crashes, rest = read_with_rest("panic: x\n2026/11/22 18:25:27 hello\n\n" + STACK)
    assert rest == ["2026/11/22 18:25:27 hello"]
    assert crashes[0].chain == (PanicValue("x"),)
