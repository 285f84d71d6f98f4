"""The journal of changes: what it writes, what it refuses, and how it takes back."""

from __future__ import annotations

import ctypes
import json
import os
import shutil
import signal
import stat
import struct
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from gopls_diag.model.change import CannotChange, ChangeKind, ChangeState, FileChange, KeptChange
from gopls_diag.world import change_lock, change_record, durable_files, file_writer
from gopls_diag.world.change_journal import ChangeJournal, default_folder
from gopls_diag.world.change_record import next_id
from tests.unit.change_scene import Scene

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="links, modes and FIFOs of POSIX")
ORDINARY_USER = 12345


@pytest.fixture
def journal(tmp_path: Path) -> ChangeJournal:
    return ChangeJournal(tmp_path / "state" / "changes")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "settings.json"
    path.write_bytes(b"old")
    return path


def change(path: Path, before: bytes | None = b"old", after: bytes = b"new") -> FileChange:
    return FileChange(str(path), before, after)


def refused(journal: ChangeJournal, *changes: FileChange) -> str:
    """The sentence, after which nothing is in the journal."""
    with pytest.raises(CannotChange) as refusal:
        journal.apply(changes)
    assert journal.entries() == ()
    said = str(refusal.value)
    assert "\n" not in said
    return said


def beside(folder: Path) -> list[str]:
    return [each.name for each in folder.iterdir() if each.name.startswith(".gopls-diag-")]


@POSIX
def test_every_kind_of_file_is_written_and_put_back_with_what_it_is(tmp_path: Path) -> None:
    scene = Scene(tmp_path)

    kept = scene.journal().apply(scene.changes, titles=["S01 Take it out"], about={"folder": "/w"})

    scene.must_be_new()
    assert kept.state is ChangeState.DONE
    assert scene.journal().entries() == (kept,)
    back = scene.journal().undo()
    scene.must_be_old()
    assert len(back.restored) == len(scene.changes) - 1
    assert scene.journal().entries()[0].state is ChangeState.UNDONE


@POSIX
def test_it_works_where_files_cannot_have_two_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_links(*names: object, **rest: object) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(os, "link", no_links)
    scene = Scene(tmp_path)

    scene.journal().apply(scene.changes)
    scene.must_be_new()
    scene.journal().undo()
    scene.must_be_old()

    def refuse(path: str, content: bytes) -> None:
        raise CannotChange("it means something else")

    with pytest.raises(CannotChange, match="it means something else"):
        scene.journal().apply(scene.changes, check=refuse)
    scene.must_be_old()


def test_a_check_that_fails_after_writing_brings_all_bytes_back(tmp_path: Path) -> None:
    scene = Scene(tmp_path, is_small=True)
    checked = []

    def check(path: str, content: bytes) -> None:
        checked.append(Path(path).read_bytes() == content)
        if len(checked) == 3:
            raise ValueError("does not parse any more")

    with pytest.raises(CannotChange, match="does not parse any more"):
        scene.journal().apply(scene.changes, check=check)

    assert checked == [True, True, True]
    scene.must_be_old()
    assert scene.journal().entries() == ()


def test_a_file_that_is_not_what_was_read_is_refused(journal: ChangeJournal, file: Path, tmp_path: Path) -> None:
    assert "was changed by another program" in refused(journal, change(file, b"older"))
    assert "was changed by another program" in refused(journal, change(file, None))
    assert "was changed by another program" in refused(journal, change(tmp_path / "gone.json"))
    assert file.read_bytes() == b"old"


