"""One crash, as each editor writes it into its log: read the same everywhere."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from gopls_diag.model.crash import Crash, EndKind
from gopls_diag.model.log_reading import LogReading
from gopls_diag.model.saying import Channel
from gopls_diag.parse.log.reader import LogReader

PANIC = """\
panic: runtime error: invalid memory address or nil pointer dereference
[signal SIGSEGV: segmentation violation code=0x1 addr=0x40 pc=0xdf6704]

goroutine 233 [running]:
golang.org/x/tools/gopls/internal/golang.hover({0x14268e8, 0xc000399020}, 0xc0004198c0)
\t/home/gopher/go/pkg/mod/golang.org/x/tools/gopls@v0.18.1/internal/golang/hover.go:362 +0xf64
created by golang.org/x/tools/internal/jsonrpc2.AsyncHandler.func1 in goroutine 40
\t/home/gopher/go/pkg/mod/golang.org/x/tools@v0.30.0/internal/jsonrpc2/handler.go:103 +0x1d2

goroutine 1 [select]:
main.main()
\t/home/gopher/a "quoted"/main.go:66 +0x28
""".splitlines()
MESSAGE = "panic: runtime error: invalid memory address or nil pointer dereference"


def read(text: str) -> LogReading:
    reader = LogReader("a.log")
    reader.feed(text.encode())
    return reader.finish()


def core(crash: Crash) -> tuple[object, ...]:
    assert crash.crashing is not None
    frames = crash.crashing.stack.frames
    return crash.kind, crash.message, crash.goroutines, [(each.function, each.file, each.line) for each in frames]


def each(form: str) -> Callable[[list[str]], str]:
    return lambda lines: "".join(form.replace("%s", line) + "\n" for line in lines)


def lua(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t")
    return f"'{escaped}'" if '"' in text else f'"{escaped}"'


def pieces(lines: list[str], width: int) -> list[str]:
    text = "\n".join(lines) + "\n"
    return [text[at : at + width] for at in range(0, len(text), width)]


def neovim(lines: list[str]) -> str:
    head = '[ERROR][2026-11-22 18:49:31] .../vim/lsp/rpc.lua:420\t"rpc"\t"gopls"\t"stderr"\t'
    return "[START][2026-11-22 18:49:26] LSP logging initiated\n" + "".join(
        f"{head}{lua(piece)}\n" for piece in pieces(lines, 57)
    )


def old_neovim(lines: list[str]) -> str:
    head = '[ ERROR ] 2021-04-28T23:04:33-0500 ] ...share/nvim/runtime/lua/vim/lsp/rpc.lua:457 ]\t"rpc"\t"gopls"\t'
    return "".join(f'{head}"stderr"\t{lua(piece)}\n' for piece in pieces(lines, 91))


def helix(lines: list[str]) -> str:
    head = "2024-03-28T11:32:02.364 helix_lsp::transport [ERROR] gopls err <- "
    return "".join(head + json.dumps(line + "\n") + "\n" for line in lines)


def vim_lsp(lines: list[str]) -> str:
    def record(piece: str) -> str:
        return "Mon Feb 11 16:36:32 2019:" + json.dumps(["<---(stderr)", 1, "gopls", piece.split("\n")]) + "\n"

    return "".join(map(record, pieces(lines, 120)))


def glued_and_interleaved(lines: list[str]) -> str:
    told = '[Info  - 6:27:08 PM] 2026/11/22 18:27:08 background refresh finished\n\tview_id="1"\n'
    return "\n".join([*lines[:5], told + lines[5], *lines[6:10], told.strip("\n"), *lines[10:], ""])


def first_line_headed(lines: list[str]) -> str:
    return "[Error - 15:53:39] " + "\n".join(lines) + "\n"


EDITORS: dict[str, Callable[[list[str]], str]] = {
    "vscode-0.56": each("%s"),
    "vscode-0.56, interleaved": glued_and_interleaved,
    "vscode-0.57": each("2026-11-22 18:18:10.368 [error] %s"),
    "neovim": neovim,
    "neovim 0.5": old_neovim,
    "helix": helix,
    "vim-lsp": vim_lsp,
    "eglot events": each("[stderr] %s"),
    "eglot events, newer": each("[stderr]  %s"),
    "zed.log": each("2026-04-27T16:39:51-05:00 TRACE [lsp] incoming stderr message:%s"),
    "zed.log before 2025": each("2024-03-03T16:34:06.123+02:00 [TRACE] incoming stderr message:%s"),
    "zed's panel": each("stderr: %s"),
    "sublime's panel": each("gopls: %s"),
    "languageclient, old": first_line_headed,
}


@pytest.mark.parametrize("editor", EDITORS)
def test_a_crash_is_the_same_in_every_editors_log(editor: str) -> None:
    (plain,) = read("\n".join(PANIC) + "\n").crashes

    reading = read(EDITORS[editor](PANIC))

    assert [core(crash) for crash in reading.crashes] == [core(plain)]
    assert not reading.crashes[0].is_truncated
    assert not reading.crashes[0].not_understood
    assert reading.not_understood == 0


@pytest.mark.parametrize("editor", EDITORS)
@pytest.mark.parametrize("end", ["\r\n", "\r\r\n"])
def test_line_ends_of_windows_change_nothing(editor: str, end: str) -> None:
    text = EDITORS[editor](PANIC)

    assert [core(crash) for crash in read(text.replace("\n", end)).crashes] == [core(c) for c in read(text).crashes]


@pytest.mark.parametrize(
    ("line", "channel", "text"),
    [
        ("[Info  - 6:27:07 PM] 2026/11/22 18:27:07 Created View (#1)", Channel.LOG, "Created View (#1)"),
        ("[Info  - 下午6:27:07] 2026/11/22 18:27:07 Created View (#1)", Channel.LOG, "Created View (#1)"),
        ("[Error - 18.27.07] gopls client: couldn't", Channel.CLIENT, "gopls client: couldn't"),
        ("2026-11-22 18:14:36.346 [info] Running checks...", Channel.CLIENT, "Running checks..."),
        ("[coc.nvim] Failed to install 'gopls'", Channel.CLIENT, "Failed to install 'gopls'"),
        (
            "[eglot] Reconnecting after unexpected server exit.",
            Channel.CLIENT,
            "Reconnecting after unexpected server exit.",
        ),
        ("LSP :: Connected to [gopls:123].", Channel.CLIENT, "Connected to [gopls:123]."),
        (
            "2024-03-03T16:34:06+02:00 [WARN] Generic lsp request to gopls failed: no views",
            Channel.CLIENT,
            "Generic lsp request to gopls failed: no views",
        ),
        (
            "2023-11-13 21:52:21,925 [   2793]   INFO - #c.i.p.l.i.c.Listener - LSP server process started: gopls",
            Channel.CLIENT,
            "LSP server process started: gopls",
        ),
        (
            "2024-03-28T11:32:02.364 helix_term::application [WARN] unhandled window/showMessage: ShowMessageParams "
            '{ typ: Error, message: "Error loading workspace folders\\nfailed to load view\\n" }',
            Channel.SHOW,
            "Error loading workspace folders\nfailed to load view",
        ),
        (
            "2024-03-28T11:32:02.364 helix_lsp::transport [ERROR] gopls <- ServerError(0): no package metadata",
            Channel.REPLY,
            "no package metadata",
        ),
    ],
)
def test_what_an_editor_says_is_told_without_its_prefix(line: str, channel: Channel, text: str) -> None:
    reading = read(f"{line}\n")

    assert [(each.channel, each.text) for each in reading.sayings] == [(channel, text)]


@pytest.mark.parametrize(
    "line",
    [
        "2026-11-22 18:20:48.884 [trace] Sending request 'textDocument/codeLens - (28)'.",
        "[Trace - 6:28:30 PM] Sending notification '$/setTrace'.",
        '[DEBUG][2026-11-22 18:52:11] .../vim/lsp/rpc.lua:347\t"rpc.send"\t{  id = 1,  jsonrpc = "2.0" }',
        "[client-request] (id:1) Sun Nov 22 18:52:11 2026:",
        "2024-03-28T11:32:02.361 helix_view::document [DEBUG] id 1 modified - last saved: 0, current: 0",
        'Mon Feb 11 16:36:32 2019:["--->",1,"gopls",{"method":"initialize"}]',
    ],
)
def test_records_of_requests_are_no_sayings(line: str) -> None:
    reading = read(f"{line}\n")

    assert reading.sayings == ()
    assert reading.not_understood == 0


def test_other_servers_of_the_same_editor_are_streams_of_their_own() -> None:
    own = 'x helix_lsp::transport [ERROR] gopls err <- "panic: boom\\n"'.replace("x ", "2024-03-28T11:32:02.364 ")
    other = own.replace("gopls", "ty").replace("boom", "bang")
    header = own.replace("panic: boom", "goroutine 1 [running]:")

    reading = read(f"{own}\n{other}\n{header}\n")

    assert [(each.stream, each.message, each.goroutines) for each in reading.crashes] == [
        ("", "panic: boom", 1),
        ("ty", "panic: bang", 0),
    ]


def test_a_sanitized_copy_is_read() -> None:
    lines = [
        line.replace("\t/home/gopher/go/pkg/mod/golang.org/x/tools/gopls@v0.18.1/internal/golang/", "  ")
        for line in PANIC
    ]

    (crash,) = read("\n".join(lines) + "\n").crashes

    assert crash.kind is EndKind.PANIC
    assert crash.top_frame is not None
    assert (crash.top_frame.file, crash.top_frame.line) == ("hover.go", 362)
