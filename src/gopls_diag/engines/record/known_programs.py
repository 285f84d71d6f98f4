"""What is learnt of a gopls for the launcher, which adds flags only to the very file of which it is known."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from gopls_diag.engines.record.debug_pages_choice import debug_next, missed
from gopls_diag.model.launcher import SETTINGS_NAME
from gopls_diag.model.version import GoplsVersion
from gopls_diag.parse.incident import parse_recorder_notes, parse_session_start
from gopls_diag.parse.launcher_settings import parse_launcher_settings
from gopls_diag.world.launcher_store import known_binary, read_launcher_settings
from gopls_diag.world.program_version import read_build_info
from gopls_diag.world.record_folders import record_folders
from gopls_diag.world.recorder_clock import read_clocks
from gopls_diag.world.session_files import SessionFiles

MODULE = "golang.org/x/tools/gopls"
FIRST_WITH_OTEL = GoplsVersion.parse("v0.22.0")


def learn_binary(root: Path, session: Path) -> bool:
    """True if launcher.json was changed; False if nothing is new, or it cannot be written."""
    start = parse_session_start(SessionFiles(session).read("session.json") or b"").value
    folders = record_folders(root)
    content = read_launcher_settings(folders)
    if start is None or content is None or start.launcher == "watch":
        return False
    settings, _ = parse_launcher_settings(content)
    info = read_build_info(Path(start.gopls))
    # Only gopls itself: a wrapper's or a fork's flags are not known by its version.
    if settings is None or info is None or info.module != MODULE:
        return False
    version = GoplsVersion.parse(info.version)
    has_otel = version.is_known and version >= FIRST_WITH_OTEL
    known = known_binary(start.gopls, info.version, has_otel=has_otel)
    if known is None:
        return False
    notes = parse_recorder_notes(SessionFiles(session).read("recorder.json") or b"").value
    is_missed = notes is not None and missed(notes.troubles, notes.looks)
    new = debug_next(
        replace(settings, binary=known),
        info.version,
        info.go_version,
        datetime.fromtimestamp(read_clocks().wall, UTC),
        is_missed=is_missed,
    )
    if new == settings:
        return False
    changed = json.dumps(new.to_json(), indent=2).encode() + b"\n"
    return SessionFiles(folders.launcher).replace(SETTINGS_NAME, changed)
