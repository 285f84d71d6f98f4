"""Changes files of the user's in such a way that every change can be taken back, whatever happens in between.

Before a file is touched, its bytes and the new ones are in the journal, durably. A run that is killed, at any moment,
leaves every file with all its old or all its new bytes, and an entry that says it was begun; `undo` puts back what it
did. A run that fails puts back what it did by itself. The bytes that a change or an undoing takes out of a file are in
the journal afterwards; entries are never thrown away.
"""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from gopls_diag.model.change import CannotChange, ChangeKind, ChangeState, FileChange, KeptChange, KeptFile, PutBack
from gopls_diag.world.change_record import FileRecord, Record, digest
from gopls_diag.world.change_store import ChangeStore, DamagedBytes
from gopls_diag.world.change_undo import Undoing, choose
from gopls_diag.world.durable_files import Steps, no_steps, remove_empty_folder
from gopls_diag.world.file_writer import FileWriting, Target, look, must_be_writable, sweep
from gopls_diag.world.state_folder import state_folder

Check = Callable[[str, bytes], None]
"""Is given a written file's path and bytes as read back; raises when they are not what they should be."""


def default_folder() -> Path:
    """Where changes are kept unless told otherwise: below GOPLS_DIAG_STATE, or the system's folder for state."""
    return state_folder() / "changes"


def accept_all(path: str, content: bytes) -> None:
    """No check."""


