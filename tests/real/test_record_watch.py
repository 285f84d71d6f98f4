"""`record --watch` beside real gopls processes: those that ran before, those that come, and how each of them ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from gopls_diag.engines.record.end_search import BY_LOG
from gopls_diag.engines.record.watched_gopls import WatchTools
from gopls_diag.engines.record.watching import Watching, WatchScope
from gopls_diag.model.incident import Incident
from gopls_diag.model.launcher import LauncherSettings
from gopls_diag.model.record_settings import RecordSettings
from gopls_diag.world.incident_store import store
from gopls_diag.world.launcher_build import build_launcher
from gopls_diag.world.launcher_store import write_launcher_settings
from gopls_diag.world.live import LiveWorld
from gopls_diag.world.process_end import ProcessEnd
from gopls_diag.world.record_folders import record_folders
from tests.real.plain_editor import PATIENCE, PlainEditor, module
from tests.real.recording.memory_groups import group_of

pytestmark = [pytest.mark.real, pytest.mark.skipif(sys.platform != "linux", reason="ends are told by Linux only")]

Environment = dict[str, str]
Start = Callable[..., PlainEditor]


@pytest.fixture
def start(gopls: Callable[[str], str], environment: Environment, tmp_path: Path) -> Start:
    """A function that starts a gopls of an editor, in a folder of its own or in another's."""
    made: list[int] = []

    def begin(folder: Path | None = None, version: str = "v0.24.0", *arguments: str, prelude: str = "") -> PlainEditor:
        made.append(len(made))
        place = folder or module(tmp_path / f"work-{len(made)}")
        command = [gopls(version), *arguments]
        if prelude:
            command = ["sh", "-c", f'{prelude}; exec "$@"', "sh", *command]
        editor = PlainEditor(command, place, environment, tmp_path / f"stderr-{len(made)}")
        editor.begin()
        assert editor.hover()["result"]
        return editor

    return begin


@dataclass
class Watcher:
    process: subprocess.Popen[str]
    root: Path

    def sessions(self) -> list[dict[str, Any]]:
        found = []
        for path in self.root.glob("sessions/*/session.json"):
            try:
                found.append(json.loads(path.read_text()))
            except (OSError, ValueError):
                continue
        return found

    def sees(self, editor: PlainEditor) -> None:
        until(lambda: any(each["gopls_pid"] == editor.process.pid for each in self.sessions()))

    def incident(self, editor: PlainEditor) -> Incident:
        """Of a gopls that ended; made some seconds later."""
        kept = store(self.root)

        def ids() -> list[str]:
            return [each.id for each in kept.list() if each.id.endswith(f"-{editor.process.pid}")]

        until(lambda: bool(ids()))
        return kept.read(ids()[0])

    def finish(self) -> tuple[int, str]:
        """Ctrl-C."""
        self.process.send_signal(signal.SIGINT)
        out, _ = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode, out


