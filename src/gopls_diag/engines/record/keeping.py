"""Decides whether a session that has ended is an incident, and makes it one, with its verdict.

An incident is every end but a clean one without trouble. What makes it is a process of its own, which may be killed at
any moment: an incident appears whole or not at all, and the session's folder goes only when the incident is there. One
that cannot be made is tried again by the next who tidies, at most three times; then a minimal incident says so.
"""

from __future__ import annotations

import contextlib
from dataclasses import replace
from pathlib import Path
from typing import Any

from gopls_diag import __version__
from gopls_diag.engines.crash import Finished, LogInput, read_logs
from gopls_diag.engines.record.composing import (
    LOST,
    WATCH,
    Session,
    compose,
    kind_of,
    minimal,
    read_session,
    seconds_of,
    with_source,
)
from gopls_diag.engines.record.kernel_words import Concerned, kernel_words
from gopls_diag.engines.record.privacy import Privacy
from gopls_diag.engines.record.room import within
from gopls_diag.model.incident import Incident, IncidentEntry, KeptFile
from gopls_diag.model.record_settings import RecordSettings
from gopls_diag.model.system import Machine
from gopls_diag.parse.incident import render_events, render_incident, render_timeline
from gopls_diag.parse.incident_files import (
    EVENTS,
    INCIDENT,
    KERNEL,
    RPC,
    STDERR,
    TIMELINE,
    about,
    is_private,
    judged_names,
)
from gopls_diag.parse.record_fields import plain_value, read_record
from gopls_diag.parse.report_fields import finding_fields, verdict_fields
from gopls_diag.world import World, WorldError
from gopls_diag.world.control_groups import ControlGroup
from gopls_diag.world.incident_store import IncidentStore
from gopls_diag.world.live import LiveWorld
from gopls_diag.world.record_folders import RecordFolders, SessionFolder
from gopls_diag.world.recorded_files import RecordedFiles, read_recorded
from gopls_diag.world.session_leftovers import boot_id, is_there, leftovers, note_try, remove_session
from gopls_diag.world.session_lock import lock_session

MOST_TRIES = 3
_TABLES = ("samples", "events")


def keep(session_folder: Path, *, world: World | None = None) -> IncidentEntry | None:
    """The incident of a session that has ended; None if it was none, or could not be made this time.

    The caller holds the session's lock (world/session_lock.py), so that no two make it at once. The session's folder is
    gone afterwards, unless the incident could not be made.
    """
    store = IncidentStore(RecordFolders(session_folder.parent.parent))
    if not is_there(session_folder):
        return None
    tries = note_try(session_folder)
    try:
        if tries > MOST_TRIES:
            return _minimal(store, session_folder, f"it failed {MOST_TRIES} times, or was killed at it")
        return _kept(store, session_folder, world or LiveWorld())
    except Exception as problem:
        if tries < MOST_TRIES:
            return None
        with contextlib.suppress(OSError):
            return _minimal(store, session_folder, f"{type(problem).__name__}: {problem}")
        return None


def adopt(folders: RecordFolders, *, world: World | None = None) -> tuple[IncidentEntry, ...]:
    """Keeps every session that nobody is left to keep; those of launchers that run are not touched."""
    kept: list[IncidentEntry] = []
    for folder in leftovers(folders):
        lock = lock_session(folder)
        if lock is None:
            continue
        try:
            entry = keep(folder, world=world)
        finally:
            lock.release()
        if entry is not None:
            kept.append(entry)
    return tuple(kept)


