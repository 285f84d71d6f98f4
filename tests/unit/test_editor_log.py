"""Server logs of editors: real ones of VS Code with the extensions 0.56 and 0.57, and of Neovim."""

from __future__ import annotations

from gopls_diag.model.editor_log import ServerState
from gopls_diag.parse.editor_log import parse_server_log
from tests.conftest import ROOT

CORPUS = ROOT / "tests" / "corpus"
MODIFIED = 1_795_372_167.0


def head(name: str, lines: int) -> str:
    return "\n".join((CORPUS / "vscode" / name).read_text().split("\n")[:lines])


def test_extension_056_given_up_after_the_fifth() -> None:
    log = parse_server_log(head("server-0.56.0.log", 129), modified_seconds=MODIFIED)

    assert log.state is ServerState.GIVEN_UP
    assert log.lost_in_a_row == 5
    assert [each.ending for each in log.lost] == ["signal SIGKILL", "code 2", *["signal SIGKILL"] * 3]
    assert log.lost[-1].seconds == MODIFIED
    assert log.lost[0].seconds == MODIFIED - 18
    assert log.folders == ("/home/gopher/src/ws/demo",)


def test_extension_057_given_up_after_the_fifth() -> None:
    log = parse_server_log(head("server-0.57.2.log", 104), modified_seconds=MODIFIED)

    assert log.state is ServerState.GIVEN_UP
    assert log.lost_in_a_row == 5
    assert [each.line for each in log.lost] == [24, 44, 64, 84, 104]


def test_a_restart_by_hand_begins_anew() -> None:
    log = parse_server_log(head("server-0.57.2.log", 125), modified_seconds=MODIFIED)

    assert (log.state, log.lost_in_a_row, len(log.lost)) == (ServerState.RUNNING, 0, 5)


def test_empty_lines_of_a_trace_are_no_losses() -> None:
    log = parse_server_log((CORPUS / "vscode" / "server-0.57.2.log").read_text(), modified_seconds=MODIFIED)

    assert [each.ending for each in log.lost[5:]] == ["code 2", "signal SIGTERM"]
    assert log.state is ServerState.RUNNING


def test_ordinary_ends_are_no_losses_though_056_calls_them_errors() -> None:
    log = parse_server_log((CORPUS / "vscode" / "server-0.56.0.log").read_text(), modified_seconds=MODIFIED)

    assert not [each for each in log.lost if each.ending == "code 0"]


def test_versions_without_a_sentence_are_counted_by_their_empty_lines() -> None:
    text = "[Info  - 9:58:40 AM] \ntrue\n" * 4 + "[Error - 9:59:40 AM] \nother words\n"

    log = parse_server_log(text, modified_seconds=MODIFIED)

    assert (log.state, log.lost_in_a_row) == (ServerState.GIVEN_UP, 5)
    assert [each.ending for each in log.lost] == [""] * 5
    assert log.lost[0].seconds == MODIFIED - 60


def test_a_hung_server_that_the_editor_ends_after_a_stop_is_no_loss() -> None:
    text = (
        "2026-11-22 18:14:36.346 [info] 2026/11/22 18:14:36 Created View (#1)\n"
        "2026-11-22 18:26:00.859 [info] Request to stop language server - manual (enabled: true)\n"
        "2026-11-22 18:26:02.859 [error] Stopping server timed out\n"
        "2026-11-22 18:26:05.014 [error] Server process exited with signal SIGKILL.\n"
    )

    log = parse_server_log(text)

    assert log.lost == ()
    assert log.state is ServerState.STOPPED


def test_stock_words_of_other_clients() -> None:
    text = (
        "[Error - 15:53:39] Connection to server got closed. Server will restart.\n"
        "[Error - 15:54:39] Connection to server got closed. Server will not be restarted.\n"
    )

    log = parse_server_log(text, modified_seconds=MODIFIED)

    assert (log.state, len(log.lost)) == (ServerState.GIVEN_UP, 2)


def test_a_night_lies_between_two_clocks() -> None:
    text = "[Info  - 11:50:00 PM] \ntrue\n[Info  - 12:10:00 AM] \ntrue\n"

    log = parse_server_log(text, modified_seconds=MODIFIED)

    assert [each.seconds for each in log.lost] == [MODIFIED - 1200, MODIFIED]


def test_clocks_of_other_countries() -> None:
    text = "[Info  - 下午6:27:27] \ntrue\n[Info  - 18.28.27] \ntrue\n"

    log = parse_server_log(text, modified_seconds=MODIFIED)

    assert [each.seconds for each in log.lost] == [MODIFIED - 60, MODIFIED]


def test_neovim_names_code_and_signal() -> None:
    log = parse_server_log((CORPUS / "neovim" / "killed.log").read_text())

    assert [each.ending for each in log.lost] == ["signal 9"]


def test_neovim_ending_its_servers_is_no_loss() -> None:
    assert parse_server_log("Client gopls quit with exit code 0 and signal 15\n").lost == ()


def test_other_texts_have_no_losses() -> None:
    log = parse_server_log("\x00\ufeff[[\nServer\n\tx\n{}\n" * 50)

    assert log.lost == ()
    assert log.not_understood == 150


def test_all_exits_are_told_also_those_that_were_asked_for() -> None:
    log = parse_server_log((CORPUS / "vscode" / "server-0.56.0.log").read_text(), modified_seconds=MODIFIED)
    bad = [each.ending for each in log.lost]

    assert "code 0" in [each.ending for each in log.exits]
    assert [each.ending for each in log.exits if each.ending != "code 0"] == bad
    # One was written before any time was.
    assert [each.line for each in log.exits if each.seconds is None] == [362]
    assert all(each.seconds <= MODIFIED for each in log.exits if each.seconds is not None)
