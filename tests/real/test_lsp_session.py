"""Conversations with real gopls, and with servers that misbehave: what is told, and that nothing is left behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import psutil
import pytest

from gopls_diag.model.session import SessionScript, SessionTranscript
from gopls_diag.world.lsp_session import run_session
from tests.growth import HANG_SECONDS
from tests.real.conftest import MARK, living

pytestmark = pytest.mark.real

Environment = dict[str, str]
STEPS = ["start", "initialize", "load", "hover", "completion", "diagnostics", "shutdown"]
MAIN = 'package main\n\nimport "fmt"\n\nfunc main() {\n\tfmt.Println("hi")\n}\n'


def module(folder: Path) -> Path:
    folder.mkdir(parents=True)
    (folder / "go.mod").write_text("module example.com/ok\n\ngo 1.21\n")
    (folder / "main.go").write_text(MAIN)
    return folder


def said(transcript: SessionTranscript, channel: str) -> list[str]:
    return [each.text for each in transcript.utterances if each.channel == channel]


def results(transcript: SessionTranscript) -> dict[str, tuple[bool, str]]:
    return {each.name: (each.is_ok, each.result) for each in transcript.steps}


def script(program: Iterable[str], folder: Path, **more: object) -> SessionScript:
    values: dict[str, object] = {"open_file": str(folder / "main.go"), "limit_seconds": 60.0, **more}
    return SessionScript(tuple(program), str(folder), **values)  # type: ignore[arg-type]


@pytest.mark.parametrize("version", ["v0.16.2", "v0.18.1", "v0.23.0", "v0.24.0"])
def test_a_healthy_module_is_loaded_hovered_and_completed(
    version: str, gopls: Callable[[str], str], environment: Environment, tmp_path: Path
) -> None:
    folder = module(tmp_path / "ok")

    transcript = run_session(script([gopls(version)], folder), environment)

    assert [each.name for each in transcript.steps] == STEPS
    assert all(each.is_ok for each in transcript.steps), transcript.steps
    told = results(transcript)
    assert told["initialize"][1].startswith(f"gopls {version} (go1.")
    assert told["load"][1] == "2 packages"
    assert told["hover"][1] == "answered"
    assert told["completion"][1].endswith(" items after fmt.")
    assert (transcript.exit_code, transcript.signal, transcript.ended_by_us) == (0, None, None)
    assert said(transcript, "exit") == ["exit code 0"]
    assert said(transcript, "show") == said(transcript, "reply") == said(transcript, "diagnostic") == []
    assert transcript.peak_resident_bytes and 10 << 20 < transcript.peak_resident_bytes < 2 << 30
    assert transcript.cpu_seconds


def test_a_cold_cache_is_the_sessions_own_and_removed_after_it(
    gopls: Callable[[], str], environment: Environment, tmp_path: Path
) -> None:
    folder = module(tmp_path / "ok")
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    code = (
        "import json, os, sys\n"
        "from gopls_diag.model.session import SessionScript\n"
        "from gopls_diag.world.lsp_session import run_session\n"
        "t = run_session(SessionScript((sys.argv[1],), sys.argv[2], cold=True), dict(os.environ))\n"
        "print([s.is_ok for s in t.steps])"
    )

    printed = subprocess.run(
        [sys.executable, "-c", code, gopls(), str(folder)],
        env={**environment, "TMPDIR": str(temporary)},
        capture_output=True,
        text=True,
        check=True,
    )

    assert "False" not in printed.stdout
    assert [each.name for each in temporary.iterdir() if each.name.startswith("gopls-diag")] == []
    assert not (tmp_path / "home" / ".cache" / "gopls").exists()


def test_a_broken_goroot_is_told_in_all_its_words(
    gopls: Callable[[], str], environment: Environment, tmp_path: Path
) -> None:
    folder = module(tmp_path / "broken")

    transcript = run_session(script([gopls()], folder, environment={"GOROOT": "/nonexistent/go"}), environment)

    told = results(transcript)
    assert told["load"][0] is False
    assert "cannot find GOROOT directory: /nonexistent/go" in told["load"][1]
    assert told["hover"] == (False, "no views")
    assert "textDocument/hover: no views" in said(transcript, "reply")
    assert any("Error loading workspace folders (expected 1, got 0)" in each for each in said(transcript, "show"))
    assert transcript.exit_code == 0


def test_bad_settings_are_answered_with_a_pop_up(
    gopls: Callable[[], str], environment: Environment, tmp_path: Path
) -> None:
    folder = module(tmp_path / "settings")
    settings = {"nosuch": True, "directoryFilters": ["node_modules"], "telemetryPrompt": True}

    transcript = run_session(script([gopls()], folder, settings=settings), environment)

    (shown,) = set(said(transcript, "show"))
    assert 'setting option "nosuch": unexpected setting' in shown
    assert "must start with + or -" in shown
    assert transcript.notes == ('"telemetryPrompt" was left out: the probe cannot answer for you',)


def test_a_bad_flag_ends_it_before_it_answers(
    gopls: Callable[[], str], environment: Environment, tmp_path: Path
) -> None:
    folder = module(tmp_path / "flag")

    transcript = run_session(script([gopls(), "-remote=auto", "-nosuch"], folder), environment)

    assert results(transcript)["initialize"] == (False, "it ended: exit code 2")
    assert said(transcript, "stderr")[0].startswith("flag provided but not defined: -nosuch")
    assert said(transcript, "exit") == ["exit code 2"]
    assert transcript.notes == ("-remote=auto was left out: a running gopls is never spoken to",)


def test_a_memory_limit_ends_it(gopls: Callable[[], str], environment: Environment, tmp_path: Path) -> None:
    folder = module(tmp_path / "memory")

    transcript = run_session(script([gopls()], folder, memory_limit_bytes=24 << 20), environment)

    assert transcript.ended_by_us == "memory"
    assert (transcript.exit_code, transcript.signal, said(transcript, "exit")) == (None, None, [])
    assert transcript.peak_resident_bytes and transcript.peak_resident_bytes > 24 << 20
    assert transcript.steps[-1].result == "ended by gopls-diag at its memory limit of 24 MiB"


def hanging_go(folder: Path) -> str:
    folder.mkdir()
    program = folder / "go"
    program.write_text("#!/bin/sh\nexec sleep 600\n")
    program.chmod(0o755)
    return str(folder)


def test_a_go_command_that_hangs_runs_into_the_time_limit(
    gopls: Callable[[], str], environment: Environment, tmp_path: Path
) -> None:
    folder = module(tmp_path / "hang")
    environment["PATH"] = hanging_go(tmp_path / "bin") + ":/usr/bin:/bin"

    transcript = run_session(script([gopls()], folder, limit_seconds=3.0), environment)

    assert transcript.ended_by_us == "time"
    assert results(transcript)["load"] == (False, "no answer within 3 s")
    assert said(transcript, "exit") == []


def test_a_kill_from_outside_is_told_as_the_signal_that_it_was(
    gopls: Callable[[], str], environment: Environment, tmp_path: Path
) -> None:
    folder = module(tmp_path / "killed")
    environment["PATH"] = hanging_go(tmp_path / "bin") + ":/usr/bin:/bin"

    def kill() -> None:
        time.sleep(1)
        for process in psutil.process_iter():
            try:
                if process.environ().get(MARK) == environment[MARK] and process.cmdline() == [gopls()]:
                    process.send_signal(signal.SIGKILL)
            except psutil.Error:
                continue

    threading.Thread(target=kill).start()
    transcript = run_session(script([gopls()], folder), environment)

    assert (transcript.exit_code, transcript.signal, transcript.ended_by_us) == (None, signal.SIGKILL, None)
    assert said(transcript, "exit") == ["signal SIGKILL"]
    assert results(transcript)["load"] == (False, "it ended: signal SIGKILL")


def server(folder: Path, code: str) -> list[str]:
    """A language server in Python that does what the code says, after helpers that speak the wire form."""
    program = folder / "server.py"
    program.write_text(SPEAKS + code)
    return [sys.executable, "-I", "-S", str(program)]


SPEAKS = """
import json, os, signal, sys, time
out, get = sys.stdout.buffer, sys.stdin.buffer
def send(message):
    body = json.dumps({"jsonrpc": "2.0", **message}).encode()
    out.write(b"Content-Length: %d\\r\\n\\r\\n" % len(body) + body)
    out.flush()
