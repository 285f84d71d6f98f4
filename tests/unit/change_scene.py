"""Files of a user's in every state that the journal must cope with, and what may and may not become of them."""

from __future__ import annotations

import contextlib
import os
import signal
import stat
from collections.abc import Callable
from pathlib import Path

from gopls_diag.model.change import FileChange
from gopls_diag.world.change_journal import ChangeJournal

OTHER_USER = 12345
BIG = b"x" * (1024 * 1024 + 17)
"""More than is written at once, so that a run can be stopped between two parts."""


class Scene:
    """A home with settings files, and a change of all of them."""

    def __init__(self, folder: Path, *, is_small: bool = False) -> None:
        self.home = folder / "home"
        self.state = folder / "state" / "changes"
        self.changes: list[FileChange] = []
        self.home.mkdir(parents=True)
        self._file("plain.json", b"old plain", b"new plain", 0o644)
        self._file("secret.json", b"old secret", b"new secret, which is longer", 0o640)
        self._file("read-only.json", b"old read-only", b"new", 0o400)
        if not is_small:
            self._odd_files()
        self._file("dotfiles/linked.json", b"old linked", b"new linked", 0o644, shown="link.json")
        (self.home / "link.json").symlink_to("second-link.json")
        (self.home / "second-link.json").symlink_to("dotfiles/linked.json")
        self._file("not/there/yet/made.json", None, b"made too", 0)
        self._file("not/there/also.json", None, b"", 0)
        with contextlib.suppress(OSError, AttributeError):
            os.setxattr(self.home / "plain.json", "user.note", b"kept")
        self.before = self.files()
        self.details = self._details()

    def _odd_files(self) -> None:
        self._file(os.fsdecode(b"caf\xe9.json"), b"old bytes", b"new bytes", 0o600)
        self._file("n" * 250 + ".json", b"old long", b"new long", 0o644)
        self._file("group/set/kept.json", b"old kept", b"new kept\r\n\x00", 0o664)
        self._file("same.json", b"same", b"same", 0o644)
        self._file("empty.json", b"", BIG, 0o644)
        (self.home / "group" / "set").chmod(0o2775)
        if os.geteuid() == 0:
            os.chown(self._file("theirs.json", b"old theirs", b"new theirs", 0o604), OTHER_USER, OTHER_USER)

    def _file(self, name: str, old: bytes | None, new: bytes, mode: int, shown: str = "") -> Path:
        path = self.home / name
        if old is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(old)
            path.chmod(mode)
        self.changes.append(FileChange(str(self.home / (shown or name)), old, new))
        return path

    def files(self) -> dict[str, bytes | None]:
        """Every file and folder below the home, links as what they say; folders hold None."""
        found: dict[str, bytes | None] = {}
        for each in sorted(self.home.rglob("*")):
            name = str(each.relative_to(self.home))
            if each.is_symlink():
                found[name] = b"-> " + os.fsencode(os.readlink(each))
            else:
                found[name] = each.read_bytes() if each.is_file() else None
        return found

    def _details(self) -> dict[str, object]:
        found: dict[str, object] = {}
        for name in self.before:
            status = (self.home / name).lstat()
            attributes = []
            with contextlib.suppress(OSError, AttributeError):
                attributes = [
                    (each, os.getxattr(self.home / name, each, follow_symlinks=False))
                    for each in os.listxattr(self.home / name, follow_symlinks=False)
                    if each.startswith("user.")
                ]
            found[name] = (stat.filemode(status.st_mode), status.st_uid, status.st_gid, attributes)
        return found

    def journal(self, steps: Callable[[str], None] = lambda name: None) -> ChangeJournal:
        return ChangeJournal(self.state, steps=steps)

    def after(self) -> dict[str, bytes | None]:
        """What the home holds when all is written."""
        found = dict(self.before)
        for each in self.changes:
            found[str(Path(each.path).resolve().relative_to(self.home.resolve()))] = each.after
        found.update({"not": None, "not/there": None, "not/there/yet": None})
        return found

    def must_be_old(self) -> None:
        assert self.files() == self.before
        assert self._details() == self.details

    def must_be_new(self) -> None:
        assert self.files() == self.after()
        assert self._details() == self.details

    def must_be_old_or_new_each(self) -> None:
        """No file is anything but old or new, none is gone, and nothing but ours is there besides."""
        found, after = self.files(), self.after()
        for name, old in self.before.items():
            assert found.get(name, "gone") in (old, after[name]), name
        for name in found.keys() - self.before.keys():
            is_leftover = ".gopls-diag-" in name
            assert is_leftover or found[name] == after[name], name


class Failing:
    """A step that fails: the nth, or every one from there on."""

    def __init__(self, number: int, act: Callable[[], None], *, is_lasting: bool = False) -> None:
        self.number, self.act, self.is_lasting, self.count = number, act, is_lasting, 0

    def __call__(self, name: str) -> None:
        self.count += 1
        if self.count == self.number or (self.is_lasting and self.count > self.number):
            self.act()


def kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def run_killed(number: int, work: Callable[[Callable[[str], None]], object]) -> bool:
    """Do it in a process of its own that dies at a step; False when it came to its end before."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            work(Failing(number, kill))
            code = 0
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    return os.WIFSIGNALED(status)
