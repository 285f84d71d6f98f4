"""The recorder's process, which the launcher starts beside gopls: `python -m gopls_diag.cli.recorder SESSION_FOLDER`.

No command for people. It imports little, because it stands beside every gopls all day; what it saw is made an incident
by a process of its own (`--keep SESSION_FOLDER`), which may import everything and may fail. `--tidy RECORD_FOLDER` does
the same for sessions that nobody is left to keep, and removes the oldest incidents above the limit of bytes.
"""

from __future__ import annotations

import contextlib
import gc
import os
import sys
from pathlib import Path

from gopls_diag.engines.record.recorder_document import Known
from gopls_diag.engines.record.recording import Recording, Watched
from gopls_diag.model.incident import IncidentEntry
from gopls_diag.model.record_settings import RecordSettings
from gopls_diag.model.recorded_session import SessionStart
from gopls_diag.model.recorder_notes import RecorderNotes
from gopls_diag.parse.incident import parse_recorder_notes, parse_session_start
from gopls_diag.world.process_samples import process_samples
from gopls_diag.world.process_watch import Asked, ProcessWatch, step_back
from gopls_diag.world.program_version import read_build_info
from gopls_diag.world.record_start import (
    age_of,
    become,
    editor_name,
    kept_environment,
    other_sessions,
    read_settings,
    receiver,
    start_beside,
)
from gopls_diag.world.recorder_clock import read_clocks
from gopls_diag.world.session_files import SessionFiles
from gopls_diag.world.session_lock import lock_session

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gopls_diag.engines.record.export import Export

TIDY_SECONDS = 20.0
"""After the start, when gopls has loaded: leftovers of others can wait."""
WORKING_SECONDS = 30.0
"""Arguments with which gopls lived for so long are proven."""
_LOCK_SECONDS = 10.0
_ITSELF = (sys.executable, "-P", "-m", "gopls_diag.cli.recorder")
"""-P: what lies in the working folder is none of ours."""
_KEEP = "--keep"
_TIDY = "--tidy"
_SET = "--set="
"""A line of record.toml behind it, over the one there: what `record install` and a direct run were told."""


def main(words: list[str]) -> int:
    """0, or 2 if the words are wrong, or 3 if another process works on that session."""
    over = [each.removeprefix(_SET) for each in words if each.startswith(_SET)]
    words = [each for each in words if not each.startswith(_SET)]
    if words[:1] in ([_KEEP], [_TIDY]) and len(words) == 2:
        folder = Path(words[1]).absolute()
        return _keep(folder) if words[0] == _KEEP else _tidy(folder)
    if len(words) != 1 or words[0].startswith("-"):
        sys.stderr.write("the folder of a session is wanted\n")
        return 2
    return _record(Path(words[0]).absolute(), over)


def _record(folder: Path, over: list[str]) -> int:
    asked = Asked()
    step_back()
    lock = lock_session(folder)
    if lock is None:
        return 3
    files = SessionFiles(folder)
    start = parse_session_start(files.read("session.json") or b"").value
    if start is None:
        return 2
    with contextlib.suppress(OSError):
        os.chdir("/")  # a folder that is worked in cannot be removed or unmounted
    recording = _recording(start, files, asked, folder, over)
    gc.collect()
    gc.freeze()
    recording.run()
    if asked.to_end:
        return 0  # the machine or the user's session ends; who comes next keeps what there is
    with contextlib.suppress(OSError):  # we were uninstalled meanwhile
        become([*_ITSELF, _KEEP, str(folder)])
    return 0


def _recording(start: SessionStart, files: SessionFiles, asked: Asked, folder: Path, over: list[str]) -> Recording:
    settings, complaints = read_settings()
    if over:
        from gopls_diag.engines.record.overriding import overridden_by_lines  # noqa: PLC0415 - needs a parser of TOML

        settings = overridden_by_lines(settings, over)
    process = process_samples(start.gopls_pid) if start.gopls_pid else None
    if process is not None and process.problem:
        process = None
    pids = [each for each in (start.launcher_pid, start.gopls_pid) if each]
    known = Known(missing=tuple(f"record.toml: {each}" for each in complaints))
    # A gopls that ends at once takes its variables along.
    _learn_surroundings(known, start)
    now = read_clocks()
    watched = Watched(
        files,
        ProcessWatch(*pids),
        process,
        receiver(),
        is_asked_to_end=lambda: asked.to_end,
        on_measures=_export(start, known, settings),
    )
    age = age_of(start.started, now, process.started_seconds if process else None)
    recording = Recording(start, settings, watched, known, pid=os.getpid(), age_seconds=age)
    recording.do_later(1.0, lambda: _learn_versions(known, start), is_owed=True)
    recording.do_later(TIDY_SECONDS, lambda: _tidy_others(folder))
    recording.do_later(max(WORKING_SECONDS - age, 0.0), lambda: _note_working(folder, start))
    return recording


