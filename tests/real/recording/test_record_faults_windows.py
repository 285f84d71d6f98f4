"""Several servers of one user: kills in a row, two windows at once, and the words that are no session."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import psutil
import pytest

from tests.real.recording.conftest import Prove, rows
from tests.real.recording.fault import BOTH, Fault
from tests.real.recording.stage import DIRECT, GO, PYTHON, Run, Stage
from tests.real.recording.stand_in import FIRST_EXTRA, wait_until

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(sys.platform != "linux", reason="processes as Linux has them"),
]

StageOf = Callable[[str], Stage]


def killed_in_a_row(count: int, run: Run) -> None:
    """VS Code starts it anew four times, and gives up at the fifth end."""
    for number in range(count):
        window = run.stage.start() if number else run
        window.converse()
        if number:
            window.kill(window.gopls)
            assert str(window.editor.wait()) == "SIGKILL"
    run.kill(run.gopls)


def two_windows(run: Run) -> None:
    """Of two windows one loses its gopls; the other does not notice."""
    run.converse()
    other = run.stage.start()
    other.converse()
    assert run.gopls != other.gopls
    run.kill(run.gopls)
    assert str(run.editor.wait()) == "SIGKILL"
    other.still_answers()
    other.shut_down()
    assert str(other.editor.wait()) == "exit 0"


def many_short_ones(run: Run) -> None:
    """An editor that starts and leaves a server again and again."""
    for _ in range(12):
        window = run.stage.start()
        window.editor.close(0)
        assert str(window.editor.wait()) == "exit 0"
    run.converse()
    run.shut_down()


FAULTS = (
    Fault(
        "five-kills",
        "gopls is killed five times in a row",
        partial(killed_in_a_row, 5),
        "SIGKILL",
        "killed",
        "X01",
        incidents=5,
        forms=BOTH,
    ),
    Fault("two-windows", "gopls of one of two windows is killed", two_windows, "SIGKILL", "killed", "X01", forms=BOTH),
    Fault("short-sessions", "A dozen sessions of a moment", many_short_ones, "exit 0", forms=BOTH),
)


@pytest.mark.parametrize(("row", "form"), rows(FAULTS))
def test_several_windows(row: Fault, form: str, proved: Prove) -> None:
    proved(row, form)


WORDS = (
    ("version",),
    ("version", "-json"),
    ("-v", "version"),
    ("-rpc.trace", "version"),
    ("help",),
    ("-h",),
    ("help", "serve"),
    ("serve", "-h"),
    ("nosuch",),
    ("check", "main.go"),
    ("-remote", "auto", "version"),
    ("api-json",),
    ("",),
)


@pytest.mark.parametrize("form", [GO, PYTHON])
@pytest.mark.parametrize("words", WORDS, ids=" ".join)
def test_words_that_are_no_session_go_to_gopls_as_they_are(
    words: tuple[str, ...], form: str, stage_of: StageOf
) -> None:
    told = []
    for stage in (stage_of(DIRECT), stage_of(form)):
        ended = subprocess.run(
            [stage.program, *words],
            cwd=stage.workspace,
            env=stage.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            timeout=120,
        )
        place = str(stage.folder).encode()
        told.append((ended.returncode, ended.stdout.replace(place, b"STAGE"), ended.stderr.replace(place, b"STAGE")))
        assert stage.settle() == []
        assert stage.sessions() == []
    assert told[0] == told[1]


@pytest.mark.parametrize("form", [GO, PYTHON])
def test_nothing_of_the_editors_is_held(form: str, stage_of: StageOf) -> None:
    """gopls has the editor's own input, output and leaked descriptors; launcher and recorder have none of them."""
    alone, behind = stage_of(DIRECT).start(), stage_of(form).start()
    for run in (alone, behind):
        run.converse()
    sockets = {f"socket:[{inode}]" for inode in socket_pairs(behind)}
    recorder = behind.recorder.pid

    def is_let_go() -> bool:
        return not sockets & open_in(behind.editor.pid, skip=2)

    assert wait_until(is_let_go), "the launcher holds standard input or output"
    assert not sockets & open_in(recorder)
    for pid in (behind.editor.pid, recorder):
        assert leaked_in(pid) == []
    assert leaked_in(behind.gopls) == leaked_in(alone.gopls) != []
    assert len(sockets & open_in(behind.gopls)) == 2
    for run in (alone, behind):
        run.shut_down()
        assert str(run.editor.wait()) == "exit 0"


