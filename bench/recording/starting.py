"""How long a subject takes from being started to its answer to `initialize`, and nothing after that."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Sequence

from bench.recording.client import Client
from bench.recording.processes import wait_for_all
from bench.recording.rounds import Place, in_turn
from bench.recording.session import CLOSE_SECONDS, END_SECONDS, Subject, start_beside
from bench.recording.work import initialize_parameters


def start_times(place: Place, subjects: Sequence[Subject], times: int) -> dict[str, list[int]]:
    """Nanoseconds of each start by the name of the subject, in turn, one at a time."""
    found: dict[str, list[int]] = {each.name: [] for each in subjects}
    for turn in range(times):
        for subject in in_turn(subjects, turn):
            found[subject.name].append(_start(place, subject))
    return found


def _start(place: Place, subject: Subject) -> int:
    environment = {**os.environ, **subject.environment}
    beside = start_beside(subject, environment) if subject.beside else None
    began = time.perf_counter_ns()
    process = subprocess.Popen(
        subject.command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
        cwd=place.folder,
        bufsize=0,
    )
    assert process.stdin and process.stdout
    client = Client(process.stdin.fileno(), process.stdout.fileno())
    client.ask("initialize", initialize_parameters(place.folder))
    took = time.perf_counter_ns() - began
    client.ask("shutdown", None)
    client.note("exit", {})
    process.stdin.close()
    if beside:
        beside.terminate()
    wait_for_all(END_SECONDS if subject.is_recorded else CLOSE_SECONDS)
    process.stdout.close()
    for each in (process, beside):
        if each:
            each.returncode = 0  # it was waited for
    return took