def hear():
    length = 0
    while (line := get.readline().strip()):
        length = int(line.split(b":")[1])
    return json.loads(get.read(length)) if length else sys.exit(0)
def until(method):
    while (message := hear()).get("method") != method:
        pass
    return message
def loaded():
    for value in (
        {"kind": "begin", "title": "Setting up workspace"},
        {"kind": "end", "message": "Finished loading packages."},
    ):
        send({"method": "$/progress", "params": {"token": "1", "value": value}})
"""


@pytest.mark.parametrize(
    ("code", "step", "result", "ending"),
    [
        ("print('hello, I am no server', flush=True); time.sleep(60)", "initialize", "it does not speak LSP", None),
        ("out.write(b'x' * 50_000_000); time.sleep(60)", "initialize", "it does not speak LSP", None),
        ("out.write(b'Content-Length: 5000\\r\\n\\r\\n{'); out.flush(); sys.exit(3)", "initialize", "exit code 3", 3),
        ("os.close(1); time.sleep(60)", "initialize", "it closed its standard output", None),
        ("time.sleep(60)", "initialize", "no answer within 2 s", None),
        ("sys.exit(0)", "initialize", "it ended: exit code 0", 0),
        ("send({'id': hear()['id'], 'error': {'code': 1, 'message': 'no'}}); time.sleep(60)", "initialize", "no", None),
        ("send({'id': hear()['id'], 'result': 7}); loaded(); time.sleep(60)", "hover", "no answer within 2 s", None),
        ("signal.signal(signal.SIGTERM, signal.SIG_IGN); os.kill(0, signal.SIGSTOP)", "initialize", "no answer", None),
    ],
)
def test_a_server_that_misbehaves_is_described_and_ended(
    code: str, step: str, result: str, ending: int | None, environment: Environment, tmp_path: Path
) -> None:
    folder = module(tmp_path / "odd")

    transcript = run_session(script(server(tmp_path, code), folder, limit_seconds=2.0), environment)

    assert transcript.steps[-1].name == step
    assert transcript.steps[-1].is_ok is False
    assert result in transcript.steps[-1].result
    assert (transcript.exit_code, transcript.signal) == (ending, None)
    assert (transcript.ended_by_us is None) == (ending is not None)
    assert said(transcript, "exit") == ([] if ending is None else [f"exit code {ending}"])


def test_a_flood_on_standard_error_keeps_its_beginning_and_its_end(environment: Environment, tmp_path: Path) -> None:
    folder = module(tmp_path / "flood")
    code = (
        "sys.stderr.write('first words\\n')\n"
        "for _ in range(50): sys.stderr.write('x' * 99 + '\\n' + ('y' * 99 + '\\n') * 9999)\n"
        "sys.stderr.write('last words\\n'); sys.exit(1)"
    )

    transcript = run_session(script(server(tmp_path, code), folder), environment)

    kept = said(transcript, "stderr")
    assert kept[0].startswith("first words\n")
    assert kept[-1].endswith("last words\n")
    assert sum(map(len, kept)) < 2 << 20
    assert any("bytes from the middle of standard error" in each for each in transcript.notes)


def test_requests_of_the_server_are_answered_and_nothing_is_done(environment: Environment, tmp_path: Path) -> None:
    folder = module(tmp_path / "asks")
    code = """
