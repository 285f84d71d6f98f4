"""One entry of the journal as it is written down: a record in JSON, and the bytes of its files beside it."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from gopls_diag.model.change import ChangeKind, ChangeState, KeptChange, KeptFile
from gopls_diag.world.file_names import old_name

SCHEMA = 1
RECORD_NAME = "entry.json"
ID_PATTERN = re.compile(r"^[0-9]{8}T[0-9]{6}Z-[0-9a-f]{4}$")
_STAMP = "%Y%m%dT%H%M%SZ"
_TOKEN_PATTERN = re.compile(r"^[0-9a-f]{16}$")
_SHA256_PATTERN = re.compile(r"^[0-9a-f]{64}$")
_SUFFIXES = 0x10000


class NewerSchema(Exception):
    """The record was written by a newer gopls-diag."""


@dataclass(frozen=True, slots=True)
class FileRecord:
    """One file of an entry."""

    kept: KeptFile
    is_after_known: bool = True
    after_mode: int | None = None
    made_folders: tuple[str, ...] = ()
    """Folders that were not there before, outermost first."""

    @property
    def path(self) -> Path:
        return Path(self.kept.resolved)


@dataclass(frozen=True, slots=True)
class Record:
    """One entry of the journal."""

    change: KeptChange
    token: str
    """Is in the names of the files that are written beside the user's, and in no other run's."""
    files: tuple[FileRecord, ...]
    has_leftovers: bool = True
    """Files of ours may stand beside the user's."""
    is_undoing: bool = False
    """Undoing was begun."""
    left: tuple[int, ...] = ()
    """Files that undoing left alone, by their place in `files`."""

    @property
    def shown(self) -> KeptChange:
        """As others see it: undoing that was interrupted leaves files as an interrupted change does."""
        return replace(self.change, state=ChangeState.BEGUN) if self.is_undoing else self.change

    def with_state(self, state: ChangeState) -> Record:
        """The same in another state, with nothing under way."""
        return replace(self, change=replace(self.change, state=state), is_undoing=False)

    def besides(self, index: int) -> tuple[Path, ...]:
        """All names that may stand beside a file of the user's."""
        names = (self.beside(index), self.beside_undoing(index))
        return (*names, *map(old_name, names))

    def beside(self, index: int) -> Path:
        """Where a file's new bytes wait until they are put in place."""
        return self.files[index].path.parent / f".gopls-diag-{self.token}-{index}"

    def beside_undoing(self, index: int) -> Path:
        """The same when undoing."""
        return self.files[index].path.parent / f".gopls-diag-{self.token}-{index}u"


def digest(content: bytes | None) -> str | None:
    """SHA-256 of a file's bytes, None for no file."""
    return None if content is None else hashlib.sha256(content).hexdigest()


def next_id(now: datetime, taken: list[str], chance: int) -> str:
    """An ID behind all that are taken, even if the clock went back; ValueError in the year 9999.

    Args:
        now: the time, UTC.
        taken: IDs, in any order.
        chance: a random number; its lower half of a suffix' range leaves room for IDs of the same second.
    """
    stamp, suffix = now.strftime(_STAMP), chance % (_SUFFIXES // 2)
    newest = max(taken, default="")
    if newest and stamp <= newest[:16]:
        stamp, suffix = newest[:16], int(newest[17:], 16) + 1
        if suffix >= _SUFFIXES:
            try:
                later = datetime.strptime(stamp, _STAMP) + timedelta(seconds=1)
            except OverflowError:
                raise ValueError("no later ID") from None
            stamp, suffix = later.strftime(_STAMP), 0
    return f"{stamp}-{suffix:04x}"


def is_id(name: str) -> bool:
    """Whether a name is a time of the calendar with a suffix."""
    if not ID_PATTERN.match(name):
        return False
    try:
        datetime.strptime(name[:16], _STAMP)
    except ValueError:
        return False
    return True


def render(record: Record) -> bytes:
    """The record as bytes, with a checksum; paths of any bytes survive (they are escaped)."""
    change = record.change
    value = {
        "schema": SCHEMA,
        "id": change.id,
        "state": change.state.value,
        "kind": change.kind.value,
        "made": change.made,
        "titles": list(change.titles),
        "command": list(change.command),
        "folder": change.folder,
        "about": dict(change.about),
        "token": record.token,
        "has_leftovers": record.has_leftovers,
        "is_undoing": record.is_undoing,
        "left": list(record.left),
        "files": [_file_value(each) for each in record.files],
    }
    value = json.loads(json.dumps(value, default=str))
    return (json.dumps({**value, "sha256": _checksum(value)}, indent=1) + "\n").encode("ascii")


def _file_value(file: FileRecord) -> dict[str, Any]:
    kept = file.kept
    return {
        "path": kept.path,
        "resolved": kept.resolved,
        "before_sha256": kept.before_sha256,
        "after_sha256": kept.after_sha256,
        "is_after_known": file.is_after_known,
        "mode": kept.mode,
        "after_mode": file.after_mode,
        "made_folders": list(file.made_folders),
    }


def _checksum(value: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode("ascii")).hexdigest()


def parse(content: bytes, name: str) -> Record:
    """A record; NewerSchema, or ValueError for what was not written by `render` for an entry of this name."""
    try:
        value = json.loads(content)
    except (RecursionError, UnicodeDecodeError) as problem:
        raise ValueError("it does not parse") from problem
    if not isinstance(value, dict):
        raise ValueError("it is no object")
    schema = value.get("schema")
    if type(schema) is int and schema > SCHEMA:
        raise NewerSchema(f"its schema is {schema}")
    if schema != SCHEMA or value.pop("sha256", None) != _checksum(value) or value.get("id") != name:
        raise ValueError("its checksum is wrong")
    try:
        return _record(value)
    except (KeyError, TypeError, AttributeError) as problem:
        raise ValueError("it is incomplete") from problem


def _record(value: Mapping[str, Any]) -> Record:
    files = tuple(_file(each) for each in value["files"])
    left = tuple(int(each) for each in value["left"])
    token = value["token"]
    if not _TOKEN_PATTERN.match(token) or any(not 0 <= each < len(files) for each in left):
        raise ValueError("it is not one of ours")
    change = KeptChange(
        id=value["id"],
        state=ChangeState(value["state"]),
        kind=ChangeKind(value["kind"]),
        made=str(value["made"]),
        files=tuple(each.kept for each in files),
        titles=tuple(map(str, value["titles"])),
        command=tuple(map(str, value["command"])),
        folder=str(value["folder"]),
        about=dict(value["about"]),
    )
    return Record(change, token, files, bool(value["has_leftovers"]), bool(value["is_undoing"]), left)


def _file(value: Mapping[str, Any]) -> FileRecord:
    path = Path(value["resolved"])
    folders = tuple(value["made_folders"])
    hashes = (value["before_sha256"], value["after_sha256"])
    if not path.is_absolute() or any(Path(each) not in path.parents for each in folders):
        raise ValueError("a path is wrong")
    if any(each is not None and not _SHA256_PATTERN.match(each) for each in hashes):
        raise ValueError("a checksum is wrong")
    kept = KeptFile(str(value["path"]), str(value["resolved"]), *hashes, mode=value["mode"])
    return FileRecord(kept, bool(value["is_after_known"]), value["after_mode"], folders)
