"""Sessions as launchers and recorders leave them, written by hand, and the machines that they ran on."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from gopls_diag.model.recorded_session import RecordedEvent, Sample
from gopls_diag.parse.incident import render_events, render_timeline
from gopls_diag.world import World
from gopls_diag.world.sketch import play, read_scenes
from tests.conftest import ROOT

ID = "20261122T115000.000Z-4711"
LAUNCHER, GOPLS = 4711, 4712
STARTED, ENDED = "2026-11-22T11:50:00Z", "2026-11-22T12:00:00Z"
ELAPSED = 600.0
SECRET = "q7Zr4vbN81xK"
MIB = 1 << 20


def machine(system: str = "linux", blocks: str = "") -> World:
    """A healthy machine at the second of the end, with blocks of a case page over it."""

    def base_page(name: str) -> str:
        return (ROOT / "tests" / "cases" / "base" / f"{name}.md").read_text(encoding="utf-8")

    (scene,) = read_scenes(f"base: {system}\n\n{blocks}\n", base_page)
    return play(scene)


def session(
    folder: Path,
    end: dict[str, Any] | None = None,
    *,
    notes: dict[str, Any] | None = None,
    start: dict[str, Any] | None = None,
    stderr: bytes = b"",
    samples: Iterable[Sample] = (),
    events: Iterable[RecordedEvent] = (),
    looks: dict[str, bytes] | None = None,
) -> Path:
    """The folder of a session below `folder`, which is the recorder's; without `end` nobody saw the end."""
    place = folder / "sessions" / ID
    place.mkdir(parents=True)
    known = {
        "schema": "gopls-diag/session/1",
        "id": ID,
        "started": STARTED,
        "launcher_pid": LAUNCHER,
        "gopls_pid": GOPLS,
        "parent_pid": 800,
        "gopls": "/home/ada.l/go/bin/gopls",
        "arguments": ["-otel=http://127.0.0.1:4318"],
        "folder": "/home/ada.l/src/bank",
        "launcher": "go",
    }
    (place / "session.json").write_text(json.dumps(known | (start or {})))
    if end is not None:
        told = {"schema": "gopls-diag/end/1", "ended": ENDED, "elapsed_seconds": ELAPSED, "stderr_bytes": len(stderr)}
        (place / "end.json").write_text(json.dumps(told | end))
    if notes is not None:
        written = {"schema": "gopls-diag/recorder/1", "pid": 4713, "is_complete": True}
        (place / "recorder.json").write_text(json.dumps(written | notes))
    if stderr:
        (place / "stderr-000001").write_bytes(stderr)
    rows, happened = tuple(samples), tuple(events)
    if rows:
        (place / "samples-000001").write_bytes(render_timeline(rows))
    if happened:
        (place / "events-000001").write_bytes(render_events(happened))
    for name, content in (looks or {}).items():
        (place / "looks").mkdir(exist_ok=True)
        (place / "looks" / name).write_bytes(content)
    return place


def climbing(peak_bytes: int, limit_bytes: int | None, *, available_bytes: int = 8 << 30) -> list[Sample]:
    """Samples of memory that climbs until just before the end."""
    return [
        Sample(
            at,
            resident_bytes=int(peak_bytes * (at + 1) / ELAPSED),
            group_bytes=int(peak_bytes * (at + 1) / ELAPSED),
            group_limit_bytes=limit_bytes,
            available_bytes=available_bytes,
        )
        for at in range(0, 599, 2)
    ]
