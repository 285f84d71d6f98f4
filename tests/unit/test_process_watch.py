"""Waiting for the end of processes, and the samples of systems without /proc, with processes of our own."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from gopls_diag.world import process_watch
from gopls_diag.world.process_samples import TELEMETRY_WORDS, ForeignSamples, process_samples
from gopls_diag.world.process_watch import ProcessWatch
from gopls_diag.world.recorder_clock import read_clocks

WAITS = "import sys; sys.stdin.read()"
PARENT = (
    "import subprocess, sys\n"
    "one = [sys.executable, '-c', 'import sys; sys.stdin.read()']\n"
    "found = [subprocess.Popen([*one, *more], stdin=subprocess.PIPE) for more in (['list'], [sys.argv[1]])]\n"
    "print('ready', flush=True)\n"
    "sys.stdin.read()\n"
)


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen([sys.executable, "-c", WAITS], stdin=subprocess.PIPE)
    yield process
    process.kill()
    process.communicate()


@pytest.mark.parametrize("is_woken", [True, False])
def test_an_end_is_seen_also_while_nobody_waited_for_it(
    sleeper: subprocess.Popen[bytes], is_woken: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(pid: int) -> int:
        raise PermissionError

    if not is_woken:
        monkeypatch.setattr(process_watch, "_open", refuse)
    elif sys.platform != "linux":
        pytest.skip("only Linux wakes us")
    watch = ProcessWatch(sleeper.pid, os.getpid())
    watch.wait(0.05)
    assert watch.is_woken is is_woken
    assert not watch.has_ended(sleeper.pid)

    sleeper.kill()
    watch.wait(60.0)

    assert watch.has_ended(sleeper.pid)
    assert not watch.has_ended(os.getpid())
    watch.wait(0.0)
    watch.close()


def test_a_process_that_is_gone_has_ended() -> None:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()

    watch = ProcessWatch(process.pid)

    assert watch.has_ended(process.pid)
    watch.wait(0.01)


def test_systems_without_proc_are_asked_the_same() -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, TELEMETRY_WORDS], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert parent.stdout is not None and parent.stdout.readline() == b"ready\n"
    try:
        boot = read_clocks().steady
        until = time.monotonic() + 30
        while len(process_samples(parent.pid).children(boot)) != 1 and time.monotonic() < until:
            time.sleep(0.05)  # a child that was just forked has its parent's words
        native, foreign = process_samples(parent.pid), ForeignSamples(parent.pid)
        ours, theirs = native.usage(), foreign.usage()

        assert ours is not None and theirs is not None
        assert (theirs.threads, theirs.descriptors) == (ours.threads, ours.descriptors)
        assert theirs.resident_bytes == ours.resident_bytes
        assert foreign.command() == native.command()
        assert foreign.executable() == native.executable()
        assert foreign.parent() == native.parent() == os.getpid()
        assert foreign.environment() == native.environment()
        assert [each.command for each in foreign.children(boot)] == [each.command for each in native.children(boot)]
        assert [each.command[-1] for each in foreign.children(boot)] == ["list"], "the sidecar is no command"
    finally:
        for each in process_samples(parent.pid).children(0.0):
            os.kill(each.pid, 9)
        parent.communicate()
    assert foreign.usage() is None
    assert native.usage() is None
    assert ForeignSamples(parent.pid).problem
