"""The subjects of the comparison: gopls alone, through a launcher of ours, and through lsp-devtools."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections.abc import Collection, Mapping
from pathlib import Path

from bench.recording.session import Subject
from gopls_diag.model.launcher import LauncherSettings
from gopls_diag.model.record_settings import RecordSettings
from gopls_diag.world.launcher_build import build_launcher
from gopls_diag.world.launcher_store import known_binary, write_launcher_settings
from gopls_diag.world.record_folders import record_folders

ROOT = Path(__file__).resolve().parents[2]
PEER_VERSION = "0.4.0"
"""Of lsp-devtools: the newest when this was written (March 2026)."""
PEER = ROOT / ".tools" / "lsp-devtools" / PEER_VERSION
ECHO = Path(__file__).with_name("echo.py")

SOURCES = ("otel", "debug", "gctrace", "rpc_trace")
"""What the launcher asks of gopls, each by its key in launcher.json."""


def alone(gopls: Path, name: str = "alone") -> Subject:
    """gopls as an editor starts it."""
    return Subject(name, (str(gopls),))


def launched(
    name: str,
    gopls: Path,
    folder: Path,
    *,
    is_script: bool = False,
    sources: Collection[str] | None = None,
    settings: Mapping[str, float] | None = None,
) -> Subject:
    """A launcher of its own below the folder, that starts this gopls with these sources.

    Args:
        name: of the subject, and of its folder.
        gopls: what it starts.
        folder: where its state goes.
        is_script: the launcher in Python, not the one in Go.
        sources: of SOURCES, and no others; None: those that are on at first when nobody says otherwise. Of this gopls
            that does not have the debug pages: they are on for a day after they were missed (`debug = "auto"`).
        settings: of record.toml, over the defaults.
    """
    if sources is None:
        sources = [each for each in SOURCES if getattr(RecordSettings(), each) is True]
    state, config = folder / f"state-{name}", folder / f"config-{name}"
    config.mkdir()
    lines = "".join(f"{key} = {json.dumps(value)}\n" for key, value in (settings or {}).items())
    (config / "record.toml").write_text(lines, encoding="utf-8")
    folders = record_folders(state / "record")
    launcher = LauncherSettings(
        gopls=str(gopls),
        state=str(folders.root),
        recorder=(sys.executable, "-m", "gopls_diag.cli.recorder"),
        binary=known_binary(str(gopls), "", has_otel=has_otel(gopls)),
        otel="otel" in sources,
        debug="debug" in sources,
        gctrace="gctrace" in sources,
        rpc_trace="rpc_trace" in sources,
    )
    built = build_launcher(folders.launcher, launcher, go="" if is_script else None)
    if (built.form == "script") != is_script:
        raise RuntimeError(f"the launcher in Go could not be built: {built.why}")
    write_launcher_settings(folders.launcher, launcher)
    environment = {"GOPLS_DIAG_STATE": str(state), "GOPLS_DIAG_CONFIG": str(config)}
    return Subject(name, (str(folders.launcher_program),), environment, is_recorded=True)


def has_otel(gopls: Path) -> bool:
    """Whether this program knows the flag `-otel`. One that is no gopls does not."""
    try:
        said = subprocess.run([gopls, "-h"], capture_output=True, text=True, check=False, timeout=10)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return "-otel" in said.stdout + said.stderr


def through_peer(gopls: Path, folder: Path) -> Subject:
    """`lsp-devtools agent`, with its recorder writing a file beside it."""
    program = str(install_peer())
    port = str(_free_port())
    file = folder / "lsp-devtools.log"
    return Subject(
        "lsp-devtools",
        (program, "agent", "-p", port, "--", str(gopls)),
        beside=(program, "record", "-p", port, "--to-file", str(file)),
    )


def install_peer() -> Path:
    """The program of lsp-devtools, put into a virtual environment of its own if it is not there."""
    program = PEER / "bin" / "lsp-devtools"
    if not program.is_file():
        subprocess.run([sys.executable, "-m", "venv", PEER], check=True)
        wanted = f"lsp-devtools=={PEER_VERSION}"
        subprocess.run([PEER / "bin" / "pip", "install", "-q", "--disable-pip-version-check", wanted], check=True)
    return program


def write_echo(folder: Path) -> Path:
    """The echo server as a program without arguments."""
    program = folder / "echo"
    program.write_text(f"#!{sys.executable} -S\n{ECHO.read_text(encoding='utf-8')}", encoding="utf-8")
    program.chmod(0o755)
    return program


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port
