"""Large messages there and back through what stands between an editor and its server."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence

from bench.recording.client import Client
from bench.recording.processes import wait_for_all
from bench.recording.rounds import in_turn
from bench.recording.session import Subject, start_beside

BODY = b'{"jsonrpc":"2.0","method":"echo","params":"%b"}' % (b"x" * 1_000_000)


class _Echo:
    """A subject whose server sends back what it gets."""

    def __init__(self, subject: Subject) -> None:
        environment = {**os.environ, **subject.environment}
        self._beside = start_beside(subject, environment) if subject.beside else None
        self._process = subprocess.Popen(
            subject.command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            bufsize=0,
        )
        assert self._process.stdin and self._process.stdout
        self._client = Client(self._process.stdin.fileno(), self._process.stdout.fileno())
        self.is_slow = bool(subject.beside)
        self.seen: list[int] = []
        for _ in range(2):
            self._client.echo(BODY)

    def turn(self) -> None:
        self.seen.append(self._client.echo(BODY))

    def close(self) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        if self._beside:
            self._beside.terminate()

    def forget(self) -> None:
        """It was waited for."""
        assert self._process.stdout
        self._process.stdout.close()
        for each in (self._process, self._beside):
            if each:
                each.returncode = 0


def echo_times(subjects: Sequence[Subject], times: int) -> dict[str, list[int]]:
    """Nanoseconds of each round trip by the name of the subject, in turn; a tenth of them for what is slow."""
    echoes = {each.name: _Echo(each) for each in subjects}
    for turn in range(times):
        for each in in_turn(list(echoes.values()), turn):
            if turn % 10 == 0 or not each.is_slow:
                each.turn()
    for each in echoes.values():
        each.close()
    wait_for_all(10.0)
    for each in echoes.values():
        each.forget()
    return {name: each.seen for name, each in echoes.items()}
