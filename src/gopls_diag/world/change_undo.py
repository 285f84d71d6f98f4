"""Takes one change back, file by file, touching only files that hold what the change left in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from gopls_diag.model.change import CannotChange, ChangeKind, ChangeState, PutBack
from gopls_diag.world.change_record import FileRecord, NewerSchema, Record, digest
from gopls_diag.world.change_store import ChangeStore, DamagedBytes
from gopls_diag.world.durable_files import Steps
from gopls_diag.world.file_writer import FileWriting, Target, look, must_be_writable, must_hold, take_away


def choose(store: ChangeStore, wanted: str | None) -> Record:
    """The entry to undo; CannotChange when there is none, or a newer one has to be undone first."""
    records, _ = store.records()
    if wanted is None:
        for each in records:
            if each.shown.state is not ChangeState.UNDONE:
                return each
        raise CannotChange("there is nothing to take back: every change is undone already")
    found = [each for each in records if wanted and each.change.id.startswith(wanted)]
    if not found:
        raise CannotChange(_why_missing(store, wanted))
    if len(found) > 1:
        raise CannotChange(f"{wanted} is the beginning of {len(found)} IDs: {', '.join(r.change.id for r in found)}")
    record = found[0]
    if record.shown.state is ChangeState.UNDONE and not record.left:
        raise CannotChange(f"{record.change.id} is undone already")
    ours = {each.path for each in record.files}
    for newer in records[: records.index(record)]:
        shared = sorted(each.kept.path for each in newer.files if each.path in ours)
        if shared and newer.shown.state is not ChangeState.UNDONE:
            raise CannotChange(f"{shared[0]} was changed again by {newer.change.id}: take that back first")
    return record


def _why_missing(store: ChangeStore, wanted: str) -> str:
    try:
        store.record(wanted)
    except NewerSchema:
        return f"{wanted} was kept by a newer gopls-diag, which can take it back"
    except (OSError, ValueError) as problem:
        if (store.folder / wanted).is_dir() and wanted.strip("./"):
            return f"the record of {wanted} in {store.folder} is damaged ({problem}); its bytes are kept there"
    return f"there is no change {wanted} in the journal"


class Undoing:
    """One undoing of one entry."""

    def __init__(self, store: ChangeStore, record: Record, steps: Steps) -> None:
        """`record` becomes what was written down last."""
        self.record = record
        self._store = store
        self._steps = steps
        self._restored: list[str] = []
        self._already: list[str] = []
        self._conflicts: list[str] = []
        self._left: list[int] = []
        self._failures: list[str] = []

    def run(self) -> PutBack:
        """Put back what can be; CannotChange when nothing could because the system refused."""
        first = self.record
        is_again = first.shown.state is ChangeState.UNDONE
        self.record = replace(first, is_undoing=True, has_leftovers=True)
        self._store.save(self.record)
        for index in first.left if is_again else range(len(first.files)):
            try:
                self._put_back(index)
            except DamagedBytes as problem:
                self._leave(index, f"{self._shown(index)} was left alone, since its old bytes are lost: {problem}")
            except (CannotChange, OSError) as refusal:
                self._failures.append(f"{refusal}{self._where(index)}")
                self._left.append(index)
        self._end(first)
        if self._failures and not self._restored:
            raise CannotChange("; ".join(self._failures))
        return PutBack(
            self.record.change, tuple(self._restored), tuple(self._already), (*self._conflicts, *self._failures)
        )

    def _end(self, first: Record) -> None:
        # What the system refused can be tried again by the same words; what somebody changed needs its ID.
        state = first.change.state if self._failures else ChangeState.UNDONE
        self.record = replace(self.record, left=tuple(self._left)).with_state(state)
        self._store.save(self.record)

    def _put_back(self, index: int) -> None:
        file = self.record.files[index]
        before = self._store.before(self.record, index)
        target = replace(self._found(index), shown=file.kept.path)
        if target.content == before:
            if not file.is_after_known or file.kept.after_sha256 != file.kept.before_sha256:
                self._already.append(file.kept.path)
            return
        if not self._is_as_left(index, target, before):
            self._leave(index, f"{file.kept.path} {_happened(target)}, and was left alone{self._where(index)}")
            return
        beside = self.record.beside_undoing(index)
        if before is None:
            if self._is_part_of_more(file):
                folder = file.made_folders[-1]
                self._leave(index, f"{folder} was made by {' '.join(self.record.change.command)}: delete it by hand")
                return
            take_away(target, beside, self._steps)
            must_hold(target, None)
        else:
            must_be_writable(target)
            FileWriting(target, before, beside, self._steps, _mode(file, target)).write()
        self._restored.append(file.kept.path)

    def _found(self, index: int) -> Target:
        return look(str(self.record.files[index].path))

    def _is_as_left(self, index: int, target: Target, before: bytes | None) -> bool:
        file = self.record.files[index]
        if file.is_after_known:
            return digest(target.content) == file.kept.after_sha256
        # The command was interrupted: what it wrote is not known, but go env says which variables it was to write.
        change = self.record.change
        names = _variables(change.command) if change.kind is ChangeKind.GO_ENV else frozenset()
        return bool(names) and _other_lines(target.content, names) == _other_lines(before, names)

    def _is_part_of_more(self, file: FileRecord) -> bool:
        """Whether the command made a folder and filled it with more than is kept, all of which belongs together."""
        if self.record.change.kind is not ChangeKind.PROJECT or not file.made_folders:
            return False
        return any(each != file.path for each in Path(file.made_folders[-1]).iterdir())

    def _leave(self, index: int, words: str) -> None:
        self._left.append(index)
        self._conflicts.append(words)

    def _shown(self, index: int) -> str:
        return self.record.files[index].kept.path

    def _where(self, index: int) -> str:
        if self.record.files[index].kept.before_sha256 is None:
            return "; there was no such file before"
        return f"; its old bytes are in {self._store.before_path(self.record, index)}"


def _happened(target: Target) -> str:
    return "is gone" if target.content is None else "was changed since"


def _mode(file: FileRecord, target: Target) -> int | None:
    """The mode that the file had, unless somebody gave it another since."""
    return file.kept.mode if target.mode in (None, file.after_mode) else None


def _variables(command: Sequence[str]) -> frozenset[str]:
    """The variables that a `go env -w NAME=VALUE …` or `go env -u NAME …` writes."""
    words = list(command)
    for flag in ("-w", "-u"):
        if "env" in words and flag in words:
            return frozenset(each.partition("=")[0] for each in words[words.index(flag) + 1 :])
    return frozenset()


def _other_lines(content: bytes | None, names: frozenset[str]) -> list[bytes]:
    """The lines about other variables; go sorts them when it writes (cmd/go/internal/envcmd, updateEnvFile)."""
    lines = (content or b"").splitlines()
    return sorted(each for each in lines if each.partition(b"=")[0].decode("utf-8", "replace") not in names)
