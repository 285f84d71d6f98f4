"""Runs `record --watch`: one watcher at a time, until its time is over or Ctrl-C, then says what it saw."""

from __future__ import annotations

import contextlib
import os
import sys
import threading

from gopls_diag.cli.exits import UserError
from gopls_diag.cli.shipped import print_out
from gopls_diag.engines.record.export import export_of
from gopls_diag.engines.record.watched_gopls import Fate, WatchTools
from gopls_diag.engines.record.watching import LOOK_SECONDS, Watching, WatchScope
from gopls_diag.model.gopls_process import GoplsProcess
from gopls_diag.model.incident import IncidentEntry
from gopls_diag.model.record_settings import RecordSettings
from gopls_diag.present.watch_text import duration_text, ended_line, name_of, summary
from gopls_diag.world.incident_store import store
from gopls_diag.world.live import LiveWorld
from gopls_diag.world.record_folders import RecordFolders, record_folders
from gopls_diag.world.recorder_clock import read_clocks
from gopls_diag.world.session_lock import SessionLock, lock_session

_CLOSE_SECONDS = 30.0


def watch(
    settings: RecordSettings, complaints: tuple[str, ...], *, folder: str, editor: str, seconds: float | None
) -> bool:
    """True if an incident was kept."""
    folders = record_folders()
    lock = _only_watcher(folders)
    tools = WatchTools(folders, settings, os.getpid(), LiveWorld, complaints)
    if settings.otlp:
        tools.export = lambda start, known: export_of(start, known, settings)
    passed: list[tuple[GoplsProcess, str]] = []
    watching = Watching(
        tools,
        WatchScope(folder, editor),
        on_begin=lambda process: _say(f"watching {name_of(process)}"),
        on_end=lambda fate: _say(ended_line(fate, _entries([fate]).get(fate.session))),
        on_pass=lambda process, why: passed.append((process, why)),
    )
    began = read_clocks().steady
    span = "until Ctrl-C" if seconds is None else f"for {duration_text(seconds)}, or until Ctrl-C"
    _say(f"watching gopls {span}; incidents go to {folders.incidents}")
    with contextlib.suppress(KeyboardInterrupt, SystemExit):
        _look(watching, began, seconds)
    _say("finishing")
    with contextlib.suppress(KeyboardInterrupt, SystemExit):
        watching.close(_CLOSE_SECONDS)
    lock.release()
    entries = _entries(watching.fates)
    print_out(summary(watching.fates, entries, passed, read_clocks().steady - began))
    return bool(entries)


def _look(watching: Watching, began: float, seconds: float | None) -> None:
    pause = threading.Event()
    while True:
        watching.step()
        left = None if seconds is None else seconds - (read_clocks().steady - began)
        if left is not None and left <= 0:
            return
        pause.wait(LOOK_SECONDS if left is None else min(LOOK_SECONDS, left))


def _only_watcher(folders: RecordFolders) -> SessionLock:
    """Two would write every incident twice."""
    place = folders.root / "watching"
    try:
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as problem:
        raise UserError(
            f"{folders.root} cannot be written: {problem.strerror}",
            "Make it writable, or name another folder with GOPLS_DIAG_STATE.",
        ) from None
    lock = lock_session(place)
    if lock is None:
        raise UserError("another gopls-diag record --watch is running", "It watches every gopls; end it first.")
    return lock


def _entries(fates: list[Fate]) -> dict[str, IncidentEntry]:
    """Incidents of these sessions, by session."""
    kept = store()
    found = {each.session: kept.entry(kept.folders.incidents / each.session) for each in fates if each.session}
    return {session: entry for session, entry in found.items() if entry is not None}


def _say(line: str) -> None:
    """Progress, on a terminal only."""
    if sys.stderr.isatty():
        with contextlib.suppress(OSError):
            sys.stderr.write(f"{line}\n")
            sys.stderr.flush()
