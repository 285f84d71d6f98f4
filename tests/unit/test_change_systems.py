"""What a real system refuses: folders of others, a full disk, file systems that keep lists of who may do what."""

from __future__ import annotations

import os
import shutil
import stat
import struct
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from gopls_diag.model.change import CannotChange, FileChange
from gopls_diag.world.change_journal import ChangeJournal
from tests.conftest import ROOT

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="users, mounts and attributes of Linux")

WRITE = """
import os, sys
from pathlib import Path
sys.path.insert(0, {source!r})
from gopls_diag.model.change import CannotChange, FileChange
from gopls_diag.world.change_journal import ChangeJournal
changes = [FileChange(path, Path(path).read_bytes() if os.path.exists(path) else None, b"new" * {times})
           for path in sys.argv[2:]]
journal = ChangeJournal(Path(sys.argv[1]))
try:
    journal.apply(changes)
    print("written")
except CannotChange as refusal:
    print(refusal)
print(len(journal.entries()), "entries")
"""
ORDINARY_USER = 12345


def script(times: int = 1) -> str:
    return WRITE.format(source=str(ROOT / "src"), times=times)


def as_ordinary_user(state: Path, *paths: Path) -> list[str]:
    """What a run says that has none of root's rights."""
    command = [sys.executable, "-c", script(), str(state), *map(str, paths)]
    if os.geteuid() == 0:
        setpriv = shutil.which("setpriv")
        if setpriv is None:
            pytest.skip("setpriv is not installed (apt-get install util-linux)")
        ids = [f"--reuid={ORDINARY_USER}", f"--regid={ORDINARY_USER}", "--clear-groups"]
        command = [setpriv, *ids, "--bounding-set=-all", "--inh-caps=-all", *command]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/")
    if "Permission denied" in done.stderr or "ModuleNotFoundError" in done.stderr:
        pytest.skip(f"an ordinary user cannot run Python here: {done.stderr.strip().splitlines()[-1]}")
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.fixture
def home() -> Iterator[Path]:
    """A folder of the ordinary user's that such a user can reach."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    if os.geteuid() == 0:
        os.chown(folder, ORDINARY_USER, ORDINARY_USER)
    yield folder
    for each in (folder, *folder.rglob("*")):
        if each.is_dir():
            each.chmod(0o755)
    shutil.rmtree(folder)


def give(path: Path) -> Path:
    if os.geteuid() == 0:
        os.chown(path, ORDINARY_USER, ORDINARY_USER)
    return path


def file_in(folder: Path, name: str = "settings.json", mode: int = 0o644) -> Path:
    path = folder / name
    path.write_bytes(b"old")
    path.chmod(mode)
    return give(path)


def test_an_ordinary_user_writes_own_files_even_read_only_ones(home: Path) -> None:
    paths = [file_in(home), file_in(home, "read-only.json", 0o400), home / "new" / "made.json"]

    assert as_ordinary_user(home / "state", *paths) == ["written", "1 entries"]

    assert {each.read_bytes() for each in paths} == {b"new"}
    assert stat.S_IMODE(paths[1].stat().st_mode) == 0o400
    assert paths[1].stat().st_uid == paths[0].stat().st_uid


def test_a_folder_that_may_not_be_written_is_told_and_the_other_file_comes_back(home: Path) -> None:
    free = file_in(home)
    (home / "locked").mkdir()
    locked = file_in(home / "locked")
    give(home / "locked").chmod(0o555)

    said = as_ordinary_user(home / "state", free, locked)

    assert said == [f"{locked} could not be written: Permission denied", "0 entries"]
    assert free.read_bytes() == locked.read_bytes() == b"old"
    assert sorted(each.name for each in home.iterdir()) == ["locked", "settings.json", "state"]


def test_a_state_folder_that_may_not_be_written_is_told_first(home: Path) -> None:
    file = file_in(home)
    (home / "locked").mkdir()
    give(home / "locked").chmod(0o555)

    said = as_ordinary_user(home / "locked" / "state", file)

    assert "the journal in" in said[0] and "Permission denied" in said[0]
    assert file.read_bytes() == b"old"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root makes files of others")
def test_a_file_of_another_user_is_not_made_ones_own(home: Path) -> None:
    file = file_in(home)
    os.chown(file, 0, 0)
    file.chmod(0o666)

    said = as_ordinary_user(home / "state", file)

    assert "belongs to another user" in said[0]
    assert (file.read_bytes(), file.stat().st_uid) == (b"old", 0)
    (home / "sticky").mkdir()
    (home / "sticky").chmod(0o1777)
    theirs = home / "sticky" / "settings.json"
    theirs.write_bytes(b"old")
    assert as_ordinary_user(home / "state", theirs)[1] == "0 entries"
    assert theirs.read_bytes() == b"old"
    assert [each.name for each in (home / "sticky").iterdir()] == ["settings.json"]


@pytest.mark.parametrize("full", ["home", "state"])
def test_a_full_disk_changes_nothing(tmp_path: Path, full: str) -> None:
    """A file system of 64 KiB: for the files, or for the journal."""
    if os.geteuid() != 0 or shutil.which("unshare") is None:
        pytest.skip("mounting in a name space of its own needs root and unshare")
    home, state = tmp_path / "home", tmp_path / "state"
    home.mkdir()
    state.mkdir()
    inner = tmp_path / "inner.sh"
    inner.write_text(
        f'mount -t tmpfs -o size=64k tmpfs "{tmp_path / full}" || exit 77\n'
        f'printf old > "{home}/a"; printf old > "{home}/b"\n'
        f'"{sys.executable}" -c "$1" "{state}" "{home}/a" "{home}/b" "{home}/c/d"\n'
        f'cat "{home}/a" "{home}/b"; echo; ls -A "{home}"; ls -A "{state}"\n'
    )
    done = subprocess.run(
        ["unshare", "-m", "sh", str(inner), script(20_000)], capture_output=True, text=True, check=False
    )
    if done.returncode == 77 or "unshare" in done.stderr:
        pytest.skip(f"no file system can be mounted here: {done.stderr.strip()}")

    said = done.stdout.splitlines()
    assert "No space left on device" in said[0]
    assert said[1:] == ["0 entries", "oldold", "a", "b", "lock"]


def access_list(*entries: tuple[int, int, int]) -> bytes:
    """system.posix_acl_access as the kernel reads it: version 2, then tag, rights, id (linux/posix_acl_xattr.h)."""
    return struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *each) for each in entries)


def test_attributes_and_access_list_stay_and_none_is_inherited(tmp_path: Path) -> None:
    nobody = 0xFFFFFFFF
    own = access_list((1, 6, nobody), (2, 4, ORDINARY_USER), (4, 4, nobody), (16, 4, nobody), (32, 0, nobody))
    inherited = access_list((1, 7, nobody), (2, 7, 4242), (4, 5, nobody), (16, 7, nobody), (32, 5, nobody))
    listed, plain = tmp_path / "listed.json", tmp_path / "plain.json"
    listed.write_bytes(b"old")
    plain.write_bytes(b"old")
    plain.chmod(0o640)
    try:
        os.setxattr(listed, "system.posix_acl_access", own)
        os.setxattr(listed, "user.note", b"mine")
        os.setxattr(tmp_path, "system.posix_acl_default", inherited)
    except OSError as problem:
        pytest.skip(f"this file system keeps no access lists: {problem}")
    journal = ChangeJournal(tmp_path / "state")

    journal.apply([FileChange(str(each), b"old", b"new") for each in (listed, plain)])

    for _ in range(2):
        assert os.getxattr(listed, "system.posix_acl_access") == own
        assert os.getxattr(listed, "user.note") == b"mine"
        assert stat.S_IMODE(listed.stat().st_mode) == 0o640
        assert os.listxattr(plain) == []
        assert stat.S_IMODE(plain.stat().st_mode) == 0o640
        if listed.read_bytes() == b"new":
            journal.undo()
    assert listed.read_bytes() == b"old"


def test_an_immutable_file_is_refused_in_one_sentence(tmp_path: Path) -> None:
    file = tmp_path / "settings.json"
    file.write_bytes(b"old")
    chattr = shutil.which("chattr")
    if chattr is None or subprocess.run([chattr, "+i", file], capture_output=True, check=False).returncode:
        pytest.skip("files cannot be made immutable here")
    try:
        with pytest.raises(CannotChange, match="Operation not permitted"):
            ChangeJournal(tmp_path / "state").apply([FileChange(str(file), b"old", b"new")])
        assert file.read_bytes() == b"old"
        assert sorted(each.name for each in tmp_path.iterdir()) == ["settings.json", "state"]
    finally:
        subprocess.run([chattr, "-i", file], check=True)
