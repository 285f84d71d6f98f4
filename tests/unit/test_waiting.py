"""Why programs wait: dumps of gopls, and dumps in the forms of several releases of Go."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gopls_diag.model.crash import Crash, EndKind, Explanation, SignalDetail
from gopls_diag.model.go_stack import Goroutine
from gopls_diag.parse.go_crash.header import parse_header
from gopls_diag.parse.go_crash.stack import parse_stack
from gopls_diag.parse.go_crash.waiting import Waiting, explain_waiting, is_hang, read_waiting, with_waiting
from gopls_diag.parse.log.reader import LogReader
from tests.conftest import ROOT

CORPUS = ROOT / "tests" / "corpus" / "waiting"
DUMP = Crash("-", 1, EndKind.DUMP, "SIGQUIT: quit")


def goroutines_of(text: str) -> list[Goroutine]:
    lines = text.split("\n")
    found = []
    for number, line in enumerate(lines):
        head = parse_header(line, number + 1)
        if head is not None:
            reading = parse_stack(lines[number + 1 :])
            found.append(replace(head, stack=reading.stack, parent_id=reading.parent_id))
    return found


def goroutine(number: int, state: str, *calls: str, created_by: str = "") -> str:
    """A block with its calls, innermost first."""
    lines = [f"goroutine {number} [{state}]:"]
    for call in calls:
        lines += [call, "\t/src/main.go:7 +0x1d"]
    if created_by:
        lines += [f"created by {created_by}", "\t/src/main.go:9 +0x2a"]
    return "\n".join(lines)


def judge(*blocks: str, crash: Crash = DUMP) -> Waiting:
    return read_waiting(crash, goroutines_of("\n\n".join(blocks)))


def of_kind(waiting: Waiting, kind: str) -> Explanation:
    found = [each for each in waiting.explanations if each.kind == kind]
    assert found, [each.summary for each in waiting.explanations]
    return found[0]


def read(text: str) -> Crash:
    reader = LogReader("-")
    reader.feed(text.encode())
    (crash,) = reader.finish().crashes
    return crash


def read_file(name: str) -> Crash:
    return read((CORPUS / name).read_text())


# gopls


def test_an_idle_gopls_waits_for_nothing() -> None:
    crash = read_file("idle-gopls-0.16.1.log")

    assert (crash.kind, crash.explanations) == (EndKind.DUMP, ())


def test_a_gopls_that_loads_is_no_hang() -> None:
    crash = read_file("loading-gopls-0.16.1.log")

    child = crash.explanations[0]
    assert crash.kind is EndKind.DUMP
    assert (child.kind, child.is_certain) == ("child-process", True)
    assert "waits for `go list` that lists the packages of the workspace (process 13419) to end" in child.summary
    assert "6 requests wait in gopls's queue behind goroutine 91 (server.(*server).Initialized)" in child.summary
    assert child.goroutines[:3] == (111, 125, 91)
    assert "syscall.Syscall6(0xf7, 0x1, 0x346b, 0xc00046de48, 0x1000004, 0x0, 0x0)" in child.proof


def test_the_same_is_a_hang_after_minutes() -> None:
    text = (CORPUS / "loading-gopls-0.16.1.log").read_text()

    crash = read(re.sub(r"\[(chan receive|semacquire|select|syscall|IO wait)\]", r"[\1, 4 minutes]", text))

    assert crash.kind is EndKind.HANG
    assert "4 min by now" in crash.explanations[0].summary


def test_minutes_of_goroutines_that_only_listen_prove_nothing() -> None:
    text = (CORPUS / "idle-gopls-0.16.1.log").read_text()

    crash = read(re.sub(r"\[(chan receive|semacquire|select|syscall|IO wait|sleep)\]", r"[\1, 900 minutes]", text))

    assert crash.kind is EndKind.DUMP


def test_a_gopls_that_works_is_no_hang_after_minutes() -> None:
    text = (CORPUS / "loading-gopls-0.16.1.log").read_text()
    text = re.sub(r"\[(chan receive|semacquire|select|syscall|IO wait)\]", r"[\1, 4 minutes]", text)
    work = goroutine(900, "runnable", "go/types.(*Checker).expr(0xc000123000)", created_by="go/types.f in goroutine 91")

    crash = read(text.rstrip() + "\n\n" + work + "\n")

    assert crash.kind is EndKind.DUMP
    assert [each.summary for each in crash.explanations if each.kind == "busy"] == [
        "goroutine 900 works or is ready to: go/types"
    ]


def test_a_simple_question_to_go_that_is_not_answered_is_a_hang() -> None:
    crash = read_file("go-list-hangs-gopls-0.16.1.log")

    child = crash.explanations[0]
    assert (crash.kind, crash.message) == (EndKind.HANG, "SIGABRT: abort")
    assert (
        "goroutine 99 (server.(*server).Initialized) waits for `go list` that asks for the version of Go"
        in child.summary
    )
    assert "(process 18882)" in child.summary
    assert "6 requests wait in gopls's queue behind it" in child.summary
    assert "os/exec.(*Cmd).Wait(0xc000182900)" in child.proof


def test_the_copy_of_gopls_that_keeps_counters_is_not_waited_for() -> None:
    waiting = judge(
        goroutine(
            97,
            "syscall, 90 minutes",
            "os.(*Process).pidfdWait(0x40f650?)",
            "os.(*Process).Wait(...)",
            "os/exec.(*Cmd).Wait(0xc000002000)",
            "golang.org/x/telemetry.startChild.func1()",
            created_by="golang.org/x/telemetry.startChild in goroutine 1",
        )
    )

    assert waiting == Waiting((), is_hang=False)


def test_requests_that_wait_behind_the_network_for_minutes() -> None:
    asynchronous = "golang.org/x/tools/gopls/internal/protocol.Handlers.AsyncHandler.func2.2()"
    waiting = judge(
        goroutine(
            7,
            "select, 3 minutes",
            "net/http.(*persistConn).roundTrip(0xc000400000, 0xc000500000)",
            "net/http.(*Client).Do(...)",
            "golang.org/x/tools/gopls/internal/server.(*server).ExecuteCommand(0xc000002900)",
            "golang.org/x/tools/gopls/internal/protocol.serverDispatch({0x1, 0x2})",
            asynchronous,
        ),
        goroutine(8, "chan receive, 3 minutes", asynchronous),
        goroutine(9, "chan receive, 3 minutes", asynchronous),
    )

    assert waiting.is_hang
    assert of_kind(waiting, "network").summary == (
        "goroutine 7 (server.(*server).ExecuteCommand) waits for an HTTP server to answer, 3 min by now, "
        "and 2 requests wait in gopls's queue behind it"
    )
    assert of_kind(waiting, "queue").goroutines == (7, 8, 9)


def test_a_request_that_waits_for_the_editor() -> None:
    asynchronous = "golang.org/x/tools/internal/jsonrpc2.AsyncHandler.func1.2()"
    waiting = judge(
        goroutine(
            7,
            "select, 3 minutes",
            "golang.org/x/tools/internal/jsonrpc2.(*conn).Call(0xc0003fb7c0)",
            "golang.org/x/tools/gopls/internal/protocol.(*clientDispatcher).Configuration(0xc000010000)",
            "golang.org/x/tools/gopls/internal/server.(*server).Initialized(0xc000002900)",
            "golang.org/x/tools/gopls/internal/protocol.ServerDispatchCall({0x1, 0x2})",
            asynchronous,
        ),
        goroutine(8, "chan receive, 3 minutes", asynchronous),
    )

    assert waiting.is_hang
    assert of_kind(waiting, "queue").summary == (
        "1 request waits in gopls's queue, up to 3 min by now, behind goroutine 7 (server.(*server).Initialized), "
        "which waits for the editor to answer (protocol.(*clientDispatcher).Configuration)"
    )


# Locks

FIRST = ("main.(*account).deposit(0x0?, 0x1?)", "main.(*account).transfer(0xc0000a4020, 0x0?, 0x0?)")
SECOND = ("main.(*account).deposit(0xc0000a6010?, 0x1?)", "main.(*account).transfer(0xc0000a4040, 0x0?, 0x0?)")


def lock(address: str, package: str = "sync") -> tuple[str, ...]:
    return (
        f"{package}.runtime_SemacquireMutex(0x0?, 0x0?, 0x0?)",
        f"{package}.(*Mutex).lockSlow({address})",
        "sync.(*Mutex).Lock(...)",
    )


@pytest.mark.parametrize("state", ["sync.Mutex.Lock", "semacquire"])
@pytest.mark.parametrize("package", ["sync", "internal/sync"])
def test_a_cycle_of_locks_whose_receivers_are_stale(state: str, package: str) -> None:
    waiting = judge(
        goroutine(18, state, *lock("0xc0000a4050", package), *FIRST),
        goroutine(19, state, *lock("0xc0000a4030", package), *SECOND),
        goroutine(1, "syscall", "os.(*File).Read(0xc000012010)", "main.main()"),
    )

    cycle = of_kind(waiting, "lock-cycle")
    assert waiting.is_hang
    assert (cycle.goroutines, cycle.is_certain) == ((18, 19), True)
    assert cycle.summary == (
        "a deadlock: goroutine 18 (main.(*account).transfer) waits for the mutex 0xc0000a4050 of a main.(*account), "
        "which goroutine 19 holds, goroutine 19 (main.(*account).transfer) waits for the mutex 0xc0000a4030 of a "
        "main.(*account), which goroutine 18 holds"
    )


def test_a_cycle_beside_work_needs_minutes() -> None:
    work = goroutine(20, "runnable", "main.spin()")
    first = lock("0xc0000a4050") + FIRST
    second = lock("0xc0000a4030") + SECOND

    passing = judge(goroutine(18, "sync.Mutex.Lock", *first), goroutine(19, "sync.Mutex.Lock", *second), work)
    lasting = judge(
        goroutine(18, "sync.Mutex.Lock, 2 minutes", *first), goroutine(19, "sync.Mutex.Lock, 2 minutes", *second), work
    )

    assert (passing.is_hang, lasting.is_hang) == (False, True)


def test_words_of_go_1_16_have_no_types_and_no_marks() -> None:
    waiting = judge(
        goroutine(
            4,
            "semacquire",
            "sync.runtime_SemacquireMutex(0xc00001606c, 0x0, 0x1)",
            "sync.(*Mutex).lockSlow(0xc000016068)",
            "sync.(*Mutex).Lock(0xc000016068)",
            "main.(*table).get(0xc000016060, 0x4)",
        ),
        goroutine(5, "sleep", "time.Sleep(0x34630b8a000)", "main.(*table).hold(0xc000016060)"),
    )

    found = of_kind(waiting, "lock")
    assert found.summary == (
        "goroutine 4 waits for the mutex 0xc000016068 of a main.(*table), in main.(*table).get; "
        "goroutine 5 (main.(*table).hold) probably holds it, and is in state sleep"
    )
    assert found.goroutines == (5, 4)


def test_addresses_that_may_be_stale_prove_nothing() -> None:
    waiting = judge(
        goroutine(
            4,
            "sync.RWMutex.RLock",
            "sync.runtime_SemacquireRWMutexR(0xc000014074?, 0x0?, 0x0?)",
            "sync.(*RWMutex).RLock(...)",
            "main.(*table).read(0xc000014060?)",
        ),
        goroutine(5, "sleep", "time.Sleep(0x34630b8a000)", "main.(*table).hold(0xc000014060?)"),
    )

    assert waiting.explanations == ()


def test_readers_and_writers_of_one_lock_come_together() -> None:
    waiting = judge(
        goroutine(
            4,
            "sync.RWMutex.RLock",
            "runtime.semacquire1(0xc000014074, 0x0, 0x3, 0x0, 0x16)",
            "sync.runtime_SemacquireRWMutexR(0x0?, 0x0?, 0x0?)",
            "sync.(*RWMutex).RLock(...)",
            "main.(*table).read(0xc000014060)",
        ),
        goroutine(
            5,
            "sync.RWMutex.Lock",
            "runtime.semacquire1(0xc000014070, 0x0, 0x3, 0x0, 0x17)",
            "sync.runtime_SemacquireRWMutex(0x0?, 0x0?, 0x0?)",
            "sync.(*RWMutex).Lock(0x0?)",
            "main.(*table).write(0xc000014060)",
        ),
        goroutine(
            6,
            "sync.Mutex.Lock",
            "sync.runtime_SemacquireMutex(0x0?, 0x0?, 0x0?)",
            "sync.(*Mutex).lockSlow(0xc000014068)",
            "sync.(*Mutex).Lock(...)",
            "sync.(*RWMutex).Lock(0x0?)",
            "main.(*table).write(0xc000014060)",
        ),
        goroutine(7, "IO wait, 5 minutes", "net.(*conn).Read(0xc000010000)", "main.(*table).fill(0xc000014060)"),
    )

    (found,) = [each for each in waiting.explanations if each.kind == "lock"]
    assert found.summary.startswith("3 goroutines wait for the RWMutex 0xc000014068 of a main.(*table)")
    assert found.summary.endswith("goroutine 7 (main.(*table).fill) probably holds it, and is in state IO wait")


def test_a_lock_that_changes_hands_is_no_hang() -> None:
    waiters = [
        goroutine(number, "sync.Mutex.Lock, 1 minutes", *lock("0xc000033c640"), "main.(*log).write(0xc000033c640)")
        for number in range(10, 80)
    ]

    waiting = judge(goroutine(9, "runnable", *lock("0xc000033c640"), "main.(*log).write(0xc000033c640)"), *waiters)

    assert not waiting.is_hang
    assert "goroutine 9 was woken to take it" in of_kind(waiting, "lock").summary


def test_holders_are_not_guessed_among_many() -> None:
    others = [goroutine(number, "select", "main.(*table).serve(0xc000016060)") for number in range(10, 20)]

    waiting = judge(
        goroutine(4, "sync.Mutex.Lock", *lock("0xc000016068"), "main.(*table).get(0xc000016060, 0x4)"), *others
    )

    summary = of_kind(waiting, "lock").summary
    assert "10 goroutines have to do with the same value, so who holds it does not show" in summary
    assert "probably" not in summary


def test_without_arguments_of_all_the_buckets_do() -> None:
    crash = read_file("go-list-hangs-gopls-0.16.1.log")

    assert is_hang(replace(crash, kind=EndKind.DUMP))
    assert explain_waiting(crash)[0].summary == crash.explanations[0].summary


def test_thousands_of_locks_of_one_type_take_no_square() -> None:
    blocks = [
        goroutine(
            number,
            "sync.Mutex.Lock",
            *lock(hex(0xC000000008 + 64 * number)),
            f"main.(*node).set({hex(0xC000000000 + 64 * number)})",
            f"main.(*node).walk({hex(0xC000000000 + 64 * (number + 1))})",
        )
        for number in range(1, 3000)
    ]

    waiting = judge(*blocks)

    assert not waiting.is_hang
    assert len(waiting.explanations) <= 12


# Groups, channels, files


def test_the_whole_program_waits_for_one_that_works() -> None:
    waiter = ("sync.runtime_Semacquire(0xc004b60f28)", "sync.(*WaitGroup).Wait(0xc004b60f20)", "gc.compileFunctions()")
    worker = goroutine(
        11,
        "runnable",
        "ssa.(*desiredState).addList(0xc008e91720, 0xffffff070002ac1d)",
        "gc.compileFunctions.func2(0xc004b8b3e0, 0xc004b60f20, 0x3)",
        created_by="gc.compileFunctions",
    )

    long = judge(goroutine(1, "semacquire, 1 minutes", *waiter), worker)
    unknown = judge(goroutine(1, "semacquire", *waiter), worker)
    server = judge(goroutine(1, "semacquire, 1 minutes", *waiter), worker, goroutine(5, "IO wait", "net.accept()"))

    assert [each.is_hang for each in (long, unknown, server)] == [True, False, False]
    assert of_kind(long, "busy").goroutines == (11, 1)
    assert "the only one that works, in ssa.(*desiredState).addList" in of_kind(long, "busy").summary


def test_none_can_wake_another() -> None:
    group = goroutine(1, "sync.WaitGroup.Wait", "sync.(*WaitGroup).Wait(0xc000010020)", "main.main()")
    sender = goroutine(6, "chan send", "main.produce(0xc000010020)", created_by="main.main in goroutine 1")
    signals = goroutine(9, "syscall", "os/signal.signal_recv()", "os/signal.loop()", created_by="os/signal.Notify")
    receiver = goroutine(7, "chan receive", "main.tick()", created_by="main.main in goroutine 1")

    still = judge(group, sender, signals)

    assert still.is_hang
    assert any("none waits for time, the system or a processor" in each.summary for each in still.explanations)
    # The channel may be a timer's.
    assert not judge(group, sender, signals, receiver).is_hang
    assert not judge(goroutine(1, "select (no cases)", "main.main()"), signals).is_hang


def test_the_runtime_said_that_all_are_asleep() -> None:
    crash = Crash("-", 1, EndKind.FATAL, "fatal error: all goroutines are asleep - deadlock!")
    blocks = goroutine(1, "chan receive", "main.main()")

    told = with_waiting(crash, goroutines_of(blocks))

    assert told.kind is EndKind.FATAL
    assert told.explanations[0].summary == (
        "the only goroutine waits for what only another one could do, as the runtime found: "
        "goroutine 1 in chan receive (main.main)"
    )


def test_goroutines_that_the_collector_found_unreachable() -> None:
    leaked = judge(goroutine(6, "chan send (leaked)", "main.leak.func1()"), goroutine(1, "sleep", "main.main()"))

    assert of_kind(leaked, "leak").is_certain


def test_files_that_do_not_come() -> None:
    stat = ("syscall.Syscall6(0x106, 0xffffffffffffff9c)", "os.Stat({0xc000010000, 0x20})", "main.look()")
    read_zero = ("syscall.Syscall(0x0, 0x0, 0xc000309000, 0x1000)", "os.(*File).Read(0xc0001)", "main.listen()")
    flock = (
        "syscall.Syscall(0x49, 0x3, 0x2, 0x0)",
        "cmd/go/internal/lockedfile/internal/filelock.lock()",
        "main.lock()",
    )

    assert of_kind(judge(goroutine(3, "syscall, 2 minutes", *stat)), "file").summary == (
        "goroutine 3 (main.look) has waited for 2 min or more to ask for a file's attributes, as when a file system "
        "does not answer"
    )
    assert (
        "waits for a file lock that is held elsewhere"
        in of_kind(judge(goroutine(3, "syscall", *flock)), "file").summary
    )
    assert judge(goroutine(3, "syscall, 90 minutes", *read_zero)).explanations == ()
    assert judge(goroutine(3, "syscall", *stat)).explanations == ()


# Which ends are judged


@pytest.mark.parametrize(
    ("kind", "signal", "is_judged"),
    [
        (EndKind.DUMP, None, True),
        (EndKind.SIGNAL, SignalDetail("SIGABRT", code=0), True),
        (EndKind.SIGNAL, SignalDetail("SIGABRT", code=-6), False),
        (EndKind.SIGNAL, SignalDetail("SIGSEGV", code=1), False),
        (EndKind.PANIC, None, False),
        (EndKind.FATAL, None, False),
    ],
)
def test_only_ends_that_were_asked_for_can_be_hangs(
    kind: EndKind, signal: SignalDetail | None, is_judged: bool
) -> None:
    blocks = "\n\n".join(
        (
            goroutine(18, "sync.Mutex.Lock", *lock("0xc0000a4050"), *FIRST),
            goroutine(19, "sync.Mutex.Lock", *lock("0xc0000a4030"), *SECOND),
        )
    )

    told = with_waiting(Crash("-", 1, kind, "x", signal=signal), goroutines_of(blocks))

    assert (told.kind is EndKind.HANG) == is_judged
    assert bool(told.explanations) == is_judged


STATES = ["sync.Mutex.Lock", "semacquire", "chan send", "select", "syscall", "runnable", "sync.RWMutex.Lock", "IO wait"]
CALLS = [
    "sync.(*Mutex).lockSlow(0x1010)",
    "sync.(*Mutex).lockSlow(0x1020?)",
    "sync.(*RWMutex).Lock(0x1010)",
    "sync.(*WaitGroup).Wait(0x1030)",
    "runtime.semacquire1(0x1018, 0x0)",
    "main.(*T).m(0x1010)",
    "main.(*T).n(0x1000, {0x1020, 0x5?})",
    "os/exec.(*Cmd).Wait(0x1040)",
    "x/gocommand.runCmdContext({0x1, 0x2}, 0x1040)",
    "x/jsonrpc2.AsyncHandler.func1.2()",
    "x.(*Y",
    "runtime.goexit({})",
]


@settings(max_examples=200)
@given(
    st.lists(
        st.tuples(st.integers(0, 9), st.sampled_from(STATES), st.lists(st.sampled_from(CALLS), max_size=6)), max_size=9
    )
)
def test_never_raises(some: list[tuple[int, str, list[str]]]) -> None:
    judge(*(goroutine(number, state, *calls) for number, state, calls in some))
