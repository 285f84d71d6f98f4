"""Every header that golang/go src/runtime/traceback.go prints in some release is read, and nothing else is one."""

from __future__ import annotations

import pytest

from gopls_diag.model.go_stack import Goroutine
from gopls_diag.parse.go_crash.header import parse_header

HEADERS = {
    "goroutine 1 [running]:": Goroutine(1, "running"),
    "goroutine 6 [chan receive, 2 minutes]:": Goroutine(6, "chan receive", waited_minutes=2),
    "goroutine 17 [syscall, locked to thread]:": Goroutine(17, "syscall", is_locked=True),
    "goroutine 7 gp=0xb41dd679860 m=nil [chan receive, 2 minutes, locked to thread]:": Goroutine(
        7, "chan receive", waited_minutes=2, is_locked=True, g=0xB41DD679860
    ),
    "goroutine 0 gp=0xae4200 m=0 mp=0xae53e0 [idle]:": Goroutine(0, "idle", g=0xAE4200, thread=0),
    "goroutine 2 gp=0x3e890252d20 m=nil [force gc (idle)]:": Goroutine(2, "force gc (idle)", g=0x3E890252D20),
    "goroutine 8 [waiting (scan)]:": Goroutine(8, "waiting", marks=("scan",)),
    "goroutine 6 [chan send (leaked)]:": Goroutine(6, "chan send", marks=("leaked",)),
    "goroutine 6 [chan send (leaked) (scan), 3 minutes]:": Goroutine(
        6, "chan send", marks=("leaked", "scan"), waited_minutes=3
    ),
    "goroutine 3 [chan receive (synctest), synctest group 7]:": Goroutine(
        3, "chan receive", marks=("synctest",), bubble=7
    ),
    "goroutine 22 [chan send (durable), synctest bubble 1]:": Goroutine(22, "chan send", marks=("durable",), bubble=1),
    "goroutine 22 [sync.WaitGroup.Wait (durable), 5 minutes, synctest bubble 12]:": Goroutine(
        22, "sync.WaitGroup.Wait", marks=("durable",), waited_minutes=5, bubble=12
    ),
    "goroutine 9 [select (no cases)]:": Goroutine(9, "select (no cases)"),
    "goroutine 9 [chan receive (nil chan)]:": Goroutine(9, "chan receive (nil chan)"),
    "goroutine 9 [???]:": Goroutine(9, "???"),
    "goroutine 9 [waiting for cgo callback]:": Goroutine(9, "waiting for cgo callback"),
    'goroutine 18 [select labels:{"a": "x]:", "b": "{z}, "}]:': Goroutine(
        18, "select", labels=(("a", "x]:"), ("b", "{z}, "))
    ),
    'goroutine 18 [select, 4 minutes labels:{"a": "]"}]:': Goroutine(
        18, "select", waited_minutes=4, labels=(("a", "]"),)
    ),
    'goroutine 1 [running] {empty: , path: /a/b.c, "quo te": "x\\"y]\\n{z}"}:': Goroutine(
        1, "running", labels=(("empty", ""), ("path", "/a/b.c"), ("quo te", 'x"y]\n{z}'))
    ),
    'goroutine 1 [running] {uni: "\\u00e9\\u2603", user: alice}:': Goroutine(
        1, "running", labels=(("uni", "é☃"), ("user", "alice"))
    ),
    "goroutine 1 [select, 2 minutes] {user: bob}:": Goroutine(1, "select", waited_minutes=2, labels=(("user", "bob"),)),
    'goroutine 1 [select] {: "", x: "\\x07\\U0001f4a3"}:': Goroutine(1, "select", labels=(("", ""), ("x", "\a💣"))),
}


@pytest.mark.parametrize(("line", "goroutine"), HEADERS.items())
def test_every_form_is_read(line: str, goroutine: Goroutine) -> None:
    assert parse_header(line) == goroutine


@pytest.mark.parametrize("line", HEADERS)
def test_what_loggers_and_windows_add_is_passed_over(line: str) -> None:
    plain = parse_header(line)

    assert parse_header("\t  " + line + " \r") == plain


def test_the_line_is_kept() -> None:
    goroutine = parse_header("goroutine 5 [running]:", 44)

    assert goroutine is not None and goroutine.line == 44


@pytest.mark.parametrize(
    "line",
    [
        "",
        "goroutine",
        "goroutine profile: total 2",
        "goroutine 5 [running]",
        "goroutine 5 (running) created at:",
        "goroutine five [running]:",
        "goroutine 5 [running:",
        "a goroutine 5 [running]:",
        "[originating from goroutine 5]:",
        "Goroutine 7 (running) created at:",
        "goroutine 5 [running] later:",
        "goroutine 123456789012345678901 [running]:",
    ],
)
def test_other_lines_are_none(line: str) -> None:
    assert parse_header(line) is None


def test_labels_without_end_are_bounded() -> None:
    many = ", ".join(f"k{each}: v" for each in range(100_000))

    goroutine = parse_header("goroutine 1 [running] {" + many + "}:")

    assert goroutine is not None and len(goroutine.labels) == 100