def _export(start: SessionStart, known: Known, settings: RecordSettings) -> Export | None:
    """To the user's collector, if there is one."""
    if not settings.otlp:
        return None
    from gopls_diag.engines.record.export import export_of  # noqa: PLC0415 - loads HTTP and TLS

    try:
        export = export_of(start, known, settings)
        why = "" if export else "this is no URL of a collector"
    except (OSError, RuntimeError, ValueError) as problem:  # no such certificate; no thread to be had
        export, why = None, str(problem)
    if why:
        known.missing = (*known.missing, f"export to a collector: {why}")
    return export


def _learn_surroundings(known: Known, start: SessionStart) -> None:
    """Whose gopls it is, and with which variables; asked early, while both are there."""
    if start.gopls_pid:
        known.environment = kept_environment(process_samples(start.gopls_pid).environment())
    known.editor = editor_name(start.parent_pid)


def _learn_versions(known: Known, start: SessionStart) -> None:
    """Read out of the program's file: cheaper than asking it, and no start of gopls that its telemetry would count."""
    found = read_build_info(Path(start.gopls))
    if found is not None:
        known.gopls_version, known.go_version = found.version, found.go_version


def _tidy_others(folder: Path) -> None:
    """Sessions whose recorder and launcher are gone are kept by a process of its own."""
    for other in other_sessions(folder):
        lock = lock_session(other)
        if lock is not None:
            lock.release()
            start_beside([*_ITSELF, _TIDY, str(folder.parent.parent)])
            return


def _note_working(folder: Path, start: SessionStart) -> None:
    """For the guard against crash loops. What the guard itself changed proves nothing about the editor's own flags."""
    if start.keep_alive:
        return
    from gopls_diag.world.working_file import note_working  # noqa: PLC0415 - once in a session

    note_working(folder.parent.parent / "working.json", start.gopls, start.folder, start.given_arguments)


def _keep(folder: Path) -> int:
    """Makes the incident of a session that has ended, and tidies."""
    step_back()
    lock = lock_session(folder, wait_seconds=_LOCK_SECONDS)
    if lock is None:
        return 3
    from gopls_diag.engines.record.keeping import keep  # noqa: PLC0415 - imports everything

    try:
        with contextlib.suppress(OSError):
            _learn_binary(folder)
        files = SessionFiles(folder)
        start = parse_session_start(files.read("session.json") or b"").value
        notes = parse_recorder_notes(files.read("recorder.json") or b"").value
        entry = keep(folder)
        if start is not None and entry is not None:
            _tell_next_start(folder.parent.parent, start, entry)
            _tell_collector(start, notes or RecorderNotes(), entry)
    finally:
        lock.release()
    return _tidy(folder.parent.parent)


def _tidy(root: Path) -> int:
    """Keeps the sessions that nobody is left to keep, and removes the oldest incidents above the limit of bytes."""
    step_back()
    from gopls_diag.engines.record.keeping import adopt  # noqa: PLC0415
    from gopls_diag.world.incident_store import store  # noqa: PLC0415

    kept = store(root)
    adopt(kept.folders)
    kept.prune(_settings().total_bytes)
    return 0


def _tell_next_start(root: Path, start: SessionStart, entry: IncidentEntry) -> None:
    """For the guard against crash loops."""
    from gopls_diag.engines.record.next_start import tell_next_start  # noqa: PLC0415
    from gopls_diag.world.incident_store import NoIncident, store  # noqa: PLC0415

    with contextlib.suppress(OSError, NoIncident):
        tell_next_start(store(root), start, entry, _settings())


def _tell_collector(start: SessionStart, notes: RecorderNotes, entry: IncidentEntry) -> None:
    """Of the incident, by its kind; waits for a moment."""
    known = Known(gopls_version=notes.gopls_version, go_version=notes.go_version)
    export = _export(start, known, notes.settings)
    if export is not None:
        export.close({entry.kind: 1})


def _learn_binary(folder: Path) -> None:
    """What this gopls can do, for the launcher: the next session may then ask it to tell of its requests."""
    from gopls_diag.engines.record.known_programs import learn_binary  # noqa: PLC0415

    learn_binary(folder.parent.parent, folder)


def _settings() -> RecordSettings:
    return read_settings()[0]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
