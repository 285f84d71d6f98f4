"""On a bad day the doctor still answers: with `unknown` where it must, within its time, and never with a trace."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.gym import supplies
from tests.gym.machine import Machine
from tests.gym.play import clear, doctor_command, stage

pytestmark = pytest.mark.real


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    root = tmp_path.resolve() / "machine"
    root.mkdir()
    try:
        yield Machine(root)
    except supplies.Lacking as reason:
        pytest.skip(str(reason))
    finally:
        clear(root)


def examined(machine: Machine) -> dict[str, Any]:
    """The report; fails on anything but an answer."""
    result = stage(machine)
    if result.get("skipped"):
        pytest.skip(result["skipped"])
    return answered(result)


def answered(result: dict[str, Any]) -> dict[str, Any]:
    assert not result.get("timed_out"), "no answer at all"
    assert "Traceback" not in result["stderr"], result["stderr"]
    assert result["exit_code"] in (0, 1), result["stderr"]
    report: dict[str, Any] = json.loads(result["stdout"])
    crashed = [each for each in report["outcomes"] if each["outcome"] == "crashed"]
    assert crashed == [], "a check crashed"
    return report


def reasons(report: dict[str, Any]) -> str:
    """Why something could not be told."""
    return "\n".join(each["reason"] for each in report["outcomes"] if each["outcome"] == "unknown")


def codes(report: dict[str, Any]) -> set[str]:
    return {each["code"] for each in report["findings"]}


def shim(machine: Machine, text: str, name: str = "go") -> None:
    """Another program takes the place of go."""
    machine.script(f"~/shim/{name}", text)
    machine.environment["PATH"] = f"{machine.home}/shim:" + machine.environment["PATH"]


def test_go_that_hangs(machine: Machine) -> None:
    shim(machine, "sleep 600\n")

    report = examined(machine)

    assert "no answer" in json.dumps(report)
    assert report["verdict"] is not None


def test_go_that_hangs_and_ignores_signals(machine: Machine) -> None:
    shim(machine, "trap '' TERM INT HUP\nsleep 600 &\nwait\nsleep 600\n")

    assert reasons(examined(machine))


def test_gopls_that_hangs(machine: Machine) -> None:
    machine.remove("~/go/bin/gopls")
    machine.script("~/go/bin/gopls", "sleep 600\n")

    assert reasons(examined(machine))


@pytest.mark.parametrize("code", [0, 1, 139])
def test_go_that_prints_garbage(machine: Machine, code: int) -> None:
    shim(machine, f"printf '{{\"GOROOT\": [1, \\377\\000 }} go version go1.x weird'\nexit {code}\n")

    assert reasons(examined(machine))


def test_go_that_prints_wrong_json(machine: Machine) -> None:
    shim(machine, 'echo \'{"GOROOT": 1, "GOPATH": null, "GOFLAGS": ["-mod=mod"], "GOMODCACHE": {}}\'\n')

    examined(machine)


def test_go_that_prints_50_megabytes(machine: Machine) -> None:
    shim(machine, "head -c 52428800 /dev/urandom\n")

    assert reasons(examined(machine))


def test_gopls_that_prints_50_megabytes(machine: Machine) -> None:
    machine.remove("~/go/bin/gopls")
    machine.script("~/go/bin/gopls", "head -c 52428800 /dev/zero\nhead -c 52428800 /dev/urandom >&2\n")

    examined(machine)


def test_go_that_is_killed(machine: Machine) -> None:
    shim(machine, "kill -9 $$\n")

    examined(machine)


def test_home_that_cannot_be_read(machine: Machine) -> None:
    """As an ordinary user; root without its capabilities is one."""
    machine.home.chmod(0o000)
    try:
        plan = machine.folder
        machine.folder = machine.root
        machine.subject = str(plan)
        result = stage(machine)
    finally:
        machine.home.chmod(0o755)

    # The workspace lies in that home, so there may be nothing to examine: one line, exit 2.
    assert "Traceback" not in result["stderr"]
    assert result["exit_code"] in (0, 1, 2)


def test_home_of_somebody_else(machine: Machine) -> None:
    """HOME may not be entered, the workspace is elsewhere."""
    work = machine.root / "work"
    shutil.copytree(machine.folder, work)
    machine.folder = work
    machine.home.chmod(0o000)
    try:
        report = examined(machine)
    finally:
        machine.home.chmod(0o755)

    assert reasons(report)


def test_settings_that_cannot_be_read(machine: Machine) -> None:
    machine.path("~/.config/Code/User/settings.json").chmod(0o000)

    report = examined(machine)

    assert "settings.json" in reasons(report) or "E" in {code[0] for code in codes(report)} or reasons(report)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_as_another_user() -> None:
    """Every file belongs to somebody else, as in a container with a wrong user."""
    setpriv = shutil.which("setpriv")
    if not setpriv:
        pytest.skip("setpriv is missing")
    root = Path(tempfile.mkdtemp()).resolve()
    root.chmod(0o755)
    machine = Machine(root)
    command = [setpriv, "--reuid=65534", "--regid=65534", "--clear-groups", *doctor_command()]
    can_start = subprocess.run([*command, "--version"], capture_output=True, check=False, env=machine.environment)
    if can_start.returncode != 0:
        pytest.skip("another user may not run the interpreter of these tests")
    machine.keep_capabilities = True

    result = stage(machine, command=[*command, "doctor", "--format", "json"])

    clear(root)
    answered(result)


def test_no_home(machine: Machine) -> None:
    machine.environment.pop("HOME")

    examined(machine)


def test_no_path(machine: Machine) -> None:
    machine.environment.pop("PATH")

    examined(machine)


def test_empty_environment(machine: Machine) -> None:
    machine.environment.clear()

    examined(machine)


def test_environment_that_is_not_text(machine: Machine) -> None:
    machine.environment["GOPATH"] = "/tmp/\udcff\udcfe"
    machine.environment["GOFLAGS"] = "-tags=\udc80"
    machine.environment["PATH"] = "/\udcff:::" + machine.environment["PATH"]

    examined(machine)


def test_read_only_file_system(machine: Machine) -> None:
    machine.step("mount", kind="bind", source=str(machine.root), at=str(machine.root), read_only=True)

    examined(machine)


def test_100000_files_in_the_cache(machine: Machine) -> None:
    for folder in range(256):
        place = machine.path(f"~/.cache/gopls/0a1b2c3d/{folder:02x}")
        place.mkdir(parents=True)
        for i in range(391):
            (place / f"{i:064x}-cas").touch()

    examined(machine)


def test_settings_of_5_megabytes(machine: Machine) -> None:
    lines = ",\n".join(
        f'  "some.setting.number.{i}": [{i}, "text // not a comment", {{"a": null}}]' for i in range(80_000)
    )
    machine.vscode("{\n" + lines + ',\n  "gopls": {"nosuch": 1},\n}\n')

    report = examined(machine)

    assert "S02" in codes(report) or "5" in reasons(report)


@pytest.mark.parametrize("text", ["[" * 200_000, '{"a":' * 100_000, '{"gopls": {"' + "x" * 1_000_000])
def test_settings_nested_without_end(machine: Machine, text: str) -> None:
    machine.vscode(text)

    examined(machine)


def test_names_that_are_not_utf8(machine: Machine) -> None:
    folder = machine.folder / "caf\udce9"
    folder.mkdir()
    (folder / "m\udcff.go").write_bytes(b"package caf\n")
    (machine.folder / "a\nb.go").write_bytes(b"package main\n")
    (machine.home / ".config/Code/User/pro\udcfffiles").mkdir()

    examined(machine)


def test_folder_that_is_not_utf8(machine: Machine) -> None:
    folder = machine.home / "src/caf\udce9"
    shutil.copytree(machine.folder, folder)
    machine.folder = folder

    examined(machine)


def test_processes_that_end_while_they_are_read(machine: Machine) -> None:
    """Hundreds of short lives beside, all named gopls."""
    place = machine.path("~/short/gopls")
    place.parent.mkdir(parents=True)
    shutil.copy2("/bin/true", place)
    loop = machine.script("~/short/loop", f"while :; do {place}; {place} & {place} & {place} & wait; done\n")
    machine.step(
        "start",
        name="loop",
        command=[str(loop)],
        folder="/",
        environment={"PATH": "/usr/bin:/bin"},
        ready=str(machine.root / "run/never"),
        wait=False,
    )

    examined(machine)


def test_go_mod_of_2_megabytes(machine: Machine) -> None:
    lines = "".join(f"\texample.com/a/very/long/module/path/number/{i} v1.0.{i} // indirect\n" for i in range(32_000))
    machine.write("go.mod", f"module example.com/shop\n\ngo 1.24\n\nrequire (\n{lines})\n")

    examined(machine)


@pytest.mark.parametrize(
    "name",
    [
        "~/.config/Code/User/settings.json",
        ".vscode/settings.json",
        "go.mod",
        "go.work",
        "~/.config/go/env",
        "~/.bashrc",
        "~/.config/Code/logs/20261122T091500/window1/exthost/golang.go/gopls (server).log",
        "~/go/bin/gopls",
        ".golangci.yml",
    ],
)
def test_fifo_where_a_file_should_be(machine: Machine, name: str) -> None:
    """Opening a FIFO waits for ever."""
    path = machine.path(name)
    path.unlink(missing_ok=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    os.mkfifo(path)

    examined(machine)


def test_folders_where_files_should_be(machine: Machine) -> None:
    for name in ("~/.config/Code/User/settings.json", "go.work", "~/.bashrc", "~/.config/go/env", "~/go/bin/gopls"):
        path = machine.path(name)
        path.unlink(missing_ok=True)
        path.mkdir(parents=True)

    examined(machine)


def test_workspace_folder_that_cannot_be_entered(machine: Machine) -> None:
    secret = machine.folder / "secret"
    machine.write("secret/x.go", "package secret\n")
    secret.chmod(0o000)
    try:
        examined(machine)
    finally:
        secret.chmod(0o755)


def test_subject_that_cannot_be_entered(machine: Machine) -> None:
    machine.subject = str(machine.folder)
    machine.folder.chmod(0o000)
    machine.folder = machine.root
    try:
        result = stage(machine)
    finally:
        Path(machine.subject).chmod(0o755)

    assert not result.get("timed_out")
    assert "Traceback" not in result["stderr"]
    assert result["exit_code"] in (0, 1, 2)


def test_processes_that_are_hidden(machine: Machine) -> None:
    machine.step("mount", kind="tmpfs", at="/proc")

    examined(machine)


def test_full_disk(machine: Machine) -> None:
    """Nothing can be written to the temporary folder."""
    place = machine.environment["TMPDIR"]
    machine.step("mount", kind="tmpfs", at=place, options="size=64k")
    machine.step(
        "run", command=["/bin/sh", "-c", f"head -c 1000000 /dev/zero > {place}/full"], folder="/", environment={}
    )

    examined(machine)


@pytest.mark.parametrize(
    ("argument", "words"),
    [("nowhere", "nowhere"), ("go.mod", "go.mod")],
    ids=["missing", "a file"],
)
def test_wrong_folder_is_told_in_two_lines(machine: Machine, argument: str, words: str) -> None:
    machine.subject = argument

    result = stage(machine)

    assert result["exit_code"] == 2
    assert result["stdout"] == ""
    lines = result["stderr"].strip().splitlines()
    assert len(lines) == 2, lines
    assert words in lines[0]


@pytest.mark.parametrize(
    "text",
    ["", "{}", '{"schema": "gopls-diag/world/99"}', "\0\1\2", "[" * 100_000],
    ids=["empty", "bare", "other", "binary", "deep"],
)
def test_wrong_world_is_told_in_two_lines(machine: Machine, text: str) -> None:
    machine.arguments += ["--world", str(machine.write("~/world.json", text))]

    result = stage(machine)

    assert result["exit_code"] == 2, result
    assert len(result["stderr"].strip().splitlines()) == 2, result["stderr"]
