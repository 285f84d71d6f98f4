"""Programs that really wait for each other, of several releases of Go, told to quit: why they wait is told."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from gopls_diag.model.crash import Crash, EndKind, Explanation
from gopls_diag.parse.log.reader import LogReader

PROGRAM = Path(__file__).parent / "waits"
RELEASES = ("local", "1.20.14", "1.24.11")
SETTLE_SECONDS = 60.0
Dump = Callable[[str], Crash]


def go_of(release: str) -> str:
    if release == "local":
        return "go"
    cache = subprocess.run(["go", "env", "GOMODCACHE"], capture_output=True, text=True, check=True).stdout.strip()
    found = list(Path(cache).glob(f"golang.org/toolchain@v0.0.1-go{release}.*/bin/go"))
    if not found:
        pytest.skip(f"go{release} is not in the module cache: GOTOOLCHAIN=go{release} go version")
    return str(found[0])


@pytest.fixture(scope="module", params=RELEASES)
def program(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, build_cache: Path) -> Path:
    """The program, built by one release."""
    built = tmp_path_factory.mktemp("waits") / "waits"
    environment = {**os.environ, "GOTOOLCHAIN": "local", "GOFLAGS": "", "GOPROXY": "off", "GOCACHE": str(build_cache)}
    subprocess.run([go_of(request.param), "build", "-o", str(built), "."], cwd=PROGRAM, env=environment, check=True)
    return built


@pytest.fixture
def dump(program: Path, environment: dict[str, str]) -> Dump:
    """A function that runs the program in one way of waiting, and gives the crash that SIGQUIT made of it."""

    def run(way: str) -> Crash:
        with subprocess.Popen(
            [str(program), way],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        ) as process:
            try:
                assert process.stdout is not None and process.stderr is not None
                assert process.stdout.readline() == b"ready\n"
                settle(process.pid)
                process.send_signal(signal.SIGQUIT)
                # Standard input stays open until it has ended: the program would end by itself.
                text = process.stderr.read()
            finally:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
        reader = LogReader("-")
        reader.feed(text)
        (crash,) = reader.finish().crashes
        return crash

    return run


def settle(pid: int) -> None:
    """Wait until the program has used no processor time for a while, or spins for good."""
    before, still = -1, 0
    deadline = time.monotonic() + SETTLE_SECONDS
    while still < 8 and time.monotonic() < deadline:
        time.sleep(0.1)
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        used = int(fields[11]) + int(fields[12])
        still = still + 1 if used - before in (0, *range(5, 30)) else 0
        before = used


def of_kind(crash: Crash, kind: str) -> Explanation:
    found = [each for each in crash.explanations if each.kind == kind]
    assert found, [each.summary for each in crash.explanations]
    return found[0]


def test_two_that_lock_in_different_order(dump: Dump) -> None:
    crash = dump("cycle")

    cycle = of_kind(crash, "lock-cycle")
    assert crash.kind is EndKind.HANG
    assert cycle.is_certain
    assert len(cycle.goroutines) == 2
    assert re.fullmatch(
        r"a deadlock: goroutine (\d+) \(.*\) waits for the mutex 0x[0-9a-f]+ of a main\.\(\*account\), "
        r"which goroutine (\d+) holds, "
        r"goroutine \2 \(.*\) waits for the mutex 0x[0-9a-f]+ of a main\.\(\*account\), which goroutine \1 holds",
        cycle.summary,
    )
    assert any("lockSlow(0x" in line for line in cycle.proof)


def test_one_that_locks_twice_is_told_as_likely(dump: Dump) -> None:
    crash = dump("self")

    own = of_kind(crash, "lock-cycle")
    assert crash.kind is EndKind.DUMP
    assert not own.is_certain
    assert "which it may hold itself: main.(*account).again" in own.summary


def test_a_reader_that_reads_again_behind_a_writer(dump: Dump) -> None:
    crash = dump("rwmutex")

    cycle = of_kind(crash, "lock-cycle")
    assert crash.kind is EndKind.HANG
    assert cycle.is_certain
    assert "wants to read-lock the RWMutex 0x" in cycle.summary
    assert "waits to lock it for writing" in cycle.summary


def test_many_that_wait_for_one_that_sleeps(dump: Dump) -> None:
    crash = dump("many")

    lock = of_kind(crash, "lock")
    assert crash.kind is EndKind.DUMP
    assert lock.summary.startswith("40 goroutines wait for the RWMutex 0x")
    assert re.search(r"goroutine \d+ \(.*\) probably holds it, and is in state sleep", lock.summary)
    assert any("main.(*table).hold(0x" in line for line in lock.proof)


def test_a_group_whose_goroutines_wait(dump: Dump) -> None:
    crash = dump("waitgroup")

    assert crash.kind is EndKind.DUMP
    summary = of_kind(crash, "channel").summary
    assert "waits for 3 goroutines to end, which themselves wait: 3 in chan receive in main.worker" in summary


def test_channels_that_nobody_serves(dump: Dump) -> None:
    crash = dump("channel")

    summaries = " | ".join(each.summary for each in crash.explanations)
    assert crash.kind is EndKind.DUMP
    assert "receives from a nil channel, which never ends" in summaries
    assert "stands in a select that has no case" in summaries
    assert "4 goroutines wait to send on 4 channels in main.produce" in summaries


def test_a_program_that_does_not_end(dump: Dump) -> None:
    crash = dump("child")

    assert crash.kind is EndKind.DUMP
    assert "waits for a program that it started to end" in of_kind(crash, "child-process").summary


def test_a_condition_that_nobody_signals(dump: Dump) -> None:
    assert "in main.(*queue).take for a sync.Cond" in of_kind(dump("cond"), "lock").summary


def test_very_many_at_one_place(dump: Dump) -> None:
    crash = dump("leak")

    assert crash.kind is EndKind.DUMP
    assert "3000 of 30" in of_kind(crash, "leak").summary


def test_work_is_no_hang(dump: Dump) -> None:
    crash = dump("busy")

    assert crash.kind is EndKind.DUMP
    assert "the only one that works, in main.spin" in of_kind(crash, "busy").summary
