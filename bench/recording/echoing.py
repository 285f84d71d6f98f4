"""Large messages there and back through what stands between an editor and its server."""

from __future__ import annotations

import os
import subprocess

from bench.recording.client import Client
from bench.recording.processes import wait_for_all
from bench.recording.session import Subject, start_beside

BODY_BYTES = 1_000_000


def echo_times(subject: Subject, times: int) -> list[int]:
    """Nanoseconds of each round trip, after one that is not counted."""
    environment = {**os.environ, **subject.environment}
    beside = start_beside(subject, environment) if subject.beside else None
    process = subprocess.Popen(
        subject.command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
        bufsize=0,
    )
    assert process.stdin and process.stdout
    client = Client(process.stdin.fileno(), process.stdout.fileno())
    body = b'{"jsonrpc":"2.0","method":"echo","params":"%b"}' % (b"x" * BODY_BYTES)
    client.echo(body)
    seen = [client.echo(body) for _ in range(times)]
    process.stdin.close()
    if beside:
        beside.terminate()
    wait_for_all(10.0 if subject.is_recorded else 1.0)
    process.stdout.close()
    for each in (process, beside):
        if each:
            each.returncode = 0  # it was waited for
    return seen