@pytest.mark.parametrize("moment", ["write", "link", "replace"])
@pytest.mark.parametrize("how", ["in place", "by rename", "removed"])
def test_a_change_by_another_program_at_any_moment_is_kept(
    tmp_path: Path, file: Path, moment: str, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The editor saves after the file was read, and even in the window after the old file got its second name."""
    done: list[str] = []

    def steps(name: str) -> None:
        if name == moment and not done and (tmp_path / "state" / "changes").exists() and beside(tmp_path):
            done.append(name)
            if how == "in place":
                file.write_bytes(b"theirs")
            elif how == "by rename":
                (tmp_path / "other").write_bytes(b"theirs")
                (tmp_path / "other").replace(file)
            else:
                file.unlink()

    journal = ChangeJournal(tmp_path / "state" / "changes", steps=steps)

    with pytest.raises(CannotChange):
        journal.apply([change(file)])

    assert done == [moment]
    assert (file.read_bytes() if file.exists() else None) == (None if how == "removed" else b"theirs")
    assert beside(tmp_path) == []
    assert journal.entries() == ()


def test_a_file_that_another_program_makes_meanwhile_is_kept(tmp_path: Path) -> None:
    file = tmp_path / "settings.json"
    journal = ChangeJournal(
        tmp_path / "state", steps=lambda name: (file.write_bytes(b"theirs"), None)[1] if name == "link" else None
    )

    assert "was made by another program" in refused(journal, change(file, None))
    assert file.read_bytes() == b"theirs"
    assert beside(tmp_path) == []


@POSIX
def test_what_is_no_file_of_its_own_is_refused_in_one_sentence(journal: ChangeJournal, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "dangling").symlink_to("nothing")
    (tmp_path / "loop").symlink_to("pool")
    (tmp_path / "pool").symlink_to("loop")
    (tmp_path / "one").write_bytes(b"old")
    os.link(tmp_path / "one", tmp_path / "two")

    assert "it is a folder" in refused(journal, change(tmp_path / "folder"))
    assert "no ordinary file" in refused(journal, change(tmp_path / "fifo"))
    assert "leads to nothing" in refused(journal, change(tmp_path / "dangling", None))
    assert "leads to nothing" in refused(journal, change(tmp_path / "dangling" / "x.json", None))
    assert "leads to itself" in refused(journal, change(tmp_path / "loop"))
    assert "2 names (hard links)" in refused(journal, change(tmp_path / "two"))
    assert "no folder" in refused(journal, change(tmp_path / "one" / "x.json", None))
    assert "no path" in refused(journal, change(tmp_path / "a\0b"))
    assert "same file" in refused(journal, change(tmp_path / "new", None), change(tmp_path / "new", None))
    assert (tmp_path / "one").stat().st_ino == (tmp_path / "two").stat().st_ino


def test_two_changes_of_one_file_by_two_names_are_refused(journal: ChangeJournal, file: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(file)

    assert "same file" in refused(journal, change(file), change(tmp_path / "link"))


def test_a_journal_that_cannot_be_written_is_found_out_before_anything_is_touched(file: Path, tmp_path: Path) -> None:
    (tmp_path / "occupied").write_bytes(b"")

    said = refused(ChangeJournal(tmp_path / "occupied" / "changes"), change(file))

    assert "journal" in said and "GOPLS_DIAG_STATE" in said
    assert file.read_bytes() == b"old"
    assert beside(tmp_path) == []


@POSIX
def test_folder_and_files_of_the_journal_are_for_their_owner_alone(tmp_path: Path, file: Path) -> None:
    old = os.umask(0)
    try:
        (tmp_path / "state").mkdir(mode=0o777)
        journal = ChangeJournal(tmp_path / "state")
        journal.apply([change(file)])
    finally:
        os.umask(old)

    modes = {
        (each.is_dir(), stat.S_IMODE(each.stat().st_mode))
        for each in [tmp_path / "state", *(tmp_path / "state").rglob("*")]
    }
    assert modes == {(True, 0o700), (False, 0o600)}


def test_the_folder_is_the_users_state_unless_the_environment_names_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOPLS_DIAG_STATE", str(tmp_path))
    assert default_folder() == tmp_path / "changes"

    monkeypatch.delenv("GOPLS_DIAG_STATE")
    assert default_folder().parts[-2:] == ("gopls-diag", "changes")


def test_looking_makes_nothing(journal: ChangeJournal) -> None:
    assert journal.entries() == journal.interrupted() == ()
    with pytest.raises(CannotChange, match="nothing to take back"):
        journal.undo()
    assert not journal.folder.exists()


def test_undo_goes_from_the_newest_to_the_oldest(journal: ChangeJournal, file: Path) -> None:
    first = journal.apply([change(file, b"old", b"one")])
    second = journal.apply([change(file, b"one", b"two")])

    with pytest.raises(CannotChange, match=second.id):
        journal.undo(first.id)
    assert journal.undo().change.id == second.id
    with pytest.raises(CannotChange, match="undone already"):
        journal.undo(second.id)
    assert journal.undo().change.id == first.id
    assert file.read_bytes() == b"old"
    with pytest.raises(CannotChange, match="nothing to take back"):
        journal.undo()


def test_an_id_may_be_cut_as_long_as_it_is_the_only_one(journal: ChangeJournal, file: Path) -> None:
    first = journal.apply([change(file, b"old", b"one")])
    second = journal.apply([change(file, b"one", b"two")])

    with pytest.raises(CannotChange, match="beginning of 2"):
        journal.undo("2")
    for unknown in ("1999", "", "..", "/", "lock", "\udcff"):
        with pytest.raises(CannotChange, match="no change"):
            journal.undo(unknown)
    assert journal.undo(second.id[:-1] if second.id[:-1] != first.id[:-1] else second.id).change.id == second.id


def test_what_somebody_changed_since_is_left_alone_and_can_be_taken_up_again(
    journal: ChangeJournal, file: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other.json"
    kept = journal.apply([change(file), change(other, None)])
    file.write_bytes(b"theirs")
    other.write_bytes(b"theirs too")

    back = journal.undo()

    assert (file.read_bytes(), other.read_bytes()) == (b"theirs", b"theirs too")
    assert back.restored == ()
    assert len(back.conflicts) == 2
    kept_at = back.conflicts[0].rpartition(" ")[2]
    assert Path(kept_at).read_bytes() == b"old"
    with pytest.raises(CannotChange, match="nothing to take back"):
        journal.undo()

    file.write_bytes(b"new")
    other.write_bytes(b"made")
    again = journal.undo(kept.id)

    assert again.restored == (str(file),)
    assert len(again.conflicts) == 1


def test_a_made_folder_is_removed_only_when_it_is_empty(journal: ChangeJournal, tmp_path: Path) -> None:
    file = tmp_path / "a" / "b" / "settings.json"
    journal.apply([change(file, None)])
    (tmp_path / "a" / "mine").write_bytes(b"mine")

    journal.undo()

    assert sorted(each.name for each in (tmp_path / "a").iterdir()) == ["mine"]


@POSIX
def test_a_mode_that_the_user_gave_since_stays(journal: ChangeJournal, file: Path) -> None:
    file.chmod(0o640)
    journal.apply([change(file)])
    file.chmod(0o600)

    journal.undo()

    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def damage(kept: KeptChange, journal: ChangeJournal, name: str, act: Callable[[Path], object]) -> None:
    act(journal.folder / kept.id / name)


DAMAGES: dict[str, tuple[str, Callable[[Path], object]]] = {
    "record cut": ("entry.json", lambda path: path.write_bytes(path.read_bytes()[:100])),
    "record empty": ("entry.json", lambda path: path.write_bytes(b"")),
    "record gone": ("entry.json", lambda path: path.unlink()),
    "record no object": ("entry.json", lambda path: path.write_bytes(b"[1]")),
    "record deep": ("entry.json", lambda path: path.write_bytes(b"[" * 200_000)),
    "record other path": (
        "entry.json",
        lambda path: path.write_bytes(path.read_bytes().replace(b"settings.json", b"settings.jso0")),
    ),
    "record a folder": (
        "entry.json",
        lambda path: path.rename(path.with_name("aside")).parent.joinpath(path.name).mkdir(),
    ),
    "record newer": ("entry.json", lambda path: path.write_bytes(b'{"schema": 2}')),
    "record odd schema": ("entry.json", lambda path: path.write_bytes(b'{"schema": true}')),
}


@pytest.mark.parametrize("name", DAMAGES)
def test_a_damaged_record_is_passed_over_and_never_used(journal: ChangeJournal, file: Path, name: str) -> None:
    kept = journal.apply([change(file)])
    damage(kept, journal, *DAMAGES[name])

    assert journal.entries() == journal.interrupted() == ()
    assert journal.passed_over == 1
    with pytest.raises(CannotChange, match=r"damaged|newer gopls-diag"):
        journal.undo(kept.id)
    assert file.read_bytes() == b"new"
    later = journal.apply([change(file, b"new", b"newer")])
    assert later.id > kept.id


@pytest.mark.parametrize(
    "act", [Path.unlink, lambda path: path.write_bytes(b"ol"), lambda path: path.write_bytes(b"OLD")]
)
def test_damaged_bytes_are_never_put_back(
    journal: ChangeJournal, file: Path, tmp_path: Path, act: Callable[[Path], object]
) -> None:
    other = tmp_path / "other.json"
    other.write_bytes(b"old")
    kept = journal.apply([change(file), change(other)])
    damage(kept, journal, "before-0", act)

    back = journal.undo()

    assert file.read_bytes() == b"new"
    assert other.read_bytes() == b"old"
    assert back.restored == (str(other),)
    assert "its old bytes are lost" in back.conflicts[0]


def test_foreign_things_in_the_folder_are_passed_over(journal: ChangeJournal, file: Path) -> None:
    kept = journal.apply([change(file)])
    for name in ("notes.txt", "20261301T000000Z-0000", "20261123T000000Z-zzzz", "99991231T235959Z-0000"):
        (journal.folder / name).mkdir()
    (journal.folder / "20200101T000000Z-0000").write_bytes(b"a file")

    assert journal.entries() == (kept,)
    assert journal.passed_over == 5
    assert journal.undo().restored == (str(file),)


def test_ids_grow_even_when_the_clock_goes_back() -> None:
    now = datetime(2026, 11, 23, 2, 15, tzinfo=UTC)
    first = next_id(now, [], 0x1234)

    assert first == "20261123T021500Z-1234"
    assert next_id(now, [first], 0x7FFF) == "20261123T021500Z-1235"
    assert next_id(now.replace(year=2020), [first, "20000101T000000Z-0000"], 0) == "20261123T021500Z-1235"
    assert next_id(now, ["20261123T021500Z-ffff"], 0) == "20261123T021501Z-0000"
    assert next_id(now, ["20271231T235959Z-ffff"], 0) == "20280101T000000Z-0000"


def test_a_thousand_entries_are_all_listed(journal: ChangeJournal, file: Path) -> None:
    kept = journal.apply([change(file)])
    record = json.loads((journal.folder / kept.id / "entry.json").read_bytes())
    del record["sha256"]
    for number in range(1000):
        record["id"] = f"20200101T000000Z-{number:04x}"
        (journal.folder / record["id"]).mkdir()
        whole = {**record, "sha256": change_record._checksum(record)}
        (journal.folder / record["id"] / "entry.json").write_text(json.dumps(whole))

    assert len(journal.entries()) == 1001
    assert journal.undo().change.id == kept.id


@POSIX
def test_a_second_run_waits_and_then_refuses(tmp_path: Path, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    held, go_on = threading.Event(), threading.Event()

    def run() -> None:
        held.set()
        go_on.wait(60)

    first = ChangeJournal(tmp_path / "state")
    arguments = {"folder": str(tmp_path), "files": [str(file)], "kind": ChangeKind.PROJECT, "run": run}
    other = threading.Thread(target=lambda: first.run_command(["go"], **arguments))  # type: ignore[arg-type]
    other.start()
    held.wait(60)
    try:
        assert ChangeJournal(tmp_path / "state").interrupted() == ()
        with pytest.raises(CannotChange, match="another run"):
            ChangeJournal(tmp_path / "state").apply([change(file)])
    finally:
        go_on.set()
        other.join()
    assert ChangeJournal(tmp_path / "state").apply([change(file)]).state is ChangeState.DONE
    assert change_lock.is_held(tmp_path / "state" / "lock") is False


def go_env(journal: ChangeJournal, command: list[str], file: Path, run: Callable[[], None]) -> KeptChange:
    return journal.run_command(command, folder="/", files=[str(file)], kind=ChangeKind.GO_ENV, titles=["E"], run=run)


def test_a_command_that_fails_and_changed_nothing_leaves_no_entry(journal: ChangeJournal, file: Path) -> None:
    def fail() -> None:
        raise CannotChange("go env -w X=1 failed: unknown variable")

    with pytest.raises(CannotChange, match=r"^go env -w X=1 failed: unknown variable$"):
        go_env(journal, ["go", "env", "-w", "X=1"], file, fail)
    assert journal.entries() == ()


def test_a_command_that_fails_halfway_can_be_undone(journal: ChangeJournal, file: Path) -> None:
    def fail() -> None:
        file.write_bytes(b"half")
        raise CannotChange("go mod tidy failed: no network")

    with pytest.raises(CannotChange, match=r"no network; gopls-diag fix --undo 2"):
        go_env(journal, ["go", "mod", "tidy"], file, fail)
    assert journal.undo().restored == (str(file),)
    assert file.read_bytes() == b"old"


def interrupt_after(journal: ChangeJournal, kept: KeptChange) -> None:
    """Make an entry look as a run leaves it that was killed while the command ran."""
    path = journal.folder / kept.id / "entry.json"
    record = change_record.parse(path.read_bytes(), kept.id)
    files = tuple(
        replace(each, is_after_known=False, kept=replace(each.kept, after_sha256=None)) for each in record.files
    )
    begun = replace(record, files=files).with_state(ChangeState.BEGUN)
    path.write_bytes(change_record.render(begun))


@pytest.mark.parametrize(
    ("command", "left", "is_restored"),
    [
        (["go", "env", "-w", "GOFLAGS=-v"], b"GOFLAGS=-v\nGOPROXY=x\n", True),
        (["go", "env", "-w", "GOFLAGS=-v"], b"GOPROXY=x\nGOFLAGS=-v\n", True),
        (["go", "env", "-u", "GOFLAGS"], b"GOPROXY=x\n", True),
        (["go", "env", "-w", "GOFLAGS=-v"], b"GOFLAGS=-v\nGOPROXY=y\n", False),
        (["go", "env", "-w", "GOFLAGS=-v"], b"", False),
        (["go", "mod", "tidy"], b"GOPROXY=x\n", False),
    ],
)
def test_an_interrupted_go_env_is_undone_when_only_its_variable_differs(
    journal: ChangeJournal, tmp_path: Path, command: list[str], left: bytes, is_restored: bool
) -> None:
    file = tmp_path / "env"
    before = b"GOFLAGS=-x\nGOPROXY=x\n"
    file.write_bytes(before)
    kept = go_env(journal, command, file, lambda: None)
    interrupt_after(journal, kept)
    file.write_bytes(left)

    assert [each.id for each in journal.interrupted()] == [kept.id]
    back = journal.undo()

    assert bool(back.restored) is is_restored
    assert bool(back.conflicts) is not is_restored
    assert file.read_bytes() == (before if is_restored else left)


@pytest.mark.real
def test_the_environment_file_of_the_real_go_comes_back_to_the_byte(tmp_path: Path, journal: ChangeJournal) -> None:
    """go makes the file and its folders, and leaves an empty file when the last variable goes (Go 1.26.8)."""
    if shutil.which("go") is None:
        pytest.skip("there is no go")
    file = tmp_path / "config" / "go" / "env"

    def run(*words: str) -> KeptChange:
        environment = {**os.environ, "GOENV": str(file)}
        return go_env(
            journal,
            ["go", "env", *words],
            file,
            lambda: (subprocess.run(["go", "env", *words], env=environment, check=True, cwd=tmp_path), None)[1],
        )

    run("-w", "GOFLAGS=-v")
    run("-u", "GOFLAGS")
    assert file.read_bytes() == b""
    journal.undo()
    assert file.read_bytes() == b"GOFLAGS=-v\n"
    journal.undo()
    assert not (tmp_path / "config").exists()

    file.parent.mkdir(parents=True)
    odd = b"# mine\r\nGOPROXY=off\r\nGONOSUMDB=b\nGONOSUMDB=a\nno newline"
    file.write_bytes(odd)
    file.chmod(0o600)
    run("-w", "GOFLAGS=-v")
    assert file.read_bytes() != odd
    journal.undo()
    assert file.read_bytes() == odd
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_vendor_folder_that_a_command_made_is_left_whole(journal: ChangeJournal, tmp_path: Path) -> None:
    listed = tmp_path / "vendor" / "modules.txt"

    def vendor() -> None:
        (tmp_path / "vendor" / "m.example").mkdir(parents=True)
        listed.write_bytes(b"# m.example v1.0.0\n")

    journal.run_command(
        ["go", "mod", "vendor"], folder=str(tmp_path), files=[str(listed)], kind=ChangeKind.PROJECT, run=vendor
    )
    back = journal.undo()

    assert listed.exists()
    assert "delete it by hand" in back.conflicts[0]


class Windows(PermissionError):
    """As os.replace raises it there when an editor has the file open."""

    winerror = 32


def test_a_file_that_is_open_on_windows_is_refused_in_one_sentence(
    journal: ChangeJournal, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*names: object) -> None:
        raise Windows(13, "The process cannot access the file")

    monkeypatch.setattr(file_writer, "rename_over", refuse)

    assert "another program has it open" in refused(journal, change(file))
    assert file.read_bytes() == b"old"
    assert beside(file.parent) == []


@POSIX
def test_what_an_editor_wrote_into_the_old_file_at_the_last_moment_is_put_back(
    journal: ChangeJournal, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the last look and the rename: the old file has a second name, under which it is read again."""

    def late(source: Path, target: Path) -> None:
        if source.name.endswith("-0"):
            target.write_bytes(b"theirs")
        source.replace(target)

    monkeypatch.setattr(file_writer, "rename_over", late)

    assert "while it was written" in refused(journal, change(file))
    assert file.read_bytes() == b"theirs"
    assert beside(file.parent) == []


def test_the_last_that_a_watcher_hears_of_a_file_is_that_it_is_there(file: Path, tmp_path: Path) -> None:
    """Editors drop a file from sight when its name is moved away last, as an exchange of names does it."""
    libc = ctypes.CDLL(None)
    if not hasattr(libc, "inotify_init"):
        pytest.skip("there is no inotify")
    moved_from, moved_to, created, deleted = 0x40, 0x80, 0x100, 0x200
    watch = libc.inotify_init()
    libc.inotify_add_watch(watch, os.fsencode(tmp_path), moved_from | moved_to | created | deleted)

    ChangeJournal(tmp_path / "state").apply([change(file)])

    heard = os.read(watch, 65536)
    os.close(watch)
    events: list[int] = []
    offset = 0
    while offset < len(heard):
        _, mask, _, length = struct.unpack_from("iIII", heard, offset)
        if heard[offset + 16 : offset + 16 + length].rstrip(b"\0") == os.fsencode(file.name):
            events.append(mask)
        offset += 16 + length
    assert events == [moved_to]


def test_on_macos_the_drive_is_asked_to_keep_the_bytes(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fcntl = pytest.importorskip("fcntl")
    asked: list[int] = []
    monkeypatch.setattr(fcntl, "F_FULLFSYNC", 51, raising=False)
    monkeypatch.setattr(fcntl, "fcntl", lambda descriptor, number: asked.append(number))
    monkeypatch.setattr(durable_files, "sys", SimpleNamespace(platform="darwin"))

    with file.open("rb") as opened:
        durable_files.sync_file(opened.fileno(), lambda name: None)

    assert asked == [51]


def test_on_windows_the_lock_is_msvcrts(monkeypatch: pytest.MonkeyPatch) -> None:
    def locking(descriptor: int, mode: int, size: int) -> None:
        if descriptor == 7:
            raise OSError(13, "Permission denied")

    monkeypatch.setattr(change_lock, "os", SimpleNamespace(name="nt"))
    monkeypatch.setitem(sys.modules, "msvcrt", SimpleNamespace(locking=locking, LK_NBLCK=2))

    assert change_lock._try_lock(3) is True
    assert change_lock._try_lock(7) is False


def save_at(file: Path, moment: str) -> Callable[[str], None]:
    """Another program saves the file at a step."""

    def steps(name: str) -> None:
        if name == moment:
            file.write_bytes(b"theirs")

    return steps


def test_what_an_editor_saves_while_a_change_is_put_back_stays(file: Path, tmp_path: Path) -> None:
    def refuse(path: str, content: bytes) -> None:
        raise CannotChange("it means something else")

    journal = ChangeJournal(tmp_path / "state", steps=save_at(file, "put back"))

    with pytest.raises(CannotChange, match="right after it was written"):
        journal.apply([change(file)], check=refuse)

    assert file.read_bytes() == b"theirs"
    [kept] = journal.interrupted()
    assert (journal.folder / kept.id / "before-0").read_bytes() == b"old"


def test_what_an_editor_saves_while_a_made_file_is_taken_away_stays(tmp_path: Path) -> None:
    file = tmp_path / "made.json"
    journal = ChangeJournal(tmp_path / "state", steps=save_at(file, "move away"))
    journal.apply([change(file, None)])

    with pytest.raises(CannotChange, match="while it was taken away"):
        journal.undo()

    assert file.read_bytes() == b"theirs"
    assert beside(tmp_path) == []


@POSIX
def test_a_second_name_that_a_killed_run_left_goes_even_when_the_file_was_saved_since(
    file: Path, tmp_path: Path
) -> None:
    state = tmp_path / "state"
    named: list[str] = []

    def kill_after_link(name: str) -> None:
        named.append(name)
        if named[-2:] == ["link", "replace"]:
            os.kill(os.getpid(), signal.SIGKILL)

    child = os.fork()
    if child == 0:
        ChangeJournal(state, steps=kill_after_link).apply([change(file)])
        os._exit(0)
    assert os.WIFSIGNALED(os.waitpid(child, 0)[1])
    assert file.stat().st_nlink == 2
    file.write_bytes(b"theirs")

    journal = ChangeJournal(state)
    journal.apply([change(file, b"theirs")])

    assert file.read_bytes() == b"new"
    assert beside(tmp_path) == []
    assert journal.undo().restored == (str(file),)
