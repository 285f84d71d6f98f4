"""Writes one file of the user's, so that at any moment it holds either all its old bytes or all its new ones.

The new bytes are written to a file beside it, with the mode, owner, extended attributes and access list of the old one,
which then takes its name by one rename. The old file keeps a second name (a hard link) until all is done: it is read
again after the rename, so that what another program wrote into it at the last moment is found and put back, and putting
back needs no room on a full disk. What remains is a program that puts a file of its own in this place, or removes it,
in the microseconds between the last look and the rename; where there are no hard links, also one that writes into it.
(Linux can exchange two names, which leaves no such moment, but it tells watchers that the file went away last: editors
would not see the new settings.)
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat as stat_bits
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from gopls_diag.model.change import CannotChange
from gopls_diag.world.durable_files import (
    Steps,
    create_file,
    make_folder,
    read_file,
    remove_empty_folder,
    remove_file,
    rename_over,
    sync_folder,
    write_all,
)
from gopls_diag.world.file_identity import copy_attributes, set_mode, set_owner
from gopls_diag.world.file_names import give_second_name, is_same_file, old_name, put_where_nothing_is

_NEW_FILE_MODE = 0o666
"""The umask, and a folder's default access list, take away from it what they do for every program."""
_OPEN_ELSEWHERE = (5, 32)
"""ERROR_ACCESS_DENIED and ERROR_SHARING_VIOLATION of Windows: somebody has the file open."""


@dataclass(frozen=True, slots=True)
class Target:
    """A file of the user's, as it was found."""

    shown: str
    path: Path
    """Links followed."""
    content: bytes | None
    """None when there is no such file."""
    status: os.stat_result | None = None
    missing_folders: tuple[Path, ...] = ()
    """The folders on the way that are not there, outermost first."""

    @property
    def mode(self) -> int | None:
        return None if self.status is None else stat_bits.S_IMODE(self.status.st_mode)

    def must_be_unchanged(self) -> None:
        """Look again; CannotChange when the bytes are others by now."""
        with _told(self, "could not be read"):
            _must_be(self, self.path, "since it was read")


def explain(shown: str, problem: OSError, what: str = "could not be written") -> str:
    """One sentence about what the system refused."""
    if getattr(problem, "winerror", None) in _OPEN_ELSEWHERE:
        return f"{shown} {what}: another program has it open, or it is read-only"
    return f"{shown} {what}: {problem.strerror or problem}"


def look(shown: str) -> Target:
    """What stands at a path, with links followed; CannotChange for what is no file or cannot be read."""
    if not shown or "\0" in shown:
        raise CannotChange(f"{shown!r} is no path of a file")
    try:
        path, missing = _follow(shown)
        if missing:
            return Target(shown, path, None, None, missing)
        content = read_file(path)
        return Target(shown, path, content, None if content is None else path.lstat())
    except OSError as problem:
        raise CannotChange(explain(shown, problem, "could not be read")) from None


def _follow(shown: str) -> tuple[Path, tuple[Path, ...]]:
    path = Path.cwd() / shown
    names: list[str] = []
    while True:
        try:
            found = path.resolve(strict=True)
            break
        except FileNotFoundError:
            if path.is_symlink():
                raise CannotChange(f"{shown} leads to nothing: {path} is a link to a file that is gone") from None
            if path.name in ("", ".."):
                raise CannotChange(f"{shown} is no path of a file") from None
            names.append(path.name)
            path = path.parent
        except NotADirectoryError:
            raise CannotChange(f"{shown} is no path of a file: a part of it is no folder") from None
        except (RuntimeError, OSError) as problem:
            if isinstance(problem, RuntimeError) or problem.errno == errno.ELOOP:
                raise CannotChange(f"{shown} is a link that leads to itself") from None
            raise
    missing: list[Path] = []
    for name in reversed(names):
        found = found / name
        missing.append(found)
    return found, tuple(missing[:-1])


def must_be_writable(target: Target) -> None:
    """Refuse what could not be replaced without touching something else, or on Windows not at all."""
    if os.name == "nt" and target.mode is not None and not target.mode & stat_bits.S_IWRITE:
        raise CannotChange(f"{target.shown} is read-only")
    if target.status is not None and target.status.st_nlink > 1:
        raise CannotChange(
            f"{target.shown} has {target.status.st_nlink} names (hard links), and writing it would part them: "
            "change it by hand"
        )


