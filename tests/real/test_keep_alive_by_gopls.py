"""The guard against crash loops, with the real gopls: two ends by one flag, and the third start is without it."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from gopls_diag.world.incident_store import store
from gopls_diag.world.record_folders import RecordFolders
from tests.real.conftest import MARK, living

HANG_SECONDS = 120


def run(words: list[str], environment: dict[str, str], folder: Path) -> subprocess.CompletedProcess[bytes]:
    """One session whose editor closes its end at once."""
    command = [sys.executable, "-m", "gopls_diag", "record", "--keep-alive", "--", *words]
    return subprocess.run(
        command, cwd=folder, env=environment, input=b"", capture_output=True, timeout=HANG_SECONDS, check=False
    )


def wait_for_incidents(folders: RecordFolders, count: int, mark: str) -> None:
    """Until so many were made, and nobody is at work any more."""
    limit = time.monotonic() + HANG_SECONDS
    while len(store(folders.root).list()) < count or living(mark):
        assert time.monotonic() < limit, f"{len(store(folders.root).list())} incidents"
        time.sleep(0.1)


def test_a_flag_that_ends_gopls_gives_way_to_those_that_worked(
    gopls: Callable[[str], str], environment: dict[str, str], tmp_path: Path
) -> None:
    program, state, work = gopls("v0.24.0"), tmp_path / "state", tmp_path / "work"
    work.mkdir()
    folders = RecordFolders(state / "record")
    folders.root.mkdir(parents=True)
    folders.working.write_text(json.dumps({f"{program}|{work}": {"arguments": ["-vv"], "environment": {}}}))
    environment |= {"GOPLS_DIAG_STATE": str(state)}

    for count in (1, 2):
        done = run([program, "-nosuch"], environment, work)
        assert done.returncode == 2
        assert b"gopls-diag:" not in done.stderr
        wait_for_incidents(folders, count, environment[MARK])
    guarded = run([program, "-nosuch"], environment, work)
    other = run([program, "-nosuch", "-rpc.trace"], environment, work)

    assert guarded.returncode == 0, guarded.stderr
    assert (
        b"gopls-diag: gopls ended 2 times because it does not know a flag, so it is started with -vv," in guarded.stderr
    )
    # Flags that the user has changed since are tried as they are.
    assert other.returncode == 2
    assert b"gopls-diag:" not in other.stderr
    wait_for_incidents(folders, 3, environment[MARK])
    assert [each.kind for each in store(folders.root).list()] == ["exit"] * 3


def test_without_the_guard_nothing_is_changed(
    gopls: Callable[[str], str], environment: dict[str, str], tmp_path: Path
) -> None:
    program, state, work = gopls("v0.24.0"), tmp_path / "state", tmp_path / "work"
    work.mkdir()
    folders = RecordFolders(state / "record")
    folders.root.mkdir(parents=True)
    folders.working.write_text(json.dumps({f"{program}|{work}": {"arguments": [], "environment": {}}}))
    environment |= {"GOPLS_DIAG_STATE": str(state)}
    command = [sys.executable, "-m", "gopls_diag", "record", "--", program, "-nosuch"]
    for count in (1, 2, 3):
        done = subprocess.run(
            command, cwd=work, env=environment, capture_output=True, timeout=HANG_SECONDS, check=False
        )
        assert done.returncode == 2
        wait_for_incidents(folders, count, environment[MARK])
    assert not folders.keep_alive.exists()
