"""The journal's folder: one folder an entry, named by its ID, with a record and each file's bytes before and after.

An entry comes into being by the renaming of a finished folder, and changes by the renaming of a finished record: a
reader, or a run after a crash, never meets half of one. What else lies in the folder is passed over.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from gopls_diag.model.change import CannotChange
from gopls_diag.world.change_lock import hold, is_held
from gopls_diag.world.change_record import RECORD_NAME, NewerSchema, Record, digest, is_id, next_id, parse, render
from gopls_diag.world.durable_files import Steps, make_folder, read_file, replace_file, sync_folder, write_new_file

_LOCK_NAME = "lock"
_UNFINISHED = (".making", ".void")
_FOLDER_MODE = 0o700
"""Settings may hold secrets, and so may their old bytes."""


class DamagedBytes(Exception):
    """Bytes that the journal kept are missing, or are not what was kept; the message is the reason."""


class ChangeStore:
    """Entries on disk. Only methods called within `working` write."""

    def __init__(self, folder: Path, steps: Steps) -> None:
        """The folder need not exist."""
        self.folder = folder
        self._steps = steps

    @contextlib.contextmanager
    def working(self) -> Iterator[None]:
        """Make the folder if need be and keep other runs out; CannotChange when it cannot be written."""
        with self._told():
            missing = [each for each in (self.folder, *self.folder.parents) if not each.is_dir()]
            for each in reversed(missing):
                make_folder(each, self._steps, _FOLDER_MODE)
            if os.name != "nt" and self.folder.stat().st_mode & 0o077:
                self._steps("set mode")
                self.folder.chmod(_FOLDER_MODE)
        with hold(self.folder / _LOCK_NAME):
            with self._told():
                self._clear_unfinished()
            yield

    @property
    def is_busy(self) -> bool:
        """Whether another run is at work."""
        return is_held(self.folder / _LOCK_NAME)

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except OSError as problem:
            raise CannotChange(
                f"the journal in {self.folder} cannot be written: {problem.strerror or problem}; "
                "GOPLS_DIAG_STATE names another folder for it"
            ) from None

    def _clear_unfinished(self) -> None:
        for name in self._names():
            if _is_unfinished(name):
                self._steps("remove unfinished entry")
                shutil.rmtree(self.folder / name, ignore_errors=True)

    def _names(self) -> list[str]:
        try:
            return sorted(os.listdir(self.folder), reverse=True)  # noqa: PTH208 - names are wanted, not paths
        except OSError:
            return []

    def records(self) -> tuple[list[Record], int]:
        """All entries that can be read, the newest first, and how many things were passed over."""
        found: list[Record] = []
        passed_over = 0
        for name in self._names():
            if name == _LOCK_NAME or _is_unfinished(name):
                continue
            try:
                found.append(self.record(name))
            except (OSError, ValueError, NewerSchema):
                passed_over += 1
        return found, passed_over

    def record(self, name: str) -> Record:
        """One entry; OSError, ValueError or NewerSchema when it cannot be read."""
        content = read_file(self.folder / name / RECORD_NAME) if is_id(name) else None
        if content is None:
            raise ValueError("it is no entry")
        return parse(content, name)

    def new_id(self) -> tuple[str, datetime]:
        """An ID behind all others, and the time."""
        now = datetime.now(UTC)
        taken = [name[:21] for name in self._names() if is_id(name[:21])]
        try:
            return next_id(now, taken, secrets.randbits(16)), now
        except ValueError:
            raise CannotChange(f"the journal in {self.folder} holds an entry of the year 9999") from None

    def add(self, record: Record, before: Sequence[bytes | None], after: Sequence[bytes | None]) -> None:
        """Keep a new entry and its bytes, durably: once this returns, no crash loses them."""
        name = record.change.id
        making = self.folder / f"{name}.making"
        with self._told():
            make_folder(making, self._steps, _FOLDER_MODE)
            for index, (old, new) in enumerate(zip(before, after, strict=True)):
                if old is not None:
                    write_new_file(_blob(making, "before", index), old, self._steps)
                if new is not None:
                    write_new_file(_blob(making, "after", index), new, self._steps)
            write_new_file(making / RECORD_NAME, render(record), self._steps)
            sync_folder(making, self._steps)
            self._steps("keep entry")
            making.rename(self.folder / name)
            sync_folder(self.folder, self._steps)

    def save(self, record: Record) -> None:
        """Replace the record of an entry."""
        folder = self.folder / record.change.id
        new = folder / f"{RECORD_NAME}.new"
        with self._told():
            new.unlink(missing_ok=True)
            write_new_file(new, render(record), self._steps)
            replace_file(new, folder / RECORD_NAME, self._steps)
            sync_folder(folder, self._steps)

    def add_after(self, record: Record, index: int, content: bytes) -> None:
        """Keep what a file became."""
        with self._told():
            path = _blob(self.folder / record.change.id, "after", index)
            path.unlink(missing_ok=True)
            write_new_file(path, content, self._steps)

    def discard(self, record: Record) -> None:
        """Forget an entry of which nothing came."""
        folder = self.folder / record.change.id
        void = self.folder / f"{record.change.id}.void"
        with self._told():
            if folder.is_dir():
                self._steps("discard entry")
                folder.rename(void)
                sync_folder(self.folder, self._steps)
        shutil.rmtree(void, ignore_errors=True)
        shutil.rmtree(self.folder / f"{record.change.id}.making", ignore_errors=True)

    def before_path(self, record: Record, index: int) -> Path:
        """Where the old bytes of a file are kept."""
        return _blob(self.folder / record.change.id, "before", index)

    def before(self, record: Record, index: int) -> bytes | None:
        """The old bytes, None for no file; DamagedBytes when they are not what was kept."""
        return self._bytes(record, index, "before", record.files[index].kept.before_sha256)

    def after(self, record: Record, index: int) -> bytes | None:
        """The new bytes, None for no file; DamagedBytes likewise."""
        return self._bytes(record, index, "after", record.files[index].kept.after_sha256)

    def _bytes(self, record: Record, index: int, which: str, wanted: str | None) -> bytes | None:
        if wanted is None:
            return None
        path = _blob(self.folder / record.change.id, which, index)
        try:
            content = read_file(path)
        except OSError as problem:
            raise DamagedBytes(f"{path} cannot be read: {problem.strerror or problem}") from None
        if content is None:
            raise DamagedBytes(f"{path} is missing")
        if digest(content) != wanted:
            raise DamagedBytes(f"{path} is damaged")
        return content


def _is_unfinished(name: str) -> bool:
    return name.endswith(_UNFINISHED) and is_id(name.rpartition(".")[0])


def _blob(folder: Path, which: str, index: int) -> Path:
    return folder / f"{which}-{index}"
