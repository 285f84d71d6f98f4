"""record install and uninstall for editors whose settings are files, with a real gopls behind a real launcher."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.growth import HANG_SECONDS
from tests.real.conftest import MARK, living

pytestmark = pytest.mark.real

CODE = ".config/Code/User/settings.json"
ZED = '// Zed\n{\n  "lsp": {\n    "gopls": { "initialization_options": { "staticcheck": true } },\n  },\n}\n'
HELIX = '# Helix\n[language-server.gopls]\nargs = ["-vv"] # more words\n\n[[language]]\nname = "go"\n'


class Home:
    """A home with a module and a gopls in GOPATH/bin."""

    def __init__(self, environment: Mapping[str, str], gopls: str) -> None:
        self.folder = Path(environment["HOME"])
        self.module = self.folder / "src" / "shop"
        self.module.mkdir(parents=True)
        (self.module / "go.mod").write_text("module shop.example\n\ngo 1.21\n")
        (self.module / "main.go").write_text("package main\n\nfunc main() {}\n")
        self.gopls = self.folder / "go" / "bin" / "gopls"
        self.gopls.parent.mkdir(parents=True)
        self.gopls.symlink_to(gopls)
        self.root = self.folder / ".local" / "state" / "gopls-diag" / "record"
        self.launcher = self.root / "launcher" / "gopls"
        self.environment = dict(environment)

    def write(self, name: str, content: str) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
        return path

    def vscode(self, content: str = "{}\n") -> Path:
        """VS Code with the Go extension and these settings."""
        self.write(".vscode/extensions/golang.go-0.57.2/package.json", '{"name": "go", "version": "0.57.2"}')
        return self.write(CODE, content)

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "gopls_diag", "record", *words],
            cwd=self.module,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=HANG_SECONDS,
            check=False,
        )

    def install(self, *words: str) -> dict[str, Any]:
        done = self.run("install", "--yes", "--format", "json", *words)
        assert done.returncode == 0, done.stdout + done.stderr
        told: dict[str, Any] = json.loads(done.stdout)
        assert told["installed"] and told["trial"]["good"], told
        return told

    def uninstall(self, *words: str) -> dict[str, Any]:
        done = self.run("uninstall", "--format", "json", *words)
        told: dict[str, Any] = json.loads(done.stdout)
        assert done.returncode == (1 if told["kept_for"] else 0), done.stdout + done.stderr
        return told

    @property
    def settings(self) -> dict[str, Any]:
        """launcher.json."""
        found: dict[str, Any] = json.loads(self.launcher.with_name("launcher.json").read_bytes())
        return found


@pytest.fixture
def home(environment: dict[str, str], gopls: Callable[[str], str]) -> Iterator[Home]:
    yield Home(environment, gopls("v0.24.0"))
    # gopls's telemetry child and the recorder outlive gopls by what they have to write.
    ends_at = time.monotonic() + HANG_SECONDS
    while living(environment[MARK]) and time.monotonic() < ends_at:
        time.sleep(0.1)


def test_helix_and_zed_are_told_by_their_own_settings(home: Home) -> None:
    helix = home.write(".config/helix/languages.toml", HELIX)
    zed = home.write(".config/zed/settings.json", ZED)
    home.environment["PATH"] = f"{home.gopls.parent}:{home.environment['PATH']}"
    for editor in ("helix", "zed"):
        told = home.install("--editor", editor)
        assert (told["gopls"]["path"], told["effective"]) == (str(home.gopls), True)
    language_server = tomllib.loads(helix.read_text())["language-server"]["gopls"]
    assert language_server == {"args": ["-vv"], "command": str(home.launcher)}
    assert f'"path": "{home.launcher}"' in zed.read_text()
    assert {each["fate"] for each in home.uninstall()["places"]} == {"restored"}
    assert (helix.read_text(), zed.read_text()) == (HELIX, ZED)
    assert not home.launcher.exists()


def test_an_editor_without_a_settings_file_gets_one_and_loses_it_again(home: Home) -> None:
    home.environment["PATH"] = f"{home.gopls.parent}:{home.environment['PATH']}"
    told = home.install("--editor", "helix")
    file = Path(told["setting"]["file"])
    assert tomllib.loads(file.read_text()) == {"language-server": {"gopls": {"command": str(home.launcher)}}}
    home.uninstall()
    assert not file.exists() and not file.parent.exists()


def test_what_was_written_meanwhile_is_kept_and_only_our_entry_goes_back(home: Home) -> None:
    file = home.vscode('{\n    // mine\n    "editor.fontSize": 14\n}\n')
    home.install()
    file.write_text(file.read_text().replace("14", "15 /* larger */"))
    (place,) = home.uninstall()["places"]
    assert place["fate"] == "edited"
    assert file.read_text() == '{\n    // mine\n    "editor.fontSize": 15 /* larger */\n}\n'


def test_a_setting_that_names_another_gopls_by_now_is_left_alone(home: Home) -> None:
    file = home.vscode()
    home.install()
    file.write_text('{"go.alternateTools": {"gopls": "/opt/gopls"}}')
    (place,) = home.uninstall()["places"]
    assert (place["fate"], home.launcher.exists()) == ("gone", False)
    assert file.read_text() == '{"go.alternateTools": {"gopls": "/opt/gopls"}}'


def test_a_launcher_that_is_written_in_by_hand_is_not_taken_away(home: Home) -> None:
    file = home.vscode()
    home.install()
    copied = home.write(".emacs", f'(setq lsp-go-gopls-server-path "{home.launcher}")\n')
    told = home.uninstall()
    assert [str(copied) in each for each in told["kept_for"]] == [True]
    assert home.launcher.exists() and file.read_text() == "{}\n"
    copied.unlink()
    assert home.uninstall()["launcher_gone"]


def test_settings_that_do_not_parse_are_not_touched_and_nothing_is_left(home: Home) -> None:
    file = home.vscode('{"go.alternateTools": {"gopls": ')
    done = home.run("install", "--yes")
    assert done.returncode == 2 and str(file) in done.stderr, done.stdout + done.stderr
    assert file.read_text() == '{"go.alternateTools": {"gopls": '
    assert not home.launcher.exists()


def test_a_gopls_that_changes_what_it_says_is_not_stood_in_for(home: Home) -> None:
    """A program that answers otherwise when it is started by another cannot be told from a launcher that breaks it."""
    home.vscode()
    real = home.gopls.resolve()
    home.gopls.unlink()
    home.gopls.write_text(
        f'#!/bin/sh\n[ -n "$GOPLS_DIAG_LAUNCHER_DEPTH" ] && [ "$1" != version ] && exit 3\nexec {real} "$@"\n'
    )
    home.gopls.chmod(0o755)
    done = home.run("install", "--yes")
    assert done.returncode == 3 and "Nothing was installed" in done.stdout, done.stdout + done.stderr
    assert (home.folder / CODE).read_text() == "{}\n"
    assert not home.launcher.exists() and list(home.root.glob("*")) == []


def test_a_shim_that_may_start_any_gopls_gets_no_flags_of_ours(home: Home, gopls: Callable[[str], str]) -> None:
    home.vscode()
    home.gopls.unlink()
    home.gopls.write_text(f'#!/bin/sh\nexec {gopls("v0.24.0")} "$@"\n')
    home.gopls.chmod(0o755)
    told = home.install()
    assert (told["gopls"]["version"], home.settings["binary"]) == ("v0.24.0", None)
    sources = {each["name"]: each for each in json.loads(home.run("status", "--format", "json").stdout)["sources"]}
    assert not sources["otel"]["on"] and "no gopls itself" in sources["otel"]["why"]


def test_one_launcher_starts_one_gopls(home: Home, gopls: Callable[[str], str]) -> None:
    home.vscode()
    home.install()
    other = gopls("v0.18.1")
    home.write(".config/helix/languages.toml", f'[language-server.gopls]\ncommand = "{other}"\n')
    refused = home.run("install", "--yes", "--editor", "helix")
    assert refused.returncode == 2 and f"Helix uses {other}" in refused.stderr, refused.stdout + refused.stderr
    home.install("--editor", "helix", "--gopls", other)
    assert home.settings["gopls"] == other and home.settings["binary"]["otel"] is False
    assert {each["editor"] for each in home.uninstall()["places"]} == {"vscode", "helix"}


def test_a_dry_run_leaves_nothing(home: Home) -> None:
    file = home.vscode()
    done = home.run("install", "--dry-run")
    assert done.returncode == 0 and "Nothing was changed." in done.stdout
    assert "go.alternateTools" in done.stdout and file.read_text() == "{}\n"
    assert list(home.root.glob("*")) == []


def test_what_is_asked_for_is_written_down_for_launcher_and_recorder(home: Home) -> None:
    home.vscode()
    home.install("--gctrace", "--no-otel", "--keep-alive", "--otlp", "http://collector.example:4318")
    settings = home.settings
    assert (settings["gctrace"], settings["otel"], settings["keep_alive"]) == (True, False, True)
    assert '--set=otlp = "http://collector.example:4318"' in settings["recorder"]
    assert settings["binary"]["version"] == "v0.24.0" and settings["binary"]["otel"] is True
    # Said anew, not added up.
    home.install()
    assert (home.settings["gctrace"], home.settings["otel"]) == (False, True)


def test_a_launcher_whose_settings_are_gone_still_starts_gopls_and_doctor_says_so(home: Home) -> None:
    home.vscode()
    home.environment["PATH"] = f"{home.gopls.parent}:{home.environment['PATH']}"
    home.install()
    home.launcher.with_name("launcher.json").unlink()
    said = subprocess.run([home.launcher, "version"], env=home.environment, capture_output=True, text=True, check=True)
    assert "v0.24.0" in said.stdout
    status = home.run("status", "--format", "json")
    assert any("lost its settings" in each for each in json.loads(status.stdout)["problems"]), status.stdout
    home.install()
    assert json.loads(home.run("status", "--format", "json").stdout)["problems"] == []


def test_a_run_ends_as_gopls_ends_and_reads_what_is_given_to_it(home: Home) -> None:
    program = str(home.gopls)
    assert "v0.24.0" in home.run(program, "version").stdout
    assert home.run(program, "version").returncode == 0
    wrong = home.run("--", program, "-nosuchflag")
    alone = subprocess.run([program, "-nosuchflag"], env=home.environment, capture_output=True, text=True, check=False)
    assert (wrong.returncode, wrong.stdout, wrong.stderr) == (alone.returncode, alone.stdout, alone.stderr)
    assert home.run("--", "nosuchgopls").returncode == 127
    # Its input is the caller's, which is at its end.
    assert (
        home.run(program).returncode
        == subprocess.run(
            [program], env=home.environment, stdin=subprocess.DEVNULL, capture_output=True, check=False
        ).returncode
    )


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such signals")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_run_that_is_sent_a_signal_ends_by_it_and_takes_gopls_along(home: Home, number: signal.Signals) -> None:
    command = [sys.executable, "-m", "gopls_diag", "record", str(home.gopls)]
    with subprocess.Popen(
        command, cwd=home.module, env=home.environment, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL
    ) as process:
        sessions = home.root / "sessions"
        ends_at = time.monotonic() + HANG_SECONDS
        while not list(sessions.glob("*/session.json")):
            assert time.monotonic() < ends_at
            time.sleep(0.05)
        (start,) = sessions.glob("*/session.json")
        gopls = psutil.Process(json.loads(start.read_bytes())["gopls_pid"])
        process.send_signal(number)
        assert process.wait(HANG_SECONDS) == -number
        assert not gopls.is_running()
