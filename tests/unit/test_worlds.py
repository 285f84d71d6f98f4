"""The live, recorded and sketched worlds answer alike."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from gopls_diag.model.request import Request
from gopls_diag.model.system import FileKind
from gopls_diag.world import FileMissing, NotRecorded, World
from gopls_diag.world.live import LiveWorld
from gopls_diag.world.recorded import NotAWorld, dump, load
from gopls_diag.world.recorder import Recorder
from gopls_diag.world.sketch import BadSketch, play, read_scenes

posix = pytest.mark.skipif(os.name == "nt", reason="uses POSIX signals and links")


def test_a_recording_plays_what_was_heard(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("hello")
    (tmp_path / "bytes").write_bytes(b"\xff\x00")
    recorder = Recorder(LiveWorld())
    asked: list[Callable[[World], object]] = [
        lambda w: w.machine,
        lambda w: w.environment,
        lambda w: w.read_text(str(tmp_path / "text")),
        lambda w: w.read_bytes(str(tmp_path / "bytes")),
        lambda w: w.stat(str(tmp_path / "none")),
        lambda w: w.stat(str(tmp_path / "text")),
        lambda w: w.list(str(tmp_path)),
        lambda w: w.tree(str(tmp_path)),
        lambda w: w.volume(str(tmp_path)),
        lambda w: w.resolve(str(tmp_path)),
        lambda w: w.sha256(str(tmp_path / "text")),
        lambda w: w.run((sys.executable, "-c", "print(1)")),
        lambda w: w.processes(),
        lambda w: w.process(os.getpid()),
        lambda w: w.now,
    ]
    live = [ask(recorder) for ask in asked]
    played = load(dump(recorder.heard, Request(folder="/x", logs=("a",)), "0.1.0", {}))

    assert [ask(played) for ask in asked] == live
    assert played.request == Request(folder="/x", logs=("a",))
    with pytest.raises(NotRecorded, match="does not hold"):
        played.read_text("/never/asked")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "not JSON"),
        ("[]", "not a recording of gopls-diag"),
        ('{"schema": "gopls-diag/report/1"}', "not a recording of gopls-diag"),
        ('{"schema": "gopls-diag/world/9"}', "its format is 9, this gopls-diag reads 1"),
        ('{"schema": "gopls-diag/world/1"}', "damaged"),
        ('{"schema": "gopls-diag/world/1", "answers": [], "request": {"folder": "/"}}', "damaged"),
        ('{"schema": "gopls-diag/world/1", "answers": [1], "request": {"folder": "/"}}', "damaged"),
    ],
)
def test_what_is_no_recording_is_refused_with_a_reason(text: str, words: str) -> None:
    with pytest.raises(NotAWorld, match=words):
        load(text)


@posix
def test_a_command_that_hangs_is_ended_with_its_children(tmp_path: Path) -> None:
    mark = tmp_path / "pid"
    done = LiveWorld().run(("sh", "-c", f"sleep 60 & echo $! > {mark}; wait"), limit_seconds=1)

    assert done.is_timed_out
    assert done.exit_code is None
    child = int(mark.read_text())
    for _ in range(6_000):
        state = Path(f"/proc/{child}/stat")
        if not state.exists() or state.read_text().split()[2] == "Z":
            break
        time.sleep(0.05)
    else:
        pytest.fail("the child lives on")


@posix
def test_a_left_over_child_that_holds_the_output_open_is_not_waited_for(tmp_path: Path) -> None:
    mark = tmp_path / "pid"
    line = f"setsid sh -c 'echo $$ > {mark}; exec sleep 600' & until test -s {mark}; do sleep 0.1; done; echo said"
    done = LiveWorld().run(("sh", "-c", line), limit_seconds=300)

    os.kill(int(mark.read_text()), signal.SIGKILL)
    assert done.stdout == "said\n"
    assert not done.is_timed_out


@posix
def test_how_a_command_could_not_start_is_told(tmp_path: Path) -> None:
    world = LiveWorld()
    plain = tmp_path / "plain"
    plain.write_text("x")
    (tmp_path / "odd").write_bytes(b"\x7fELF not really")
    (tmp_path / "odd").chmod(0o755)

    assert world.run(("/no/such/program",)).start_error == "missing"
    assert world.run((str(plain),)).start_error == "denied"
    assert world.run((str(tmp_path / "odd"),)).start_error == "format"
    assert world.run(("sh", "-c", "kill -9 $$")).signal == 9


@posix
def test_a_fifo_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")

    with pytest.raises(Exception, match="not a regular file"):
        LiveWorld().read_text(str(tmp_path / "fifo"))


@posix
def test_link_loops_and_broken_links_are_told_apart(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    (tmp_path / "gone").symlink_to("nowhere")
    (tmp_path / "folder").mkdir()
    (tmp_path / "to").symlink_to("folder")
    world = LiveWorld()

    assert world.resolve(str(tmp_path / "a" / "x")).problem == "loop"
    assert world.resolve(str(tmp_path / "gone")).problem == "broken"
    assert world.resolve(str(tmp_path / "none")).problem == "missing"
    assert world.resolve(str(tmp_path / "to")).path == str(tmp_path.resolve() / "folder")


def test_a_name_that_is_not_text_is_read_and_recorded(tmp_path: Path) -> None:
    if sys.platform != "linux":
        pytest.skip("other systems refuse such names")
    odd = os.path.join(os.fsencode(tmp_path), b"caf\xe9")  # noqa: PTH118
    with open(odd, "w") as file:  # noqa: PTH123
        file.write("x")
    recorder = Recorder(LiveWorld())
    _ = recorder.machine, recorder.home
    (entry,) = recorder.list(str(tmp_path))
    played = load(dump(recorder.heard, Request(folder="/"), "0.1.0", {}))

    assert played.list(str(tmp_path)) == (entry,)
    assert entry.name == "caf\udce9"


SKETCH = """# A page
## one
```machine
{"os": "windows"}
```
```file C:\\Users\\gopher\\x.txt mode=0600
hello
```
```denied C:\\secret
```
```command go env *
! exit=2

out
```
```stderr
go: bad
```
```env
A=1
B=2
```
```env
-A
```
"""


def test_a_sketch_plays_what_is_written() -> None:
    (scene,) = read_scenes(SKETCH, lambda name: name)
    world = play(scene)
    done = world.run(("C:\\Go\\bin\\go.exe", "env", "-json"))

    assert world.read_text("c:\\users\\GOPHER\\x.txt") == "hello\n"
    assert world.stat("C:\\Users\\gopher") is not None
    assert [each.name for each in world.list("C:\\Users\\gopher")] == ["x.txt"]
    assert world.stat("C:\\Users\\gopher\\none") is None
    assert (done.exit_code, done.stdout, done.stderr) == (2, "out\n", "go: bad\n")
    assert world.environment == {"B": "2"}
    assert world.run(("other",)).start_error == "missing"
    with pytest.raises(NotRecorded):
        world.processes()
    with pytest.raises(FileMissing):
        world.read_text("C:\\none")


def test_a_sketch_follows_links_as_the_system_does() -> None:
    page = """
```link /home/x -> ../data
```
```file /data/f
1
```
```link /a -> /b
```
```link /b -> /a
```
"""
    (scene,) = read_scenes(page, lambda name: name)
    world = play(scene)
    link = world.stat_link("/home/x")

    assert world.read_text("/home/x/f") == "1\n"
    assert world.resolve("/home/x/f").path == "/data/f"
    assert world.resolve("/a").problem == "loop"
    assert link is not None
    assert link.kind is FileKind.LINK


@pytest.mark.parametrize(
    "page", ["```file /x\n", "```nonsense\n```\n", "```machine\n{\n```\n", "```clock yesterday\n```\n"]
)
def test_a_sketch_that_cannot_be_played_says_where(page: str) -> None:
    def play_all() -> None:
        for scene in read_scenes(page, lambda name: name):
            play(scene)

    with pytest.raises(BadSketch, match="line 1"):
        play_all()
