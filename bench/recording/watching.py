"""What `gopls-diag record --watch` takes beside idle gopls that it watches."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from bench.recording import subjects
from bench.recording.processes import cpu_seconds, memory
from bench.recording.rounds import SETTLE_SECONDS, Place
from bench.recording.session import Cost, Session, end_all

WATCHED = 2
_BEGIN_SECONDS = 10.0
"""The watcher finds them, and looks at each closely at first."""


def watching_cost(place: Place, scratch: Path, seconds: float) -> Cost:
    """The cost of the watcher while so many idle gopls run; its beginning apart."""
    sessions = [Session(subjects.alone(place.gopls), place.gopls, place.file, place.folder) for _ in range(WATCHED)]
    time.sleep(SETTLE_SECONDS)
    state = scratch / "state-watch"
    with subprocess.Popen(
        [sys.executable, "-m", "gopls_diag", "record", "--watch"],
        stdout=subprocess.DEVNULL,
        env=os.environ | {"GOPLS_DIAG_STATE": str(state)},
    ) as watcher:
        time.sleep(_BEGIN_SECONDS)
        cost = Cost(begin_cpu_seconds=cpu_seconds(watcher.pid))
        time.sleep(seconds)
        if watcher.poll() is not None:
            raise RuntimeError(f"the watcher ended with {watcher.returncode}")
        cost.idle_cpu_seconds = cpu_seconds(watcher.pid) - cost.begin_cpu_seconds
        cost.resident, cost.proportional = memory(watcher.pid)
        watcher.terminate()
    seen = len(list(state.glob("record/**/*"))) if state.exists() else 0
    if not seen:
        raise RuntimeError("the watcher kept nothing")
    end_all(sessions)
    return cost
