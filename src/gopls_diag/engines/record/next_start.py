"""After an incident: what the launcher is told for the next start, if the guard against crash loops is on."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from gopls_diag.engines.record.keep_alive import advise_next_start, merged
from gopls_diag.model.incident import IncidentEntry
from gopls_diag.model.record_settings import RecordSettings
from gopls_diag.model.recorded_session import SessionStart
from gopls_diag.parse.launcher_settings import parse_launcher_settings
from gopls_diag.world.incident_store import IncidentStore
from gopls_diag.world.keep_alive_file import read_keep_alive, read_working, write_keep_alive
from gopls_diag.world.launcher_store import read_launcher_settings
from gopls_diag.world.recorder_clock import read_clocks


def tell_next_start(
    store: IncidentStore, start: SessionStart, entry: IncidentEntry, settings: RecordSettings
) -> str | None:
    """Write the remedy for the next starts, if there is one; gives its words. Raises OSError if it cannot be written.

    Args:
        store: of the incident.
        start: of the session as the launcher wrote it: an incident holds no private words, so the launcher would not
            know its own folder in it.
        entry: the incident that was made of that session.
        settings: how many ends are a loop.
    """
    told, _ = parse_launcher_settings(read_launcher_settings(store.folders) or b"")
    incident = store.read(entry.id)
    # What was in force is in the incident, if the recorder lived to write it down.
    if not (incident.settings.keep_alive or (told and told.keep_alive)):
        return None
    working = read_working(store.folders, start.gopls, start.folder)
    public = replace(incident, start=replace(incident.start, given_arguments=start.given_arguments))
    advice = advise_next_start(public, store.list(), settings, working=working)
    if advice.entry is None:
        return None
    new = replace(advice.entry, gopls=start.gopls, folder=start.folder)
    now = datetime.fromtimestamp(read_clocks().wall, UTC)
    write_keep_alive(store.folders, merged(read_keep_alive(store.folders), new, now))
    return new.words
