"""Where an editor is told which gopls to start, what is put back there, and launcher.json as a file of anybody's."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gopls_diag.engines.record.editor_places import place_by_hand, place_of
from gopls_diag.engines.record.installed import entry_put_back, value_at
from gopls_diag.engines.record.overriding import overridden_by_lines
from gopls_diag.model.editor import EditorSetup, Scope, SettingsLayer
from gopls_diag.model.installation import Installed
from gopls_diag.model.launcher import KnownBinary, LauncherSettings
from gopls_diag.model.record_settings import RecordSettings
from gopls_diag.parse.launcher_settings import parse_launcher_settings
from gopls_diag.world import sketch

LAUNCHER = "/home/gopher/.local/state/gopls-diag/record/launcher/gopls"
FOLDER = "/home/gopher/src/shop"
USER = "/home/gopher/.config/Code/User/settings.json"
PROFILE = "/home/gopher/.config/Code/User/profiles/1a2b/settings.json"
BOTH = "/home/gopher/src/both.code-workspace"


def world(*files: tuple[str, str]) -> sketch.SketchedWorld:
    page = "".join(f"```file {path}\n{text}\n```\n\n" for path, text in files)
    (scene,) = sketch.read_scenes(page, lambda name: name)
    return sketch.play(scene)


def code(*layers: SettingsLayer, folders: tuple[str, ...] = (FOLDER,)) -> EditorSetup:
    return EditorSetup("vscode", "VS Code", layers=layers, workspace_folders=folders, user_settings_file=USER)


def test_the_users_settings_are_those_of_the_profile_that_the_folder_opens_with() -> None:
    editor = code(SettingsLayer(Scope.USER, USER, is_applied=False), SettingsLayer(Scope.PROFILE, PROFILE))

    place = place_of(world(), editor, FOLDER, LAUNCHER, is_for_folder=False)

    assert (place.file, place.key) == (PROFILE, "go.alternateTools/gopls")


def test_a_window_of_several_folders_is_told_by_the_file_that_it_was_opened_with() -> None:
    layer = SettingsLayer(Scope.WORKSPACE, BOTH)
    several = code(layer, folders=(FOLDER, "/home/gopher/src/till"))

    place = place_of(world(), several, FOLDER, LAUNCHER, is_for_folder=True)
    alone = place_of(world(), code(layer), FOLDER, LAUNCHER, is_for_folder=True)

    assert (place.file, place.key) == (BOTH, "settings/go.alternateTools/gopls")
    assert (alone.file, alone.key) == (f"{FOLDER}/.vscode/settings.json", "go.alternateTools/gopls")


def test_editors_whose_configuration_is_a_program_get_lines_to_write() -> None:
    sublime = place_by_hand("sublime", LAUNCHER)

    assert sublime is not None and sublime.edits(LAUNCHER) == ()
    assert f'"command": ["{LAUNCHER}"]' in sublime.example
    assert place_by_hand("ed", LAUNCHER) is None


@pytest.mark.parametrize(
    ("written", "left"),
    [
        ('{"go.alternateTools": {"gopls": "%s"}}', "{}"),
        ('{"a": 1, "go.alternateTools": {"gopls": "%s"}}', '{"a": 1}'),
        ('{"go.alternateTools": {"dlv": "/opt/dlv", "gopls": "%s"}}', '{"go.alternateTools": {"dlv": "/opt/dlv"}}'),
    ],
)
def test_an_entry_that_was_not_there_goes_with_what_was_made_for_it(written: str, left: str) -> None:
    place = Installed("x", "vscode", "VS Code", USER, "go.alternateTools/gopls", LAUNCHER)
    before, after = entry_put_back(world((USER, written % LAUNCHER)), place)

    assert before is not None and LAUNCHER.encode() in before
    assert json.loads(after) == json.loads(left)


def test_an_entry_that_was_there_has_its_value_again() -> None:
    place = Installed("x", "vscode", "VS Code", BOTH, "settings/go.alternateTools/gopls", LAUNCHER, "/opt/gopls", True)
    text = '{"folders": [], "settings": {"go.alternateTools": {"gopls": "HERE"}}} // end'.replace("HERE", LAUNCHER)

    _, after = entry_put_back(world((BOTH, text)), place)

    assert after.decode().strip() == text.replace(LAUNCHER, "/opt/gopls")


@pytest.mark.parametrize("text", ["", "[]", '{"go.alternateTools": []}', '{"go.alternateTools": {"gopls": '])
def test_a_file_without_the_key_has_no_value(text: str) -> None:
    assert value_at(world((USER, text)), USER, "go.alternateTools/gopls") == (None, False)
    assert value_at(world(), USER, "go.alternateTools/gopls") == (None, False)


def test_what_a_newer_version_wrote_into_the_launchers_settings_is_kept() -> None:
    settings = LauncherSettings(
        gopls="/opt/gopls",
        search=("/opt",),
        recorder=("python", "-m", "x"),
        binary=KnownBinary("/opt/gopls", 7, 8, "v0.24.0", True),
        extra={"of tomorrow": [1]},
    )

    assert parse_launcher_settings(json.dumps(settings.to_json()).encode()) == (settings, "")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from([*LauncherSettings().to_json(), "more"]), json_values))
def test_the_launchers_settings_may_hold_anything(value: dict[str, object]) -> None:
    value["schema"] = "gopls-diag/launcher/1"

    settings, problem = parse_launcher_settings(json.dumps(value).encode())

    assert settings is not None and problem == ""
    again, _ = parse_launcher_settings(json.dumps(settings.to_json()).encode())
    assert again == settings


@given(st.binary(max_size=200))
def test_no_bytes_break_the_reading_of_the_launchers_settings(content: bytes) -> None:
    settings, problem = parse_launcher_settings(content)

    assert (settings is None) == bool(problem)


def test_lines_of_the_command_line_are_over_the_file_and_wrong_ones_are_passed_over() -> None:
    lines = ("gctrace = true", 'otlp = "http://collector.example:4318"', "keep_alive = 3", "nosuch = 1", "broken")

    settings = overridden_by_lines(RecordSettings(sample_seconds=5.0), lines)

    assert settings == RecordSettings(sample_seconds=5.0, gctrace=True, otlp="http://collector.example:4318")
