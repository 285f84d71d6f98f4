"""The stage of a fault: a workspace, a home and a state folder of its own, gopls alone or behind the launcher, and what
must be gone afterwards."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from tests.real.conftest import MARK
from tests.real.recording.stand_in import HANG_SECONDS, GoneError, StandIn, Status, wait_until

DIRECT = "direct"
GO = "go"
PYTHON = "python"

MODULE = "module example.com/bank\n\ngo 1.21\n"
MAIN = """package main

type account struct {
	owner   string
	balance int
}

// deposit adds to what is there.
func (a *account) deposit(amount int) { a.balance += amount }

func main() {
	a := &account{owner: "Ada"}
	a.deposit(1)
	println(a.balance)
}
"""
HOVER = {"line": 12, "character": 5}
COMPLETION = {"line": 12, "character": 3}

RECORDER = "gopls_diag.cli.recorder"
SIDE_CAR = "** telemetry **"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an editor could tell of a run."""

    status: Status
    stderr: bytes
    answers: Mapping[str, object]
    litter: frozenset[str]
    """Files that were there afterwards, outside the state folder, by their places."""


@dataclass
class Stage:
    """Where one form of the server plays: `direct`, or behind the `go` or the `python` launcher."""

    form: str
    folder: Path
    gopls: str
    environment: dict[str, str]
    launcher: Callable[[Path, str], None] | None = None
    """Puts the launcher into a folder, for a gopls; None for the direct form."""
    interpreter: str = ""
    settings: dict[str, Any] = field(default_factory=dict)
    """Fields of launcher.json that differ from the usual ones."""
    extras: dict[str, Any] = field(default_factory=dict)
    """What a fault prepared: `group`, a control group; `prelude`, shell text for the process that is started."""
    runs: list[Run] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.workspace = self.folder / "bank"
        self.workspace.mkdir(parents=True)
        (self.workspace / "go.mod").write_text(MODULE)
        (self.workspace / "main.go").write_text(MAIN)
        self.state = self.folder / "state"
        self.temporary = self.folder / "temporary"
        self.home = self.folder / "home"
        for each in (self.state, self.temporary, self.home):
            each.mkdir()
        self.environment = {
            **self.environment,
            "HOME": str(self.home),
            "TMPDIR": str(self.temporary),
            "XDG_RUNTIME_DIR": str(self.temporary),
            "GOPLS_DIAG_STATE": str(self.state),
            "GOPLS_DIAG_CONFIG": str(self.folder / "settings"),
        }
        if self.launcher:
            self.install()

    @property
    def is_launched(self) -> bool:
        return self.launcher is not None

    @property
    def record(self) -> Path:
        """The recorder's folder."""
        return self.state / "record"

    @property
    def program(self) -> str:
        """What the editor's setting names."""
        return str(self.record / "launcher" / "gopls") if self.launcher else self.gopls

    def install(self) -> None:
        """Put the launcher where `record install` puts it, with its settings."""
        assert self.launcher
        self.launcher(self.record / "launcher", self.gopls)
        self.write_settings(**self.settings)

    def write_settings(self, **more: Any) -> None:
        """Write launcher.json."""
        resolved = Path(self.gopls).resolve()
        about = resolved.stat() if resolved.exists() else None
        settings: dict[str, Any] = {
            "schema": "gopls-diag/launcher/1",
            "gopls": self.gopls,
            "search": [],
            "state": str(self.record),
            "recorder": [self.interpreter, "-m", RECORDER],
            "otel": True,
            "debug": True,
            "gctrace": False,
            "rpc_trace": False,
            "stderr_bytes": 8 << 20,
            "rpc_bytes": 8 << 20,
            "keep_alive": False,
        }
        if about:
            settings["binary"] = {
                "path": str(resolved),
                "bytes": about.st_size,
                "modified_ns": about.st_mtime_ns,
                "version": resolved.parent.name,
                "otel": resolved.parent.name >= "v0.22",
            }
        place = self.record / "launcher" / "launcher.json"
        place.write_text(json.dumps(settings | more))

    def start(self, *arguments: str, prelude: str = "", reads_stderr: bool = True) -> Run:
        """Start the server as the editor would."""
        prelude = "\n".join(each for each in (self.extras.get("prelude"), prelude) if each)
        editor = StandIn(
            [self.program, *arguments], self.workspace, self.environment, prelude=prelude, reads_stderr=reads_stderr
        )
        run = Run(self, editor)
        self.runs.append(run)
        return run

    # What lives.

    def living(self) -> list[psutil.Process]:
        """Processes that were started here, the dead ones that nobody has waited for apart."""
        wanted = (self.environment[MARK], str(self.home))
        found = []
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error):
                own = process.environ()
                if (own.get(MARK), own.get("HOME")) == wanted and process.status() != psutil.STATUS_ZOMBIE:
                    found.append(process)
        return found

    def recorders(self) -> list[psutil.Process]:
        """The recorders that look on, without those that write an incident."""
        found = []
        for process in self.living():
            with contextlib.suppress(psutil.Error):
                line = process.cmdline()
                if RECORDER in line and "--keep" not in line:
                    found.append(process)
        return found

    def settle(self) -> list[str]:
        """Wait until everything that was started here is gone; what would not go is ended and named."""
        wait_until(self._is_quiet, HANG_SECONDS)
        left = []
        for process in self.living():
            with contextlib.suppress(psutil.Error):
                left.append(" ".join(process.cmdline()))
                process.kill()
        return left

    def _is_quiet(self) -> bool:
        """Whether nobody lives, seen twice: a process that becomes another program cannot be looked at for a moment."""
        for pause in (0.0, 0.1):
            time.sleep(pause)
            if self.living():
                return False
        return True

    # What is left.

    def incidents(self) -> list[dict[str, Any]]:
        """The incidents that were kept, oldest first."""
        # pathlib's star alone matches a dot too, and under such a name an incident is still being written
        found = sorted((self.record / "incidents").glob("[!.]*/incident.json"))
        return [json.loads(each.read_text()) for each in found]

    def sessions(self) -> list[str]:
        """Session folders that nobody has tidied up."""
        place = self.record / "sessions"
        return sorted(each.name for each in place.iterdir()) if place.is_dir() else []

    def litter(self) -> frozenset[str]:
        """Files below the home, the temporary folder and the workspace, by places that two runs have in common."""
        found = set()
        for top in (self.home, self.temporary, self.workspace):
            for path in top.rglob("*"):
                parts = path.relative_to(self.folder).parts
                if path.is_file() and "__pycache__" not in parts[:2]:
                    place = "/".join(parts[:4]) if parts[0] == "home" else "/".join(parts)
                    found.add(re.sub(r"[0-9a-f]{6,}|[0-9]{2,}", "N", place))
        return frozenset(found)


