"""What is no crash of the runtime: races, sanitizers, profiles, bare dumps, plain ends; whose crash it is."""

from __future__ import annotations

import pytest

from gopls_diag.model.crash import EndKind
from gopls_diag.parse.go_crash.reader import CrashReader
from tests.unit.crash_reading import STACK, read, read_one, read_with_rest

RACE = """==================
WARNING: DATA RACE
Write at 0x00c000094020 by goroutine 8:
  main.(*T).set()
      /src/race/main.go:15 +0x7d
  main.main.gowrap2()
      /src/race/main.go:38 +0x38

Previous write at 0x00000060d0d8 by main goroutine:
  [failed to restore the stack]

Goroutine 8 (running) created at:
  main.main()
      /src/race/main.go:38 +0x94e
==================
"""


def test_a_race_has_its_accesses() -> None:
    crashes, rest = read_with_rest(RACE + "Found 1 data race(s)\n")
    assert rest == []
    (crash,) = crashes
    assert (crash.kind, crash.message, crash.line, crash.last_line) == (EndKind.RACE, "WARNING: DATA RACE", 1, 15)
    assert crash.exit_code == 66
    write, previous, created = crash.race
    assert (write.title, write.goroutine) == ("Write at 0x00c000094020 by goroutine 8", 8)
    assert [(each.function, each.line) for each in write.frames] == [("main.(*T).set", 15), ("main.main.gowrap2", 38)]
    assert (previous.goroutine, previous.is_restored, previous.frames) == (None, False, ())
    assert (created.title, created.goroutine) == ("Goroutine 8 (running) created at", 8)


def test_several_races_and_a_panic_behind_them() -> None:
    first, second, panic = read(RACE + "\n" + RACE + "panic: send on closed channel\n\n" + STACK)
    assert [first.kind, second.kind, panic.kind] == [EndKind.RACE, EndKind.RACE, EndKind.PANIC]
    assert (first.exit_code, panic.exit_code) == (None, 2)


def test_a_deadlock_that_the_race_detector_saw() -> None:
    text = (
        "==================\nWARNING: DEADLOCK\nGoroutine 999 lock mutex 1 while holding mutex 2:\n  main.a()\n"
        "      /m.go:1 +0x1\n\nMutex 2 was previously locked here:\n  main.b()\n      /m.go:2 +0x1\n"
        "==================\n"
    )
    crash = read_one(text)
    assert (crash.kind, crash.message, len(crash.race)) == (EndKind.RACE, "WARNING: DEADLOCK", 2)


@pytest.mark.parametrize(
    "name", ["AddressSanitizer: heap-use-after-free on address 0x1", "MemorySanitizer: use-of-uninitialized-value"]
)
def test_sanitizers_are_told(name: str) -> None:
    text = f"==123==ERROR: {name}\n    #0 0x4b in main.f /m.go:1\n\nSUMMARY: x\n==123==ABORTING\nbehind\n"
    crashes, rest = read_with_rest(text)
    assert rest == ["behind"]
    assert (crashes[0].kind, crashes[0].message) == (EndKind.FATAL, f"==123==ERROR: {name}")


def test_a_bare_dump() -> None:
    text = (
        STACK
        + "\ngoroutine 7 [chan receive, 2 minutes]:\nmain.f()\n\t/m.go:1 +0x1\ncreated by main.main\n\t/m.go:2 +0x2\n"
    )
    crash = read_one(text)
    assert (crash.kind, crash.message, crash.exit_code) == (EndKind.DUMP, "goroutine 1 [running]:", None)
    assert (crash.goroutines, crash.crashing, crash.is_truncated) == (2, None, False)


def test_stacks_that_were_printed_one_by_one_are_several_dumps() -> None:
    text = STACK.replace("main.main()", "runtime/debug.Stack()\n\t/d.go:1 +0x1\nmain.main()")
    assert len(read(f"{text}hello\n{text}hello\n")) == 2


