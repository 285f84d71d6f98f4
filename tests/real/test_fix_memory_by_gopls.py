"""`fix --memory` and `--isolate` on a machine with a real gopls: measured, written, in force, taken back; refused."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Environment = dict[str, str]
MAIN = """package main

import (
	"encoding/xml"
	"net/http"
)

func main() {
	_, _ = xml.Header, http.StatusOK
}
"""
SETTINGS = b'{\r\n  // mine\r\n  "editor.fontSize": 14,\r\n}\r\n'


@pytest.fixture
def workspace(tmp_path: Path, environment: Environment) -> Path:
    """A module of one file that needs a good part of the standard library, and a VSCodium with the Go extension.

    Not VS Code, of which other tests run one at the same time: what a running editor started counts for more.
    """
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "go.mod").write_text("module example.com/shop\n\ngo 1.21\n")
    (folder / "main.go").write_text(MAIN)
    home = Path(environment["HOME"])
    extension = home / ".vscode-oss" / "extensions" / "golang.go-0.56.0"
    extension.mkdir(parents=True)
    (extension / "package.json").write_text('{"name": "go", "version": "0.56.0"}')
    user = home / ".config" / "VSCodium" / "User"
    user.mkdir(parents=True)
    (user / "settings.json").write_bytes(SETTINGS)
    return folder


def fix(gopls: str, folder: Path, environment: Environment, *words: str) -> tuple[int, dict[str, Any]]:
    """Run the command in a process of its own; its exit code and its JSON."""
    program = "import sys; from gopls_diag.cli.main import run; sys.exit(run(sys.argv[1:]))"
    own = {**environment, "PATH": f"{Path(gopls).parent}{os.pathsep}{environment['PATH']}"}
    done = subprocess.run(
        [sys.executable, "-c", program, "fix", str(folder), *words, "--format", "json"],
        env=own, cwd=folder, capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


@pytest.mark.parametrize(
    ("version", "expected"),
    [("v0.23.0", {"go.toolsEnvVars": {"GOMEMLIMIT": "900MiB"}}), ("v0.24.0", {"gopls": {"memoryLimit": 900 << 20}})],
)
def test_a_budget_is_measured_written_and_taken_back_and_an_absurd_one_refused(
    version: str, expected: dict[str, Any], gopls: Callable[[str], str], environment: Environment, workspace: Path
) -> None:
    settings = Path(environment["HOME"]) / ".config" / "VSCodium" / "User" / "settings.json"

    code, told = fix(gopls(version), workspace, environment, "--memory", "900MB", "--yes")

    assert (code, [each["fate"] for each in told["proposals"]]) == (0, ["applied"])
    measures = {each["name"]: (each["before"], each["after"]) for each in told["measures"]}
    for before, after in (measures["memory at its highest"], measures["processor time"], measures["live heap at rest"]):
        assert before
        assert after
    text = settings.read_text().replace("  // mine\n", "").replace(",\n}", "\n}")
    assert json.loads(text) == {"editor.fontSize": 14, **expected}

    code, told = fix(gopls(version), workspace, environment, "--undo")

    assert code == 0
    assert settings.read_bytes() == SETTINGS

    code, told = fix(gopls(version), workspace, environment, "--memory", "20MiB", "--yes")

    assert (code, told["proposals"]) == (1, [])
    assert "20 MiB is too little" in told["notes"][0]
    assert settings.read_bytes() == SETTINGS


def test_a_gopls_with_the_flags_of_an_isolated_folder_starts_and_logs_its_port(
    gopls: Callable[[str], str], environment: Environment, workspace: Path
) -> None:
    code, _ = fix(gopls("v0.23.0"), workspace, environment, "--isolate", "--yes")
    assert code == 0
    flags = json.loads((workspace / ".vscode" / "settings.json").read_text())["go.languageServerFlags"]
    log = Path(flags[0].removeprefix("-logfile="))

    subprocess.run([gopls("v0.23.0"), *flags], cwd=workspace, env=environment, input=b"", check=True, timeout=120)

    assert "debug server listening at http://localhost:" in log.read_text()
    assert fix(gopls("v0.23.0"), workspace, environment, "--isolate", "--yes")[1]["proposals"] == []
    assert fix(gopls("v0.23.0"), workspace, environment, "--undo")[0] == 0
    assert not (workspace / ".vscode").exists()
    assert log.is_file()
