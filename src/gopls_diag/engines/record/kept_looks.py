"""Dumps and profiles of one session, as files under a limit of bytes."""

from __future__ import annotations

from typing import Protocol

from gopls_diag.engines.record.looking import Taken
from gopls_diag.model.record_settings import MIB, RecordSettings
from gopls_diag.model.recorded_session import EventKind, Look, RecordedEvent

FOLDER = "looks"
_LONGEST_BYTES = 8 * MIB
_SUFFIXES = {"goroutines": "txt", "heap": "pb.gz"}


class Folder(Protocol):
    """Of world.session_files.SessionFiles, what is asked."""

    @property
    def problem(self) -> str: ...

    def make_folder(self, name: str) -> bool: ...

    def replace(self, name: str, content: bytes) -> bool: ...


class KeptLooks:
    """Half of the bytes of an incident are theirs."""

    def __init__(self, folder: Folder, settings: RecordSettings) -> None:
        self._folder = folder
        self._left = settings.incident_bytes // 2
        self._looks: list[Look] = []

    @property
    def all(self) -> tuple[Look, ...]:
        return tuple(self._looks)

    def keep(self, taken: Taken, at: float) -> RecordedEvent:
        """Writes one; the event says under which name, or why not."""
        if taken.problem:
            return _event(at, taken.kind, f"failed: {taken.problem}")
        # Of a dump the beginning is enough; half a profile is none.
        content = taken.content[:_LONGEST_BYTES] if taken.kind == "goroutines" else taken.content
        if len(content) > min(self._left, _LONGEST_BYTES):
            return _event(at, taken.kind, "not kept: the looks of this session have used up their bytes")
        name = f"{FOLDER}/{len(self._looks) + 1:03d}-{taken.kind}.{_SUFFIXES[taken.kind]}"
        if not self._folder.make_folder(FOLDER) or not self._folder.replace(name, content):
            return _event(at, taken.kind, f"not kept: {self._folder.problem}")
        self._left -= len(content)
        self._looks.append(Look(at, taken.kind, name, len(content), taken.why))
        return _event(at, taken.kind, name)


def _event(at: float, kind: str, detail: str) -> RecordedEvent:
    return RecordedEvent(at, EventKind.LOOK, kind, None, detail)
