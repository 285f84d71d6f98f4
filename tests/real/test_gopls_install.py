"""Facts about real gopls binaries: what they say, what a crash leaves behind, whose cache it is."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from gopls_diag.facts.gather import Gatherer
from gopls_diag.model.gopls import GoplsCommands
from gopls_diag.model.gopls_cache import GoplsCaches
from gopls_diag.model.request import Request
from gopls_diag.model.telemetry import TelemetryCounters
from gopls_diag.world.live import LiveWorld
from tests.growth import HANG_SECONDS

pytestmark = pytest.mark.real


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "go.mod").write_text("module example.com/shop\n\ngo 1.24\n")
    (folder / "main.go").write_text("package main\n\nfunc main() {}\n")
    return folder


@pytest.fixture
def own(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[dict[str, str]]:
    """The clean environment, also for the world that this process asks; at the end no side-car of gopls is left."""
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    own = {**environment, "TMPDIR": str(temporary)}
    for name in list(os.environ):
        monkeypatch.delenv(name)
    for name, value in own.items():
        monkeypatch.setenv(name, value)
    yield own
    # A side-car outlives its gopls by the time that it takes to see the end of a pipe.
    ends = time.monotonic() + HANG_SECONDS
    while side_cars(own["HOME"]) and time.monotonic() < ends:
        time.sleep(0.1)


def side_cars(home: str) -> list[int]:
    found = []
    for process in psutil.process_iter():
        try:
            if "** telemetry **" in process.cmdline() and process.environ().get("HOME") == home:
                found.append(process.pid)
        except psutil.Error:
            continue
    return found


def ask(workspace: Path, *kinds: type) -> list[object]:
    gatherer = Gatherer(LiveWorld(), Request(folder=str(workspace)))
    return [gatherer.value(kind) for kind in kinds]


def counted(workspace: Path) -> TelemetryCounters:
    (counters,) = ask(workspace, TelemetryCounters)
    assert isinstance(counters, TelemetryCounters)
    return counters


def start_and_kill(gopls: str, workspace: Path, own: dict[str, str], sign: signal.Signals) -> None:
    """Start a server as an editor does, and end it with a signal once it has begun to load."""
    server = subprocess.Popen(
        [gopls], cwd=workspace, env=own, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    body = json.dumps(
        {
            "jsonrpc": "2.0",
            "id": 1,
            "method": "initialize",
            "params": {"processId": None, "rootUri": workspace.as_uri(), "capabilities": {}},
        }
    ).encode()
    assert server.stdin
    assert server.stdout
    server.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
    server.stdin.flush()
    assert server.stdout.readline().startswith(b"Content-Length")
    server.send_signal(sign)
    server.stdin.close()
    server.stdout.close()
    server.wait(timeout=HANG_SECONDS)


def test_two_versions_say_how_they_were_built(
    gopls: Callable[[str], str], own: dict[str, str], workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folders = [str(Path(gopls(each)).parent) for each in ("v0.23.0", "v0.18.1")]
    monkeypatch.setenv("PATH", os.pathsep.join([*folders, own["PATH"]]))

    (commands,) = ask(workspace, GoplsCommands)

    assert isinstance(commands, GoplsCommands)
    told = [(str(each.version), each.built_with.language, bool(each.module_sum)) for each in commands.all[:2]]
    assert told == [("v0.23.0", "1.26", True), ("v0.18.1", "1.24", True)]
    assert commands.in_use == commands.all[0]
    assert commands.all[0].header
    assert str(commands.all[0].header.slices[0]).startswith("linux/")


def test_a_crash_is_read_from_the_counters_that_gopls_keeps(
    gopls: Callable[[str], str], own: dict[str, str], workspace: Path
) -> None:
    # Now and then the side-car ends without having counted: then gopls has to crash once more.
    for _ in range(5):
        start_and_kill(gopls("v0.23.0"), workspace, own, signal.SIGSEGV)
        ends = time.monotonic() + HANG_SECONDS
        while side_cars(own["HOME"]) and time.monotonic() < ends:
            time.sleep(0.1)
        counters = counted(workspace)
        crashes = [each for file in counters.files for each in file.crashes]
        if crashes:
            break

    assert sum(each.count for each in crashes) == 1
    assert crashes[0].name.startswith("crash/")
    assert str(counters.files[0].version) == "v0.23.0"
    assert counters.files[0].go_version.language == "1.26"
    assert counters.mode == "local"


@pytest.mark.parametrize("version", ["v0.23.0", "v0.24.0"])
def test_a_cache_folder_is_known_by_its_binary(
    gopls: Callable[[str], str],
    own: dict[str, str],
    workspace: Path,
    tmp_path: Path,
    version: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    binary = tmp_path / "bin" / "gopls"
    binary.parent.mkdir()
    shutil.copy(gopls(version), binary)
    monkeypatch.setenv("PATH", f"{binary.parent}{os.pathsep}{own['PATH']}")
    subprocess.run([binary, "check", "main.go"], cwd=workspace, env=own, check=True, timeout=120)

    (caches,) = ask(workspace, GoplsCaches)
    binary.unlink()
    (later,) = ask(workspace, GoplsCaches)

    assert isinstance(caches, GoplsCaches)
    assert isinstance(later, GoplsCaches)
    assert caches.in_use
    (folder,) = caches.in_use.folders
    assert folder.binary == str(binary)
    assert folder.files > 0
    assert bool(folder.executable_sha256) == (version == "v0.24.0")
    assert later.in_use
    assert later.in_use.folders[0].binary == ""


def test_a_stored_bug_report_is_read(
    gopls: Callable[[str], str], own: dict[str, str], workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    binary = gopls("v0.24.0")
    monkeypatch.setenv("PATH", f"{Path(binary).parent}{os.pathsep}{own['PATH']}")
    # gopls files a test report of its own when it is asked to (gopls/internal/cmd/execute.go).
    subprocess.run([binary, "execute"], cwd=workspace, env={**own, "TEST_GOPLS_BUG": "oops"}, check=False, timeout=60)

    (caches,) = ask(workspace, GoplsCaches)

    assert isinstance(caches, GoplsCaches)
    assert caches.in_use
    (folder,) = caches.in_use.folders
    assert folder.bug_count == 1
    assert "oops" in folder.bugs[0].description
    assert folder.bugs[0].position.startswith("execute.go:")
