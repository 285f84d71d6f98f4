"""A small Go program that ends in many ways, built with several releases of Go, and what its last words tell."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from gopls_diag.cli.main import run

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(sys.platform != "linux", reason="signals and limits as Linux has them"),
]

SOURCE = Path(__file__).parent / "crashing"
RELEASES = ("local", "go1.20.14", "go1.24.11", "go1.27.3")


class End(NamedTuple):
    """What must be read from one end."""

    kind: str
    message: str
    """Exact first line; ends with an asterisk where only its beginning is fixed."""
    top: str | None
    """Part of the function of the top frame; None where no stack tells it."""
    code: int = 2


ENDS = {
    "string": End("panic", "panic: simple message", "main."),
    "empty": End("panic", "panic: ", "main."),
    "error": End("panic", "panic: ctx: EOF", "main."),
    "named": End("panic", 'panic: main.named("my "str"")', "main."),
    "struct": End("panic", "panic: (main.point) 0x*", "main."),
    "nilderef": End("panic", "panic: runtime error: invalid memory address or nil pointer dereference", "main.fail"),
    "index": End("panic", "panic: runtime error: index out of range [-1]", "main.(*stack[...]).pop"),
    "nilmap": End("panic", "panic: assignment to entry in nil map", "main."),
    "assertion": End("panic", "panic: interface conversion: interface {} is string, not int", "main."),
    "closed": End("panic", "panic: close of closed channel", "main."),
    "nested": End("panic", "panic: first", "main."),
    "wrapped": End("panic", "panic: orig [recovered]", "main."),
    "again": End("panic", "panic: same [recovered*", "main."),
    "badvalue": End("fatal", "fatal error: panic while printing panic value: in Error", "main."),
    "deferred": End("panic", "panic: before", "main.fail"),
    "maps": End("fatal", "fatal error: concurrent map writes", "main."),
    "deadlock": End("fatal", "fatal error: all goroutines are asleep - deadlock!", "sync."),
    "receive": End("fatal", "fatal error: all goroutines are asleep - deadlock!", "main."),
    "goexit": End("fatal", "fatal error: no goroutines (main called runtime.Goexit) - deadlock!", None),
    "unlock": End("fatal", "fatal error: sync: unlock of unlocked mutex", "sync."),
    "overflow": End("fatal", "fatal error: stack overflow", "main.deep"),
    "threads": End("fatal", "fatal error: thread exhaustion", None),
    "huge": End("oom", "fatal error: runtime: out of memory", "main."),
    "badaddress": End("fatal", "fatal error: fault", "main."),
    "quit": End("dump", "SIGQUIT: quit", None),
    "abort": End("signal", "SIGABRT: abort", None),
    "segv": End("signal", "SIGSEGV: segmentation violation", None),
    "dump": End("dump", "goroutine *", None, 0),
    "logged": End("panic", "panic: log panic 5", "log.Panicf"),
    "other": End("panic", "panic: xxx", "main."),
}


@pytest.fixture(scope="session")
def programs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The program, built by each release that can be had; the others are missing."""
    if shutil.which("go") is None:
        pytest.skip("there is no go on PATH")
    folder = tmp_path_factory.mktemp("crashing")
    built = {}
    for release in RELEASES:
        ended = subprocess.run(
            ["go", "build", "-o", str(folder / release), "."],
            cwd=SOURCE,
            env={**os.environ, "GOTOOLCHAIN": release, "GOFLAGS": "-buildvcs=false", "CGO_ENABLED": "0"},
            capture_output=True,
            check=False,
            timeout=300,
        )
        if ended.returncode == 0:
            built[release] = folder / release
    assert "local" in built
    return built


@pytest.mark.parametrize("level", ["single", "all", "system", "crash"])
@pytest.mark.parametrize("release", RELEASES)
def test_each_end_is_read(
    release: str, level: str, programs: dict[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if release not in programs:
        pytest.skip(f"{release} cannot be had here")
    wrong = []
    for name, end in ENDS.items():
        if level == "crash" and end.code != 2:
            continue
        status, content = play(programs[release], name, level)
        found = problems(end, content, status, crashes(tmp_path, content, capsys), level)
        wrong += [f"{name}: {each}" for each in found]

    assert wrong == []


def play(program: Path, name: str, level: str) -> tuple[int, bytes]:
    ended = subprocess.run(
        ["sh", "-c", f"ulimit -c 0; exec '{program}' {name}"],
        env={"PATH": os.environ["PATH"], "GOTRACEBACK": level, "HOME": "/nowhere"},
        capture_output=True,
        check=False,
        timeout=60,
    )
    return ended.returncode, ended.stderr


def crashes(folder: Path, content: bytes, capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    log = folder / "stderr"
    log.write_bytes(content)
    capsys.readouterr()
    run(["crash", "--format", "json", str(log)])
    found: list[dict[str, Any]] = json.loads(capsys.readouterr().out)["crashes"]
    return found


def problems(end: End, content: bytes, status: int, found: list[dict[str, Any]], level: str) -> list[str]:
    """What is wrong with what was read; nothing if all is right."""
    # GOTRACEBACK=crash ends with SIGABRT after the dump.
    expected = -6 if level == "crash" else end.code
    told = [] if status == expected else [f"the program itself ended with {status}"]
    if len(found) != 1:
        return [*told, f"{len(found)} crashes: {[each['message'] for each in found]}"]
    crash = found[0]
    if crash["kind"] != end.kind:
        told.append(f"kind {crash['kind']}")
    if not fits(crash["message"], end.message):
        told.append(f"message {crash['message']!r}")
    headers = sum(line.startswith(b"goroutine ") and line.endswith(b":") for line in content.split(b"\n"))
    if crash["goroutines"] != headers:
        told.append(f"{crash['goroutines']} goroutines of {headers}")
    if sum(each["count"] for each in crash["buckets"]) != headers:
        told.append("the buckets do not add up")
    top = crash["top_frame"]["function"] if crash["top_frame"] else None
    if end.top and (top is None or end.top not in top):
        told.append(f"top frame {top}")
    if crash["truncated"]:
        told.append("said to be cut")
    return told


def fits(message: str, pattern: str) -> bool:
    return message.startswith(pattern[:-1]) if pattern.endswith("*") else message == pattern


@pytest.mark.parametrize("release", RELEASES)
def test_a_killed_program_leaves_nothing(release: str, programs: dict[str, Path]) -> None:
    if release not in programs:
        pytest.skip(f"{release} cannot be had here")

    assert play(programs[release], "kill", "all") == (-9, b"")