send({"id": hear()["id"], "result": {"serverInfo": {"name": "odd", "version": "1"}}})
until("initialized")
asked = [
    ("workspace/configuration", {"items": [{"section": "gopls"}, {"section": "other"}]}),
    ("window/showDocument", {"uri": "http://localhost:1/"}),
    ("workspace/applyEdit", {"edit": {}}),
    ("window/showMessageRequest", {"type": 3, "message": "May I?", "actions": [{"title": "Yes"}]}),
    ("client/registerCapability", {}),
    ("window/workDoneProgress/create", {"token": 1}),
    ("workspace/semanticTokens/refresh", None),
    ("odd/request", None),
]
for number, (method, parameters) in enumerate(asked):
    send({"id": number, "method": method, "params": parameters})
    while "method" in (reply := hear()):
        pass
    sys.stderr.write(json.dumps({method: reply.get("result", reply.get("error"))}) + "\\n")
loaded()
while True:
    message = hear()
    if message["method"] == "exit":
        sys.exit(0)
    if "id" in message:
        send({"id": message["id"], "result": None})
"""
    settings = {"gofumpt": True}

    transcript = run_session(script(server(tmp_path, code), folder, settings=settings), environment)

    answers = {}
    for line in "\n".join(said(transcript, "stderr")).splitlines():
        answers.update(json.loads(line))
    assert answers["workspace/configuration"] == [settings, None]
    assert answers["window/showDocument"] == {"success": False}
    assert answers["workspace/applyEdit"]["applied"] is False
    assert answers["window/showMessageRequest"] is None
    assert answers["odd/request"]["code"] == -32601
    assert said(transcript, "show") == ["May I?"]
    assert results(transcript)["completion"] == (False, "0 items after fmt.")
    assert transcript.exit_code == 0


def test_a_child_that_left_the_group_and_holds_the_pipes_is_ended_too(environment: Environment, tmp_path: Path) -> None:
    folder = module(tmp_path / "left")
    code = """
