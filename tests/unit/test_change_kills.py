"""A run that writes is killed, or refused by the system, at every single step: nothing is lost, and all comes back."""

from __future__ import annotations

import errno
import itertools
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from gopls_diag.model.change import CannotChange, ChangeState
from tests.unit.change_scene import Failing, Scene, run_killed

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="processes are killed by fork and signal here")


@pytest.fixture
def folders() -> Iterator[Iterator[Path]]:
    """New folders without end, in memory where that is to be had: what is tested syncs all the time."""
    memory = Path("/dev/shm")
    top = Path(tempfile.mkdtemp(dir=memory if os.access(memory, os.W_OK) else None))

    def fresh() -> Iterator[Path]:
        for number in itertools.count():
            yield top / str(number)
            shutil.rmtree(top / str(number), ignore_errors=True)

    yield fresh()
    shutil.rmtree(top, ignore_errors=True)


def take_back_and_go_on(scene: Scene) -> None:
    """What a user does after a crash: undo, and then the same again."""
    journal = scene.journal()
    assert journal.passed_over == 0
    if journal.entries():
        back = journal.undo()
        assert back.conflicts == ()
        assert back.change.state is ChangeState.UNDONE
    else:
        with pytest.raises(CannotChange, match="nothing to take back"):
            journal.undo()
    assert journal.interrupted() == ()
    kept = journal.apply(scene.changes)
    scene.must_be_new()
    journal.undo(kept.id)
    scene.must_be_old()


def test_a_change_killed_at_any_step_leaves_each_file_old_or_new_and_is_undone(folders: Iterator[Path]) -> None:
    for step in itertools.count(1):
        scene = Scene(next(folders))
        is_killed = run_killed(step, lambda steps, s=scene: s.journal(steps).apply(s.changes))  # type: ignore[misc]

        scene.must_be_old_or_new_each()
        journal = scene.journal()
        if scene.files() != scene.before and scene.files() != scene.after():
            assert journal.interrupted() or journal.entries()[0].state is ChangeState.DONE
        if not is_killed:
            scene.must_be_new()
        take_back_and_go_on(scene)
        if not is_killed:
            assert step > 100
            return


def test_an_undoing_killed_at_any_step_leaves_each_file_old_or_new_and_can_be_finished(folders: Iterator[Path]) -> None:
    for step in itertools.count(1):
        scene = Scene(next(folders), is_small=True)
        kept = scene.journal().apply(scene.changes)

        is_killed = run_killed(step, lambda steps, s=scene: s.journal(steps).undo())  # type: ignore[misc]

        scene.must_be_old_or_new_each()
        journal = scene.journal()
        with suppress(CannotChange):
            assert journal.undo().change.id == kept.id
        scene.must_be_old()
        assert journal.interrupted() == ()
        if not is_killed:
            return
        journal.apply(scene.changes)
        scene.must_be_new()


def test_a_next_change_clears_away_what_a_killed_one_left(folders: Iterator[Path]) -> None:
    for step in itertools.count(1):
        scene = Scene(next(folders), is_small=True)
        is_killed = run_killed(step, lambda steps, s=scene: s.journal(steps).apply(s.changes))  # type: ignore[misc]

        scene.journal().apply([])

        assert not [name for name in scene.files() if ".gopls-diag-" in name]
        if not is_killed:
            return


@pytest.mark.parametrize(
    ("number", "is_lasting"),
    [(errno.ENOSPC, False), (errno.ENOSPC, True), (errno.EIO, True), (errno.EACCES, False)],
    ids=["full once", "full", "broken", "denied once"],
)
def test_a_refusal_at_any_step_puts_all_back_or_says_how(
    folders: Iterator[Path], number: int, is_lasting: bool
) -> None:
    def refuse() -> None:
        raise OSError(number, os.strerror(number))

    for step in itertools.count(1):
        scene = Scene(next(folders), is_small=True)
        failing = Failing(step, refuse, is_lasting=is_lasting)
        try:
            scene.journal(failing).apply(scene.changes)
        except CannotChange as refusal:
            said = str(refusal)
            assert "\n" not in said and "Traceback" not in said
            if "tries again" in said:
                assert is_lasting
                scene.must_be_old_or_new_each()
                assert [each.id in said for each in scene.journal().entries()] == [True]
            elif not is_lasting:
                scene.must_be_old()
                assert scene.journal().entries() == ()
        else:
            # The change was done and kept before it failed; clearing away waits for the next run.
            assert scene.journal().entries()[0].state is ChangeState.DONE
        take_back_and_go_on(scene)
        if failing.count < step:
            return


def test_a_refusal_while_undoing_is_told_and_can_be_tried_again(folders: Iterator[Path]) -> None:
    def refuse() -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    for step in itertools.count(1):
        scene = Scene(next(folders), is_small=True)
        kept = scene.journal().apply(scene.changes)
        failing = Failing(step, refuse)
        with suppress(CannotChange):
            scene.journal(failing).undo()

        scene.must_be_old_or_new_each()
        with suppress(CannotChange):
            assert scene.journal().undo(kept.id).conflicts == ()
        scene.must_be_old()
        if failing.count < step:
            return


def test_ctrl_c_at_any_step_puts_all_back(folders: Iterator[Path]) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    for step in itertools.count(1):
        scene = Scene(next(folders), is_small=True)
        failing = Failing(step, interrupt)
        with suppress(KeyboardInterrupt):
            scene.journal(failing).apply(scene.changes)

        if not any(each.state is ChangeState.DONE for each in scene.journal().entries()):
            scene.must_be_old()
        take_back_and_go_on(scene)
        if failing.count < step:
            return
