"""The folder of incidents: lists, finds, reads, writes and removes them, and keeps it under its bytes.

An incident is composed under a name that begins with a dot and renamed when it is whole, so that one that is listed is
complete, whenever the composing process was killed.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from gopls_diag.model.incident import Incident, IncidentEntry
from gopls_diag.parse.incident import parse_incident, verdict_of
from gopls_diag.parse.incident_files import EVENTS, INCIDENT, TIMELINE, is_private, packed_names
from gopls_diag.world.incident_zip import read_zip, write_zip
from gopls_diag.world.record_folders import RecordFolders, record_folders

LATEST = "latest"
_DRAFT = ".making-"
_GONE = ".gone-"
_MOST_READ_BYTES = 64 << 20


class NoIncident(Exception):
    """What was named is no incident; the message says why, for people."""


@dataclass(frozen=True, slots=True)
class IncidentStore:
    """The incidents below one folder of the recorder's."""

    folders: RecordFolders

    def list(self) -> tuple[IncidentEntry, ...]:
        """Newest first; a folder whose incident.json cannot be read is passed over."""
        found = [entry for path in self._folders() if (entry := _entry(path)) is not None]
        return tuple(sorted(found, key=lambda each: (each.ended, each.id), reverse=True))

    def find(self, name: str) -> Path:
        """The folder (or zip) of an id, of the beginning of one id alone, of `latest`, or of a path.

        Raises NoIncident.
        """
        entries = self.list()
        if name == LATEST:
            if not entries:
                raise NoIncident("no incident was kept yet")
            return Path(entries[0].path)
        exact = [each for each in entries if each.id == name] or [each for each in entries if each.id.startswith(name)]
        if name and len(exact) == 1:
            return Path(exact[0].path)
        if name and len(exact) > 1:
            raise NoIncident(f"{name} is the beginning of {len(exact)} incidents; give more of it")
        path = Path(name)
        if name and path.name == INCIDENT and path.is_file():
            return path.parent
        if (name and (path / INCIDENT).is_file()) or (path.suffix == ".zip" and path.is_file()):
            return path
        raise NoIncident(f"there is no incident {name}")

    def read(self, name: str) -> Incident:
        """The incident of an id, a beginning of one, `latest`, or a path; what could not be read is in `missing`.

        Raises NoIncident.
        """
        path = self.find(name)
        try:
            content = read_zip(path) if path.is_file() else _contents(path)
        except (OSError, ValueError) as problem:
            raise NoIncident(f"{path} cannot be read: {problem}") from None
        found = parse_incident(content.get(INCIDENT, b""), content.get(TIMELINE, b""), content.get(EVENTS, b""))
        if found.value is None:
            raise NoIncident(f"{path} is no incident: {'; '.join(found.complaints)}")
        return replace(found.value, missing=(*found.value.missing, *found.complaints))

    def files(self, name: str) -> dict[str, bytes]:
        """The incident's files by their names. Raises NoIncident."""
        path = self.find(name)
        try:
            return dict(
                read_zip(path) if path.is_file() else {each: (path / each).read_bytes() for each in _names(path)}
            )
        except (OSError, ValueError) as problem:
            raise NoIncident(f"{path} cannot be read: {problem}") from None

    def remove(self, name: str) -> None:
        """Takes an incident of this folder away for good. Raises NoIncident or OSError."""
        path = self.find(name)
        if path.parent != self.folders.incidents:
            raise NoIncident(f"{path} is none of ours; remove it by hand")
        _remove(path)

    def pack(self, name: str, target: Path, *, with_private: bool = False) -> Path:
        """One file to send: a zip whose bytes depend on the incident's alone. Gives its path.

        Private files (profiles, messages with source text) stay here unless they are asked for. Raises NoIncident,
        OSError, or FileExistsError: nothing is written over.
        """
        path = self.find(name)
        if not path.is_dir():
            raise NoIncident(f"{path} is packed already")
        if target.is_dir():
            target = target / f"{path.name}.zip"
        names = [each for each in packed_names(_names(path)) if with_private or not is_private(each)]
        write_zip(target, path.name, {each: (path / each).read_bytes() for each in names})
        return target

    def write(self, incident_id: str, files: Mapping[str, bytes]) -> Path:
        """All files of an incident, or none; the folder's path. Raises OSError.

        Files are written for the user alone. An incident of that id that is there already is kept as it is.
        """
        target = self.folders.incidents / incident_id
        if (target / INCIDENT).is_file():
            return target
        self.folders.incidents.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = self.folders.incidents / f"{_DRAFT}{incident_id}"
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        try:
            for name, content in files.items():
                path = draft / name
                path.parent.mkdir(mode=0o700, exist_ok=True)
                descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
                with os.fdopen(descriptor, "wb") as file:
                    file.write(content)
            if target.exists():  # left by something that was no incident
                _remove(target)
            draft.rename(target)
        except OSError:
            shutil.rmtree(draft, ignore_errors=True)
            raise
        return target

    def entry(self, path: Path) -> IncidentEntry | None:
        """The line of one incident's folder; None if it holds none."""
        return _entry(path)

    def prune(self, total_bytes: int) -> tuple[str, ...]:
        """Removes the oldest incidents until all sessions and incidents have at most so many bytes; ids that went.

        The newest incident stays, and no session is touched: what a live one needs counts, and is never taken.
        """
        self._sweep()
        entries = self.list()
        used = sum(each.bytes for each in entries) + _size(self.folders.sessions)
        gone: list[str] = []
        for each in reversed(entries[1:]):
            if used <= total_bytes:
                break
            with contextlib.suppress(OSError):
                _remove(Path(each.path))
                used -= each.bytes
                gone.append(each.id)
        return tuple(gone)

    def _sweep(self) -> None:
        """What was left half made or half removed by a process that was killed."""
        with contextlib.suppress(OSError):
            for path in list(self.folders.incidents.iterdir()):
                if path.name.startswith((_DRAFT, _GONE)) and not _is_fresh(path):
                    shutil.rmtree(path, ignore_errors=True)

    def _folders(self) -> Iterator[Path]:
        try:
            found = sorted(self.folders.incidents.iterdir())
        except OSError:
            return
        yield from (each for each in found if not each.name.startswith("."))