import subprocess
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)
time.sleep(1.5)
sys.exit(4)
"""

    transcript = run_session(script(server(tmp_path, code), folder), environment)

    assert transcript.exit_code == 4
    assert results(transcript)["initialize"] == (False, "it ended: exit code 4")


def test_what_cannot_be_started_says_why(environment: Environment, tmp_path: Path) -> None:
    folder = module(tmp_path / "start")
    text = tmp_path / "text"
    text.write_text("no program\n")
    text.chmod(0o755)
    denied = tmp_path / "denied"
    denied.write_text("")

    def why(program: str, where: Path = folder) -> str | None:
        return run_session(script([program], where), environment).start_error

    assert why("/nonexistent/gopls") == "missing"
    assert why(str(text)) == "format"
    assert why(str(denied)) == "denied"
    assert why(sys.executable, tmp_path / "nowhere") == f"the folder {tmp_path / 'nowhere'} cannot be entered"


@pytest.mark.parametrize("signal_number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
@pytest.mark.parametrize("where", ["main", "thread"])
def test_an_interrupted_program_leaves_no_server(
    where: str, signal_number: int, environment: Environment, tmp_path: Path
) -> None:
    folder = module(tmp_path / "interrupted")
    code = f"""
import os, sys, threading
from gopls_diag.model.session import SessionScript
from gopls_diag.world.lsp_session import run_session
def talk():
    run_session(SessionScript(({server(tmp_path, "hear(); hear()")!r}), {str(folder)!r}), dict(os.environ))
if {where!r} == "thread":
    thread = threading.Thread(target=talk, daemon=True)
    thread.start()
    thread.join()
else:
    talk()
"""
    process = subprocess.Popen([sys.executable, "-c", code], env=environment, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + HANG_SECONDS
    while len(living(environment[MARK])) < 2 and time.monotonic() < deadline:
        time.sleep(0.1)
    assert len(living(environment[MARK])) == 2

    os.kill(process.pid, signal_number)

    process.wait(HANG_SECONDS)
    time.sleep(0.5)
    assert living(environment[MARK]) == []