@dataclass
class Run:
    """One server, started by one window, and what is done to it."""

    stage: Stage
    editor: StandIn
    answers: dict[str, object] = field(default_factory=dict)
    _gopls: int = 0

    @property
    def is_launched(self) -> bool:
        return self.stage.is_launched

    @property
    def gopls(self) -> int:
        """The process of the real gopls."""
        if not self.is_launched:
            return self.editor.pid
        if not self._gopls:
            assert wait_until(self._find_gopls), "the launcher started no gopls"
        return self._gopls

    def _find_gopls(self) -> bool:
        with contextlib.suppress(psutil.Error):
            started = psutil.Process(self.editor.pid)
            # A script that cannot do better becomes gopls itself.
            for child in (started, *started.children()):
                with contextlib.suppress(psutil.Error, OSError):
                    if Path(child.exe()).samefile(self.stage.gopls) and SIDE_CAR not in child.cmdline():
                        self._gopls = child.pid
        return bool(self._gopls)

    @property
    def recorder(self) -> psutil.Process:
        """The recorder that looks on."""
        assert wait_until(self.stage.recorders), "no recorder was started"
        return self.stage.recorders()[0]

    def target(self, name: str) -> int:
        """The process with this role; alone, gopls has both."""
        return self.gopls if name == "gopls" else self.editor.pid

    # The conversation.

    def initialize(self) -> None:
        """Shake hands."""
        folder = self.stage.workspace.as_uri()
        capabilities = {"workspace": {"configuration": True}, "window": {"workDoneProgress": True}}
        result = self.editor.ask(
            "initialize",
            {
                "processId": os.getpid(),
                "rootUri": folder,
                "capabilities": capabilities,
                "workspaceFolders": [{"uri": folder, "name": "bank"}],
            },
        )
        self.answers["initialize"] = result
        self.editor.notify("initialized", {})

    def open(self) -> None:
        """Open the file."""
        file = self.stage.workspace / "main.go"
        self.editor.notify(
            "textDocument/didOpen",
            {"textDocument": {"uri": file.as_uri(), "languageId": "go", "version": 1, "text": file.read_text()}},
        )

    def place(self, position: Mapping[str, int]) -> dict[str, object]:
        """A position in the file, as a request wants it."""
        return {"textDocument": {"uri": (self.stage.workspace / "main.go").as_uri()}, "position": dict(position)}

    def hover(self, seconds: float = HANG_SECONDS) -> object:
        """What gopls says of `deposit`."""
        return self.editor.ask("textDocument/hover", self.place(HOVER), seconds)

    def converse(self) -> None:
        """Shake hands, open a file, hover and complete: the first minute of a window."""
        self.initialize()
        self.open()
        self.answers["hover"] = without_places(self.hover(), self.stage)
        completion = self.editor.ask("textDocument/completion", self.place(COMPLETION))
        assert isinstance(completion, dict), completion
        self.answers["completion"] = sorted(each["label"] for each in completion["items"])
        assert self.answers["completion"] == ["balance", "deposit", "owner"]
        if self.is_launched:
            assert self.gopls

    def shut_down(self) -> None:
        """Leave as an editor does that closes its window."""
        self.answers["shutdown"] = self.editor.ask("shutdown", None)
        self.editor.notify("exit", None)

    def still_answers(self) -> None:
        """Prove that gopls still works."""
        self.answers["hover again"] = without_places(self.hover(), self.stage)
        assert self.answers["hover again"] == self.answers["hover"]

    # The end.

    def kill(self, *pids: int, number: int = signal.SIGKILL) -> None:
        """Send a signal to processes, one right after the other."""
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)

    def outcome(self) -> Outcome:
        """How it ended, for an editor."""
        status = self.editor.wait()
        return Outcome(status, self.editor.stderr, self.answers, frozenset())


