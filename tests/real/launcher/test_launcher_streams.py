"""Not a byte is added, lost or held up between the editor and gopls."""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pytest

from tests.real.launcher.conftest import Launcher, await_that, is_gone, read_json

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="streams as on Unix")

MESSAGES = 100_000
BIG = 20_000_000


def messages() -> Iterator[bytes]:
    """Frames as an editor writes them, from 1 B to 20 MB, the same at each call."""
    chance = random.Random(5)
    noise = chance.randbytes(BIG)
    for number in range(MESSAGES):
        size = BIG if number % 40_000 == 39_999 else min(int(2 ** chance.uniform(0, 12)), 1_000_000)
        start = chance.randrange(BIG - size + 1)
        yield b"Content-Length: %d\r\n\r\n" % size + noise[start : start + size]


def parts() -> Iterator[bytes]:
    """The messages, split at odd places."""
    chance = random.Random(6)
    waiting = bytearray()
    for each in messages():
        waiting += each
        if len(waiting) > 40_000 or chance.random() < 0.1:
            cut = chance.randrange(len(waiting))
            yield bytes(waiting[:cut])
            del waiting[:cut]
    yield bytes(waiting)


ECHO = """\
import hashlib, os, sys
came = hashlib.blake2b()
while part := os.read(0, 1 << 17):
    came.update(part)
    while part:
        part = part[os.write(1, part):]
sys.stderr.write(came.hexdigest())
"""
"""Gives back what comes, and says what came."""


