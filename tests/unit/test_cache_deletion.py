"""A folder of gopls's cache is deleted only when it is one and nobody uses it."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gopls_diag.model.change import CannotChange
from gopls_diag.world import cache_deletion
from gopls_diag.world.cache_deletion import delete_cache_folder

KEY = "0123abcd"
HASH = KEY + "0" * 56
ENTRY = f"{HASH}-cas"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of a gopls that nobody runs."""
    found = tmp_path / "gopls" / KEY
    for shard in ("00", "ff"):
        (found / shard).mkdir(parents=True)
        (found / shard / ENTRY).write_bytes(b"x")
    (found / "exe.sha256").write_bytes(bytes.fromhex(HASH))
    return found


def refusal(folder: Path | str) -> str:
    with pytest.raises(CannotChange) as problem:
        delete_cache_folder(str(folder))
    return str(problem.value)


def test_an_unused_folder_is_deleted_and_its_neighbours_stay(folder: Path) -> None:
    other = folder.with_name("deadbeef")
    other.mkdir()

    delete_cache_folder(str(folder))

    assert [each.name for each in folder.parent.iterdir()] == ["deadbeef"]


@pytest.mark.parametrize("name", ["0123ABCD", "0123abc", "0123abcde", "bin", ".."])
def test_other_names_are_refused(folder: Path, name: str) -> None:
    assert "is not a folder of gopls's cache" in refusal(folder.parent / name)


def test_another_place_is_refused(folder: Path) -> None:
    moved = folder.rename(folder.parent.parent / KEY)

    assert "is not a folder of gopls's cache" in refusal(moved)
    assert moved.is_dir()


@pytest.mark.parametrize(
    "spoil",
    [
        lambda folder: (folder / "thesis.doc").write_text("mine"),
        lambda folder: (folder / "00" / "thesis.doc").write_text("mine"),
        lambda folder: (folder / "src").mkdir(),
        lambda folder: (folder / "00" / HASH).mkdir(),
        lambda folder: (folder / "exe.sha256").write_text("not a hash"),
        lambda folder: (folder / "01").symlink_to("/"),
        lambda folder: (folder / "00" / f"{HASH}-xrefs").symlink_to("/etc/passwd"),
    ],
)
def test_what_gopls_does_not_write_is_kept_with_all_beside_it(folder: Path, spoil: Callable[[Path], Any]) -> None:
    spoil(folder)
    before = sorted(folder.rglob("*"))

    refusal(folder)

    assert sorted(folder.rglob("*")) == before


def test_a_link_is_refused(folder: Path, tmp_path: Path) -> None:
    real = folder.rename(tmp_path / "elsewhere")
    folder.symlink_to(real)

    assert "is a link" in refusal(folder)
    assert (real / "00" / ENTRY).is_file()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="open files are seen on Linux only")
def test_a_folder_with_an_open_file_is_left(folder: Path) -> None:
    with (folder / "00" / ENTRY).open("rb"):
        assert f"process {os.getpid()} has files in it open" in refusal(folder)

    delete_cache_folder(str(folder))


def test_a_process_table_that_cannot_be_read_is_a_refusal(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def hidden(_: str) -> str:
        raise OSError("the process table cannot be read (AccessDenied)")

    monkeypatch.setattr(cache_deletion, "find_program", hidden)

    assert "the process table cannot be read" in refusal(folder)
    assert folder.is_dir()


def test_a_gopls_that_starts_in_between_gets_its_folder_back(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter(["", "process 7 (gopls) runs the gopls that it belongs to"])
    monkeypatch.setattr(cache_deletion, "find_program", lambda _: next(answers))

    assert "process 7" in refusal(folder)
    assert (folder / "00" / ENTRY).is_file()


def test_a_deletion_that_fails_says_what_is_left(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(path: Path) -> None:
        (path / "00" / ENTRY).unlink()
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(shutil, "rmtree", fail)

    assert "2 files are left in" in (told := refusal(folder))
    assert "Input/output error" in told
