"""Logs cut into sayings: real logs of each form, and the awkward ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from gopls_diag.model.log_reading import LogReading
from gopls_diag.model.saying import Channel, Saying
from gopls_diag.parse.log.reader import LogReader

LOGS = Path(__file__).parent.parent / "corpus" / "logs"


def read(content: str | bytes) -> tuple[LogReading, list[Saying]]:
    reader = LogReader("a.log")
    reader.feed(content.encode() if isinstance(content, str) else content)
    reading = reader.finish()
    return reading, list(reading.sayings)


def read_file(name: str) -> tuple[LogReading, list[Saying]]:
    return read((LOGS / name).read_bytes())


def heads(sayings: list[Saying]) -> list[tuple[int | None, str, str]]:
    return [(each.line, each.channel.value, each.text.split("\n")[0]) for each in sayings]


def test_reads_the_server_log_of_vscode_with_languageclient_10() -> None:
    reader, sayings = read_file("vscode-0.57-server.log")

    assert reader.formats[0] == "vscode-0.57"
    assert "plain" not in reader.formats
    assert reader.not_understood == 0
    assert heads(sayings) == [
        (1, "log", "Created View (#1)"),
        (11, "log", "go/packages.Load #1"),
        (19, "log", "background imports cache refresh starting"),
        (21, "log", "background refresh finished after 21.444852ms"),
        (24, "client", "Server process exited with signal SIGKILL."),
        (24, "exit", "signal SIGKILL"),
        (26, "client", "Server process exited with signal SIGKILL."),
        (26, "exit", "signal SIGKILL"),
        (27, "stderr", "SIGABRT: abort"),
        (39, "client", "Server process exited with code 2."),
        (39, "exit", "exit code 2"),
    ]
    assert "goroutine 0 gp=0x2140640 m=0 mp=0x21422c0 [idle]:" in sayings[8].text


def test_keeps_the_labels_of_an_event_with_it() -> None:
    _, sayings = read_file("vscode-0.57-server.log")

    assert "\tpackages=3\n\tduration=" in sayings[1].text


def test_reads_the_server_log_of_vscode_with_languageclient_9() -> None:
    reader, sayings = read_file("vscode-0.56-server.log")

    assert "vscode-0.56" in reader.formats
    assert heads(sayings) == [
        (1, "log", "Created View (#1)"),
        (11, "log", "go/packages.Load #1"),
        (21, "client", "Server process exited with signal SIGKILL."),
        (21, "exit", "signal SIGKILL"),
        (22, "log", "Created View (#1)"),
        (32, "log", "go/packages.Load #1"),
        (40, "stderr", "SIGABRT: abort"),
        (45, "client", "Server process exited with code 2."),
        (45, "exit", "exit code 2"),
    ]


def test_reads_the_log_of_the_extension() -> None:
    _, sayings = read_file("vscode-extension.log")

    assert {each.channel for each in sayings} == {Channel.CLIENT}
    assert len(sayings) == 33


def test_joins_the_pieces_of_a_crash_that_neovim_wrote() -> None:
    reader, sayings = read_file("neovim-crash.log")

    assert reader.formats == ("neovim", "go-traceback")
    (crash,) = sayings
    assert crash.channel is Channel.STDERR
    assert crash.line == 2
    assert crash.text.startswith("panic: runtime error: invalid memory address or nil pointer dereference\n[signal SIG")


def test_reads_messages_and_log_of_neovim() -> None:
    _, sayings = read_file("neovim-settings.log")

    assert heads(sayings)[1:] == [
        (2, "show", sayings[1].text.split("\n")[0]),
        (6, "log", "Created View (#1)"),
        (7, "log", "go/packages.Load #1"),
    ]
    assert sayings[1].text.startswith('Invalid settings: setting option "analyses"')


def test_reads_the_events_of_gopls_own_log_without_their_two_dates() -> None:
    _, sayings = read_file("gopls-verbose.log")

    assert [each[1:] for each in heads(sayings)] == [
        ("log", "Created View (#1)"),
        (
            "log",
            "go/packages.Load #1: err: exit status 1: stderr: "
            "go: go.mod requires go >= 1.99 (running go 1.23.9; GOTOOLCHAIN=local)",
        ),
        (
            "log",
            "initial workspace load failed: packages.Load error: err: exit status 1: stderr: "
            "go: go.mod requires go >= 1.99 (running go 1.23.9; GOTOOLCHAIN=local)",
        ),
    ]


def test_reads_what_the_gopls_command_prints() -> None:
    _, sayings = read_file("gopls-cli.log")

    assert [each[:2] for each in heads(sayings)] == [(1, "show"), (4, "show"), (7, "stderr")]
    assert "failed to load view for file:///home/dev/src/plain" in sayings[0].text
    assert sayings[2].text == "gopls: no views"


def test_takes_replies_from_a_trace_and_nothing_else() -> None:
    _, sayings = read_file("rpc-trace-errors.log")

    assert heads(sayings)[1:] == [
        (13, "reply", "gopls.nosuch is not a supported command"),
        (20, "reply", 'JSON RPC method not found: "textDocument/nosuch"'),
        (27, "reply", "line number 999 out of range 0-6"),
        (38, "reply", "context canceled"),
    ]


def test_reads_kernel_lines() -> None:
    reader, sayings = read_file("kernel.log")

    assert {each.channel for each in sayings} == {Channel.KERNEL}
    assert reader.channels == {Channel.KERNEL}


def test_strips_what_the_journal_puts_before_a_line() -> None:
    _, sayings = read(
        "Nov 22 15:57:57 burrow gopls[1217]: panic: boom\nNov 22 15:57:57 burrow kernel: Out of memory: Killed"
    )

    assert heads(sayings) == [
        (1, "stderr", "panic: boom"),
        (2, "kernel", "Nov 22 15:57:57 burrow kernel: Out of memory: Killed"),
    ]


def test_splits_the_stop_request_from_the_line_that_is_glued_to_it() -> None:
    request = "Request to stop language server - config change (enabled: true)"

    _, sayings = read(f"{request}[Error - 6:28:40 PM] Server process exited with code 0.")

    assert heads(sayings) == [
        (1, "client", request),
        (1, "client", "Server process exited with code 0."),
        (1, "exit", "exit code 0"),
    ]


@pytest.mark.parametrize(
    ("line", "ending"),
    [
        ("[Error - 15:53:39] Server process exited with code 137.", "exit code 137"),
        ("2026-11-22 18:21:13.394 [info] Server process exited successfully", "exit code 0"),
        ("Client 1 quit with exit code 2 and signal 0", "exit code 2"),
        ("Client gopls quit with exit code 0 and signal 9", "signal SIGKILL"),
        ("Client gopls quit with exit code 0 and signal 64", "signal 64"),
    ],
)
def test_says_how_the_server_ended(line: str, ending: str) -> None:
    _, sayings = read(line)

    assert sayings[-1].channel is Channel.EXIT
    assert sayings[-1].text == ending


def test_cuts_a_dump_to_its_first_lines() -> None:
    dump = "fatal error: out of memory\n" + "goroutine 1 [running]:\nmain.main()\n\t/a.go:1\n" * 1000

    _, sayings = read(dump + "2026/11/22 18:27:00 Created View (#1)")

    assert [each.channel for each in sayings] == [Channel.STDERR, Channel.LOG]
    assert sayings[0].text.count("\n") < 200
    assert sayings[1].line == 3002


def test_reads_windows_line_ends_and_utf_16() -> None:
    text = "2026/11/22 18:27:00 Created View (#1)\r\n\tdirectory=C:\\src\r\n"

    _, sayings = read(text.encode("utf-16"))

    assert [each.text for each in sayings] == ["Created View (#1)\n\tdirectory=C:\\src"]


def test_counts_lines_of_no_known_form() -> None:
    reader, _ = read("what is this\n\nand this")

    assert reader.not_understood == 2
    assert reader.lines == 3


def test_knows_which_channels_a_log_would_show() -> None:
    silent, _ = read("2026-11-22 18:21:13.394 [info] Running checks...")
    plain, _ = read("serve.go:531: debug server listening at http://localhost:1")

    assert Channel.LOG in silent.channels
    assert plain.channels == {Channel.STDERR}
