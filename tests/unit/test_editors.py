"""Settings are layered as each editor layers them, on each system."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from gopls_diag.facts.editors import editors
from gopls_diag.model.editor import Editors, EditorSetup, Scope
from gopls_diag.world.sketch import play, read_scenes

BASES = Path(__file__).parents[1] / "cases" / "base"
FOLDER = "/home/gopher/src/shop"
USER = "/home/gopher/.config/Code/User"


def seen(*blocks: str, base: str = "linux", editor: str | None = None) -> Editors:
    def open_base(name: str) -> str:
        return (BASES / f"{name}.md").read_text(encoding="utf-8")

    (scene,) = read_scenes(f"base: {base}\n\n" + "".join(blocks), open_base)
    world = play(scene)
    return editors(world, replace(world.request, editor=editor))


def only(*blocks: str, base: str = "linux") -> EditorSetup:
    (setup,) = seen(*blocks, base=base).all
    return setup


def file(path: str, value: object) -> str:
    return f"````file {path}\n{value if isinstance(value, str) else json.dumps(value)}\n````\n\n"


def test_versions_of_editor_and_extension_are_read_on_every_system() -> None:
    for base in ("linux", "macos", "windows"):
        setup = only(base=base)

        assert (setup.name, setup.title) == ("vscode", "VS Code 1.139.1 + Go 0.56.0")
        assert setup.uses_language_server


def test_folder_settings_add_to_the_users_objects_and_replace_the_rest() -> None:
    setup = only(
        file(f"{USER}/settings.json", '{\n  "gopls": {"a": 1, "b": 1},\n  "go.languageServerFlags": ["-x"]\n}'),
        file(
            f"{FOLDER}/.vscode/settings.json", '{"gopls": {"b": 2}, // why\n "go.languageServerFlags": ["-y", "-z"],}'
        ),
    )

    assert {name: each.value for name, each in setup.gopls_settings.items()} == {"a": 1, "b": 2}
    assert setup.gopls_settings["a"].line == 2
    assert setup.gopls_settings["b"].path == "gopls/b"
    assert [each.value for each in setup.language_server_flags] == ["-y", "-z"]
    assert setup.language_server_flags[0].line == 2


def test_repeated_key_holds_as_a_whole() -> None:
    setup = only(file(f"{USER}/settings.json", '{"gopls": {"a": 1}, "gopls": {"b": 2}}'))

    assert set(setup.gopls_settings) == {"b"}
    assert [each.key for each in setup.layers[0].gopls] == ["a", "b"]


def test_profile_of_the_folder_takes_the_place_of_the_users_settings() -> None:
    storage = {
        "userDataProfiles": [{"location": "-51a2", "name": "Go"}],
        "profileAssociations": {"workspaces": {"file:///home/gopher/src/shop": "-51a2"}},
    }
    setup = only(
        file(f"{USER}/globalStorage/storage.json", storage),
        file(f"{USER}/settings.json", {"go.useLanguageServer": False}),
        file(f"{USER}/profiles/-51a2/settings.json", {"gopls": {"staticcheck": True}}),
    )

    assert setup.uses_language_server
    assert setup.gopls_settings["staticcheck"].scope is Scope.PROFILE
    assert [each.is_applied for each in setup.layers] == [False, True]


def test_workspace_file_holds_when_it_is_the_one_that_is_open() -> None:
    text = {"folders": [{"path": "../shop"}, {"path": "../lib"}], "settings": {"go.toolsEnvVars": {"GOFLAGS": "-v"}}}
    path = "/home/gopher/src/ws/all.code-workspace"
    place = {"workspaceIdentifier": {"id": "1", "configURIPath": f"file://{path}"}}
    setup = only(
        file(f"{USER}/globalStorage/storage.json", {"windowsState": {"lastActiveWindow": place}}),
        file(path, text),
        file(f"{FOLDER}/.vscode/settings.json", {"go.useLanguageServer": False}),
    )

    assert setup.workspace_folders == (FOLDER, "/home/gopher/src/lib")
    assert setup.tools_environment["GOFLAGS"].path == "settings/go.toolsEnvVars/GOFLAGS"
    assert setup.uses_language_server, "a folder of several cannot give a setting of the window"


def test_workspace_file_in_the_folder_holds_unless_the_folder_itself_is_open() -> None:
    page = file(
        f"{FOLDER}/shop.code-workspace", {"folders": [{"path": "."}], "settings": {"go.useLanguageServer": False}}
    )
    windows = {"windowsState": {"openedWindows": [{"folder": "file:///home/gopher/src/shop"}]}}

    assert not only(page).uses_language_server
    assert only(page, file(f"{USER}/globalStorage/storage.json", windows)).uses_language_server


def test_workspace_file_above_is_read_without_effect_when_it_may_not_be_open() -> None:
    page = {"folders": [{"path": "shop"}], "settings": {"go.useLanguageServer": False}}
    setup = only(file("/home/gopher/src/shop.code-workspace", page))

    assert setup.uses_language_server
    assert [(each.scope, each.is_applied) for each in setup.layers] == [(Scope.USER, True), (Scope.WORKSPACE, False)]


def test_settings_of_a_folder_above_are_read_without_effect() -> None:
    setup = only(file("/home/gopher/src/.vscode/settings.json", {"go.useLanguageServer": False}))

    assert setup.uses_language_server
    assert setup.layers[-1].note == "it holds when /home/gopher/src is the folder that is opened"


def test_go_section_has_no_effect() -> None:
    setup = only(file(f"{USER}/settings.json", {"[go]": {"gopls": {"a": 1}, "editor.tabSize": 4}}))

    assert setup.gopls_settings == {}
    assert [(each.key, each.language) for each in setup.layers[0].settings] == [("gopls", "go")]


def test_declared_settings_come_from_the_installed_extension() -> None:
    package = {
        "version": "0.57.2",
        "contributes": {"configuration": {"properties": {"go.x": {"type": "string", "enum": ["a"], "default": None}}}},
    }
    setup = only(file("/home/gopher/.vscode/extensions/golang.go-0.57.2/package.json", package))

    assert setup.extension_version == "0.57.2"
    assert setup.declared["go.x"].types == ("string", "null")
    assert setup.declared["go.x"].choices == ("a",)


def test_remote_machine_has_its_own_layer() -> None:
    setup = only(
        "```gone /home/gopher/.vscode\n```\n\n",
        file("/home/gopher/.vscode-server/extensions/golang.go-0.56.0/package.json", {"version": "0.56.0"}),
        file("/home/gopher/.vscode-server/data/Machine/settings.json", {"gopls": {"a": True}}),
    )

    assert setup.name == "vscode-server"
    assert setup.gopls_settings["a"].scope is Scope.REMOTE


def test_editor_that_is_not_used_for_go_is_not_told() -> None:
    found = seen(
        "```gone /home/gopher/.vscode\n```\n\n",
        file(f"{USER}/settings.json", {"editor.tabSize": 4}),
        file("/home/gopher/.config/nvim/init.lua", "vim.opt.number = true"),
        file("/home/gopher/.config/helix/languages.toml", '[language-server.rust-analyzer]\ncommand = "ra"'),
        file("/home/gopher/.config/zed/settings.json", {"theme": "One"}),
    )

    assert found.all == ()


def test_folder_settings_alone_stand_for_vscode() -> None:
    setup = only(
        "```gone /home/gopher/.vscode\n```\n\n", file(f"{FOLDER}/.vscode/settings.json", {"go.goplsArgs": ["-x"]})
    )

    assert setup.name == "vscode"
    assert setup.extension_version == ""


def test_neovim_gives_command_flags_environment_and_settings() -> None:
    text = (
        "vim.lsp.config('gopls', {\n  cmd = { '/opt/gopls', '-rpc.trace' },\n  cmd_env = { GOFLAGS = '-tags=x' },\n"
        "  settings = { gopls = { staticcheck = true, ['ui.semanticTokens'] = vim.g.x } },\n})\n"
    )
    setup = seen(file("/home/gopher/.config/nvim/lua/plugins/go.lua", text)).named("neovim")

    assert setup is not None
    assert setup.alternate_tools["gopls"].value == "/opt/gopls"
    assert [(each.value, each.line) for each in setup.language_server_flags] == [("-rpc.trace", 2)]
    assert setup.tools_environment["GOFLAGS"].value == "-tags=x"
    assert setup.gopls_settings["staticcheck"].path == "settings/gopls/staticcheck"
    assert [each.line for each in setup.layers[0].not_understood] == [4]


def test_helix_gives_arguments_and_config_with_lines() -> None:
    text = (
        '[language-server.gopls]\nargs = ["-rpc.trace"]\n\n[language-server.gopls.config]\n"ui.semanticTokens" = true\n'
    )
    setup = seen(file("/home/gopher/.config/helix/languages.toml", text)).named("helix")

    assert setup is not None
    assert [(each.value, each.line) for each in setup.language_server_flags] == [("-rpc.trace", 2)]
    assert setup.gopls_settings["ui.semanticTokens"].line == 5


def test_zed_gives_binary_and_initialization_options() -> None:
    value = {"lsp": {"gopls": {"binary": {"path": "/opt/gopls"}, "initialization_options": {"staticcheck": True}}}}
    setup = seen(file("/home/gopher/.config/zed/settings.json", value)).named("zed")

    assert setup is not None
    assert setup.alternate_tools["gopls"].value == "/opt/gopls"
    assert setup.gopls_settings["staticcheck"].path == "lsp/gopls/initialization_options/staticcheck"


def test_emacs_gives_what_stands_there_literally() -> None:
    text = '(setq-default eglot-workspace-configuration\n  \'(:gopls (:staticcheck t :matcher "CaseSensitive")))\n'
    setup = seen(file("/home/gopher/.emacs.d/init.el", text)).named("emacs")

    assert setup is not None
    assert {name: each.value for name, each in setup.gopls_settings.items()} == {
        "staticcheck": True,
        "matcher": "CaseSensitive",
    }


def test_asking_for_one_editor_leaves_the_others_out() -> None:
    zed = file("/home/gopher/.config/zed/settings.json", {"lsp": {"gopls": {}}})

    assert [each.name for each in seen(zed).all] == ["vscode", "zed"]
    assert [each.name for each in seen(zed, editor="zed").all] == ["zed"]
