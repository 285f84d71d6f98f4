"""Real gopls processes: told apart from their side-cars, stopped, replaced, without parent, killed by a real limit."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from gopls_diag.facts.gather import Gatherer
from gopls_diag.model.gopls_process import GoplsProcess, GoplsProcesses, GoplsRole
from gopls_diag.model.kernel_log import KernelLog, KillKind
from gopls_diag.model.memory_limits import MemoryLimits
from gopls_diag.model.request import Request
from gopls_diag.world.live import LiveWorld

pytestmark = pytest.mark.real
MEMORY = Path("/sys/fs/cgroup/memory")


def asked(wanted: type) -> Any:
    return Gatherer(LiveWorld(), Request(folder="/")).value(wanted)


def seen(pid: int) -> GoplsProcess:
    """As soon as it is there: what was just started is not gopls yet."""
    ends = time.monotonic() + 30
    while True:
        processes: GoplsProcesses = asked(GoplsProcesses)
        found = [each for each in processes.all if each.pid == pid]
        if found or time.monotonic() > ends:
            (only,) = found
            return only
        time.sleep(0.2)


@contextmanager
def server(
    program: Path, folder: Path, environment: dict[str, str], **options: Any
) -> Iterator[subprocess.Popen[bytes]]:
    """A gopls that waits for its client, with the side-car that it starts by itself."""
    started = subprocess.Popen(
        [str(program)],
        cwd=folder,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        **options,
    )
    try:
        seen(started.pid)
        time.sleep(1)
        yield started
    finally:
        if started.poll() is None:
            started.send_signal(signal.SIGCONT)
            started.terminate()
        started.wait(10)
        assert started.stdin
        started.stdin.close()
        time.sleep(1)


@pytest.fixture
def program(gopls: Callable[[str], str], tmp_path: Path) -> Path:
    """A copy of its own, which a test may replace."""
    return Path(shutil.copy(gopls("v0.23.0"), tmp_path / "gopls"))


def test_a_server_is_seen_once_with_folder_and_what_it_has_otherwise(
    program: Path, tmp_path: Path, environment: dict[str, str]
) -> None:
    environment["GOMEMLIMIT"] = "3GiB"

    with server(program, tmp_path, environment) as started:
        processes = asked(GoplsProcesses)
        (found,) = [each for each in processes.all if each.executable == str(program)]

    assert (found.pid, found.role, found.folder) == (started.pid, GoplsRole.SERVER, str(tmp_path))
    assert processes.side_cars >= 1
    assert not (found.is_orphan or found.is_replaced or found.is_stopped)
    assert "GOMEMLIMIT" in [each.name for each in found.differences]
    assert found.resident_bytes > 1_000_000


def test_a_stopped_server_and_one_whose_program_was_replaced(
    program: Path, tmp_path: Path, environment: dict[str, str]
) -> None:
    with server(program, tmp_path, environment) as started:
        started.send_signal(signal.SIGSTOP)
        newer = Path(shutil.copy(program, tmp_path / "newer"))
        newer.replace(program)
        found = seen(started.pid)

    assert found.is_stopped
    assert found.is_replaced
    assert found.executable == str(program)


def test_a_server_that_outlives_its_parent(program: Path, tmp_path: Path, environment: dict[str, str]) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    script = f"exec 3<>{fifo}; {program} <&3 >/dev/null 2>&1 & echo $!"
    told = subprocess.run(["/bin/sh", "-c", script], cwd=tmp_path, env=environment, stdout=subprocess.PIPE, check=True)
    pid = int(told.stdout)
    try:
        time.sleep(1)
        seen(pid)
        time.sleep(0.5)
        found = seen(pid)
    finally:
        os.kill(pid, signal.SIGTERM)
        time.sleep(2)

    assert found.is_orphan
    assert found.owner == "nobody"


def test_a_real_memory_limit_kills_and_is_read_back(program: Path, tmp_path: Path, environment: dict[str, str]) -> None:
    group = MEMORY / f"gopls-diag-test-{os.getpid()}"
    try:
        group.mkdir()
        (group / "memory.limit_in_bytes").write_text(str(64 * 1024 * 1024), encoding="ascii")
    except OSError as problem:
        pytest.skip(f"no memory group can be made here: {problem}")
    enter = ["/bin/sh", "-c", f'echo $$ > {group}/cgroup.procs; exec "$0"', str(program)]

    try:
        started = subprocess.Popen(enter, env=environment, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
        seen(started.pid)
        limits = asked(MemoryLimits).servers[started.pid]
        started.kill()
        started.communicate()
        time.sleep(1)
        (group / "memory.limit_in_bytes").write_text(str(4 * 1024 * 1024), encoding="ascii")
        killed = subprocess.run(enter, env=environment, input=b"", check=False, timeout=30)
        log = asked(KernelLog)
    finally:
        time.sleep(1)
        group.rmdir()

    assert limits[0].path == str(group)
    assert limits[0].limit_bytes == 64 * 1024 * 1024
    assert killed.returncode == -signal.SIGKILL
    if not isinstance(log, KernelLog):
        pytest.skip(f"the kernel's log may not be read: {log}")
    kills = [each for each in log.of(KillKind.CGROUP_OUT_OF_MEMORY) if each.cgroup == f"/{group.name}"]
    assert kills
    assert kills[-1].is_gopls
    assert not kills[-1].is_group_gone
