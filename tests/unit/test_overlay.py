"""A world with planned files laid over it answers as if they had been written, and asks nothing twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from gopls_diag.world import FileMissing
from gopls_diag.world.live import LiveWorld
from gopls_diag.world.overlay import OverlayWorld
from gopls_diag.world.port import Answer, Question, World


class Counting(World):
    """Passes questions on and counts them."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self._world = LiveWorld()

    def ask(self, question: Question) -> Answer:
        self.asked.append(question.kind)
        return self._world.ask(question)


def test_planned_bytes_are_read_and_measured(tmp_path: Path) -> None:
    file = tmp_path / "settings.json"
    file.write_bytes(b"{}")
    world = OverlayWorld(LiveWorld(), {str(file): b'{"a": 1}\xff'})

    assert world.read_bytes(str(file)) == b'{"a": 1}\xff'
    assert world.read_bytes(str(file), offset=-3) == b"1}\xff"
    assert world.read_bytes(str(file), limit_bytes=2) == b'{"'
    found = world.stat(str(file))
    assert found and found.size_bytes == 9
    assert file.read_bytes() == b"{}"


def test_a_planned_file_need_not_exist(tmp_path: Path) -> None:
    world = OverlayWorld(LiveWorld(), {str(tmp_path / ".vscode/settings.json"): b"{}"})

    assert world.is_file(str(tmp_path / ".vscode/settings.json"))
    assert world.read_text(str(tmp_path / ".vscode/settings.json")) == "{}"


def test_a_planned_file_can_be_gone(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("x")
    world = OverlayWorld(LiveWorld(), {str(tmp_path / "a"): None})

    assert world.stat(str(tmp_path / "a")) is None
    with pytest.raises(FileMissing):
        world.read_bytes(str(tmp_path / "a"))


def test_a_link_to_a_planned_file_shows_the_plan(tmp_path: Path) -> None:
    (tmp_path / "real.json").write_text("{}")
    (tmp_path / "link.json").symlink_to("real.json")
    by_link = OverlayWorld(LiveWorld(), {str(tmp_path / "link.json"): b"[]"})
    by_name = OverlayWorld(LiveWorld(), {str(tmp_path / "real.json"): b"[]"})

    for world in (by_link, by_name):
        assert world.read_bytes(str(tmp_path / "real.json")) == world.read_bytes(str(tmp_path / "link.json")) == b"[]"


def test_what_was_heard_once_is_not_asked_again(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("x")
    below = Counting()
    world = OverlayWorld(below)
    world.read_bytes(str(tmp_path / "a"))
    (tmp_path / "a").write_text("y")

    other = world.over({str(tmp_path / "b"): b"z"})

    assert other.read_bytes(str(tmp_path / "a")) == b"x"
    assert other.read_bytes(str(tmp_path / "b")) == b"z"
    assert below.asked.count("file.read") == 1


def test_folders_above_a_planned_file_are_made_with_it(tmp_path: Path) -> None:
    world = OverlayWorld(LiveWorld(), {str(tmp_path / "logs" / "shop" / "about.txt"): b"x"})

    assert world.is_folder(str(tmp_path / "logs" / "shop"))
    assert world.is_folder(str(tmp_path / "logs"))
    assert world.is_folder(str(tmp_path))
    assert not world.is_folder(str(tmp_path / "log"))
    assert not OverlayWorld(LiveWorld(), {str(tmp_path / "gone" / "x"): None}).is_folder(str(tmp_path / "gone"))


def test_planned_files_of_one_missing_folder_stay_apart(tmp_path: Path) -> None:
    one, other = str(tmp_path / "new" / "one.json"), str(tmp_path / "new" / "other.json")
    world = OverlayWorld(LiveWorld(), {one: b"1", other: b"2"})

    assert (world.read_bytes(one), world.read_bytes(other)) == (b"1", b"2")