def socket_pairs(run: Run) -> set[int]:
    """The inodes of gopls's standard input and output."""
    return {os.stat(f"/proc/{run.gopls}/fd/{number}").st_ino for number in (0, 1)}


def open_in(pid: int, *, skip: int = -1) -> set[str]:
    """What the descriptors of a process lead to."""
    found = set()
    for each in Path(f"/proc/{pid}/fd").iterdir():
        if int(each.name) != skip:
            try:
                found.add(os.readlink(each))
            except OSError:
                continue
    return found


def leaked_in(pid: int) -> list[int]:
    """Descriptors that VS Code leaks, by their numbers."""
    numbers = [int(each.name) for each in Path(f"/proc/{pid}/fd").iterdir()]
    return sorted(each for each in numbers if FIRST_EXTRA <= each < FIRST_EXTRA + 4 and is_null(pid, each))


def is_null(pid: int, number: int) -> bool:
    try:
        return os.readlink(f"/proc/{pid}/fd/{number}") == "/dev/null"
    except OSError:
        return False


@pytest.mark.parametrize("form", [GO, PYTHON])
def test_flags_are_added_only_to_the_file_that_is_known(form: str, stage_of: StageOf) -> None:
    """After an update of gopls the first start goes without them."""
    stage = stage_of(form)
    copy = stage.folder / "v0.24.0" / "gopls"
    copy.parent.mkdir()
    shutil.copy2(stage.gopls, copy)
    stage.gopls = str(copy)
    stage.install()

    known = stage.start()
    known.converse()
    assert any(each.startswith("-otel=http://127.0.0.1:") for each in psutil.Process(known.gopls).cmdline())
    known.shut_down()
    assert str(known.editor.wait()) == "exit 0"
    os.utime(copy, ns=(1, 1))
    unknown = stage.start()
    unknown.converse()
    assert psutil.Process(unknown.gopls).cmdline()[1:] == []
    unknown.shut_down()
    assert str(unknown.editor.wait()) == "exit 0"


@pytest.mark.parametrize("form", [GO, PYTHON])
@pytest.mark.parametrize("way", ["none", "itself", "link", "copy", "no program", "not executable"])
def test_a_gopls_that_cannot_be_found_is_told_in_two_lines(way: str, form: str, stage_of: StageOf) -> None:
    stage = stage_of(form)
    launcher = stage.record / "launcher"
    place = stage.folder / "bin"
    place.mkdir()
    if way == "link":
        (place / "gopls").symlink_to(launcher / "gopls")
    elif way == "copy":
        shutil.copytree(launcher, place, dirs_exist_ok=True)
    elif way in ("no program", "not executable"):
        (place / "gopls").write_text("#!/nonexistent/sh\n")
        (place / "gopls").chmod(0o755 if way == "no program" else 0o644)
    path = {"itself": str(launcher), "none": ""}.get(way, str(place))
    stage.environment["PATH"] = f"{path}:/usr/bin:/bin"
    stage.write_settings(gopls="", recorder=[])

    run = stage.start()
    status = run.editor.wait()

    assert status.exit_code in (126, 127), run.editor.stderr
    lines = run.editor.stderr.decode().splitlines()
    assert len(lines) == 2
    assert all(each.startswith("gopls-diag: ") for each in lines)


@pytest.mark.parametrize("interpreter", ["/nonexistent/python3", "/bin/false"])
def test_the_script_starts_gopls_without_its_python(interpreter: str, stage_of: StageOf) -> None:
    """Python is uninstalled, or is not one: the script becomes gopls itself."""
    stage = stage_of(PYTHON)
    script = stage.record / "launcher" / "gopls"
    text, changed = re.subn(r"(?m)^python=.*$", f"python={interpreter}", script.read_text())
    assert changed == 1
    script.write_text(text)

    run = stage.start()
    run.converse()
    run.shut_down()

    assert str(run.editor.wait()) == "exit 0"
    assert run.editor.stderr == b""


def test_a_killed_editor_leaves_nobody(stage_of: StageOf) -> None:
    """The extension host is killed: nobody closes anything in order."""
    for form in (DIRECT, GO, PYTHON):
        stage = stage_of(form)
        run = stage.start()
        run.converse()
        run.editor.close(0, 1, 2)
        run.kill(run.editor.pid, number=signal.SIGCONT)
        run.editor.wait()
        assert stage.settle() == []
