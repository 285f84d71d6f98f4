"""The launcher's files beside the building of them: where it is tried, who runs it, and how it is taken away again."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil

from gopls_diag.model.launcher import SETTINGS_NAME, KnownBinary, LauncherSettings
from gopls_diag.world.record_folders import RecordFolders

_TRIAL_MODULE = {"go.mod": "module trial.example\n\ngo 1.18\n", "main.go": "package main\n\nfunc main() {}\n"}


def known_binary(path: str, version: str, *, has_otel: bool) -> KnownBinary | None:
    """What the launcher knows that very file by; None if it may not be looked at."""
    try:
        real = Path(path).resolve()
        seen = real.stat()
    except (OSError, RuntimeError):
        return None
    return KnownBinary(str(real), seen.st_size, seen.st_mtime_ns, version, has_otel)


def write_launcher_settings(folder: Path, settings: LauncherSettings) -> None:
    """Write launcher.json in one step: who reads it meanwhile has the old one or the new one. OSError if it cannot."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    text = json.dumps(settings.to_json(), indent=2, ensure_ascii=False) + "\n"
    descriptor, name = tempfile.mkstemp(dir=folder, prefix=f".{SETTINGS_NAME}-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(text.encode("utf-8", "surrogateescape"))
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(folder / SETTINGS_NAME)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise


@contextlib.contextmanager
def trial(folders: RecordFolders) -> Iterator[RecordFolders]:
    """Folders of their own below the recorder's, gone afterwards, with a small module beside them."""
    folders.root.mkdir(parents=True, exist_ok=True, mode=0o700)
    root = Path(tempfile.mkdtemp(prefix="trial-", dir=folders.root))
    try:
        trial_module(root).mkdir()
        for name, text in _TRIAL_MODULE.items():
            (trial_module(root) / name).write_text(text, encoding="utf-8")
        yield RecordFolders(root)
    finally:
        shutil.rmtree(root, ignore_errors=True)


def trial_module(root: Path) -> Path:
    """The module in a trial's folder."""
    return root / "module"


def ends_in(folders: RecordFolders) -> tuple[str, ...]:
    """The lines of ends.jsonl; none when it cannot be read."""
    try:
        return tuple(folders.ends.read_text(encoding="utf-8", errors="replace").splitlines())
    except OSError:
        return ()


def is_launcher_there(folders: RecordFolders) -> bool:
    """True if there is a program or settings of a launcher."""
    return folders.launcher_program.exists() or folders.launcher_settings.exists()


def read_launcher_settings(folders: RecordFolders) -> bytes | None:
    """The bytes of launcher.json; None if there is none to read."""
    try:
        return folders.launcher_settings.read_bytes()
    except OSError:
        return None


def running_launchers(folders: RecordFolders) -> tuple[int, ...]:
    """Process ids of launchers that run from that folder, as a program or as a script."""
    own = folders.launcher
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError, ValueError):
            words = [process.exe().removesuffix(" (deleted)"), *process.cmdline()[:3]]
            if any(each and Path(each).parent == own for each in words):
                found.append(process.pid)
    return tuple(sorted(found))


def remove_launcher(folders: RecordFolders) -> None:
    """Take the launcher's folder away, and what trials left. OSError if it cannot be done."""
    for each in folders.root.glob("trial-*"):
        shutil.rmtree(each, ignore_errors=True)
    if folders.launcher.is_dir():
        shutil.rmtree(folders.launcher)
    for each in (folders.keep_alive, folders.working):
        each.unlink(missing_ok=True)
    for folder in (folders.sessions, folders.incidents, folders.root):
        with contextlib.suppress(OSError):
            folder.rmdir()


def kept_incidents(folders: RecordFolders) -> int:
    """How many incidents there are."""
    try:
        return sum(each.is_dir() for each in folders.incidents.iterdir())
    except OSError:
        return 0


def kept_bytes(folders: RecordFolders) -> int:
    """Bytes of all sessions and incidents together."""
    total = 0
    for folder in (folders.sessions, folders.incidents):
        for each in folder.rglob("*"):
            with contextlib.suppress(OSError):
                found = each.lstat()
                total += found.st_size if stat.S_ISREG(found.st_mode) else 0
    return total


def live_sessions(folders: RecordFolders) -> int:
    """Sessions whose launcher lives and has not written an end."""
    count = 0
    for each in folders.sessions.glob("*/session.json"):
        with contextlib.suppress(OSError, ValueError):
            told = json.loads(each.read_bytes())
            pid = told.get("launcher_pid") if isinstance(told, dict) else None
            count += isinstance(pid, int) and not each.with_name("end.json").exists() and psutil.pid_exists(pid)
    return count
