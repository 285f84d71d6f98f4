"""Folders of sessions of gopls processes that were not started by the launcher, in the launcher's own form."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from gopls_diag.model.recorded_session import SessionEnd, SessionStart
from gopls_diag.world.control_groups import read_small
from gopls_diag.world.record_folders import RecordFolders
from gopls_diag.world.session_files import SessionFiles

_KEEP_SECONDS = 300.0


def utc_text(unix_seconds: float) -> str:
    """RFC 3339 with milliseconds: `2026-11-23T06:15:00.123Z`."""
    return datetime.fromtimestamp(unix_seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def session_id(unix_seconds: float, pid: int) -> str:
    """`20261123T061500.123Z-4711`."""
    return f"{utc_text(unix_seconds).replace('-', '').replace(':', '')}-{pid}"


def boot_id() -> str:
    """Of this run of the machine; empty where it has none."""
    return read_small("/proc/sys/kernel/random/boot_id").strip()


def begin_session(folders: RecordFolders, start: SessionStart) -> Path:
    """Makes the folder and writes session.json. Raises OSError."""
    folders.sessions.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder = folders.sessions / start.id
    folder.mkdir(mode=0o700)
    document = {"schema": "gopls-diag/session/1", **asdict(start)}
    files = SessionFiles(folder)
    if not files.replace("session.json", json.dumps(document).encode("ascii")):
        raise OSError(files.problem)
    return folder


def end_session(files: SessionFiles, end: SessionEnd) -> bool:
    """Writes end.json; False if it cannot be written."""
    document = {"schema": "gopls-diag/end/1", **asdict(end)}
    return files.replace("end.json", json.dumps(document).encode("ascii"))


def drop_session(folder: Path) -> None:
    """Removes a session in which nothing happened."""
    import shutil  # noqa: PLC0415 - loads compressors

    shutil.rmtree(folder, ignore_errors=True)


def keep_session(folder: Path) -> str:
    """Makes an incident of a session that ended, in a process of its own; why it could not, or "" if it could."""
    # -P: a json.py in the folder that this was started in is none of ours.
    command = [sys.executable, "-P", "-m", "gopls_diag.cli.recorder", "--keep", str(folder)]
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            timeout=_KEEP_SECONDS,
            check=False,
            start_new_session=os.name != "nt",
        )
    except (OSError, subprocess.SubprocessError) as problem:
        return str(problem)
    if done.returncode == 0:
        return ""
    last = done.stderr.decode(errors="replace").strip().splitlines()[-1:]
    return last[0] if last else f"exit status {done.returncode}"
