"""What real gopls tells by `-otel`, and that nobody sees what becomes of the recorder to which it is told."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from gopls_diag.engines.record.requests import Requests
from gopls_diag.model.launcher import LauncherSettings
from gopls_diag.model.otlp import OtlpCommand, OtlpRequest
from gopls_diag.model.record_settings import RecordSettings
from gopls_diag.parse.debug_address import port_in
from gopls_diag.parse.otlp import parse_metrics, parse_traces
from gopls_diag.world.debug_pages import DebugPages
from gopls_diag.world.launcher_build import build_launcher
from gopls_diag.world.launcher_store import known_binary, write_launcher_settings
from gopls_diag.world.otlp_receiver import OtlpReceiver
from gopls_diag.world.port import WorldError
from tests.real.plain_editor import PATIENCE, PlainEditor, module

pytestmark = pytest.mark.real

Environment = dict[str, str]
VERSIONS = ("v0.23.0", "v0.24.0")
ANY_VERSION = pytest.mark.parametrize("version", VERSIONS)


class Heard:
    """What the receiver took, as the recorder reads it."""

    def __init__(self, receiver: OtlpReceiver) -> None:
        self._receiver = receiver
        self._began = time.monotonic()
        self.seen = Requests(RecordSettings())
        self.requests: list[OtlpRequest] = []
        self.commands: list[OtlpCommand] = []

    def now(self) -> float:
        return time.monotonic() - self._began

    def listen(self) -> None:
        for path, body in self._receiver.take():
            told = parse_traces(body) if path == "/v1/traces" else parse_metrics(body)
            assert told.is_understood
            self.seen.add(told, self.now(), unix_seconds=time.time())
            self.requests += getattr(told, "requests", ())
            self.commands += getattr(told, "commands", ())

    def until(self, is_so: Callable[[], bool]) -> None:
        end = time.monotonic() + PATIENCE
        while not is_so():
            assert time.monotonic() < end, "it was never told"
            time.sleep(0.1)
            self.listen()


@pytest.fixture
def receiver() -> Iterator[OtlpReceiver]:
    made = OtlpReceiver.of_port()
    made.start()
    yield made
    made.close()


@ANY_VERSION
def test_requests_and_their_outcomes_are_told(
    version: str, gopls: Callable[[str], str], environment: Environment, tmp_path: Path, receiver: OtlpReceiver
) -> None:
    command = [gopls(version), f"-otel=http://127.0.0.1:{receiver.port}"]
    editor = PlainEditor(command, module(tmp_path / "greet"), environment, tmp_path / "stderr")
    heard = Heard(receiver)
    editor.begin()
    assert "Greet" in str(editor.hover()["result"])
    uri = {"uri": editor.file.as_uri()}
    assert editor.call("textDocument/completion", textDocument=uri, position={"line": 11, "character": 6})["result"]
    assert editor.call("textDocument/rename", textDocument=uri, position={"line": 8, "character": 6}, newName="1x")[
        "error"
    ]
    cancelled = editor.ask("workspace/symbol", query="Greet")
    editor.tell("$/cancelRequest", id=cancelled)
    is_cancelled = editor.answer(cancelled).get("error", {}).get("code") == -32800

    outcomes: dict[str, str] = {}

    def all_told() -> bool:
        outcomes.update({each.method: each.status for each in heard.requests})
        return "workspace/symbol" in outcomes

    heard.until(all_told)

    assert outcomes["textDocument/hover"] == "OK"
    assert outcomes["textDocument/completion"] == "OK"
    assert outcomes["textDocument/rename"] == "ERROR"
    # A cancel that comes when the answer is made already changes the answer no more, but may still change the outcome.
    assert outcomes["workspace/symbol"] in ({"CANCELED"} if is_cancelled else {"OK", "CANCELED"})
    assert {each.verb for each in heard.commands} >= {"env", "list"}
    totals = {each.method: each for each in heard.seen.totals()}
    assert totals["textDocument/rename"].failed == 1
    assert totals["textDocument/hover"].failed == totals["workspace/symbol"].failed == 0
    assert all(abs(each.ended_seconds - time.time()) < 600 and each.elapsed_seconds < 600 for each in heard.requests)
    assert editor.end() == 0
    assert "otel.go" not in editor.stderr


@ANY_VERSION
def test_a_request_without_an_answer_is_in_flight_until_it_is_answered(
    version: str, gopls: Callable[[str], str], environment: Environment, tmp_path: Path, receiver: OtlpReceiver
) -> None:
    """`gopls.run_tests` of a test that waits for a file keeps one request open for as long as we like."""
    folder = module(tmp_path / "greet")
    (folder / "wait_test.go").write_text(
        'package main\n\nimport (\n\t"os"\n\t"testing"\n\t"time"\n)\n\nfunc TestWait(t *testing.T) {\n'
        '\tfor {\n\t\tif _, err := os.Stat("done"); err == nil {\n\t\t\treturn\n\t\t}\n'
        "\t\ttime.Sleep(50 * time.Millisecond)\n\t}\n}\n"
    )
    command = [gopls(version), f"-otel=http://127.0.0.1:{receiver.port}"]
    editor = PlainEditor(command, folder, environment, tmp_path / "stderr")
    heard = Heard(receiver)
    editor.begin()
    editor.hover()
    arguments = [{"URI": (folder / "wait_test.go").as_uri(), "Tests": ["TestWait"], "Benchmarks": []}]
    slow = editor.ask("workspace/executeCommand", command="gopls.run_tests", arguments=arguments)

    def waits() -> list[Any]:
        return [each for each in heard.seen.in_flight(heard.now()) if each.method == "workspace/executeCommand"]

    heard.until(lambda: bool(waits()))
    first = waits()[0]
    heard.until(lambda: waits()[0].waited_seconds > (first.waited_seconds or 0) + 1)
    editor.hover()
    heard.listen()
    assert [each.count for each in waits()] == [1]

    (folder / "done").touch()
    editor.answer(slow)
    heard.until(lambda: not waits())
    assert editor.end() == 0


@pytest.mark.parametrize("version", ["v0.16.2", "v0.23.0", "v0.24.0"])
def test_debug_pages_of_gopls(
    version: str, gopls: Callable[[str], str], environment: Environment, tmp_path: Path
) -> None:
    command = [gopls(version), "-debug=127.0.0.1:0"]
    editor = PlainEditor(command, module(tmp_path / "greet"), environment, tmp_path / "stderr")
    editor.begin()
    editor.hover()
    port = port_in(editor.stderr.encode())
    assert port
    pages = DebugPages(port)

    goroutines = pages.goroutines()
    assert b"goroutine 1 [" in goroutines
    assert pages.heap().startswith(b"\x1f\x8b")
    assert len(DebugPages(port, most_bytes=500).goroutines()) == 500
    with pytest.raises(WorldError, match="larger than 500 bytes"):
        DebugPages(port, most_bytes=500).heap()

    editor.process.send_signal(signal.SIGSTOP)
    await_stopped(editor.process.pid)
    with pytest.raises(WorldError, match="no answer for"):
        DebugPages(port, seconds=0.5).goroutines()
    editor.process.send_signal(signal.SIGCONT)

    assert editor.end() == 0
    with pytest.raises(WorldError, match="could not be asked"):
        pages.goroutines()


def await_stopped(pid: int) -> None:
    """A signal reaches one thread after the other."""
    ends = time.monotonic() + 30
    while time.monotonic() < ends:
        states = [each.read_text().rpartition(")")[2].split()[0] for each in Path(f"/proc/{pid}/task").glob("*/stat")]
        if set(states) == {"T"}:
            return
        time.sleep(0.01)


FORMS = ("go", "script")


@pytest.fixture(scope="session")
def built_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("launchers")


@pytest.fixture
def launcher(built_once: Path, tmp_path: Path, gopls: Callable[[str], str]) -> Callable[[str, str, list[str]], str]:
    """A function that places a launcher of a form, for a gopls, with a recorder; gives its path."""

    def place(form: str, version: str, recorder: list[str]) -> str:
        folder = tmp_path / "record" / "launcher"
        program = gopls(version)
        settings = LauncherSettings(
            gopls=program,
            state=str(tmp_path / "record"),
            recorder=tuple(recorder),
            binary=known_binary(program, version, has_otel=True),
            debug=False,
        )
        made = build_launcher(folder, settings, go=None if form == "go" else "")
        if made.form != form:
            pytest.skip(f"no launcher in Go can be built here: {made.why}")
        write_launcher_settings(folder, settings)
        return made.path

    return place


def recorder_of(editor: PlainEditor, name: str) -> psutil.Process:
    """The recorder, which is a child of the launcher, by a word of its command line."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        for each in psutil.Process(editor.process.pid).children():
            try:
                if name in " ".join(each.cmdline()):
                    return each
            except psutil.Error:
                continue
        time.sleep(0.05)
    raise AssertionError("no recorder came")


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("fate", ["killed", "stopped", "absent", "deaf"])
def test_whatever_becomes_of_the_recorder_gopls_has_nothing_to_complain_of(
    form: str, fate: str, launcher: Callable[[str, str, list[str]], str], environment: Environment, tmp_path: Path
) -> None:
    """gopls posts every two seconds and gives up after ten: without an answer it would write a line within twelve."""
    mark = f"RECORDER_{form}_{fate}"
    reading = "import os\nwhile os.read(0, 65536): pass"
    sleeping = "import time\ntime.sleep(600)"
    recorder = [sys.executable, "-c", f"# {mark}\n{sleeping if fate == 'deaf' else reading}"]
    if fate == "absent":
        # It passes as a program and cannot be started.
        broken = tmp_path / "recorder"
        broken.write_bytes(b"\x7fELF nonsense")
        broken.chmod(0o755)
        recorder = [str(broken)]
    editor = PlainEditor(
        [launcher(form, "v0.24.0", recorder)], module(tmp_path / "greet"), environment, tmp_path / "stderr"
    )
    editor.begin()
    assert editor.hover()["result"]
    its = recorder_of(editor, mark) if fate != "absent" else None
    if its and fate in ("killed", "stopped"):
        os.kill(its.pid, signal.SIGKILL if fate == "killed" else signal.SIGSTOP)
    until = time.monotonic() + (13.0 if fate in ("stopped", "deaf") else 6.0)
    while time.monotonic() < until:
        assert editor.hover()["result"]
        time.sleep(0.2)

    assert editor.end() == 0
    assert editor.stderr == ""
    if its and fate in ("stopped", "deaf"):
        its.kill()
        its.wait(PATIENCE)
