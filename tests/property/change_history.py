"""Random histories of changes, undoings, edits by others, refusals and deaths, against a model of what may not be lost.

As a program it plays histories until a time is over: `python -m tests.property.change_history SECONDS [FIRST_SEED]`.
"""

from __future__ import annotations

import errno
import os
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from gopls_diag.model.change import CannotChange, ChangeKind, FileChange
from gopls_diag.world.change_journal import ChangeJournal
from tests.unit.change_scene import Failing, run_killed

NAMES = ("a.json", "b.json", "deep/er/c.json", "link.json", "d.json")
Act = Callable[[], None]


class History:
    """One home, one journal, and what has to be found in them."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.random = random.Random(seed)
        self.home, self.state = folder / "home", folder / "state"
        (self.home / "far").mkdir(parents=True)
        (self.home / "far" / "target.json").write_bytes(b"linked")
        (self.home / "link.json").symlink_to("far/target.json")
        (self.home / "a.json").write_bytes(b"first")
        (self.home / "b.json").write_bytes(b"")
        self.seen = Counter[str]()
        self.written = 0

    def paths(self) -> list[Path]:
        return [self.home / name for name in NAMES]

    def content(self, path: Path) -> bytes | None:
        return path.read_bytes() if path.exists() else None

    def new_bytes(self) -> bytes:
        self.written += 1
        return b"%d " % self.written * self.random.choice([1, 1, 3, 40])

    def kept(self) -> set[bytes]:
        """All bytes that the journal and files beside the user's hold."""
        blobs = [each for each in self.state.rglob("*-*") if each.is_file() and each.name[:5] in ("befor", "after")]
        leftovers = [each for each in self.home.rglob(".gopls-diag-*") if each.is_file()]
        self.seen["left beside"] += len(leftovers)
        return {each.read_bytes() for each in (*blobs, *leftovers)}

    def steps(self) -> tuple[str, Callable[[str], None]]:
        """Usually nothing happens; else something does at one step."""
        number = self.random.randint(1, 90)
        kind = self.random.choice(["fine", "fine", "fine", "full", "lasting", "ctrl-c", "edit", "edit"])

        def refuse() -> None:
            code = self.random.choice([errno.ENOSPC, errno.EIO, errno.EACCES, errno.EROFS])
            raise OSError(code, os.strerror(code))

        def interrupt() -> None:
            raise KeyboardInterrupt

        acts: dict[str, Act] = {"full": refuse, "lasting": refuse, "ctrl-c": interrupt, "edit": self.edit}
        act = acts.get(kind)
        if act is None:
            return kind, lambda name: None
        return kind, Failing(number, act, is_lasting=kind == "lasting")

    def edit(self) -> None:
        """Another program writes, replaces or removes a file."""
        self.is_edited = True
        path = self.random.choice(self.paths())
        content = self.new_bytes()
        self.foreign.append(content)
        how = self.random.choice(["in place", "in place", "by rename", "remove"])
        real = path.resolve()
        if how == "remove":
            self.foreign.pop()
            real.unlink(missing_ok=True)
            return
        if not real.parent.is_dir():
            real.parent.mkdir(parents=True)
        if how == "in place":
            real.write_bytes(content)
        else:
            (self.home / "saving").write_bytes(content)
            (self.home / "saving").replace(real)

    def play_one(self) -> None:
        """One step of the history, and a look whether anything is lost."""
        self.foreign: list[bytes] = []
        self.is_edited = False
        before = {path: self.content(path) for path in self.paths()}
        what = self.random.choice(["apply", "apply", "apply", "undo", "undo", "undo one", "command", "edit"])
        kind, steps = self.steps()
        if what == "edit":
            self.edit()
            return
        is_killed = self.random.random() < 0.3
        self.seen[what] += 1
        self.seen["killed" if is_killed else kind] += 1
        work = self.work(what)
        if is_killed:
            run_killed(self.random.randint(1, 90), work)
            kind = "killed"
        else:
            try:
                work(steps)
            except KeyboardInterrupt:
                self.seen["interrupted"] += 1
        self.judge(before, kind)

    def work(self, what: str) -> Callable[[Callable[[str], None]], None]:
        """The thing to do, chosen now, so that the model and a process that is killed do the same."""
        chosen = self.random.sample(self.paths(), self.random.randint(1, 3))
        changes = [FileChange(str(path), self.content(path), self.new_bytes()) for path in chosen]
        content = self.new_bytes()
        entries = ChangeJournal(self.state).entries()
        one = self.random.choice(entries).id if entries and what == "undo one" else None

        def command() -> None:
            for path in chosen:
                if path.resolve().parent.is_dir():
                    path.resolve().write_bytes(content)

        def do(steps: Callable[[str], None]) -> None:
            journal = ChangeJournal(self.state, steps=steps)
            try:
                if what == "apply":
                    journal.apply(changes)
                elif what == "command":
                    files = [each.path for each in changes]
                    journal.run_command(["go", "work"], folder="/", files=files, kind=ChangeKind.PROJECT, run=command)
                else:
                    journal.undo(one)
            except CannotChange as refusal:
                self.seen["refused"] += 1
                self.seen["refused in several lines"] += "\n" in str(refusal)

        return do

    def judge(self, before: dict[Path, bytes | None], kind: str) -> None:
        """What stood in a file is there still or in the journal; so is what others wrote meanwhile."""
        now = {path: self.content(path) for path in self.paths()}
        kept = self.kept() | {each for each in now.values() if each is not None}
        if not self.is_edited:
            for path, content in before.items():
                assert content is None or content in kept, (path, content)
        for content in self.foreign:
            assert content in kept, content
        journal = ChangeJournal(self.state)
        assert journal.passed_over == 0
        if kind == "fine":
            assert not list(self.home.rglob(".gopls-diag-*"))

    def end(self) -> None:
        """Whatever happened, the journal can be used afterwards, and nothing of ours is left in the home."""
        journal = ChangeJournal(self.state)
        path = self.home / "a.json"
        kept = journal.apply([FileChange(str(path), self.content(path), b"the end")])
        assert journal.undo(kept.id).conflicts == ()
        left = list(self.home.rglob(".gopls-diag-*"))
        kept_bytes = {each.read_bytes() for each in self.state.rglob("before-*")}
        assert not [each for each in left if each.read_bytes() in kept_bytes]
        self.seen["left for good"] += len(left)


def play(seed: int, length: int = 12) -> Counter[str]:
    """One whole history; what happened in it, counted."""
    memory = Path("/dev/shm")
    folder = Path(tempfile.mkdtemp(dir=memory if os.access(memory, os.W_OK) else None))
    try:
        history = History(folder, seed)
        for _ in range(length):
            history.play_one()
        history.end()
        return history.seen
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main() -> None:
    seconds, seed = float(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0
    ends, seen, first = time.monotonic() + seconds, Counter[str](), seed
    while time.monotonic() < ends:
        try:
            seen += play(seed, length=20)
        except BaseException:
            print(f"seed {seed}", file=sys.stderr)
            raise
        seed += 1
    print(f"{seed - first} histories", dict(seen))


if __name__ == "__main__":
    main()
