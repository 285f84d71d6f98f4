"""The path of every setting that is told of Neovim, Helix and Zed leads to its value in the file."""

from __future__ import annotations

import json
import tomllib
from typing import Any

import pytest

from gopls_diag.edit.key_path import at_path, path_of
from gopls_diag.edit.lua_lines import changed_program
from gopls_diag.edit.settings_file import edit_settings
from gopls_diag.model.editor import EditorSetup
from gopls_diag.model.finding import SettingEdit
from gopls_diag.parse.lua_settings import parse_lua_settings
from tests.unit.test_editors import file, seen

HOME = "/home/gopher/.config"
LUA = """vim.lsp.config('gopls', {
  cmd = { '/opt/gopls', '-rpc.trace' },
  cmd_env = { GOFLAGS = '-tags=x' },
  init_options = { gofumpt = true },
  settings = { gopls = { ['ui.semanticTokens'] = true, analyses = { shadow = true } } },
})
"""
HELIX = """[language-server.gopls]
command = "/opt/gopls"
args = ["-rpc.trace"]
config = { "ui.semanticTokens" = true, analyses.shadow = true }
environment.GOFLAGS = "-tags=x"
"""
HELIX_BELOW_GOPLS = """[language-server.gopls.config.gopls]
"ui.semanticTokens" = true
analyses = { shadow = true }
"""
ZED = {
    "lsp": {
        "gopls": {
            "binary": {"path": "/opt/gopls", "arguments": ["-rpc.trace"], "env": {"GOFLAGS": "-tags=x"}},
            "initialization_options": {"ui.semanticTokens": True, "analyses": {"shadow": True}},
        }
    }
}


def told(setup: EditorSetup) -> list[tuple[str, Any]]:
    """Path and value; of lists the whole list."""
    settings = [*setup.gopls_settings.values(), *setup.tools_environment.values(), *setup.alternate_tools.values()]
    found = [(each.path, each.value) for each in settings]
    flags = [each.value for each in setup.language_server_flags]
    program = setup.alternate_tools.get("gopls")
    if program and program.path == "cmd":
        found.remove(("cmd", program.value))
        flags.insert(0, program.value)
    return [*found, *({(each.path, tuple(flags)) for each in setup.language_server_flags})]


@pytest.mark.parametrize(
    ("name", "path", "text", "count"),
    [
        ("neovim", f"{HOME}/nvim/lua/go.lua", LUA, 5),
        ("helix", f"{HOME}/helix/languages.toml", HELIX, 5),
        ("helix", f"{HOME}/helix/languages.toml", HELIX_BELOW_GOPLS, 2),
        ("zed", f"{HOME}/zed/settings.json", json.dumps(ZED), 5),
    ],
)
def test_each_path_leads_to_its_value(name: str, path: str, text: str, count: int) -> None:
    setup = seen(file(path, text)).named(name)
    assert setup is not None
    settings = told(setup)
    assert len(settings) == count

    for key, value in settings:
        wanted = list(value) if isinstance(value, tuple) else value
        before = read(name, text.encode())
        assert at_path(before, path_of(before, key)) == (True, wanted)
        edit = SettingEdit(path, key, None, "remove")
        after = (
            changed_program(text.encode(), [edit]) if name == "neovim" else edit_settings(path, text.encode(), [edit])
        )
        left = read(name, after)
        assert not at_path(left, path_of(left, key))[0]


def read(name: str, content: bytes) -> Any:
    if name == "neovim":
        return parse_lua_settings(content).configurations[0].value
    return tomllib.loads(content.decode()) if name == "helix" else json.loads(content)
