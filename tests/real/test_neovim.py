"""A real Neovim with a real gopls: whose server it is, and which settings it was given."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gopls_diag.facts.gather import Gatherer
from gopls_diag.model.editor import Editors
from gopls_diag.model.gopls_process import GoplsProcesses
from gopls_diag.model.request import Request
from gopls_diag.world.live import LiveWorld
from tests.growth import HANG_SECONDS

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(shutil.which("nvim") is None, reason="Neovim is not installed"),
]

INIT = """
local function start()
  local client = vim.lsp.start_client({
    name = "gopls",
    cmd = { "%s" },
    root_dir = "%s",
    settings = { gopls = { staticcheck = true, nosuchsetting = 1 } },
  })
  vim.lsp.buf_attach_client(0, client)
end
vim.api.nvim_create_autocmd("FileType", { pattern = "go", callback = start })
"""


@pytest.fixture
def window(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, gopls: Callable[[str], str]) -> Iterator[Path]:
    """A Neovim that has a Go file open; gives the module's folder."""
    folder = tmp_path / "src" / "shop"
    folder.mkdir(parents=True)
    (folder / "go.mod").write_text("module example.com/shop\n\ngo 1.21\n")
    (folder / "main.go").write_text("package main\n\nfunc main() {}\n")
    config = tmp_path / ".config" / "nvim"
    config.mkdir(parents=True)
    (config / "init.lua").write_text(INIT % (gopls("v0.23.0"), folder))
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"):
        monkeypatch.delenv(name, raising=False)
    editor = subprocess.Popen(
        ["nvim", "--headless", "main.go"],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    yield folder
    os.killpg(editor.pid, signal.SIGTERM)
    editor.wait(HANG_SECONDS)


def test_a_gopls_of_neovim_is_neovims(window: Path) -> None:
    ends = time.monotonic() + HANG_SECONDS
    while True:
        found = Gatherer(LiveWorld(), Request(folder=str(window))).value(GoplsProcesses)
        assert isinstance(found, GoplsProcesses), found
        mine = [each for each in found.servers if each.folder == str(window)]
        if mine or time.monotonic() > ends:
            break
        time.sleep(0.3)

    (server,) = mine
    assert server.editor is not None
    assert server.editor.name == "neovim"
    assert not server.is_orphan
    assert server.resident_bytes > 1 << 20


def test_what_neovim_was_told_is_read_with_its_line(window: Path) -> None:
    found = Gatherer(LiveWorld(), Request(folder=str(window))).value(Editors)
    assert isinstance(found, Editors), found
    neovim = found.named("neovim")

    assert neovim is not None
    assert neovim.gopls_settings["staticcheck"].value is True
    assert neovim.gopls_settings["staticcheck"].line == 7
    assert neovim.gopls_settings["nosuchsetting"].file.endswith("init.lua")