def test_a_dump_that_was_cut_in_mid_line() -> None:
    crash = read_one(STACK + "\ngoroutine 7 [select]:\nmain.f()\n\t/m.go:1 +0x1\nmain.g(0x")
    assert (crash.goroutines, crash.truncation) == (2, "the stack of goroutine 7 is cut off")


def test_a_profile_without_goroutine_ids() -> None:
    text = (
        "goroutine profile: total 12\n10 @ 0x48a36a 0x465257\n"
        '# labels: {"user":"alice"}\n#\t0x519aa4\tnet.(*pipe).read+0x144\t\t\t\t/usr/local/go/src/net/pipe.go:159\n'
        "#\t0x1\tmain.main+0x1\t/m.go:2\n\n2 @ 0x48a36a\n#\t0x0\n"
    )
    crash = read_one(text)
    assert (crash.kind, crash.message, crash.goroutines) == (EndKind.DUMP, "goroutine profile: total 12", 12)
    first, second = crash.buckets
    assert (first.count, second.count, second.stack.frames) == (10, 2, ())
    assert [(each.function, each.line, each.pc) for each in first.stack.frames] == [
        ("net.(*pipe).read", 159, 0x519AA4),
        ("main.main", 2, 1),
    ]
    assert first.labels == ((("user", "alice"), 10),)


@pytest.mark.parametrize("name", ["goroutineleak", "threadcreate"])
def test_profiles_of_leaks_and_threads(name: str) -> None:
    crash = read_one(f"{name} profile: total 2\n2 @ 0x1\n#\t0x1\tmain.f+0x1\t/m.go:1\n\n")
    assert (crash.kind, crash.buckets[0].count) == (EndKind.DUMP, 2)
    assert crash.goroutines == (2 if name == "goroutineleak" else 0)


def test_allocation_traces_are_no_dumps() -> None:
    text = "tracealloc(0xc000028010, 0x10, *runtime.p)\n" + STACK + "\ntracefree(0x1, 0x2)\n" + STACK + "\nend\n"
    assert read(text) == ()


@pytest.mark.parametrize(
    "line",
    [
        "flag provided but not defined: -nosuch",
        "gopls: unknown flag: -nosuch",
        "gopls serve: flag provided but not defined: -nosuch",
        'gopls: unknown command "nosuch"',
        "gopls version: flag -rpc.trace belongs to subcommand serve",
        'invalid value "x" for flag -port: parse error',
        "flag needs an argument: -logfile",
    ],
)
def test_a_wrong_command_line_is_an_exit_whose_words_are_left(line: str) -> None:
    crashes, rest = read_with_rest(line + "\nUsage:\n")
    assert rest == [line, "Usage:"]
    assert [(each.kind, each.message, each.exit_code) for each in crashes] == [(EndKind.EXIT, line, 2)]


def test_an_exit_status_alone_is_an_exit() -> None:
    crash = read_one("exit status 5\nFAIL\texample.com/tests\t0.007s\n")
    assert (crash.kind, crash.message, crash.exit_code) == (EndKind.EXIT, "exit status 5", 5)


def test_what_was_said_last_is_why_it_ended() -> None:
    crash = read_one("hello\nmain.go:12: cannot go on\nexit status 1\n")
    assert (crash.kind, crash.message, crash.exit_code, crash.line) == (EndKind.EXIT, "main.go:12: cannot go on", 1, 2)


def test_an_exit_status_behind_a_crash_is_its_own() -> None:
    assert [each.exit_code for each in read("panic: x\n\n" + STACK + "exit status 2\n")] == [2]
    assert [each.kind for each in read("flag provided but not defined: -x\nUsage:\nexit status 2\n")] == [EndKind.EXIT]


def test_signals_as_the_go_command_tells_them() -> None:
    assert read_one("signal: killed\n").kind is EndKind.KILLED
    assert read_one("signal: segmentation fault (core dumped)\n").kind is EndKind.SIGNAL
    assert read("signal: strong\n") == ()