def _kept(store: IncidentStore, folder: Path, world: World) -> IncidentEntry | None:
    files = read_recorded(SessionFolder(folder), most_bytes=RecordSettings().incident_bytes)
    session = read_session(folder.name, files)
    kind = "" if session.is_empty else kind_of(session, files.stderr)
    if not kind:
        remove_session(folder)
        return None
    notes = session.notes
    kills = notes.kills_after
    if kills is None and notes.group and notes.group_version in (1, 2):
        # The recorder did not live to see it. A group goes with its last process, so it may be too late.
        kills = ControlGroup(notes.group_version, notes.group, notes.group).read().kills
    incident = compose(session, kind, version=__version__, boot_id=boot_id(), kills_after=kills)
    began = seconds_of(session.start.started) or 0.0
    ended = seconds_of(session.end.ended) if session.end else None
    pids = [each for each in (session.start.gopls_pid, session.start.launcher_pid) if each]
    words = kernel_words(world, Concerned(pids, notes.group, began, ended))
    incident = with_source(incident, words.source)
    if kind == LOST and session.start.launcher == WATCH and not _is_worth_telling(session, incident, words.lines):
        remove_session(folder)
        return None
    content = _clean(incident, files, words.lines.encode(), world)
    entry = store.entry(store.write(incident.id or folder.name, content))
    remove_session(folder)
    return entry


def _is_worth_telling(session: Session, incident: Incident, kernel: str) -> bool:
    """Of a gopls that was only watched: whether anything says that it did not just end with its editor."""
    before, after = incident.kills_before, incident.kills_after
    is_killed = before is not None and after is not None and after > before
    return bool(session.notes.troubles or is_killed or kernel)


def _clean(incident: Incident, files: RecordedFiles, kernel: bytes, world: World) -> dict[str, bytes]:
    """The files of the incident, without private words, within its bytes, with the verdict."""
    privacy = Privacy(_machine(world), {**_environment(world), **incident.environment})
    texts = {STDERR: files.stderr, KERNEL: kernel, RPC: files.rpc}
    texts |= {name: each for name, each in files.looks.items() if name.endswith(".txt")}
    profiles = {name: each for name, each in files.looks.items() if name not in texts}
    fields: dict[str, Any] = privacy.value(plain_value(incident))
    first = {name: privacy.content(each) for name, each in texts.items() if each}
    incident = read_record(Incident, privacy.known(fields), [])
    content = {name: privacy.known_content(each) for name, each in first.items()} | profiles
    if incident.samples:
        content[TIMELINE] = render_timeline(incident.samples)
    if incident.events:
        content[EVENTS] = render_events(incident.events)
    content, left_out = within(content, incident.settings.incident_bytes)
    looks = tuple(each for each in incident.looks if each.file in content)
    listed = tuple(KeptFile(each, len(content[each]), about(each), is_private(each)) for each in sorted(content))
    incident = replace(incident, files=listed, looks=looks, missing=(*incident.missing, *left_out))
    content[INCIDENT] = render_incident(incident)
    ended = seconds_of(incident.end.ended) if incident.end else None
    content[INCIDENT] = render_incident(replace(incident, report=_report(content, ended or 0.0)))
    return content


def _report(content: dict[str, bytes], now_seconds: float) -> Any:
    """What `crash` says of the folder: the same checks over the same files."""
    inputs = [LogInput(each, (content[each],), len(content[each])) for each in judged_names(content)]
    for event in read_logs(inputs, now_seconds=now_seconds):
        if isinstance(event, Finished):
            report = event.report
            return {
                "verdict": verdict_fields(report.verdict),
                "findings": [finding_fields(each) for each in report.findings],
            }
    raise AssertionError("the logs were read without a report")


def _minimal(store: IncidentStore, folder: Path, why: str) -> IncidentEntry | None:
    files = read_recorded(SessionFolder(folder), most_bytes=1 << 20)
    incident = minimal(folder.name, files, why, version=__version__)
    fields = Privacy(None, {}).value(plain_value(incident))
    incident = read_record(Incident, fields, [])
    entry = store.entry(store.write(incident.id or folder.name, {INCIDENT: render_incident(incident)}))
    remove_session(folder)
    return entry


def _machine(world: World) -> Machine | None:
    try:
        return world.machine
    except WorldError:
        return None


def _environment(world: World) -> dict[str, str]:
    try:
        return dict(world.environment)
    except WorldError:
        return {}