def until(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < end, "it did not come true"
        time.sleep(0.05)


@pytest.fixture
def watch(environment: Environment, tmp_path: Path) -> Iterator[Callable[..., Watcher]]:
    """A function that starts the command; it takes no other gopls of this machine than those of the test."""
    made: list[Watcher] = []

    def begin(*words: str) -> Watcher:
        state = tmp_path / "state"
        command = [sys.executable, "-m", "gopls_diag", "record", "--watch", *words, str(tmp_path)]
        own = {**environment, "GOPLS_DIAG_STATE": str(state), "GOPLS_DIAG_CONFIG": str(tmp_path / "config")}
        process = subprocess.Popen(
            command, env=own, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        made.append(Watcher(process, state / "record"))
        return made[-1]

    yield begin
    for each in made:
        if each.process.poll() is None:
            each.process.kill()
        each.process.communicate(timeout=PATIENCE)


def test_those_that_ran_before_and_those_that_come_each_get_their_own_end(
    start: Start, watch: Callable[..., Watcher]
) -> None:
    before = start()
    watcher = watch()
    watcher.sees(before)
    killed, stopped, fine = start(), start(), start()
    for each in (killed, stopped, fine):
        watcher.sees(each)

    os.kill(killed.process.pid, signal.SIGKILL)
    os.kill(stopped.process.pid, signal.SIGABRT)
    # At the end of its input it would end well before the signal is taken.
    until(lambda: stopped.process.poll() is not None)
    assert killed.close() == -signal.SIGKILL
    assert stopped.close() == 2
    assert fine.end() == 0

    of_killed, of_stopped = watcher.incident(killed), watcher.incident(stopped)
    assert of_killed.end
    assert (of_killed.end.signal, of_killed.end.exit_code, of_killed.start.launcher) == ("SIGKILL", None, "watch")
    assert of_killed.kind == "killed"
    assert of_killed.gopls_version == "v0.24.0"
    assert of_killed.samples
    assert max(each.resident_bytes or 0 for each in of_killed.samples) > 20 << 20
    assert of_stopped.end
    assert (of_stopped.end.signal, of_stopped.end.exit_code) == (None, 2)
    # An end that was asked for leaves nothing.
    until(lambda: not any(each["gopls_pid"] == fine.process.pid for each in watcher.sessions()))

    code, said = watcher.finish()

    assert code == 1
    assert "Watched 4 gopls processes" in said
    assert f"gopls {before.process.pid} in {before.folder}: runs on" in said
    assert f"gopls {killed.process.pid} in {killed.folder}: was ended by SIGKILL" in said
    assert f"gopls {fine.process.pid} in {fine.folder}: exited with code 0" in said
    assert of_killed.id in said
    assert watcher.sessions() == []
    assert [each.id for each in store(watcher.root).list() if each.id.endswith(str(before.process.pid))] == []
    assert before.end() == 0


def test_a_kill_for_lack_of_memory_is_proved_by_the_control_group(start: Start, watch: Callable[..., Watcher]) -> None:
    watcher = watch()
    with group_of("memory", "memory.limit_in_bytes", 400 << 20) as group:
        editor = start(prelude=group.prelude)
        watcher.sees(editor)
        # A sample with the group as it was before.
        until(lambda: any(watcher.root.glob(f"sessions/*-{editor.process.pid}/samples-*")))
        time.sleep(2.5)
        used = int(group.read("memory.usage_in_bytes"))
        with suppress(OSError):
            group.write("memory.limit_in_bytes", used + (4 << 20))
        # Each file needs memory that the group does not have.
        for number in range(200):
            if editor.process.poll() is not None:
                break
            body = "\n".join(f'var v{number}_{each} = map[string][]int{{"{each}": {{{each}}}}}' for each in range(4000))
            file = editor.folder / f"more{number}.go"
            text = f"package main\n\n{body}\n"
            file.write_text(text)
            document = {"uri": file.as_uri(), "languageId": "go", "version": 1, "text": text}
            with suppress(OSError):
                editor.tell("textDocument/didOpen", textDocument=document)
            time.sleep(0.2)
        until(lambda: editor.process.poll() is not None)
        found = watcher.incident(editor)
        editor.close()

    assert found.end
    assert found.end.signal == "SIGKILL"
    assert isinstance(found.report, dict)
    assert found.report["verdict"]["code"].startswith("M")
    assert watcher.finish()[0] == 1


def test_nothing_ran_and_the_time_is_over(watch: Callable[..., Watcher]) -> None:
    watcher = watch("--for", "1s")
    out, errors = watcher.process.communicate(timeout=PATIENCE)

    assert (watcher.process.returncode, errors) == (0, "")
    assert out.startswith("No gopls ran in the ")


def test_only_one_watches(watch: Callable[..., Watcher]) -> None:
    first = watch()
    until((first.root / "watching").is_dir)
    time.sleep(0.5)
    second = watch()
    _, errors = second.process.communicate(timeout=PATIENCE)

    assert second.process.returncode == 2
    assert "another gopls-diag record --watch is running" in errors
    assert first.finish()[0] == 0


@pytest.mark.parametrize(
    "words", [("--for", "soon"), ("--for", "0s"), ("--otlp", "collector.example"), ("--nonsense",)]
)
def test_wrong_words(words: tuple[str, ...], watch: Callable[..., Watcher]) -> None:
    watcher = watch(*words)
    _, errors = watcher.process.communicate(timeout=PATIENCE)

    assert watcher.process.returncode == 2
    assert len(errors.strip().splitlines()) == 2


def until_stepped(watcher: Watching, is_so: Callable[[], bool]) -> None:
    def look() -> bool:
        watcher.step()
        return is_so()

    until(look)


@contextmanager
def watching(tmp_path: Path, kept: list[Path], scope: str) -> Iterator[Watching]:
    """In this process, with incidents left unmade."""
    tools = WatchTools(record_folders(tmp_path / "record"), RecordSettings(), os.getpid(), LiveWorld)

    def keep(folder: Path) -> str:
        kept.append(folder)
        return ""

    tools.keep = keep
    made = Watching(tools, WatchScope(scope), lambda _: None, lambda _: None, lambda _, __: None)
    yield made
    made.close(PATIENCE)


OTHER_TIME = "nobody: no editor's log tells of an end at that moment"


def server_log(home: Path, folder: Path, lines: list[str]) -> None:
    """As the Go extension 0.57 writes it (tests/corpus/vscode/server-0.57.2.log)."""
    place = home / ".config" / "Code" / "logs" / "20261123T061500" / "window1" / "exthost" / "golang.go"
    place.mkdir(parents=True, exist_ok=True)
    head = [f"{clock(-60)} [info] 2026/11/22 18:14:36 Created View (#1)", f"\tdirectory={folder}", ""]
    (place / "gopls (server).log").write_text("\n".join([*head, *lines, ""]))


def clock(ago: float = 0.0) -> str:
    return datetime.fromtimestamp(time.time() + ago).strftime("%Y-%m-%d %H:%M:%S.123")


@pytest.mark.parametrize(
    ("lines", "ending"),
    [
        (["{now} [info] ", "{now} [error] Server process exited with signal SIGKILL."], (None, "SIGKILL", BY_LOG)),
        (["{now} [info] Server process exited successfully"], (0, None, BY_LOG)),
        (["{now} [error] Server process exited with code 2."], (2, None, BY_LOG)),
        (["{before} [error] Server process exited with signal SIGKILL."], (None, None, OTHER_TIME)),
        (None, (None, None, "nobody: no editor keeps a log of its server here")),
    ],
    ids=["killed", "fine", "crashed", "another before", "no log"],
)  # fmt: skip
def test_where_the_kernel_does_not_tell_the_editors_log_does(
    lines: list[str] | None,
    ending: tuple[int | None, str | None, str],
    start: Start,
    environment: Environment,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ProcessEnd, "status", lambda _: None)
    home = Path(environment["HOME"])
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    editor = start()
    kept: list[Path] = []
    with watching(tmp_path, kept, str(tmp_path)) as watcher:
        until_stepped(watcher, lambda: bool(watcher.watched))
        os.kill(editor.process.pid, signal.SIGKILL)
        editor.close()
        if lines is not None:
            words = [each.format(now=clock(), before=clock(-30)) for each in lines]
            server_log(home, editor.folder, words)
        until_stepped(watcher, lambda: bool(watcher.fates))
    (fate,) = watcher.fates

    assert fate.end
    assert (fate.end.exit_code, fate.end.signal, fate.end.how_known) == ending
    assert [each.name for each in kept] == [fate.session]


def test_two_windows_that_contradict_each_other_prove_nothing(
    start: Start, environment: Environment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A window of its own folder is believed; without one, two that say different things are not."""
    monkeypatch.setattr(ProcessEnd, "status", lambda _: None)
    home = Path(environment["HOME"])
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    editor = start()
    with watching(tmp_path, [], str(tmp_path)) as watcher:
        until_stepped(watcher, lambda: bool(watcher.watched))
        os.kill(editor.process.pid, signal.SIGKILL)
        editor.close()
        for window, words in (("window1", "with signal SIGKILL."), ("window2", "with code 2.")):
            place = home / ".config" / "Code" / "logs" / "20261123T061500" / window / "exthost" / "golang.go"
            place.mkdir(parents=True)
            (place / "gopls (server).log").write_text(f"{clock()} [error] Server process exited {words}\n")
        until_stepped(watcher, lambda: bool(watcher.fates))
    (fate,) = watcher.fates

    assert fate.end
    assert fate.end.how_known == "nobody: two windows lost their server in the same moment: code 2, signal SIGKILL"


def test_a_crash_is_explained_by_what_the_editors_log_has_of_it(
    start: Start, watch: Callable[..., Watcher], environment: Environment
) -> None:
    """The editor has gopls's standard error, and writes it line by line with a time, as the Go extension 0.57 does."""
    watcher = watch()
    editor = start()
    watcher.sees(editor)
    os.kill(editor.process.pid, signal.SIGABRT)
    until(lambda: editor.process.poll() is not None)
    assert editor.close() == 2
    dump = editor.stderr.splitlines()
    assert len(dump) > 100
    old = [
        f"{clock(-40)} [error] panic: of another gopls, before",
        f"{clock(-39)} [error] Server process exited with code 2.",
    ]
    own = [f"{clock()} [error] {each}" for each in dump]
    server_log(
        Path(environment["HOME"]), editor.folder, [*old, *own, f"{clock()} [error] Server process exited with code 2."]
    )

    found = watcher.incident(editor)

    assert found.end
    assert (found.end.exit_code, found.end.how_known) == (2, "the kernel told it (pidfd)")
    words = (watcher.root / "incidents" / found.id / "stderr.log").read_text()
    assert "SIGABRT: abort" in words
    assert "of another gopls" not in words
    assert isinstance(found.report, dict)
    assert found.report["verdict"]["code"] != "X02"
    assert watcher.finish()[0] == 1


def test_a_gopls_of_our_launcher_is_left_to_its_own_recorder(
    gopls: Callable[[str], str], environment: Environment, watch: Callable[..., Watcher], tmp_path: Path
) -> None:
    folder = tmp_path / "record" / "launcher"
    settings = LauncherSettings(gopls=gopls("v0.24.0"), otel=False, debug=False)
    made = build_launcher(folder, settings, go="")
    write_launcher_settings(folder, settings)
    editor = PlainEditor([made.path], module(tmp_path / "work"), environment, tmp_path / "stderr")
    editor.begin()
    assert editor.hover()["result"]
    watcher = watch("--for", "3s")
    out, _ = watcher.process.communicate(timeout=PATIENCE)

    assert "not watched, it is recorded already, by the launcher that started it" in out
    assert watcher.sessions() == []
    assert editor.end() == 0