def exchange(program: str, launcher: Launcher, script: Path, *, over_sockets: bool) -> tuple[int, str, str, int]:
    """(bytes that came back, their digest, the digest of what arrived, exit code) of one run of all messages."""
    ours, theirs = socket.socketpair() if over_sockets else (None, None)
    process = subprocess.Popen(
        [program],
        env={**launcher.environment, "FAKE": f"exec {sys.executable} -I -S {script}; exit 3"},
        stdin=theirs.fileno() if theirs else subprocess.PIPE,
        stdout=theirs.fileno() if theirs else subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stderr
    if ours and theirs:
        theirs.close()
        incoming, outgoing = ours.fileno(), ours.fileno()
    else:
        assert process.stdin and process.stdout
        incoming, outgoing = process.stdout.fileno(), process.stdin.fileno()

    def write() -> None:
        for each in parts():
            view = memoryview(each)
            while view:
                view = view[os.write(outgoing, view) :]
        if ours:
            ours.shutdown(socket.SHUT_WR)
        elif process.stdin:
            process.stdin.close()

    writing = threading.Thread(target=write)
    writing.start()
    back, count = hashlib.blake2b(), 0
    while part := os.read(incoming, 1 << 17):
        back.update(part)
        count += len(part)
    writing.join()
    arrived = process.stderr.read().decode()
    code = process.wait()
    for each in (process.stdin, process.stdout, process.stderr, ours):
        if each:
            each.close()
    return count, back.hexdigest(), arrived, code


@pytest.mark.parametrize("over_sockets", [False, True], ids=["pipes", "sockets"])
def test_a_hundred_thousand_messages_both_ways(launcher: Launcher, *, over_sockets: bool) -> None:
    script = launcher.state / "echo.py"
    script.write_text(ECHO)
    sent, size = hashlib.blake2b(), 0
    for each in messages():
        sent.update(each)
        size += len(each)

    with_launcher = exchange(launcher.program, launcher, script, over_sockets=over_sockets)
    without = exchange(str(launcher.gopls), launcher, script, over_sockets=over_sockets)

    assert size > 2 * BIG
    assert with_launcher == without == (size, sent.hexdigest(), sent.hexdigest(), 0)


def test_much_on_standard_error(launcher: Launcher) -> None:
    """50 MB arrive whole and in order; the ring has the last of it."""
    content = random.Random(7).randbytes(50_000_000)
    source = launcher.state / "content"
    source.write_bytes(content)
    small = launcher.told(stderr_bytes=1 << 20)
    done = small.run(f"cat {source} >&2; exit 12")
    kept = [each.read_bytes() for each in sorted(small.session().glob("stderr-*"))]

    assert done.returncode == 12
    assert hashlib.sha256(done.stderr).digest() == hashlib.sha256(content).digest()
    assert small.end()["stderr_bytes"] == len(content)
    assert len(kept) == 2
    assert (1 << 19) < len(b"".join(kept)) <= 1 << 20
    assert content.endswith(b"".join(kept))


def test_last_words_before_a_kill(launcher: Launcher) -> None:
    """What a pipe holds is carried, though another process keeps the pipe open."""
    done = subprocess.Popen(
        [launcher.program],
        env={**launcher.environment, "FAKE": "sleep 300 & echo $!; seq 1 5000 >&2; kill -9 $$"},
        stdout=subprocess.PIPE,
        stderr=(launcher.state / "said").open("wb"),
    )
    assert done.stdout
    other = int(done.stdout.readline())

    assert done.wait(60) == -signal.SIGKILL
    assert not is_gone(other)
    os.kill(other, signal.SIGKILL)
    done.stdout.close()
    said = (launcher.state / "said").read_bytes()
    assert said.splitlines() == [b"%d" % each for each in range(1, 5001)]
    assert (launcher.session() / "stderr-000001").read_bytes() == said


def test_an_editor_that_does_not_read(launcher: Launcher) -> None:
    """gopls is held up as it would be without the launcher, which ends nevertheless when gopls is killed."""
    process = launcher.start("echo $$; seq 1 1000000 >&2")
    assert process.stdout and process.stdin and process.stderr
    pid = int(process.stdout.readline())
    ring = launcher.state / "sessions"
    await_that(lambda: sum(each.stat().st_size for each in ring.glob("*/stderr-*")) >= 65536, "a pipe is full")
    os.kill(pid, signal.SIGKILL)

    assert process.wait(60) == -signal.SIGKILL
    kept = (launcher.session() / "stderr-000001").read_bytes()
    process.communicate()
    # More than the editor's pipe took: what stood in the pipe of gopls was kept too.
    assert len(kept) >= 128 * 1024
    assert kept.startswith(b"1\n2\n3\n") and launcher.end()["stderr_bytes"] == len(kept)


def test_an_editor_that_has_closed_standard_error(launcher: Launcher) -> None:
    process = launcher.start("read line; seq 1 100000 >&2; exit 13")
    assert process.stderr and process.stdin
    process.stderr.close()
    process.stdin.write(b"\n")
    process.stdin.close()

    assert process.wait(60) == 13
    assert launcher.end()["stderr_bytes"] == 588895


def test_standard_error_that_does_not_block(launcher: Launcher) -> None:
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    process = launcher.start("seq 1 100000 >&2; exit 14", stderr=writing)
    os.close(writing)
    with os.fdopen(reading, "rb") as file:
        said = file.read()

    assert process.wait(60) == 14
    process.communicate()
    assert len(said) == 588895


def test_a_limit_on_the_size_of_files(launcher: Launcher) -> None:
    done = subprocess.run(
        ["sh", "-c", 'ulimit -f 8; exec "$0"', launcher.program],
        env={**launcher.environment, "FAKE": "seq 1 100000 >&2; exit 15"},
        capture_output=True,
        check=False,
        timeout=60,
    )

    assert (done.returncode, len(done.stderr)) == (15, 588895)
    assert (launcher.session() / "stderr-000001").stat().st_size <= 8 * 1024


def test_messages_go_into_a_ring_of_their_own(launcher: Launcher) -> None:
    known = launcher.knowing(launcher.gopls, rpc_trace=True, rpc_bytes=1 << 17)
    fake = 'for each; do case $each in -logfile=*) seq 1 100000 > "${each#-logfile=}";; esac; done; echo "$@"; exit 16'
    done = known.run(fake, ["serve", "-v"])
    kept = b"".join(each.read_bytes() for each in sorted(known.session().glob("rpc-*")))

    assert done.returncode == 16 and done.stderr == b""
    assert done.stdout.startswith(b"serve -rpc.trace -logfile=/dev/fd/")
    assert kept.endswith(b"\n99999\n100000\n") and len(kept) <= 1 << 17


@pytest.mark.parametrize("given", [["-rpc.trace"], ["-logfile", "/dev/null"]])
def test_messages_that_the_user_asked_for_go_where_the_user_said(launcher: Launcher, given: list[str]) -> None:
    done = launcher.knowing(launcher.gopls, rpc_trace=True).run('echo "$@"', given)

    assert done.stdout.decode().split() == given


def test_descriptors_of_the_editor_reach_gopls_alone(launcher: Launcher) -> None:
    reading, writing = os.pipe()
    process = launcher.start(f"echo hello > /dev/fd/{writing}; echo $$; read line", pass_fds=[writing])
    os.close(writing)
    assert process.stdout
    process.stdout.readline()
    launcher.begun()
    seen = [os.readlink(each) for each in Path(f"/proc/{process.pid}/fd").iterdir()]
    target = os.readlink(f"/proc/self/fd/{reading}")
    process.communicate(b"\n")

    assert os.read(reading, 100) == b"hello\n"
    os.close(reading)
    assert target not in seen
    assert seen.count("/dev/null") >= 2


def test_the_recorder_gets_nothing_of_the_editor(launcher: Launcher) -> None:
    script = launcher.state / "recorder.sh"
    script.write_text('#!/bin/sh\nls -l /proc/$$/fd > "$1/part"\npwd >> "$1/part"\nmv "$1/part" "$1/seen"\n')
    script.chmod(0o755)
    known = launcher.knowing(launcher.gopls, recorder=(str(script),), otel=True)
    reading, writing = os.pipe()
    process = known.start("read line", pass_fds=[reading, writing])
    await_that(lambda: known.sessions() and (known.session() / "seen").exists(), "the recorder has looked")
    begun = read_json(known.session() / "session.json")
    process.communicate(b"\n")
    seen = (known.session() / "seen").read_text()
    pipe = os.readlink(f"/proc/self/fd/{reading}")
    os.close(reading)
    os.close(writing)

    assert pipe not in seen and "socket:" not in seen
    # Through which it hears what gopls tells.
    assert seen.count("pipe:") == 1
    assert seen.rstrip().endswith(str(known.state))
    assert f"-otel=http://127.0.0.1:{begun['otel_port']}" in begun["arguments"]


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A file system that can be frozen, so that whoever writes to it stands still until it thaws."""
    image, place = tmp_path / "image", tmp_path / "disk"
    place.mkdir()
    with image.open("wb") as file:
        file.truncate(16 << 20)
    for command in (["mkfs.ext4", "-q", str(image)], ["mount", "-o", "loop", str(image), str(place)]):
        if not shutil.which(command[0]) or subprocess.run(command, capture_output=True, check=False).returncode:
            pytest.skip("no file system can be made here")
    yield place
    subprocess.run(["umount", place], check=True)


def test_a_disk_that_hangs(launcher: Launcher, disk: Path) -> None:
    """gopls, and the editor that reads what it says, go on; the launcher itself can end when the disk lets it go."""
    slow = launcher.told(state=str(disk))
    process = slow.start("echo first >&2; read line; seq 1 1000000 >&2; echo done; exit 39")
    assert process.stdin and process.stdout and process.stderr
    assert process.stderr.readline() == b"first\n"
    await_that(lambda: list(disk.glob("sessions/*/stderr-000001")), "the ring is begun")
    came = [0]

    def read(stream: IO[bytes]) -> None:
        while part := os.read(stream.fileno(), 1 << 16):
            came[0] += len(part)

    reading = threading.Thread(target=read, args=[process.stderr])
    subprocess.run(["fsfreeze", "--freeze", disk], check=True)
    try:
        reading.start()
        process.stdin.write(b"\n")
        process.stdin.flush()
        assert process.stdout.readline() == b"done\n"
    finally:
        subprocess.run(["fsfreeze", "--unfreeze", disk], check=True)

    assert process.wait(60) == 39
    reading.join()
    assert came[0] == 6_888_896
    process.communicate()