class FileWriting:
    """One file on its way from what was found to what shall stand there; every method raises CannotChange."""

    def __init__(self, target: Target, content: bytes, beside: Path, steps: Steps, mode: int | None = None) -> None:
        """`beside` is the new file's name until it is in place, `mode` its mode if it shall not be the target's."""
        self.target = target
        self.content = content
        self._beside = beside
        self._old = old_name(beside)
        self._steps = steps
        self._mode = target.mode if mode is None else mode
        self._is_beside_ours = False
        self._is_placed = False

    def prepare(self) -> None:
        """Write the new file, durably, beside the target, which is not touched; folders on the way are made."""
        with _told(self.target):
            for folder in self.target.missing_folders:
                make_folder(folder, self._steps)
            self._is_beside_ours = True
            try:
                descriptor = create_file(self._beside, _NEW_FILE_MODE if self._mode is None else 0o600, self._steps)
            except FileExistsError:
                self._is_beside_ours = False
                raise
            try:
                if self.target.status is not None:
                    set_owner(descriptor, self.target.status, self._steps)
                    copy_attributes(self.target.path, self._beside, self._steps)
                if self._mode is not None:
                    set_mode(descriptor, self._beside, self._mode, self._steps)
                write_all(descriptor, self.content, self._steps)
            finally:
                os.close(descriptor)
            sync_folder(self._beside.parent, self._steps)

    def place(self) -> None:
        """Put the new file in place, unless the target is not what it was; then nothing is done."""
        target = self.target
        with _told(target):
            if target.content is None:
                self._place_where_nothing_is()
            else:
                self._place_instead()
            sync_folder(target.path.parent, self._steps)

    def _place_where_nothing_is(self) -> None:
        target = self.target
        _must_be(target, target.path, "since it was read")
        self._is_placed = True
        try:
            put_where_nothing_is(self._beside, target.path, self._steps)
        except FileExistsError:
            self._is_placed = False
            raise CannotChange(f"{target.shown} was made by another program meanwhile: run it again") from None

    def _place_instead(self) -> None:
        target = self.target
        has_second_name = give_second_name(target.path, self._old, self._steps)
        self._steps("replace")
        _must_be(target, target.path, "since it was read")
        if has_second_name and not is_same_file(target.path, self._old):
            raise CannotChange(f"{target.shown} was replaced by another program since it was read: run it again")
        self._is_placed = True
        rename_over(self._beside, target.path)
        if has_second_name:
            _must_be(target, self._old, "while it was written")

    def verify(self) -> None:
        """Read the file back."""
        must_hold(self.target, self.content)

    def finish(self) -> bool:
        """Take away the old file, if it still stands beside; False when it could not be, or was written to."""
        return drop(self._old, (self.target.content,), self._steps)

    def put_back(self) -> None:
        """Leave everything as it was found, folders too; a file that somebody changed since is left alone."""
        target = self.target
        with _told(target, "could not be put back"):
            if self._is_placed:
                self._take_back()
            if self._is_beside_ours:
                remove_file(self._beside, self._steps)
            if is_same_file(self._old, target.path):
                remove_file(self._old, self._steps)
            else:
                drop(self._old, (target.content,), self._steps)
            for folder in reversed(target.missing_folders):
                remove_empty_folder(folder, self._steps)

    def _take_back(self) -> None:
        target = self.target
        found = read_file(target.path)
        if found == target.content or (found != self.content and read_file(self._beside) == self.content):
            # The system refused, or it was interrupted before anything was done.
            self._is_placed = False
            return
        self._is_beside_ours = False
        if target.content is None:
            drop(self._beside, (self.content,), self._steps)
            take_away(replace(target, content=self.content), self._beside, self._steps)
        elif read_file(self._old) is not None:
            self._steps("put back")
            self._must_be_ours_still()
            rename_over(self._old, target.path)
        else:
            self._must_be_ours_still()
            again = FileWriting(look(str(target.path)), target.content, self._beside, self._steps, target.mode)
            again.write()
        self._is_placed = False
        sync_folder(target.path.parent, self._steps)

    def _must_be_ours_still(self) -> None:
        if read_file(self.target.path) != self.content:
            raise CannotChange(f"{self.target.shown} was changed by another program right after it was written")

    def write(self) -> None:
        """All of it; what fails leaves the file as it was."""
        try:
            self.prepare()
            self.place()
            self.verify()
        except BaseException:
            with contextlib.suppress(CannotChange):
                self.put_back()
            raise
        self.finish()


@contextlib.contextmanager
def _told(target: Target, what: str = "could not be written") -> Iterator[None]:
    try:
        yield
    except OSError as problem:
        raise CannotChange(explain(target.shown, problem, what)) from None


def _must_be(target: Target, path: Path, moment: str) -> None:
    if read_file(path) != target.content:
        raise CannotChange(f"{target.shown} was changed by another program {moment}: run it again")


def must_hold(target: Target, content: bytes | None) -> None:
    """Read a written file back; CannotChange when it holds anything else."""
    with _told(target, "could not be read back"):
        if read_file(target.path) == content:
            return
    raise CannotChange(f"{target.shown} does not hold what was written to it")


def drop(beside: Path, allowed: tuple[bytes | None, ...], steps: Steps) -> bool:
    """Take away what was left beside a target; False when that failed or it holds bytes that are kept nowhere else."""
    with contextlib.suppress(OSError):
        found = read_file(beside)
        if found is None:
            return True
        if found in allowed:
            remove_file(beside, steps)
            return True
    return False


def take_away(target: Target, beside: Path, steps: Steps) -> None:
    """Remove a file that holds exactly what was found; what somebody else wrote meanwhile is put back."""
    with _told(target, "could not be removed"):
        _must_be(target, target.path, "since it was read")
        steps("move away")
        if os.path.lexists(beside):
            raise CannotChange(f"{target.shown} could not be removed: {beside} is in the way")
        target.path.rename(beside)
        if not drop(beside, (target.content,), steps):
            put_where_nothing_is(beside, target.path, steps)
            raise CannotChange(f"{target.shown} was changed by another program while it was taken away")
        sync_folder(target.path.parent, steps)


def sweep(beside: Path, target: Path, known: tuple[bytes | None, ...], steps: Steps) -> bool:
    """Take away what an interrupted run left beside a target; False when it has to stay.

    Beginnings of bytes that are known were being written; a second name of the target itself is not needed any more.
    Anything else is somebody's: it goes back to where it was moved away from if that place is empty, else it stays.
    """
    try:
        found = read_file(beside)
        if found is None:
            return not os.path.lexists(beside)
        is_second_name = is_same_file(beside, target)
        if is_second_name or any(each is not None and each.startswith(found) for each in known):
            remove_file(beside, steps)
            return True
        if not os.path.lexists(target):
            put_where_nothing_is(beside, target, steps)
            return True
    except OSError:
        pass
    return False
