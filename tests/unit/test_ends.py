"""How programs ended: one entry for each end, however many told of it."""

from __future__ import annotations

import pytest

from gopls_diag.model.crash import Crash, EndKind
from gopls_diag.parse.log.reader import LogReader

PANIC = "panic: boom\n\ngoroutine 1 [running]:\nmain.main()\n\t/src/main.go:7 +0x1d\n"
CODE_TWO = "[Error - 6:28:40 PM] Server process exited with code 2.\n"
KILLED = "[Error - 6:28:40 PM] Server process exited with signal SIGKILL.\n"
STARTED = "[Info  - 6:28:41 PM] 2026/11/22 18:28:41 Created View (#1)\n"
NEW = "2026-11-22 18:18:10.368 "


def ends(text: str) -> list[tuple[int, str, str, int | None]]:
    return [(each.line, each.kind.value, each.message, each.exit_code) for each in crashes(text)]


def crashes(text: str) -> tuple[Crash, ...]:
    reader = LogReader("a.log")
    reader.feed(text.encode())
    return reader.finish().crashes


def test_a_crash_and_the_code_that_follows_are_one_end() -> None:
    assert ends(PANIC + CODE_TWO) == [(1, "panic", "panic: boom", 2)]


def test_two_crashes_with_a_restart_between_are_two() -> None:
    assert ends(PANIC + CODE_TWO + STARTED + PANIC + CODE_TWO) == [
        (1, "panic", "panic: boom", 2),
        (8, "panic", "panic: boom", 2),
    ]


def test_a_kill_with_nothing_printed_is_an_end_of_its_own() -> None:
    assert ends(KILLED) == [(1, "killed", "Server process exited with signal SIGKILL.", None)]


def test_last_words_behind_the_last_vague_sentence_are_of_that_end() -> None:
    gone = "[Error - 6:28:40 PM] Connection to server got closed. Server will not be restarted.\n"

    assert [each[1:3] for each in ends(gone + "gopls: unknown flag: -shop\n")] == [
        ("exit", "gopls: unknown flag: -shop")
    ]


@pytest.mark.parametrize(
    ("line", "signal"),
    [
        ("[1]    6414 segmentation fault  gopls", "SIGSEGV"),
        ("zsh: abort      /home/gopher/go/bin/gopls", "SIGABRT"),
        ("[2]  + 77 trace trap (core dumped)  gopls -v", "SIGTRAP"),
    ],
)
def test_a_shell_tells_of_a_fault(line: str, signal: str) -> None:
    (crash,) = crashes(f"{line}\n")

    assert crash.kind is EndKind.SIGNAL and crash.program == "gopls"
    assert crash.signal is not None and crash.signal.name == signal


def test_a_kill_after_a_restart_is_not_the_end_of_the_crash_before() -> None:
    assert [each[1] for each in ends(PANIC + STARTED + KILLED)] == ["panic", "killed"]


def test_the_fourth_kill_is_told_like_the_first() -> None:
    text = "[Info  - 6:27:27 PM] \ntrue\n" + KILLED + STARTED

    assert [each[0] for each in ends(text * 4)] == [3, 7, 11, 15]


@pytest.mark.parametrize(
    "line",
    [
        "[Error - 6:28:40 PM] Server process exited with code 0.",
        NEW + "[info] Server process exited successfully",
        "Client pyright quit with exit code 1 and signal 0. Check log for errors",
        "Client 1 quit with exit code 0 and signal 0",
        "LSP :: gopls:123 has exited (finished)",
        "[jsonrpc] Server exited with status 0",
        "2024-03-28T11:32:02.364 helix_lsp::transport [ERROR] gopls err: <- StreamClosed",
        "Process EGLOT (shop/go-mode) stderr finished",
        "2026/11/22 18:27:00 go/packages.Load: err: signal: killed: stderr: ",
        "nginx.service: Main process exited, code=exited, status=1/FAILURE",
    ],
)
def test_a_normal_stop_is_no_end(line: str) -> None:
    assert ends(line + "\n") == []


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (NEW + "[error] Server process exited with signal SIGKILL.", None),
        (NEW + "[error] Server process exited with signal SIGTERM.", None),
        ("[Error - 6:28:40 PM] Server process exited with code 137.", 137),
        ("[Error - 6:28:40 PM] Server process exited with code 143.", 143),
        ("Client gopls quit with exit code 0 and signal 9", None),
        ("Client 1 quit with exit code 0 and signal 9[START][2026-11-22 19:06:39] LSP logging initiated", None),
        ("LSP :: gopls:123 has exited (killed)", None),
        ("[jsonrpc] Server exited with status 9", None),
        ("[Info  - 12:50:16 PM] Connection to server got closed. Server will restart.", None),
        ("Nov 22 15:57:57 burrow systemd[1]: gopls.service: Main process exited, code=killed, status=9/KILL", None),
        ("zsh: killed     gopls serve", None),
        ("[1]    4242 killed     gopls", None),
        ("bash: line 1:  4242 Killed                  gopls serve", None),
        ("Killed: 9", None),
    ],
)
def test_ended_from_outside(line: str, code: int | None) -> None:
    (end,) = crashes(line + "\n")

    assert end.kind is EndKind.KILLED
    assert end.exit_code == code


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("[Error - 6:28:40 PM] Server process exited with code 1.", 1),
        ("Client 1 quit with exit code 2 and signal 0", 2),
        ("LSP :: gopls:123/starting has exited (exited abnormally with code 2)", 2),
        ("[jsonrpc] Server exited with status 1", 1),
        ("gopls exited with status code 2", 2),
        (
            "2023-11-13 21:52:21,925 [   2793]   INFO - #c.i.p.l.i.c.Listener - "
            "LSP server process terminated, exit code = 1, command line: /home/gopher/bin/gopls",
            1,
        ),
    ],
)
def test_ended_with_a_code_and_no_word(line: str, code: int) -> None:
    (end,) = crashes(line + "\n")

    assert (end.kind, end.exit_code) == (EndKind.EXIT, code)