class ChangeJournal:
    """The only door through which files of the user's are changed."""

    def __init__(self, folder: Path | None = None, *, steps: Steps = no_steps) -> None:
        """`folder` is made when first needed; `steps` is told of every step that changes anything, before it."""
        self._steps = steps
        self._store = ChangeStore(folder or default_folder(), steps)

    @property
    def folder(self) -> Path:
        """Where the changes are kept."""
        return self._store.folder

    @property
    def passed_over(self) -> int:
        """How many things in the journal's folder are no entries of ours, or are damaged, or of a newer version."""
        return self._store.records()[1]

    def entries(self) -> tuple[KeptChange, ...]:
        """All changes, the newest first; what cannot be read is passed over."""
        return tuple(each.shown for each in self._store.records()[0])

    def interrupted(self) -> tuple[KeptChange, ...]:
        """Changes and undoings that did not come to their end; none are told while another run is at work."""
        begun = tuple(each for each in self.entries() if each.state is ChangeState.BEGUN)
        return () if begun and self._store.is_busy else begun

    def apply(
        self,
        changes: Sequence[FileChange],
        *,
        titles: Sequence[str] = (),
        about: Mapping[str, Any] | None = None,
        check: Check = accept_all,
    ) -> KeptChange:
        """Write all files or none.

        Links are followed and stay; a file with several hard links is refused, since the new bytes would come to one
        name only. Mode, owner, extended attributes and access list are kept (the last two on Linux).

        Raises:
            CannotChange: one sentence; every file is as it was, unless the sentence says otherwise.
        """
        with self._store.working():
            self._sweep()
            targets = [self._look(each) for each in changes]
            if len({each.path for each in targets}) < len(targets):
                raise CannotChange("two of the changes are for the same file")
            afters = [each.after for each in changes]
            files = tuple(_file_record(t, after) for t, after in zip(targets, afters, strict=True))
            record = self._new_record(ChangeKind.FILES, files, titles, about or {})
            writings = [
                FileWriting(target, after, record.beside(index), self._steps)
                for index, (target, after) in enumerate(zip(targets, afters, strict=True))
                if after is not None and after != target.content
            ]
            try:
                self._store.add(record, [each.content for each in targets], afters)
                _write(writings, check)
                done = record.with_state(ChangeState.DONE)
                self._store.save(done)
            except BaseException as problem:
                self._give_up(record, writings, problem)
                raise
            return self._finish(done).change

    def _look(self, change: FileChange) -> Target:
        if change.after is None:
            raise CannotChange(f"{change.path} would be taken away, which only undoing does")
        target = look(change.path)
        if target.content != change.before:
            raise CannotChange(f"{change.path} was changed by another program since it was read: run it again")
        must_be_writable(target)
        return target

    def _give_up(self, record: Record, writings: Sequence[FileWriting], problem: BaseException) -> None:
        """Put everything back; where that fails the entry stays, as begun, and the sentence says so."""
        failures: list[str] = []
        for each in reversed(writings):
            try:
                each.put_back()
            except CannotChange as refusal:
                failures.append(str(refusal))
        if failures:
            with contextlib.suppress(CannotChange):
                self._store.save(record)
            words = "; ".join([str(problem) or type(problem).__name__, *failures])
            raise CannotChange(f"{words}: gopls-diag fix --undo {record.change.id} tries again") from problem
        with contextlib.suppress(CannotChange):
            # An entry that stays says begun, and undoing it finds all files as they were.
            self._store.discard(record)
        if isinstance(problem, Exception) and not isinstance(problem, CannotChange):
            raise CannotChange(f"the change was taken back: {problem}") from problem

    def run_command(
        self,
        command: Sequence[str],
        *,
        folder: str,
        files: Sequence[str],
        kind: ChangeKind,
        titles: Sequence[str] = (),
        about: Mapping[str, Any] | None = None,
        run: Callable[[], None],
    ) -> KeptChange:
        """Keep the bytes of some files, run a command that may write them, keep what they became.

        Only these files are kept: of what `go mod vendor` writes that is vendor/modules.txt, and not the packages. What
        the command does elsewhere is not known here. When the command fails, what it changed stays and is kept, so that
        it can be undone; when it changed nothing there is no entry.

        Raises:
            CannotChange: a file could not be read or kept, and then the command was not run; or what `run` raised.
        """
        with self._store.working():
            self._sweep()
            targets = list({target.path: target for target in map(look, files)}.values())
            records = tuple(_file_record(each, None, is_after_known=False) for each in targets)
            record = self._new_record(kind, records, titles, about or {}, tuple(command), folder)
            try:
                self._store.add(record, [each.content for each in targets], [None] * len(targets))
                for each in targets:
                    each.must_be_unchanged()
            except BaseException as problem:
                self._give_up(record, (), problem)
                raise
            try:
                run()
            except BaseException as problem:
                done = self._keep_outcome(record)
                if done is None or not isinstance(problem, CannotChange):
                    raise
                raise CannotChange(
                    f"{problem}; gopls-diag fix --undo {record.change.id} takes back what it did"
                ) from None
            kept = self._keep_outcome(record, is_kept_always=True)
            assert kept is not None
            return kept.change

    def _keep_outcome(self, record: Record, *, is_kept_always: bool = False) -> Record | None:
        """Keep what a command made of the files; None when it made nothing of them."""
        files = []
        for index, each in enumerate(record.files):
            found = look(str(each.path))
            if found.content is not None:
                self._store.add_after(record, index, found.content)
            kept = replace(each.kept, after_sha256=digest(found.content))
            files.append(replace(each, kept=kept, is_after_known=True, after_mode=found.mode))
        if not is_kept_always and all(each.kept.before_sha256 == each.kept.after_sha256 for each in files):
            self._store.discard(record)
            return None
        change = replace(record.change, files=tuple(each.kept for each in files))
        done = replace(record, change=change, files=tuple(files), has_leftovers=False).with_state(ChangeState.DONE)
        self._store.save(done)
        return done

    def undo(self, change_id: str | None = None) -> PutBack:
        """Put back the bytes that files held before a change; without an ID before the newest that is not undone.

        A file that is neither as the change left it nor as it was before is left alone; so is one whose kept bytes are
        damaged. Files that the change made are removed, and then the folders that it made if they are empty.

        Args:
            change_id: an ID or the beginning of one; one that is undone already tries again what was left alone then.

        Raises:
            CannotChange: there is no such change, it is undone already, a newer one changed the same file, or nothing
                could be written.
        """
        if not self._store.folder.is_dir():
            raise CannotChange("there is nothing to take back: the journal is empty")
        with self._store.working():
            self._sweep()
            record = choose(self._store, change_id)
            undoing = Undoing(self._store, record, self._steps)
            back = undoing.run()
            record = self._finish(undoing.record)
            left = [each for index in range(len(record.files)) for each in record.besides(index) if each.exists()]
            words = (
                f"{each} holds what another program wrote meanwhile: delete it if it is of no use" for each in left
            )
            return replace(back, conflicts=(*back.conflicts, *words))

    def _new_record(
        self,
        kind: ChangeKind,
        files: tuple[FileRecord, ...],
        titles: Sequence[str],
        about: Mapping[str, Any],
        command: tuple[str, ...] = (),
        folder: str = "",
    ) -> Record:
        name, now = self._store.new_id()
        change = KeptChange(
            id=name,
            state=ChangeState.BEGUN,
            kind=kind,
            made=now.isoformat(timespec="seconds").replace("+00:00", "Z"),
            files=tuple(each.kept for each in files),
            titles=tuple(titles),
            command=command,
            folder=folder,
            about=dict(about),
        )
        return Record(change, secrets.token_hex(8), files)

    def _sweep(self) -> None:
        """Take away what earlier runs, that were killed, left beside files of the user's."""
        for record in self._store.records()[0]:
            if record.has_leftovers:
                self._finish(record)

    def _finish(self, record: Record) -> Record:
        """Take away what stands beside the files of an entry, and note it; what fails waits for the next run."""
        swept_files = [self._is_swept(record, index) for index in range(len(record.files))]
        is_clean = all(swept_files)
        if record.change.state is ChangeState.UNDONE and is_clean:
            made = {each for file in record.files for each in file.made_folders}
            removed = [remove_empty_folder(Path(each), self._steps) for each in sorted(made, key=len, reverse=True)]
            is_clean = all(removed)
        if is_clean:
            with contextlib.suppress(CannotChange):
                swept = replace(record, has_leftovers=False)
                self._store.save(swept)
                return swept
        return record

    def _is_swept(self, record: Record, index: int) -> bool:
        besides = record.besides(index)
        if not any(map(os.path.lexists, besides)):
            return True
        try:
            known = (self._store.before(record, index), self._store.after(record, index))
        except DamagedBytes:
            return False
        swept = [sweep(each, record.files[index].path, known, self._steps) for each in besides]
        return all(swept)


def _file_record(target: Target, after: bytes | None, *, is_after_known: bool = True) -> FileRecord:
    kept = KeptFile(target.shown, str(target.path), digest(target.content), digest(after), target.mode)
    return FileRecord(kept, is_after_known, target.mode, tuple(map(str, target.missing_folders)))


def _write(writings: Sequence[FileWriting], check: Check) -> None:
    """Everything that takes room comes first: a full disk is met before any file is touched."""
    for each in writings:
        each.prepare()
    for each in writings:
        each.place()
    for each in writings:
        each.verify()
        check(each.target.shown, each.content)
