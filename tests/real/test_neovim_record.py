"""The recorder in a real Neovim: the lines to write are right, gopls works and ends as without it, and is explained."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil
import pytest

from gopls_diag.engines.record.editor_places import NEOVIM_LINES
from tests.growth import HANG_SECONDS

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(shutil.which("nvim") is None, reason="Neovim is not installed"),
]

INIT = """\
-- mine
vim.opt.number = true
local function start()
  local client = vim.lsp.start_client({
    name = "gopls",
    cmd = { "%s" }, -- the one of this project
    root_dir = "%s",
  })
  vim.lsp.buf_attach_client(0, client)
end
vim.api.nvim_create_autocmd("FileType", { pattern = "go", callback = start })
"""
MAIN = 'package main\n\nimport "fmt"\n\nfunc main() {\n\tfmt.Println("hello")\n}\n'
HOVER = (
    'luaeval("(function() vim.api.nvim_win_set_cursor(0, {6, 6}) local found = vim.lsp.buf_request_sync(0,'
    " 'textDocument/hover', vim.lsp.util.make_position_params(), 20000) for _, each in pairs(found or {}) do"
    " if each.result then return each.result.contents.value end end return '' end)()\")"
)
COMPLETION = (
    'luaeval("(function() vim.api.nvim_win_set_cursor(0, {6, 8}) local found = vim.lsp.buf_request_sync(0,'
    " 'textDocument/completion', vim.lsp.util.make_position_params(), 20000) local names = {} for _, each in"
    " pairs(found or {}) do for _, item in ipairs((each.result or {}).items or {}) do table.insert(names, item.label)"
    " end end return table.concat(names, ' ') end)()\")"
)


class Home:
    """A home with a module and a Neovim that starts gopls for it."""

    def __init__(self, folder: Path, gopls: str, environment: Mapping[str, str]) -> None:
        self.folder = folder
        self.module = folder / "src" / "shop"
        self.module.mkdir(parents=True)
        (self.module / "go.mod").write_text("module shop.example\n\ngo 1.21\n")
        (self.module / "main.go").write_text(MAIN)
        self.init = folder / ".config" / "nvim" / "init.lua"
        self.init.parent.mkdir(parents=True)
        self.init.write_text(INIT % (gopls, self.module))
        self.state = folder / ".local" / "state" / "gopls-diag" / "record"
        self.launcher = self.state / "launcher" / "gopls"
        self.environment = {**environment, "HOME": str(folder), "SHELL": "/bin/sh"}

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """gopls-diag as this user would run it in the module."""
        return subprocess.run(
            [sys.executable, "-m", "gopls_diag", *words],
            cwd=self.module,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=HANG_SECONDS,
            check=False,
        )

    def fingerprints(self) -> dict[str, str]:
        """SHA-256 of every file but for what Neovim, go and gopls write by themselves, and our journal."""
        own = (".cache/", ".local/", ".config/go/", "go/pkg/", "sock")
        return {
            name: hashlib.sha256(path.read_bytes()).hexdigest()
            for path in self.folder.rglob("*")
            if path.is_file() and not (name := path.relative_to(self.folder).as_posix()).startswith(own)
        }

    def processes(self) -> list[int]:
        """What runs with this home."""
        found = []
        for each in psutil.process_iter():
            with suppress(psutil.Error):
                if each.environ().get("HOME") == str(self.folder) and each.status() != psutil.STATUS_ZOMBIE:
                    found.append(each.pid)
        return found

    def incidents(self) -> list[dict[str, Any]]:
        return [json.loads(each.read_bytes()) for each in sorted(self.state.glob("incidents/*/incident.json"))]


class Editor:
    """A running Neovim with main.go open."""

    def __init__(self, home: Home, process: subprocess.Popen[bytes], socket: Path) -> None:
        self.home, self.process, self._socket = home, process, socket

    def ask(self, expression: str) -> str:
        """What Neovim says to an expression."""
        done = subprocess.run(
            ["nvim", "--server", str(self._socket), "--remote-expr", expression],
            env=self.home.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=HANG_SECONDS,
            check=False,
        )
        return done.stdout + done.stderr

    def hovers(self) -> None:
        """gopls answers, once it has loaded."""
        wait_for(lambda: "func fmt.Println" in self.ask(HOVER), "an answer of gopls")

    def child(self) -> psutil.Process | None:
        """What it has started as gopls."""
        for each in psutil.Process(self.process.pid).children():
            with suppress(psutil.Error):
                if Path("".join(each.cmdline()[:1])).name == "gopls":
                    return each
        return None


@contextmanager
def neovim(home: Home) -> Iterator[Editor]:
    """Neovim while it runs, with everything that it started."""
    socket = home.folder / "sock"
    process = subprocess.Popen(
        ["nvim", "--headless", "--listen", str(socket), "main.go"],
        cwd=home.module,
        env=home.environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    editor = Editor(home, process, socket)
    try:
        wait_for(lambda: socket.exists() and editor.child(), "gopls of Neovim")
        yield editor
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        process.wait(HANG_SECONDS)
        socket.unlink(missing_ok=True)
        # gopls's telemetry child and the recorder outlive gopls by what they have to write.
        wait_for(lambda: not home.processes(), "the end of everything that Neovim started")


def wait_for(ask: Callable[[], Any], what: str) -> Any:
    """The first answer that is neither None nor False nor empty."""
    ends_at = time.monotonic() + HANG_SECONDS
    while not (answer := ask()):
        assert time.monotonic() < ends_at, f"waited for {what}"
        time.sleep(0.1)
    return answer


def words_of_end(editor: Editor, process: psutil.Process) -> list[str]:
    """What Neovim says when that process is killed."""
    process.kill()
    wait_for(lambda: editor.child() is None, "the end of gopls")
    said = wait_for(lambda: re.findall(r"Client \d+ quit[^\n]*", editor.ask("execute('messages')")), "Neovim's words")
    return [str(each) for each in said]


@pytest.fixture
def home(environment: dict[str, str], gopls: Callable[[str], str]) -> Home:
    return Home(Path(environment["HOME"]), gopls("v0.24.0"), environment)


def write_as_shown(home: Home) -> dict[str, Any]:
    """Install, and write the very lines that were shown into init.lua, as a person does."""
    done = home.run("record", "install", "--editor", "neovim", "--yes", "--format", "json")
    assert done.returncode == 0, done.stdout + done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    lines = home.init.read_text().splitlines(keepends=True)
    for each in told["by_hand"]:
        assert lines[each["line"] - 1].rstrip("\n") == each["before"]
        lines[each["line"] - 1] = each["after"] + "\n"
    home.init.write_text("".join(lines))
    return told


def test_neovim_works_and_loses_gopls_as_without_the_launcher(home: Home) -> None:
    before, init = home.fingerprints(), home.init.read_bytes()
    with neovim(home) as editor:
        editor.hovers()
        alone = editor.child()
        assert alone is not None
        expected = words_of_end(editor, alone)

    told = write_as_shown(home)
    assert told["launcher"] == str(home.launcher)
    assert len(told["by_hand"]) == 1 and "-- the one of this project" in home.init.read_text()
    with neovim(home) as editor:
        launcher = editor.child()
        assert launcher is not None and launcher.exe() == str(home.launcher)
        editor.hovers()
        assert "Println" in editor.ask(COMPLETION) and "Printf" in editor.ask(COMPLETION)
        (real,) = [each for each in launcher.children() if Path(each.cmdline()[0]).name == "gopls"]
        status = json.loads(home.run("record", "status", "--format", "json").stdout)
        (use,) = status["editors"]
        assert (use["editor"], use["is_effective"], use["running"]) == ("neovim", True, 1), status
        assert status["sessions"] == 1
        report = json.loads(home.run("doctor", "--editor", "neovim", "--format", "json").stdout)
        # H10 may be told of what other programs of this machine have started: only this gopls is asked about
        about = {"H01", "H02", "H10", "H15", "S11"}
        found = [each for each in report["findings"] if each["code"] in about]
        assert [each for each in found if each["code"] != "H10" or str(real.pid) in json.dumps(each)] == []
        assert words_of_end(editor, real) == expected
        (incident,) = wait_for(home.incidents, "an incident")
    assert (incident["kind"], incident["end"]["signal"], incident["editor"]) == ("killed", "SIGKILL", "Neovim")
    assert incident["report"]["verdict"]["code"] == "X01"

    # Neovim's configuration is its owner's to write: until it is, the launcher stays.
    early = home.run("record", "uninstall")
    assert early.returncode == 1 and str(home.init).replace(str(home.folder), "") in early.stdout, early.stdout
    assert home.launcher.is_file()
    home.init.write_bytes(init)
    late = home.run("record", "uninstall")
    assert late.returncode == 0 and not home.launcher.exists(), late.stdout + late.stderr
    assert home.fingerprints() == before


def test_neovim_goes_on_when_gopls_diag_is_gone(home: Home) -> None:
    write_as_shown(home)
    settings = home.launcher.with_name("launcher.json")
    told = json.loads(settings.read_bytes())
    settings.write_text(json.dumps({**told, "recorder": ["/nowhere/python", "-m", "gone"], "state": "/proc/nowhere"}))
    with neovim(home) as editor:
        editor.hovers()
    settings.unlink()
    home.environment["PATH"] = os.pathsep.join((str(Path(told["gopls"]).parent), home.environment["PATH"]))
    with neovim(home) as editor:
        editor.hovers()


@pytest.mark.parametrize("style", NEOVIM_LINES.split("-- ")[1:])
def test_each_style_of_configuration_is_lua(home: Home, style: str) -> None:
    program = "-- " + style.format(launcher=home.launcher)
    program = f"return {{ {program} }}" if program.rstrip().endswith(",") else program
    file = home.folder / "style.lua"
    file.write_text(program)
    done = subprocess.run(
        ["nvim", "--headless", "--clean", f"+lua io.stdout:write(loadfile('{file}') and 'fine' or 'broken')", "+q"],
        env=home.environment,
        capture_output=True,
        text=True,
        timeout=HANG_SECONDS,
        check=False,
    )
    file.unlink()
    assert done.stdout == "fine", done.stdout + done.stderr
