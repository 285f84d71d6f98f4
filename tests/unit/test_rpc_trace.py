"""Requests without an answer: real traces in each spelling."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gopls_diag.model.log_reading import RequestTrace
from gopls_diag.parse.log.rpc_trace import RpcTraceReader
from tests.conftest import ROOT

CORPUS = ROOT / "tests" / "corpus" / "rpc"
CARRIER = re.compile(r"^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}) \[[a-z]+\] ?")


def read(text: str) -> RequestTrace | None:
    reader = RpcTraceReader()
    for number, line in enumerate(text.split("\n"), 1):
        found = CARRIER.match(line)
        reader.line(line[found.end() :] if found else line, number, found[1] if found else "")
    return reader.finish()


def trace(text: str) -> RequestTrace:
    found = read(text)
    assert found is not None
    return found


def record(words: str, body: str = "Params: {}") -> str:
    return f"[Trace - 18:27:13.202 PM] {words}\n{body}\n\n\n"


def test_a_trace_that_stops_shows_what_was_asked_last() -> None:
    found = trace((CORPUS / "gopls-0.23.0.log").read_text())

    assert (found.requests, found.answers) == (2, 1)
    (request,) = found.open
    assert (request.method, request.id, request.line) == ("textDocument/completion", "2", 58)
    assert request.sent == "19:00:57.483 PM"
    assert request.parameters.startswith('{"textDocument": {"uri": "file:///home/')
    assert (request.is_from_server, request.ended_line) == (False, None)


def test_vscode_prints_parameters_over_many_lines() -> None:
    found = trace((CORPUS / "vscode-0.57.2-client.log").read_text())

    assert (found.requests, found.answers, found.open) == (15, 15, ())
    assert found.slowest[:2] == (("textDocument/codeAction", 17), ("textDocument/codeAction", 15))


def test_neovim_writes_lua_tables() -> None:
    text = (CORPUS / "neovim-debug.log").read_text()

    assert (trace(text).requests, trace(text).answers, trace(text).open) == (3, 3, ())

    without_answer = [line for line in text.split("\n") if not ('"rpc.receive"' in line and "id = 2," in line)]
    (request,) = trace("\n".join(without_answer)).open
    assert (request.method, request.id, request.sent) == ("textDocument/hover", "2", "2026-11-22 18:52:14")
    assert request.parameters.startswith("{ position = { character = 6")


def test_neovim_puts_the_id_of_an_error_last() -> None:
    head = "[DEBUG][2026-11-22 18:52:14] .../vim/lsp/rpc.lua:347\t"
    asked = head + '"rpc.send"\t{  id = 2,  jsonrpc = "2.0",  method = "textDocument/hover",  params = {}}\n'
    failed = (
        head + '"rpc.receive"\t{  error = {    code = 0,    message = "no, id = 3"  },  id = 2,  jsonrpc = "2.0"}\n'
    )

    assert len(trace(asked).open) == 1
    assert trace(asked + failed).open == ()


def test_an_error_is_an_answer_that_names_no_method() -> None:
    found = trace(
        record("Sending request 'textDocument/definition - (4)'.")
        + "[Error - Received] 19:15:38.788 PM #4 line number 999 out of range 0-6\n\n\n"
    )

    assert (found.requests, found.answers, found.open) == (1, 1, ())


def test_directions_have_numbers_of_their_own() -> None:
    found = trace(
        record("Sending request 'textDocument/hover - (2)'.")
        + record("Received request 'workspace/configuration - (2)'.", 'Params: {"items":[]}')
        + record("Sending response 'workspace/configuration - (3)' in 0ms.", "Result: []")
        + record("Received response 'textDocument/hover - (2)' in 24ms.", "Result: null")
    )

    (request,) = found.open
    assert (request.method, request.is_from_server) == ("workspace/configuration", True)
    assert request.parameters == '{"items":[]}'
    assert found.slowest == (("textDocument/hover", 24),)


def test_a_new_process_takes_nothing_over() -> None:
    found = trace(
        record("Sending request 'initialize - (0)'.")
        + record("Received response 'initialize - (0)' in 1ms.", "Result: {}")
        + record("Sending request 'textDocument/hover - (7)'.")
        + record("Sending request 'initialize - (0)'.")
        + record("Received response 'initialize - (0)' in 1ms.", "Result: {}")
        + record("Sending request 'textDocument/hover - (7)'.")
        + record("Received response 'textDocument/hover - (7)' in 3ms.", "Result: null")
    )

    (request,) = found.open
    # A record is four lines: its head, its body, two blank ones.
    assert (request.line, request.ended_line) == (9, 13)
    assert found.slowest[0] == ("textDocument/hover", 3)


def test_the_end_of_one_process_may_come_after_the_start_of_the_next() -> None:
    found = trace(
        record("Sending request 'shutdown - (45)'.")
        + record("Sending request 'initialize - (0)'.")
        + record("Received response 'shutdown - (45)' in 979ms.", "No result returned.")
        + record("Received response 'initialize - (0)' in 3ms.", "Result: {}")
    )

    assert found.open == ()


@pytest.mark.parametrize(
    ("words", "is_open"),
    [
        ("Sending response 'client/registerCapability - (5)'. Processing request took 4ms", False),
        ("Sending response 'client/registerCapability - (5)' in 4ms.", False),
        ("Received response 'client/registerCapability - (5)' in 4ms.", True),
        ("Received notification '$/progress'.", True),
    ],
)
def test_answers_in_the_words_of_each_client(words: str, is_open: bool) -> None:
    found = trace(record("Received request 'client/registerCapability - (5)'.") + record(words))

    assert bool(found.open) == is_open


def test_a_failed_response_of_a_client_is_an_answer() -> None:
    found = trace(
        record("Sending request 'textDocument/hover - (9)'.")
        + record(
            "Received response 'textDocument/hover - (9)' in 5ms. Request failed: no package (0).", "Error data: x"
        )
    )

    assert (found.open, found.slowest) == ((), (("textDocument/hover", 5),))


def test_lines_of_others_between_records_are_left_to_them() -> None:
    reader = RpcTraceReader()
    lines = [
        *record("Sending request 'textDocument/hover - (2)'.").split("\n"),
        "serve.go:531: debug server",
        "panic: x",
    ]

    taken = [reader.line(line, number) for number, line in enumerate(lines, 1)]

    assert taken[:4] == [True] * 4
    assert taken[-2:] == [False, False]
    assert not RpcTraceReader().line("\tdirectory=/src", 1)
    assert not RpcTraceReader().line("Sending words that are no record", 1)


def test_memory_is_bounded_and_the_oldest_is_told_first() -> None:
    text = "".join(f"[Trace - 1:02:03 PM] Sending request 'x/y - ({number})'.\n" for number in range(20_000))

    found = trace(text)

    assert found.requests == 20_000
    assert len(found.open) == 50
    assert [int(each.id) for each in found.open] == list(range(19_950, 20_000))


def test_no_trace_is_none() -> None:
    assert read("2026/11/22 18:26:55 Created View (#1)\n\tdirectory=/x\n") is None


@given(st.lists(st.sampled_from(["[Trace - 1 PM] ", "Sending request '", "Received response '", "a - (1)'.", " in 5ms.",
                                 "\n", "Params: ", "[Error - Received] ", "1:2 PM #1 x", '"rpc.send"\t', "{ id = 1, "]),
                max_size=40))  # fmt: skip
def test_never_raises(pieces: list[str]) -> None:
    read("".join(pieces))
