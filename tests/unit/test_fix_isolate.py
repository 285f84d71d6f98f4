"""`fix --isolate`: flags for a folder, built on those that hold, and nothing where they are there already."""

from __future__ import annotations

import json
from typing import Any

import pytest

from gopls_diag.engines.fix.isolate import CannotIsolate, Isolation, plan_isolation
from gopls_diag.model.request import Request
from gopls_diag.world import sketch
from tests.conftest import ROOT

CASES = ROOT / "tests" / "cases"
FOLDER = "/home/gopher/src/shop"
OWN = f"{FOLDER}/.vscode/settings.json"
USER = "/home/gopher/.config/Code/User/settings.json"
WINDOW = f"{FOLDER}/all.code-workspace"
LOGS = "/home/gopher/.local/state/gopls-diag/logs"
PLACE = f"{LOGS}/shop-b4a309fa"
LOG = f"-logfile={PLACE}/gopls.log"
PORT = "-debug=localhost:0"


def isolation(*files: tuple[str, Any], editor: str | None = None) -> Isolation:
    blocks = "".join(
        f"```file {path}\n{each if isinstance(each, str) else json.dumps(each)}\n```\n" for path, each in files
    )
    page = f"base: linux\n\n## fires: here\n\n{blocks}\n```expect\nS01\n```\n"
    (scene,) = sketch.read_scenes(page, lambda name: (CASES / "base" / f"{name}.md").read_text(encoding="utf-8"))
    return plan_isolation(sketch.play(scene), Request(FOLDER, editor=editor), LOGS)


def flags(made: Isolation) -> list[str]:
    (wish,) = made.wishes
    (edit,) = wish.remedy.edits
    assert (edit.file, edit.key, edit.action) == (OWN, "go.languageServerFlags", "set")
    return list(edit.value)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([], [LOG, PORT]),
        (["-rpc.trace"], ["-rpc.trace", LOG, PORT]),
        (["serve", "-v", "-logfile=/tmp/gopls.log"], ["serve", "-v", LOG, PORT]),
        (["--logfile", "auto", "-debug", ":6060"], [LOG, PORT]),
        (["-debug=127.0.0.1:0", "-rpc.trace"], ["-debug=127.0.0.1:0", "-rpc.trace", LOG]),
        (["-remote=auto", "-remote.debug=:0", "-v"], ["-v", LOG, PORT]),
    ],
)
def test_the_flags_that_hold_are_built_on(given: list[str], expected: list[str]) -> None:
    assert flags(isolation((USER, {"go.languageServerFlags": given}))) == expected


def test_the_log_s_folder_is_made_with_the_change() -> None:
    (wish,) = isolation((USER, "{}")).wishes

    assert [(each.path, each.before) for each in wish.files] == [(f"{PLACE}/about.txt", None)]


def test_a_second_run_has_nothing_to_do() -> None:
    made = isolation((OWN, {"go.languageServerFlags": [LOG, PORT]}), (f"{PLACE}/about.txt", "x"))

    assert made.wishes == ()
    assert "already" in made.notes[0]


def test_a_log_whose_folder_is_gone_is_made_again() -> None:
    made = isolation((OWN, {"go.languageServerFlags": [LOG, PORT]}))

    assert [each.path for each in made.wishes[0].files] == [f"{PLACE}/about.txt"]


def test_an_own_log_of_the_folder_stays_and_one_of_the_user_does_not() -> None:
    own = "-logfile=/tmp/shop.log"

    assert flags(isolation((OWN, {"go.languageServerFlags": [own]}))) == [own, PORT]
    assert flags(isolation((USER, {"go.languageServerFlags": [own]}))) == [LOG, PORT]
    assert flags(isolation((OWN, {"go.languageServerFlags": ["-logfile=${workspaceFolder}/x.log"]}))) == [LOG, PORT]


def test_flags_of_a_window_are_not_built_on_and_the_window_is_named() -> None:
    window = {"folders": [{"path": "."}, {"path": "../other"}], "settings": {"go.languageServerFlags": ["-v"]}}

    made = isolation((USER, {"go.languageServerFlags": ["-rpc.trace"]}), (WINDOW, window))

    assert flags(made) == ["-rpc.trace", LOG, PORT]
    assert any("all.code-workspace" in each for each in made.notes)


def test_it_is_said_what_it_does_and_what_it_cannot() -> None:
    notes = isolation((USER, {"go.languageServerFlags": ["-remote=auto"]})).notes

    assert "in a window of its own" in notes[0]
    assert "one gopls for all of them" in notes[1]
    assert "-remote=auto" in notes[2]


def test_nothing_else_is_touched() -> None:
    (wish,) = isolation((USER, "{}")).wishes
    told = json.dumps([each.value for each in wish.remedy.edits])

    for name in ("GOPATH", "GOPLSCACHE", "remote", "GOCACHE", "GOMODCACHE"):
        assert name not in told


@pytest.mark.parametrize("value", ["-rpc.trace", 3, {"a": 1}, ["-v", 3]])
def test_flags_that_are_no_list_are_left_to_the_doctor(value: Any) -> None:
    with pytest.raises(CannotIsolate, match="is no list of flags"):
        isolation((USER, {"go.languageServerFlags": value}))


def test_an_editor_without_settings_of_folders_is_refused() -> None:
    lua = 'return {\n  cmd = { "gopls" },\n}'

    with pytest.raises(CannotIsolate, match="Neovim starts gopls with"):
        isolation(("/home/gopher/.config/nvim/lsp/gopls.lua", lua), editor="neovim")
