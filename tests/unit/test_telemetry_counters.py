"""Counter files of gopls: a real one, one made by hand, and damaged ones."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gopls_diag.parse.telemetry_counters import parse_counter_file, parse_counter_name, parse_weekly_report

REAL = next((Path(__file__).parents[1] / "corpus" / "telemetry").glob("*.count"))
HEADER = (
    "TimeBegin: 2026-11-20T00:00:00Z\nTimeEnd: 2026-11-27T00:00:00Z\nProgram: golang.org/x/tools/gopls\n"
    "Version: v0.23.0\nGoVersion: go1.26.5\nGOOS: linux\nGOARCH: amd64\n"
)


def counter_file(entries: list[tuple[str, int]], *, ring: bool = False) -> bytes:
    """A file as x/telemetry lays it out, with every entry in the first chain of the hash table."""
    meta = HEADER.encode()
    length = 32 + len(meta)
    length += -length % 4
    head = b"# telemetry/counter file v1\n" + struct.pack("<I", length) + meta
    head += b"\0" * (length - len(head))
    records, at = b"", length + 4 + 4 * 512
    for index, (name, count) in enumerate(entries):
        size = 16 + len(name.encode())
        size += -size % 32
        is_last = index == len(entries) - 1
        following = length + 4 + 4 * 512 if ring and is_last else 0 if is_last else at + size
        record = struct.pack("<QII", count, len(name.encode()), following) + name.encode()
        records += record + b"\0" * (size - len(record))
        at += size
    table = struct.pack("<512I", length + 4 + 4 * 512 if entries else 0, *([0] * 511))
    return head + struct.pack("<I", at) + table + records


def test_real_file_gives_crashes_bugs_and_labels() -> None:
    found = parse_counter_file(REAL.read_bytes(), path="x")

    assert found.program == "golang.org/x/tools/gopls"
    assert found.go_version.name == "go1.27.3"
    assert (found.os, found.architecture, found.began) == ("linux", "amd64", "2026-11-22T00:00:00Z")
    assert sorted(each.count for each in found.crashes) == [1, 1, 5]
    assert found.bugs[0].stack[2].function == "golang.org/x/tools/gopls/internal/debug.(*Instance).Serve.func1.3"
    assert found.not_understood == ""
    assert {each.name: each.count for each in found.counters}["gopls/client:code-server"] == 38


def test_a_ditto_mark_repeats_the_package() -> None:
    stack = parse_counter_name(
        'crash/crash\nruntime.futex:+6,+0x20\n".futexsleep:+7,+0x2f\n".mPark:=1985,+0x8b\nmain.(*T).Do:+1', 5
    ).stack

    assert [each.function for each in stack] == ["runtime.futex", "runtime.futexsleep", "runtime.mPark", "main.(*T).Do"]
    assert [each.line for each in stack] == ["+6", "+7", "=1985", "+1"]
    assert [each.offset for each in stack] == ["+0x20", "+0x2f", "+0x8b", ""]


def test_a_stack_that_was_cut_is_marked() -> None:
    cut = parse_counter_name("crash/crash\na/b.F:+1,+0x1\nc\ntruncated\n", 1)

    assert cut.is_truncated
    assert len(cut.stack) == 1


def test_file_made_by_hand() -> None:
    found = parse_counter_file(counter_file([("gopls/client:vscode", 3), ("crash/malformed", 1)]))

    assert [(each.name, each.count) for each in found.counters] == [("crash/malformed", 1), ("gopls/client:vscode", 3)]
    assert str(found.version) == "v0.23.0"


def test_a_ring_of_entries_ends() -> None:
    assert len(parse_counter_file(counter_file([("a", 1), ("b", 2)], ring=True)).counters) == 2


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "does not begin"),
        (b"garbage", "does not begin"),
        (b"# telemetry/counter file v1\n", "cut short"),
        (b"# telemetry/counter file v1\n\xff\xff\xff\xff", "header is damaged"),
        (counter_file([("a", 1)])[:300], "cut short"),
        (counter_file([("a-long-name", 1)])[:-20], "1 entries are damaged"),
    ],
)
def test_damage_is_said(content: bytes, why: str) -> None:
    assert why in parse_counter_file(content).not_understood


@given(st.data())
def test_any_damage_to_a_real_file_is_survived(data: st.DataObject) -> None:
    content = bytearray(REAL.read_bytes())
    for _ in range(data.draw(st.integers(1, 20))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))

    parse_counter_file(bytes(content[: data.draw(st.integers(0, len(content)))]))


def test_weekly_report_gives_counters_and_stacks() -> None:
    report = {
        "Week": "2026-11-20",
        "Programs": [
            {
                "Program": "golang.org/x/tools/gopls",
                "Version": "v0.23.0",
                "GoVersion": "go1.26.5",
                "GOOS": "linux",
                "GOARCH": "amd64",
                "Counters": {"gopls/client:vscode": 2},
                "Stacks": {"crash/crash\nmain.main:+1,+0x1": 4},
            }
        ],
    }

    (found,) = parse_weekly_report(json.dumps(report), path="local.json")

    assert found.ended == "2026-11-20"
    assert [(each.count, len(each.stack)) for each in found.crashes] == [(4, 1)]


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"Programs": 1}', '{"Programs": [1, {"Counters": 3}]}', "[" * 100_000]
)
def test_weekly_report_that_is_none_gives_nothing_harmful(text: str) -> None:
    assert all(not each.counters for each in parse_weekly_report(text))