def store(root: Path | None = None) -> IncidentStore:
    """The incidents of the user's folder for state, or of another recorder's folder."""
    return IncidentStore(record_folders(root))


def _entry(path: Path) -> IncidentEntry | None:
    try:
        with (path / INCIDENT).open("rb") as file:
            incident = parse_incident(file.read(_MOST_READ_BYTES)).value
    except OSError:
        return None
    if incident is None:
        return None
    end = incident.end
    return IncidentEntry(
        id=incident.id or path.name,
        path=str(path),
        ended=end.ended if end and end.ended else incident.start.started,
        folder=incident.start.folder,
        kind=incident.kind,
        signal=end.signal if end else None,
        exit_code=end.exit_code if end else None,
        verdict=verdict_of(incident),
        bytes=_size(path),
    )


def _contents(path: Path) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for name in (INCIDENT, TIMELINE, EVENTS):
        with contextlib.suppress(FileNotFoundError), (path / name).open("rb") as file:
            found[name] = file.read(_MOST_READ_BYTES)
    return found


def _names(path: Path) -> list[str]:
    return [each.relative_to(path).as_posix() for each in path.rglob("*") if each.is_file() and not each.is_symlink()]


def _size(folder: Path) -> int:
    """Bytes of all files below; what goes away meanwhile counts nothing."""
    total = 0
    for place, _, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(OSError):
                total += os.lstat(f"{place}/{name}").st_size
    return total


def _is_fresh(path: Path) -> bool:
    """True for a draft that another process may be writing at this moment."""
    import time  # noqa: PLC0415 - seldom needed

    with contextlib.suppress(OSError):
        return time.time() - path.stat().st_mtime < 600
    return True


def _remove(path: Path) -> None:
    """First under another name: an incident that is listed is whole."""
    gone = path.with_name(f"{_GONE}{path.name}")
    shutil.rmtree(gone, ignore_errors=True)
    path.rename(gone)
    shutil.rmtree(gone, ignore_errors=True)
