"""Real ends of the real gopls, read back: every signal, limits of addresses and of memory, a panic of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gopls_diag.cli.main import run
from tests.real.conftest import MARK, living

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(sys.platform != "linux", reason="signals and limits as Linux has them"),
]

VERSIONS = ("v0.16.2", "v0.18.1", "v0.23.0", "v0.24.0")
REDECLARED = "package p\n\ntype T struct{ f int }\n\ntype T struct{ f int }\n\nvar _ = T{}.f\n"


def read(log: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """What `gopls-diag crash --format json` says about a log."""
    capsys.readouterr()
    code = run(["crash", "--format", "json", str(log)])
    report: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert code in (0, 1)
    assert not [each for each in report.get("outcomes", ()) if each["outcome"] == "crashed"]
    return report


def message(body: dict[str, Any]) -> bytes:
    content = json.dumps({"jsonrpc": "2.0", **body}).encode()
    return b"Content-Length: %d\r\n\r\n%s" % (len(content), content)


def end_by_signal(binary: str, number: int, folder: Path, environment: dict[str, str]) -> tuple[int, Path]:
    """Start a server, let it answer once, send it the signal; its exit status and the file with its standard error."""
    log = folder / f"{number}.stderr"
    with log.open("wb") as standard_error:
        server = subprocess.Popen(
            [binary, "serve"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=standard_error,
            cwd=folder,
            env=environment,
        )
        assert server.stdin and server.stdout
        server.stdin.write(message({"id": 1, "method": "initialize", "params": {"rootUri": None, "capabilities": {}}}))
        server.stdin.flush()
        assert server.stdout.readline().startswith(b"Content-Length")
        server.send_signal(number)
        # A dump of many goroutines may take its time on a busy machine.
        status = server.wait(60)
        server.stdin.close()
        server.stdout.close()
    # The telemetry side-car outlives its parent by the moment that it takes to read the last words.
    wait_until_gone(environment[MARK])
    return status, log


def wait_until_gone(mark: str) -> None:
    for _ in range(200):
        if not living(mark):
            return
        time.sleep(0.1)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("name", "kind"),
    [("SIGQUIT", "dump"), ("SIGABRT", "signal"), ("SIGSEGV", "signal"), ("SIGBUS", "signal"), ("SIGILL", "signal")],
)
def test_a_signal_that_makes_the_runtime_dump(
    version: str,
    name: str,
    kind: str,
    gopls: Callable[[str], str],
    environment: dict[str, str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    status, log = end_by_signal(gopls(version), getattr(signal, name), tmp_path, environment)

    report = read(log, capsys)

    assert status == 2
    (crash,) = report["crashes"]
    assert (crash["kind"], crash["signal"], crash["exit_code"], crash["truncated"]) == (kind, name, 2, False)
    assert crash["message"].startswith(f"{name}: ")
    assert crash["program"] == "gopls"
    headers = sum(line.startswith(b"goroutine ") for line in log.read_bytes().split(b"\n"))
    assert crash["goroutines"] == headers > 5
    assert sum(each["count"] for each in crash["buckets"]) == headers
    code = report["verdict"] and report["verdict"]["code"]
    assert code == (None if kind == "dump" else "X22"), report["findings"]


@pytest.mark.parametrize("name", ["SIGKILL", "SIGTERM", "SIGINT", "SIGHUP"])
def test_a_signal_that_leaves_nothing_behind(
    name: str,
    gopls: Callable[[str], str],
    environment: dict[str, str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    status, log = end_by_signal(gopls("v0.23.0"), getattr(signal, name), tmp_path, environment)
    assert status == -getattr(signal, name)
    assert log.read_bytes() == b""
    # What VS Code's client writes into the channel then (microsoft/vscode-languageserver-node client/src/node/main.ts).
    log.write_text(f"2026-11-22 18:18:10.368 [error] Server process exited with signal {name}.\n")

    report = read(log, capsys)

    (crash,) = report["crashes"]
    assert (crash["kind"], crash["signal"]) == ("killed", name)
    assert crash["buckets"] == []


@pytest.mark.parametrize("version", ["v0.16.2", "v0.18.1"])
def test_a_panic_of_its_own_is_known_with_the_release_that_fixed_it(
    version: str,
    gopls: Callable[[str], str],
    environment: dict[str, str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    log = renamed(gopls(version), tmp_path, environment)

    report = read(log, capsys)

    (crash,) = report["crashes"]
    assert crash["kind"] == "panic"
    assert crash["message"] == "panic: runtime error: invalid memory address or nil pointer dereference"
    assert crash["top_frame"]["function"].endswith("golang.(*renamer).checkStructField")
    assert crash["program_version"] in (version, "")
    assert "golang/go#70968" in [each["issue"] for each in crash["known"]]
    assert report["verdict"]["code"] == "X06"


def test_the_same_defect_in_two_releases_has_one_signature(
    gopls: Callable[[str], str],
    environment: dict[str, str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    found = []
    for version in ("v0.16.2", "v0.18.1"):
        folder = tmp_path / version
        folder.mkdir()
        found.append(read(renamed(gopls(version), folder, environment), capsys)["crashes"][0]["signature"])

    assert found[0] == found[1] != ""


def renamed(binary: str, folder: Path, environment: dict[str, str]) -> Path:
    """The standard error of a rename in a file that declares a type twice (golang/go#70968)."""
    (folder / "go.mod").write_text("module example.com/rename\n\ngo 1.20\n")
    (folder / "p.go").write_text(REDECLARED)
    ended = subprocess.run(
        [binary, "rename", "p.go:5:16", "g"],
        cwd=folder,
        env=environment,
        capture_output=True,
        check=False,
        timeout=120,
    )
    assert ended.returncode == 2, ended.stderr
    log = folder / "gopls.stderr"
    log.write_bytes(ended.stderr)
    return log


@pytest.mark.parametrize(("kibibytes", "code"), [(300_000, "M03"), (1_500_000, "M04")])
def test_a_limit_of_addresses(
    kibibytes: int,
    code: str,
    gopls: Callable[[str], str],
    environment: dict[str, str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    ended = subprocess.run(
        ["sh", "-c", f"ulimit -v {kibibytes}; exec '{gopls('v0.23.0')}' serve"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        env=environment,
        timeout=60,
    )
    log = tmp_path / "gopls.stderr"
    log.write_bytes(ended.stderr)

    report = read(log, capsys)

    assert ended.returncode == 2
    assert [each["kind"] for each in report["crashes"]] == ["oom"]
    assert report["verdict"]["code"] == code


def test_the_editors_log_of_a_crash_is_one_end(
    gopls: Callable[[str], str],
    environment: dict[str, str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """What the Go extension 0.57.2 makes of standard error: every line with the time and [error]."""
    bare = renamed(gopls("v0.18.1"), tmp_path, environment)
    lines = bare.read_text().split("\n")
    carried = tmp_path / "gopls (server).log"
    carried.write_text(
        "".join(f"2026-11-22 18:18:10.368 [error] {line}\n" for line in lines)
        + "2026-11-22 18:18:10.401 [error] Server process exited with code 2.\n"
    )

    one, other = read(bare, capsys)["crashes"][0], read(carried, capsys)["crashes"]

    assert len(other) == 1
    for key in ("kind", "message", "goroutines", "top_frame", "crashing", "buckets", "signature", "known"):
        assert other[0][key] == one[key], key
    assert other[0]["exit_code"] == 2


def test_a_cgroup_limit(
    gopls: Callable[[str], str],
    environment: dict[str, str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    group = memory_group()
    if group is None:
        pytest.skip("no control group with a memory limit can be made here")
    try:
        (tmp_path / "go.mod").write_text("module example.com/big\n\ngo 1.20\n")
        (tmp_path / "big.go").write_text("package big\n\nvar V = [...]string{" + '"x", ' * 400_000 + "}\n")
        ended = subprocess.run(
            ["sh", "-c", f"echo $$ > {group}/cgroup.procs; exec '{gopls('v0.23.0')}' check big.go"],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            check=False,
            timeout=120,
        )
        assert ended.returncode == -signal.SIGKILL, ended.stderr[-2000:]
        kernel = subprocess.run(["dmesg"], capture_output=True, check=False, timeout=20)
        lines = [each for each in kernel.stdout.split(b"\n")[-400:] if each]
        if not any(group.name.encode() in each for each in lines):
            pytest.skip("the kernel's log may not be read here")
        log = tmp_path / "kernel.log"
        log.write_bytes(b"\n".join(lines))

        report = read(log, capsys)

        assert report["verdict"]["code"] == "M02"
        assert any(each["kind"] == "killed" for each in report["crashes"])
    finally:
        remove_group(group)


def memory_group() -> Path | None:
    """A control group of version 1 or 2 with a limit of 100 MB, or None where none can be made."""
    name = f"gopls-diag-test-{os.getpid()}"
    for parent, limit in (("/sys/fs/cgroup/memory", "memory.limit_in_bytes"), ("/sys/fs/cgroup", "memory.max")):
        group = Path(parent, name)
        try:
            group.mkdir()
            (group / limit).write_text(str(100 * 1024 * 1024))
        except OSError:
            remove_group(group)
            continue
        return group
    return None


def remove_group(group: Path) -> None:
    for _ in range(50):
        try:
            group.rmdir()
        except FileNotFoundError:
            return
        except OSError:
            # The kernel needs a moment after the last process.
            time.sleep(0.1)
        else:
            return