def test_code_one_is_told_by_the_last_line_of_package_log() -> None:
    text = "serve.go:531: debug server listening at http://localhost:1\n" + (
        "2026/11/22 18:27:00 cache: mkdir /nowhere: permission denied\n"
        "[Error - 6:28:40 PM] Server process exited with code 1.\n"
    )

    # The date makes it a message; the file's name does not.
    assert ends(text.replace("2026/11/22 18:27:00 ", "filecache.go:81: "))[0] == (
        2,
        "exit",
        "filecache.go:81: cache: mkdir /nowhere: permission denied",
        1,
    )
    assert ends(text)[0] == (2, "exit", "2026/11/22 18:27:00 cache: mkdir /nowhere: permission denied", 1)


def test_a_server_that_listens_is_no_last_word() -> None:
    assert ends("serve.go:531: debug server listening at http://localhost:1\n" + CODE_TWO)[0][2] == (
        "Server process exited with code 2."
    )


def test_a_wrong_flag_is_told_once_a_run() -> None:
    text = "gopls: unknown flag: -nosuchflag\nUsage:\n  gopls help [<subject>]\n" + CODE_TWO

    assert ends(text * 2) == [
        (1, "exit", "gopls: unknown flag: -nosuchflag", 2),
        (5, "exit", "gopls: unknown flag: -nosuchflag", 2),
    ]


def test_the_vague_and_the_plain_sentence_are_one_end() -> None:
    closed = "[Info  - 12:50:16 PM] Connection to server got closed. Server will restart.\n"

    assert [each[2] for each in ends(closed + KILLED)] == ["Server process exited with signal SIGKILL."]
    assert [each[2] for each in ends(KILLED + closed)] == ["Server process exited with signal SIGKILL."]
    assert ends(PANIC + closed) == [(1, "panic", "panic: boom", 2)]


CLOSED = "[Info  - 12:50:16 PM] Connection to server got closed. Server will restart.\n"
REFUSED = "gopls: listen tcp 127.0.0.1:8080: bind: address already in use\n"


@pytest.mark.parametrize(
    ("told", "lines"),
    [(CLOSED + CODE_TWO, [3, 6, 9]), (CODE_TWO + CLOSED, [2, 5, 8]), (CODE_TWO, [2, 4, 6]), (CLOSED, [2, 4, 6])],
)
def test_a_server_that_gives_up_at_each_start_ends_each_time(told: str, lines: list[int]) -> None:
    found = crashes((REFUSED + told) * 3)

    assert [each.last_line for each in found] == lines
    if told != CLOSED:  # which does not say that gopls ended itself
        assert {each.message for each in found} == {REFUSED.strip()}


def test_ends_without_a_word_beside_ends_with_one_are_all_told() -> None:
    assert [each[:3] for each in ends(CLOSED + CODE_TWO + REFUSED + CLOSED + CODE_TWO + CLOSED + CODE_TWO)] == [
        (2, "exit", CODE_TWO.split("] ")[1].strip()),
        (3, "exit", REFUSED.strip()),
        (7, "exit", CODE_TWO.split("] ")[1].strip()),
    ]


def test_two_runs_with_two_wrong_flags_are_two() -> None:
    text = "gopls: unknown flag: -one\n" + CODE_TWO + "gopls: unknown flag: -two\n" + CODE_TWO

    assert [each[2] for each in ends(text)] == ["gopls: unknown flag: -one", "gopls: unknown flag: -two"]


def test_two_complaints_of_one_run_are_one() -> None:
    text = "flag provided but not defined: -one\ngopls: unknown flag: -one\n" + CODE_TWO

    assert [each[2] for each in ends(text)] == ["flag provided but not defined: -one"]


def test_an_editor_that_lost_patience_is_named() -> None:
    (end,) = crashes(
        NEW + "[error] Stopping server timed out\n" + NEW + "[error] Server process exited with signal SIGKILL.\n"
    )

    assert [each.kind for each in end.explanations] == ["shutdown"]


def test_the_words_may_come_after_the_sentence() -> None:
    assert ends(CODE_TWO + PANIC) == [(2, "panic", "panic: boom", 2)]


def test_a_service_is_joined_with_its_stream() -> None:
    lines = [f"Nov 22 15:57:57 burrow gopls[1217]: {line}" for line in PANIC.splitlines()]
    ended = (
        "Nov 22 15:57:58 burrow systemd[1]: gopls.service: Main process exited, code=exited, status=2/INVALIDARGUMENT"
    )

    (end,) = crashes("\n".join([*lines, ended, ""]))

    assert (end.kind, end.stream, end.exit_code) == (EndKind.PANIC, "gopls[1217]", 2)


def test_very_many_ends_cost_no_more_than_they_are() -> None:
    assert len(crashes((KILLED + STARTED) * 12_000)) == 10_000
