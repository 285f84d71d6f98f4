"""The verdict that an incident was kept with is that of `crash` over its folder, and over the file to send."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gopls_diag.world.incident_store import store
from tests.real.recording.stage import GO, PYTHON, Run, Stage, wait_for_incidents

pytestmark = [pytest.mark.real, pytest.mark.skipif(sys.platform == "win32", reason="signals")]


def kill(run: Run) -> None:
    run.kill(run.gopls)


def abort(run: Run) -> None:
    run.kill(run.gopls, number=signal.SIGABRT)


def nothing(_: Run) -> None:
    """It ends by itself."""


@pytest.mark.parametrize("form", [GO, PYTHON])
@pytest.mark.parametrize(
    ("act", "arguments", "kind", "code"),
    [(kill, (), "killed", "X01"), (abort, (), "signal", "X22"), (nothing, ("-nosuch",), "exit", "X05")],
    ids=["kill", "abort", "flag"],
)
def test_crash_says_what_the_incident_says(
    act: Callable[[Run], None],
    arguments: tuple[str, ...],
    kind: str,
    code: str,
    form: str,
    stage_of: Callable[[str, str], Stage],
    tmp_path: Path,
) -> None:
    stage = stage_of(form, "v0.24.0")
    run = stage.start(*arguments)
    if not arguments:
        run.converse()
    act(run)
    run.editor.wait()
    (incident,) = wait_for_incidents(stage, 1)
    kept = store(stage.record)
    folder, packed = kept.find("latest"), kept.pack("latest", tmp_path)

    assert (incident["kind"], incident["report"]["verdict"]["code"]) == (kind, code)
    for place in (folder, packed):
        told = crash(place)
        assert told["verdict"] == incident["report"]["verdict"]
        assert [each["code"] for each in told["findings"]] == [each["code"] for each in incident["report"]["findings"]]
        assert told["skipped"] == []
    assert incident["gopls_version"] == "v0.24.0"


def crash(place: Path) -> Any:
    command = [sys.executable, "-m", "gopls_diag", "crash", str(place), "--format", "json"]
    told = subprocess.run(command, capture_output=True, check=False, timeout=60)
    assert told.returncode == 1, told.stderr
    return json.loads(told.stdout)
