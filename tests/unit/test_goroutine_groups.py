"""Equal goroutines are one bucket, whichever way they were read."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from gopls_diag.model.go_stack import Bucket, Stack
from gopls_diag.parse.go_crash import groups as under_test
from gopls_diag.parse.go_crash.groups import GoroutineGroups, GroupingRule
from gopls_diag.parse.go_crash.stack import StackReading, parse_stack

WORKER = "main.wait(0x{0:x}?)\n\t/a.go:5 +0x1\nmain.work(0xc000{0:03x}00, {{0x1, 0x2}})\n\t/a.go:9 +0x{1:x}"
CREATED = "\ncreated by main.main in goroutine {0}\n\t/a.go:20 +0x44"


def goroutine(number: int, body: str, state: str = "chan receive", head: str = "") -> str:
    return f"goroutine {number}{head} [{state}]:\n{body}\n\n"


def worker(number: int, state: str = "chan receive", parent: int = 1, offset: int = 0x2D) -> str:
    return goroutine(number, WORKER.format(number, offset) + CREATED.format(parent), state)


def taken(text: str, rule: GroupingRule = GroupingRule.STACK) -> GoroutineGroups:
    """All by the fast lane."""
    found = GoroutineGroups(rule)
    assert found.take(text, 0, 1) == len(text)
    return found


def added(text: str, rule: GroupingRule = GroupingRule.STACK) -> GoroutineGroups:
    """All one by one."""
    found = GoroutineGroups(rule)
    line = 1
    for block in text.split("\n\n")[:-1]:
        header, _, body = block.partition("\n")
        found.add(header, body, line)
        line += block.count("\n") + 2
    return found


def ids(found: GoroutineGroups) -> list[tuple[int, ...]]:
    return sorted(each.ids for each in found.buckets())


Read = Callable[[str], GoroutineGroups]
WAYS = pytest.mark.parametrize("read", [taken, added])


@WAYS
def test_arguments_offsets_and_parents_do_not_part_equals(read: Read) -> None:
    text = "".join(worker(each, parent=each + 1, offset=each + 16) for each in range(1, 40))

    (bucket,) = read(text).buckets()

    assert bucket.count == 39 and bucket.ids == tuple(range(1, 40))
    assert bucket.states == (("chan receive", 39),)
    assert bucket.example is not None and bucket.example.id == 1 and bucket.example.line == 1
    assert bucket.example.parent_id == 2
    assert bucket.stack.frames[1].arguments == "0xc00000100, {0x1, 0x2}"


@WAYS
@pytest.mark.parametrize(
    "other",
    [
        goroutine(2, "main.a()\n\t/a.go:1", "chan send"),
        goroutine(2, "main.b()\n\t/a.go:1"),
        goroutine(2, "main.a()\n\t/b.go:1"),
        goroutine(2, "main.a()\n\t/a.go:2"),
        goroutine(2, "main.a()\n\t/a.go:1\nmain.b()\n\t/a.go:3"),
        goroutine(2, "main.a()\n\t/a.go:1\n...additional frames elided..."),
        goroutine(2, "main.a()\n\t/a.go:1\ncreated by main.b\n\t/a.go:4"),
        goroutine(2, "main.a()\n\t/a.go:1", "chan receive (leaked)"),
        goroutine(2, "main.a\n\t/a.go:1 pc=0x5"),
    ],
)
def test_what_tells_goroutines_apart(read: Read, other: str) -> None:
    text = goroutine(1, "main.a()\n\t/a.go:1") + other

    assert ids(read(text)) == [(1,), (2,)]


@WAYS
def test_waits_locks_and_labels_are_summed_up(read: Read) -> None:
    text = (
        "".join(
            (
                worker(1, "select, 7 minutes"),
                worker(2, "select"),
                worker(3, "select, 12 minutes, locked to thread"),
                worker(4, "select] {user: alice, path: /x"),
                worker(5, "select] {user: alice"),
            )
        )
        .replace("alice]:", "alice}:")
        .replace("/x]:", "/x}:")
    )

    (bucket,) = read(text).buckets()

    assert bucket.ids == (1, 2, 3, 4, 5) and bucket.waited_minutes == (7, 12) and bucket.locked == 1
    assert bucket.labels == ((("user", "alice"), 2), (("path", "/x"), 1))


@WAYS
def test_system_level_dumps_group_alike(read: Read) -> None:
    frame = "main.f(0x{0:x}?)\n\t/a.go:5 +0x1 fp=0xc{0:x} sp=0xd{0:x} pc=0x6bc709"
    text = "".join(
        goroutine(each, frame.format(each), "select", f" gp=0xc00{each:x} m={thread}")
        for each, thread in ((1, "nil"), (2, "3 mp=0xbeef"), (3, "nil"))
    )

    (bucket,) = read(text).buckets()

    assert bucket.ids == (1, 2, 3)


def test_windows_line_ends_take_the_fast_lane() -> None:
    text = "".join(worker(each) for each in range(50)).replace("\n", "\r\n")
    found = GoroutineGroups()

    assert found.take("gc 1\r\n" + text, 6, 2) == len(text) + 6
    assert ids(found) == [tuple(range(50))]
    assert found.lines == text.count("\n")


@pytest.mark.parametrize(
    "odd",
    [
        goroutine(7, "main.f()\n\t/a.go:1\ngc 34 @0.426s 1%:\nmain.g()\n\t/a.go:2"),
        goroutine(7, "runtime: unknown pc 0x7f\nmain.f()\n\t/a.go:1"),
        goroutine(7, "main.f()\n\t/a.go:1\nexit status 2"),
        goroutine(7, "main.f()\n\t/a.go:1\ngoroutine 8 [running]:\nmain.f()\n\t/a.go:1"),
        "goroutine 7 [running]\nmain.f()\n\t/a.go:1\n\n",
        "goroutine x [running]:\nmain.f()\n\t/a.go:1\n\n",
        "rax    0x0\nrbx    0x1\n\n",
        "\nexit status 2\n\n",
    ],
)
def test_the_fast_lane_stops_before_what_is_not_clean(odd: str) -> None:
    before = "".join(worker(each) for each in range(3))
    found = GoroutineGroups()

    assert found.take(before + odd + worker(9), 0, 1) == len(before)
    assert found.count == 3 and ids(found) == [(0, 1, 2)] and found.lines == before.count("\n")


def test_a_goroutine_without_an_end_is_left() -> None:
    whole = worker(1) + worker(2)
    found = GoroutineGroups()

    assert found.take(whole + worker(3).rstrip("\n"), 0, 1) == len(whole)
    assert found.count == 2


def test_add_tells_what_was_not_of_the_stack() -> None:
    found = GoroutineGroups()
    body = ["main.f()", "\t/a.go:1", "gc 34 @0.426s", "main.g()", "\t/a.go:2", "exit status 2"]

    reading = found.add("goroutine 1 [running]:", body, 10)

    assert reading is not None and reading.used == 5 and reading.not_understood == ((2, "gc 34 @0.426s"),)
    assert found.add("no header", [], 1) is None and found.count == 1
    (bucket,) = found.buckets()
    assert [each.function for each in bucket.stack.frames] == ["main.f", "main.g"]


def test_indented_goroutines_are_the_same_as_others() -> None:
    found = taken(worker(1))

    found.add("\t  goroutine 2 [chan receive]:", ["\t  " + each for each in worker(2).split("\n")[1:-2]], 40)

    assert ids(found) == [(1, 2)]


def test_the_first_and_the_running_are_kept() -> None:
    found = taken(worker(5, "select") + "".join(worker(each, "running") for each in range(10, 40)))

    assert found.first is not None and found.first.id == 5 and len(found.first.stack.frames) == 2
    assert [each.id for each in found.running] == list(range(10, 26))
    assert found.running[1].line == 1 + 2 * 8 and found.running[1].stack.frames[0].arguments == "0xb?"


def test_those_that_wait_for_others_keep_their_arguments() -> None:
    found = taken("".join(worker(each, ("sync.Mutex.Lock", "chan send", "select")[each % 3]) for each in range(30)))

    waiting = found.goroutines({"sync.Mutex.Lock"})

    assert [each.id for each in waiting] == list(range(0, 30, 3))
    assert {each.stack.frames[0].arguments for each in waiting} == {f"0x{each:x}?" for each in range(0, 30, 3)}
    assert [each.line for each in waiting] == [1 + 8 * each for each in range(0, 30, 3)]
    assert [each.id for each in found.goroutines({4, 2, 5})] == [2, 4]


def test_the_crashing_goroutine_is_shown_first_and_the_runtime_last() -> None:
    runtime = "runtime.gopark()\n\t/p.go:1\nruntime.bgsweep()\n\t/p.go:2\ncreated by runtime.gcenable\n\t/p.go:3"
    text = (
        goroutine(1, "main.crash()\n\t/a.go:1", "select")
        + goroutine(2, runtime, "GC sweep wait")
        + goroutine(3, "net/http.(*conn).serve()\n\t/h.go:1", "IO wait") * 3
        + goroutine(6, "example.com/x.F()\n\t/x.go:1", "IO wait")
        + worker(7, "sync.Mutex.Lock")
        + worker(8, "running")
    )

    assert [each.ids[0] for each in taken(text).buckets()] == [1, 8, 7, 6, 3, 2]


def test_panicparses_rule_compares_arguments() -> None:
    def one(number: int, arguments: str, parent: int = 1) -> str:
        return goroutine(number, f"main.f({arguments})\n\t/a.go:1 +0x{number:x}{CREATED.format(parent)}")

    text = "".join(
        (
            one(1, "0xc000010000, 0x5"),
            one(2, "0xc000020000?, 0x5?"),  # another pointer
            one(3, "0x7ffffffffffffffe, 0x5"),  # the largest
            one(4, "0x80001, 0x5"),  # the smallest
            one(5, "0x80000, 0x5"),  # none
            one(6, "0x7fffffffffffffff, 0x5"),  # none
            one(7, "0xffffffffffffff11, 0x5"),  # none
            one(8, "0xfffffffffffffff1, 0x5"),  # none
            one(9, "0xc000010000, 0x6"),
            one(10, "0xc000010000, 0x5, ..."),
            one(11, "0xc000010000, _"),
            one(12, "{0xc000010000, 0x5}"),
            one(13, "{0xc000090000, 0x5}"),
            one(14, "0xc000010000, 0x5", parent=2),
        )
    )
    alone = [(each,) for each in (5, 6, 7, 8, 9, 10, 11, 14)]

    assert ids(taken(text, GroupingRule.ARGUMENTS)) == sorted([(1, 2, 3, 4), (12, 13), *alone])
    assert ids(added(text, GroupingRule.ARGUMENTS)) == sorted([(1, 2, 3, 4), (12, 13), *alone])
    assert ids(taken(text)) == [tuple(range(1, 15))]


@pytest.mark.parametrize(("limit", "most"), [("_DISTINCT_LIMIT", 2_000), ("_GROUPS_LIMIT", 20)])
def test_distinct_stacks_beyond_the_limit_are_counted_by_state(
    limit: str, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(under_test, limit, {GroupingRule.STACK: most})
    text = "".join(
        goroutine(each, f"main.f()\n\t/a.go:{each}", "select" if each % 2 else "IO wait") for each in range(200)
    )

    found = taken(text)

    buckets = found.buckets()
    assert found.count == 200 == sum(each.count for each in buckets)
    rest: list[Bucket] = [each for each in buckets if each.example is None]
    assert len(rest) == 2 and all(each.stack == Stack(elided=-1) and each.ids == () for each in rest)
    assert sum(len(each.ids) for each in buckets) == 200 - sum(each.count for each in rest) > 5


def test_forgetting_what_was_seen_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "".join(
        goroutine(each, f"main.f()\n\t/a.go:{each % 7}", f"select, {each % 5} minutes") for each in range(200)
    )
    expected = taken(text).buckets()
    monkeypatch.setattr(under_test, "_SEEN_LIMIT", 300)

    assert taken(text).buckets() == expected


def test_each_distinct_stack_is_parsed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[int] = []

    def counting(lines: Sequence[str]) -> StackReading:
        parsed.append(len(lines))
        return parse_stack(lines)

    monkeypatch.setattr("gopls_diag.parse.go_crash.groups.parse_stack", counting)

    for each in (100, 1_000):
        taken("".join(worker(number, f"chan receive, {number} minutes") for number in range(each)))

    assert len(parsed) == 2


def test_of_very_many_that_wait_some_of_each_kind_are_kept() -> None:
    text = "".join(worker(each, "sync.Mutex.Lock") for each in range(2_000))
    text += "".join(worker(each, "semacquire") for each in range(3_000, 3_100))

    for read in (taken, added):
        found = read(text)
        assert len(found.goroutines({"sync.Mutex.Lock"})) == 500
        assert [each.id for each in found.goroutines({"semacquire"})] == list(range(3_000, 3_008))
        assert found.count == 2_100
