"""Sessions that nobody is left to keep, and what is done with the folder of one."""

from __future__ import annotations

import contextlib
import os
import shutil
import time
from pathlib import Path

import psutil

from gopls_diag.model.recorded_session import SessionStart
from gopls_diag.parse.incident import parse_session_start
from gopls_diag.world.record_folders import RecordFolders, SessionFolder

_TRIES = "keep-tries"
_QUIET_SECONDS = 60.0
"""A session of another start of the machine, or without a beginning, in which something was written since is taken for
live: it may be that of another machine with the same home folder."""
_UNSEEN_SECONDS = 3.0
"""The same of one whose processes are gone: they may be out of sight, in a container. A recorder writes every two."""
_SAME_START_SECONDS = 60.0
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


def boot_id() -> str:
    """Of this machine since its last start; "" where there is none."""
    try:
        return _BOOT_ID.read_text(encoding="ascii", errors="replace").strip()
    except OSError:
        return ""


def leftovers(folders: RecordFolders) -> tuple[Path, ...]:
    """Folders of sessions whose launcher is gone, oldest first. Whether another keeps them now, their lock tells."""
    try:
        found = sorted(each for each in folders.sessions.iterdir() if each.is_dir() and not each.is_symlink())
    except OSError:
        return ()
    boot = boot_id()
    return tuple(each for each in found if not is_live(SessionFolder(each), boot))


def is_live(folder: SessionFolder, boot: str) -> bool:
    """True unless it is certain that nobody writes to the session any more."""
    quiet = _quiet_seconds(folder.path)
    with contextlib.suppress(OSError):
        start = parse_session_start(folder.start.read_bytes()[: 1 << 20]).value
        if start is not None and (not start.boot_id or start.boot_id == boot):
            if any(_runs(start, pid) for pid in (start.launcher_pid, start.gopls_pid) if pid):
                return True
            return quiet < _UNSEEN_SECONDS and not folder.end.is_file()
    return quiet < _QUIET_SECONDS


def note_try(folder: Path) -> int:
    """Counts one more try to make an incident of the session, and says the how manieth it is; 1 if nothing can be
    written."""
    path = folder / _TRIES
    with contextlib.suppress(OSError):
        with path.open("ab") as file:
            file.write(b".")
        return path.stat().st_size
    return 1


def remove_session(folder: Path) -> None:
    """Takes the folder away, as far as the system lets."""
    shutil.rmtree(folder, ignore_errors=True)


def is_there(folder: Path) -> bool:
    """True if there is such a folder."""
    return folder.is_dir()


def _quiet_seconds(folder: Path) -> float:
    """How long ago something was written into the folder; a time in the future is that of a clock that was set."""
    newest = 0.0
    with contextlib.suppress(OSError), os.scandir(folder) as found:
        for each in found:
            with contextlib.suppress(OSError):
                newest = max(newest, each.stat(follow_symlinks=False).st_mtime)
    with contextlib.suppress(OSError):
        newest = max(newest, folder.stat().st_mtime)
    return abs(time.time() - newest)


def _runs(start: SessionStart, pid: int) -> bool:
    """True if that process is there and may be the one that was meant: pids are given again."""
    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            return False
        words = " ".join((process.name(), *process.cmdline()[:3]))
        if "gopls" in words or "launch.py" in words or "recorder" in words:
            return True
        return abs(process.create_time() - _seconds(start.started)) < _SAME_START_SECONDS
    except psutil.NoSuchProcess:
        return False
    except (psutil.Error, OSError, ValueError):
        return True


def _seconds(words: str) -> float:
    from datetime import datetime  # noqa: PLC0415 - seldom needed

    return datetime.fromisoformat(words.replace("Z", "+00:00")).timestamp()
