"""Launchers of both forms, in front of a gopls that does what a test says, or of the real one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import psutil
import pytest

from gopls_diag.model.launcher import KnownBinary, LauncherSettings
from gopls_diag.world.launcher_build import build_launcher
from gopls_diag.world.launcher_store import write_launcher_settings
from tests.real.conftest import MARK, living

FAKE = '#!/bin/sh\neval "$FAKE"\n'
"""A gopls that does what the variable FAKE says."""

SECONDS = 60
"""When a test gives up. Nothing is said about how long anything may take."""


@dataclass(frozen=True)
class Launcher:
    """A launcher in a folder of its own, and the gopls that it starts."""

    form: str
    folder: Path
    gopls: Path
    environment: Mapping[str, str]
    settings: LauncherSettings = field(default_factory=LauncherSettings)

    @property
    def program(self) -> str:
        return str(self.folder / "gopls")

    @property
    def state(self) -> Path:
        return Path(self.settings.state)

    def told(self, **changes: Any) -> Launcher:
        """The same launcher with other settings."""
        changed = replace(self, settings=replace(self.settings, **changes))
        write_launcher_settings(self.folder, changed.settings)
        return changed

    def knowing(self, gopls: Path, **changes: Any) -> Launcher:
        """The same launcher, to which a gopls is known."""
        seen = gopls.stat()
        known = KnownBinary(str(gopls.resolve()), seen.st_size, seen.st_mtime_ns, "v0.24.0", True)
        return self.told(gopls=str(gopls), binary=known, **changes)

    def start(self, fake: str = "", arguments: Sequence[str] = (), **options: Any) -> subprocess.Popen[bytes]:
        """Start it as an editor does, with pipes."""
        return start(self.program, self.environment, fake, arguments, **options)

    def run(self, fake: str = "", arguments: Sequence[str] = (), **options: Any) -> subprocess.CompletedProcess[bytes]:
        """Start it and wait for its end."""
        return finish(self.start(fake, arguments, **options))

    def direct(
        self, fake: str = "", arguments: Sequence[str] = (), **options: Any
    ) -> subprocess.CompletedProcess[bytes]:
        """The gopls itself, without the launcher."""
        return finish(start(str(self.gopls), self.environment, fake, arguments, **options))

    def sessions(self) -> list[Path]:
        """Folders of sessions, oldest first."""
        folder = self.state / "sessions"
        return sorted(folder.iterdir()) if folder.is_dir() else []

    def session(self) -> Path:
        """The only session."""
        (only,) = self.sessions()
        return only

    def begun(self) -> Path:
        """The only session, as soon as it has begun to be written."""
        await_that(lambda: any((each / "session.json").exists() for each in self.sessions()), "a session has begun")
        return self.session()

    def end(self) -> dict[str, Any]:
        """end.json of the only session."""
        return read_json(self.session() / "end.json")


def start(
    program: str, environment: Mapping[str, str], fake: str, arguments: Sequence[str], **options: Any
) -> subprocess.Popen[bytes]:
    streams = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    variables = {**environment, "FAKE": fake, **options.pop("env", {})}
    return subprocess.Popen([program, *arguments], env=variables, **{**streams, **options})


def finish(process: subprocess.Popen[bytes]) -> subprocess.CompletedProcess[bytes]:
    try:
        out, errors = process.communicate(timeout=SECONDS)
    finally:
        process.kill()
    return subprocess.CompletedProcess(process.args, process.returncode, out, errors)


def read_json(path: Path) -> dict[str, Any]:
    value = json.loads(path.read_bytes())
    assert isinstance(value, dict)
    return value


def await_that(happened: Callable[[], object], what: str) -> None:
    """Wait until something has happened."""
    until = time.monotonic() + SECONDS
    while not happened():
        assert time.monotonic() < until, f"in {SECONDS} s it did not happen that {what}"
        time.sleep(0.01)


def await_file(path: Path) -> Path:
    await_that(path.exists, f"{path.name} is there")
    return path


def is_gone(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], bytes]:
    """The Go launcher, built once by the go on PATH."""
    kept: dict[str, bytes] = {}

    def program(form: str) -> bytes:
        if form not in kept:
            folder = tmp_path_factory.mktemp("built")
            made = build_launcher(folder, LauncherSettings(), environment=os.environ)
            if made.form != "go":
                pytest.skip(f"the launcher cannot be built: {made.why}")
            kept[form] = Path(made.path).read_bytes()
        return kept[form]

    return program


@pytest.fixture(params=["go", "python"])
def launcher(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    environment: dict[str, str],
    built: Callable[[str], bytes],
) -> Iterator[Launcher]:
    """A launcher in front of the gopls that does what FAKE says; it records, and starts no recorder."""
    # A real gopls leaves a process behind for its telemetry, which ends some time later.
    telemetry = Path(environment["HOME"], ".config", "go", "telemetry")
    telemetry.mkdir(parents=True)
    (telemetry / "mode").write_text("off")
    real = tmp_path / "bin" / "gopls"
    real.parent.mkdir()
    real.write_text(FAKE)
    real.chmod(0o755)
    folder = tmp_path / "record" / "launcher"
    folder.mkdir(parents=True)
    made = Launcher(request.param, folder, real, environment)
    if request.param == "go":
        (folder / "gopls").write_bytes(built("go"))
        (folder / "gopls").chmod(0o755)
    else:
        build_launcher(folder, LauncherSettings(gopls=str(real)), go="")
    yield made.told(gopls=str(real), state=str(folder.parent), recorder=(), otel=False, debug=False)
    # What was killed takes its time to end.
    await_that(lambda: not living(environment[MARK]), "no process is left")


@pytest.fixture
def recorder(tmp_path: Path) -> Callable[[str], tuple[str, ...]]:
    """A function that makes a recorder of lines of Python, in which `session` is its folder, and gives its command."""

    def command(lines: str) -> tuple[str, ...]:
        script = tmp_path / "recorder.py"
        script.write_text(f"import os, sys, pathlib\nsession = pathlib.Path(sys.argv[1])\n{lines}\n")
        return (sys.executable, "-I", "-S", str(script))

    return command
