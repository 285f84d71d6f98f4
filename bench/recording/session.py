"""A session of one subject, from its start to the last of its processes, and the numbers that it gave."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import psutil

from bench.recording.client import Client
from bench.recording.processes import cpu_seconds, memory, named_in_arguments, running, wait_for_all, within
from bench.recording.work import Latencies, Typist

_RECORDER = "gopls_diag.cli.recorder"
_FIND_SECONDS = 5.0
_LISTEN_SECONDS = 10.0
END_SECONDS = 10.0
"""For recorders to look through what they kept and go."""
CLOSE_SECONDS = 1.0
"""For everything else. An agent of lsp-devtools never ends by itself; it is killed when the time is over."""


@dataclass(frozen=True, slots=True)
class Subject:
    """Something that starts gopls in its way."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    beside: tuple[str, ...] = ()
    """A program that must run beside it, and listen before it starts."""
    is_recorded: bool = False


@dataclass(slots=True)
class Cost:
    """What one process took. CPU is user and system time."""

    begin_cpu_seconds: float = 0.0
    """Until the workspace was loaded and the caches were warm."""
    work_cpu_seconds: float = 0.0
    idle_cpu_seconds: float = 0.0
    end_cpu_seconds: float = 0.0
    """From the server's end to its own, with the children that it waited for."""
    resident: int = 0
    proportional: int = 0


@dataclass(slots=True)
class Row:
    """All that a session showed."""

    subject: str
    latencies: Latencies
    gopls: Cost = field(default_factory=Cost)
    launcher: Cost = field(default_factory=Cost)
    recorder: Cost = field(default_factory=Cost)
    work_seconds: float = 0.0
    """Of all subjects of the round together: sources and samples go by the clock, not by who has his turn."""
    idle_seconds: float = 0.0
    load_average: float = 0.0

    @property
    def costs(self) -> tuple[Cost, Cost, Cost]:
        return self.gopls, self.launcher, self.recorder

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


class Session:
    """A subject that runs: started, loaded and warm."""

    def __init__(self, subject: Subject, gopls: Path, file: Path, folder: Path) -> None:
        self.subject = subject
        environment = {name: value for name, value in os.environ.items() if name != "PWD"} | dict(subject.environment)
        self._beside = start_beside(subject, environment) if subject.beside else None
        before = set(running(gopls))
        started_ns = time.perf_counter_ns()
        self._process = subprocess.Popen(
            subject.command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            cwd=folder,
            bufsize=0,
        )
        assert self._process.stdin and self._process.stdout
        client = Client(self._process.stdin.fileno(), self._process.stdout.fileno())
        self.typist = Typist(client, folder, file, started_ns)
        self.typist.begin()
        self.row = Row(subject.name, self.typist.seen)
        self._pids = self._find(gopls, before)

    def warm(self) -> None:
        """Fill caches; from here on the work counts."""
        self.typist.warm()

    def mark(self) -> list[float]:
        """CPU seconds of gopls, the launcher and the recorder by now."""
        return [cpu_seconds(each) if each else 0.0 for each in self._pids]

    def weigh(self) -> None:
        """Note how much memory each has now, and the machine's load."""
        self.row.load_average = os.getloadavg()[0]
        for cost, pid in zip(self.row.costs, self._pids, strict=True):
            if pid:
                cost.resident, cost.proportional = memory(pid)

    def end(self) -> None:
        """Ask for the end as an editor does."""
        self._before_end = self.mark()
        self.typist.end()
        assert self._process.stdin
        self._process.stdin.close()

    def take_ended(self, cpu_by_pid: Mapping[int, float]) -> None:
        """Note what was still spent after the end; the processes were waited for."""
        recorder = self._pids[2]
        if self.subject.is_recorded and recorder and recorder in cpu_by_pid:
            self.row.recorder.end_cpu_seconds = max(0.0, cpu_by_pid[recorder] - self._before_end[2])
        assert self._process.stdout
        self._process.stdout.close()
        for each in (self._process, self._beside):
            if each:
                each.returncode = 0  # it was waited for

    def stop_beside(self) -> None:
        if self._beside:
            self._beside.terminate()

    def _find(self, gopls: Path, before: set[int]) -> tuple[int, int | None, int | None]:
        """The processes of gopls, the launcher and the recorder; RuntimeError if one is missing."""
        server = within(_FIND_SECONDS, lambda: next((each for each in running(gopls) if each not in before), None))
        if server is None:
            raise RuntimeError(f"{self.subject.name}: gopls does not run")
        recorder = self._beside.pid if self._beside else None
        if self.subject.is_recorded:
            own = self.subject.environment["GOPLS_DIAG_STATE"]
            recorder = within(_FIND_SECONDS, lambda: named_in_arguments(_RECORDER, own))
            if recorder is None:
                raise RuntimeError(f"{self.subject.name}: the recorder does not run")
        return server, None if server == self._process.pid else self._process.pid, recorder


def end_all(sessions: Sequence[Session]) -> None:
    """End them one after another, and wait for everything that they started."""
    for each in sessions:
        each.end()
    for each in sessions:
        each.stop_beside()
    ended = wait_for_all(END_SECONDS if any(each.subject.is_recorded for each in sessions) else CLOSE_SECONDS)
    for each in sessions:
        each.take_ended({done.pid: done.cpu_seconds for done in ended})


def start_beside(subject: Subject, environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """Start the program beside, and wait until it listens."""
    quiet = subprocess.DEVNULL
    beside = subprocess.Popen(subject.beside, stdin=quiet, stdout=quiet, stderr=quiet, env=environment)
    looked = psutil.Process(beside.pid)
    if within(_LISTEN_SECONDS, lambda: len(looked.net_connections("tcp")) or None) is None:
        raise RuntimeError(f"{subject.beside[0]} does not listen")
    return beside
