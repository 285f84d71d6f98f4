"""What lines_to_change shows is what Neovim then has: real Neovim evaluates the changed file."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from gopls_diag.edit.lua_lines import changed_program
from gopls_diag.model.finding import SettingEdit

NVIM = shutil.which("nvim")
PROBE = """
local seen
local function take(_, name, config) seen = config end
package.loaded['lspconfig'] = { gopls = { setup = function(config) seen = config end } }
vim.lsp.config = setmetatable({}, { __call = take, __newindex = take })
local returned = dofile(FILE)
local config = seen or returned
config.on_attach = nil
io.stdout:write(vim.json.encode(config))
"""
TABLE = """{
  cmd = { 'gopls', -- the server
    '-rpc.trace' },
  cmd_env = { GOFLAGS = '-tags=x' }, on_attach = function(a) if a then return { a = 1 } end end,
  settings = { gopls = {
    staticcheck = true, --[[ slow ]] gofumpt = true; ['ui.x'] = "it's",
    analyses = { unusedparams = true, shadow = false },
    directoryFilters = { "-a", "-b", [[-c]] },
  } },
}"""
VALUE = {
    "cmd": ["gopls", "-rpc.trace"],
    "cmd_env": {"GOFLAGS": "-tags=x"},
    "settings": {
        "gopls": {
            "staticcheck": True,
            "gofumpt": True,
            "ui.x": "it's",
            "analyses": {"unusedparams": True, "shadow": False},
            "directoryFilters": ["-a", "-b", "-c"],
        }
    },
}
GOPLS = "settings/gopls/"
EDITS: tuple[tuple[str, str, Any], ...] = (
    ("set", GOPLS + "staticcheck", False),
    ("set", GOPLS + "ui.x", 'say "it\'s" \\ \n é'),
    ("set", GOPLS + "ui.y", [1, 2.5, "x"]),
    ("set", GOPLS + "directoryFilters", ["-a", "-c", "-d"]),
    ("set", GOPLS + "analyses", {"shadow": True, "nilness": False}),
    ("set", GOPLS + "hints/parameterNames", True),
    ("set", "init_options/end", 1),
    ("set", "cmd", ["gopls", "-v", "serve"]),
    ("remove", GOPLS + "gofumpt", None),
    ("remove", GOPLS + "directoryFilters", None),
    ("remove", "cmd_env", None),
    ("rename", GOPLS + "staticcheck", "ui.diagnostic.staticcheck"),
    ("rename", GOPLS + "ui.x", "matcher"),
    ("move", "cmd_env/GOFLAGS", GOPLS + "buildFlags"),
)


def evaluated(folder: Path, content: bytes) -> Any:
    assert NVIM is not None
    file, probe = folder / "gopls.lua", folder / "probe.lua"
    file.write_bytes(content)
    probe.write_text(PROBE.replace("FILE", json.dumps(str(file))))
    command = [NVIM, "--headless", "-u", "NONE", "-i", "NONE", "-c", f"luafile {probe}", "-c", "qa!"]
    ran = subprocess.run(command, capture_output=True, timeout=120, check=True)
    return json.loads(ran.stdout)


def meant(edit: tuple[str, str, Any]) -> Any:
    action, key, new = edit
    value = json.loads(json.dumps(VALUE))
    *above, last = key.split("/")
    table = value
    for each in above:
        table = table.setdefault(each, {})
    if action == "set":
        table[last] = new
        return value
    old = table.pop(last)
    if action == "rename":
        table[new] = old
    if action == "move":
        value["settings"]["gopls"]["buildFlags"] = old
    return value


@pytest.mark.skipif(NVIM is None, reason="Neovim is not installed")
@pytest.mark.parametrize(
    "form",
    [
        "require('lspconfig').gopls.setup(%s)\n",
        "vim.lsp.config('gopls', %s)",
        "vim.lsp.config.gopls = %s\n",
        "return %s",
    ],
)
def test_neovim_has_what_was_meant(form: str, tmp_path: Path) -> None:
    folder = tmp_path / "lsp"
    folder.mkdir()
    content = (form % TABLE).encode()
    assert evaluated(folder, content) == VALUE
    for edit in EDITS:
        action, key, new = edit
        result = changed_program(content, [SettingEdit(str(folder / "gopls.lua"), key, new, action)])
        found = evaluated(folder, result)
        wanted = meant(edit)
        if not wanted.get("cmd_env", True):
            # Neovim gives an empty table as a list.
            wanted["cmd_env"] = []
        assert found == wanted, edit