@pytest.mark.parametrize(
    ("function", "file", "program", "version"),
    [
        (
            "golang.org/x/tools/gopls/internal/golang.hover",
            "/home/u/go/pkg/mod/golang.org/x/tools/gopls@v0.16.1/internal/golang/hover.go",
            "gopls",
            "v0.16.1",
        ),
        ("golang.org/x/tools/internal/lsp/source.f", "/x/tools/internal/lsp/source/f.go", "gopls", ""),
        ("main.main", "/src/tools/gopls/main.go", "gopls", ""),
        ("main.main", "/usr/local/go/src/cmd/go/main.go", "go", ""),
        ("cmd/compile/internal/gc.Main", "/usr/local/go/src/cmd/compile/internal/gc/main.go", "go", ""),
        ("golang.org/x/tools/go/analysis.f", "/x/tools/go/analysis/f.go", "", ""),
        ("main.main", "/src/m/main.go", "", ""),
    ],
)
def test_the_program_is_told_by_its_functions_and_paths(function: str, file: str, program: str, version: str) -> None:
    crash = read_one(f"panic: x\n\ngoroutine 1 [running]:\n{function}()\n\t{file}:5 +0x1d\n")
    assert (crash.program, crash.program_version) == (program, version)


@pytest.mark.parametrize(
    ("file", "version"),
    [
        ("/usr/local/go1.22.10/src/runtime/panic.go", "go1.22.10"),
        ("/home/gopher/sdk/go1.23rc1/src/runtime/panic.go", "go1.23rc1"),
        ("/u/go/pkg/mod/golang.org/toolchain@v0.0.1-go1.24.2.linux-amd64/src/runtime/panic.go", "go1.24.2"),
        ("/opt/homebrew/Cellar/go/1.22.2/libexec/src/runtime/panic.go", "go1.22.2"),
        ("/usr/lib/go-1.19/src/runtime/panic.go", "go1.19"),
        ("/opt/hostedtoolcache/go/1.20.3/x64/src/runtime/panic.go", "go1.20.3"),
        ("C:/Program Files/Go/src/runtime/panic.go", ""),
    ],
)
def test_the_release_of_go_is_told_by_the_paths_of_its_sources(file: str, version: str) -> None:
    text = f"panic: x\n\ngoroutine 1 [running]:\npanic(0x1)\n\t{file}:5 +0x1d\nmain.main()\n\t/go1.1/src/m.go:1 +0x1\n"
    assert read_one(text).go_version == version


def test_a_program_that_starts_anew_ends_a_crash() -> None:
    reader = CrashReader("log", "unit")
    assert reader.line("panic: x", 1)
    reader.cut()
    assert not reader.line("second line", 2)
    (crash,) = reader.finish()
    assert (crash.stream, crash.source, crash.is_truncated) == ("unit", "log", True)


def test_whole_goroutines_are_handed_on() -> None:
    goroutines = "".join(
        f"goroutine {number} [chan receive]:\nmain.f()\n\t/m.go:1 +0x1\ncreated by main.main in goroutine 1\n"
        f"\t/m.go:2 +0x2\n\n"
        for number in range(2, 500)
    )
    text = "panic: x\n\n" + STACK + "\n" + goroutines + "exit status 2\n"
    reader = CrashReader("log")
    at, number = 0, 1
    while at < len(text):
        end, number = reader.take(text, at, number)
        if end > at:
            at = end
            continue
        stop = text.index("\n", at)
        assert reader.line(text[at:stop], number)
        at, number = stop + 1, number + 1
    (crash,) = reader.finish()
    assert number - 1 == text.count("\n")
    assert (crash.goroutines, crash.last_line, crash.is_truncated) == (499, number - 1, False)
    assert {each.count for each in crash.buckets} == {1, 498}


def test_later_ones_of_very_many_crashes_keep_who_crashed() -> None:
    frames = "".join(f"main.f{number}()\n\t/m.go:{number} +0x1\n" for number in range(1_000))
    crashes = read(("panic: x\n\ngoroutine 1 [running]:\n" + frames + "\n") * 160)
    assert (len(crashes), bool(crashes[0].buckets), crashes[-1].buckets) == (160, True, ())
    assert crashes[-1].crashing is not None
    assert crashes[-1].goroutines == 1