def without_places(value: object, stage: Stage) -> object:
    """An answer without the folder of the stage, which no two have in common."""
    return json.loads(json.dumps(value).replace(str(stage.folder), "STAGE"))


ADDED_BY_FLAGS = re.compile(rb"(?m)^[^\n]*serve\.go:\d+: debug server listening at http://[^\n]*\n")
"""What gopls itself says when it is started with the launcher's `-debug=127.0.0.1:0`; the only line that differs."""
VARYING = (
    (re.compile(rb"0x[0-9a-f]+"), b"0x"),
    (re.compile(rb"\b\d{4}/\d\d/\d\d \d\d:\d\d:\d\d\b"), b"TIME"),
    (re.compile(rb"\d\d:\d\d:\d\d\.\d{3}"), b"TIME"),
    (re.compile(rb"\+0x[0-9a-f]+"), b""),
)


def comparable(content: bytes, stage: Stage, *, lines: int | None = None) -> bytes:
    """Standard error without addresses, times and places.

    A dump of goroutines is never twice the same, for which were asleep where is chance: `lines` keeps the first ones,
    which say what happened.
    """
    text = ADDED_BY_FLAGS.sub(b"", content)
    for pattern, instead in VARYING:
        text = pattern.sub(instead, text)
    text = text.replace(str(stage.folder).encode(), b"STAGE")
    text = re.sub(rb"\b\d{4,}\b", b"N", text)
    return b"".join(text.splitlines(keepends=True)[:lines])


def quiet_descriptors() -> frozenset[str]:
    """Sockets and pipes of this very process, by which a leak of the stand-in's own would show."""
    found = set()
    for each in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(OSError):
            target = os.readlink(each)
            if target.startswith(("socket:", "pipe:")):
                found.add(target)
    return frozenset(found)


def arguments_of(pid: int) -> Sequence[str]:
    """The command line of a process."""
    return psutil.Process(pid).cmdline()


def wait_for_incidents(stage: Stage, count: int) -> list[dict[str, Any]]:
    """The incidents, once there are so many and no session is left to be looked at."""
    wait_until(lambda: len(stage.incidents()) >= count and not stage.sessions())
    return stage.incidents()


__all__ = ["DIRECT", "GO", "PYTHON", "GoneError", "Outcome", "Run", "Stage"]
