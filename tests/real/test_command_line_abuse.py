"""The real program under odd outputs, signals, variables and files: an exit code that is true, and never a trace."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.growth import HANG_SECONDS
from tests.isolation import isolation
from tests.real.conftest import MARK, living

pytestmark = pytest.mark.real

PROGRAM = Path(sys.executable).with_name("gopls-diag")


@dataclass
class Desk:
    """A home, a module and an environment, to run the program in."""

    root: Path
    environment: dict[str, str]
    folder: Path = field(init=False)

    def __post_init__(self) -> None:
        self.folder = self.root / "shop"
        self.write("shop/go.mod", "module example.com/shop\n\ngo 1.24\n")
        self.write("shop/main.go", "package main\n\nfunc main() {}\n")

    @property
    def home(self) -> Path:
        return Path(self.environment["HOME"])

    def write(self, name: str, content: str | bytes) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8", "surrogateescape"))
        return path

    def shell(self, line: str, **changes: str) -> subprocess.CompletedProcess[bytes]:
        """A line of bash, in which $GD is the program."""
        return subprocess.run(
            [*isolation(), "/bin/bash", "-c", line],
            cwd=self.folder,
            env={**self.environment, "GD": str(PROGRAM), **changes},
            capture_output=True,
            timeout=HANG_SECONDS,
            check=False,
        )

    def report(self, line: str = "", **changes: str) -> dict[str, Any]:
        """The report of a run that must end with an answer and without a crash."""
        ended = self.shell(f"$GD doctor --format json {line}", **changes)
        assert ended.returncode in (0, 1), ended.stderr
        assert ended.stderr == b""
        report: dict[str, Any] = json.loads(ended.stdout)
        assert [each for each in report["outcomes"] if each["outcome"] == "crashed"] == []
        return report


@pytest.fixture
def desk(tmp_path: Path, environment: dict[str, str], gopls: Callable[[str], str]) -> Desk:
    environment["PATH"] = f"{Path(gopls('v0.23.0')).parent}:{environment['PATH']}"
    return Desk(tmp_path, environment)


@pytest.mark.parametrize("command", ["doctor", "doctor --format json", "checks", "explain E04", "--version", "--help"])
@pytest.mark.parametrize(
    ("redirection", "codes"),
    [
        (">&-", (0, 1)),
        ("2>&-", (0, 1)),
        ("<&- >&- 2>&-", (0, 1)),
        ("> /dev/full", (3,)),
        ("> /dev/full 2>&1", (3,)),
        ("> /dev/full 2>&-", (3,)),
        ("| true; exit ${PIPESTATUS[0]}", (0, 1)),
        ("| head -1; exit ${PIPESTATUS[0]}", (0, 1)),
    ],
)
def test_an_output_that_takes_nothing(desk: Desk, command: str, redirection: str, codes: tuple[int, ...]) -> None:
    ended = desk.shell(f"$GD {command} {redirection}")

    assert ended.returncode in codes, ended.stderr
    assert b"Traceback" not in ended.stderr
    assert b"defect" not in ended.stderr
    assert b"Exception ignored" not in ended.stderr


@pytest.mark.parametrize("wrong", ["doctor nowhere", "doctor --select nonsense", "explain Z99", "nothing"])
@pytest.mark.parametrize("redirection", ["2>&-", "2> /dev/full"])
def test_a_mistake_keeps_its_code_where_nobody_can_be_told(desk: Desk, wrong: str, redirection: str) -> None:
    assert desk.shell(f"$GD {wrong} {redirection}").returncode == 2


def test_a_full_disk_is_told_in_two_lines(desk: Desk) -> None:
    ended = desk.shell("$GD doctor > /dev/full")

    assert ended.stderr.decode().splitlines()[0] == (
        "gopls-diag: standard output cannot be written to: No space left on device"
    )
    assert len(ended.stderr.splitlines()) == 2


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_leaves_nothing_behind(desk: Desk, number: signal.Signals) -> None:
    """While a go is running that would go on for long, and has a child."""
    temporary = desk.root / "temporary"
    temporary.mkdir()
    go = desk.write("shim/go", f"#!/bin/sh\ntouch {desk.root}/asked\nsleep 600 &\nwait\n")
    go.chmod(0o755)
    desk.environment |= {"PATH": f"{go.parent}:{desk.environment['PATH']}", "TMPDIR": str(temporary)}
    process = subprocess.Popen(
        [PROGRAM, "doctor"], cwd=desk.folder, env=desk.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    deadline = time.monotonic() + HANG_SECONDS
    while not (desk.root / "asked").exists() and time.monotonic() < deadline:
        time.sleep(0.05)

    process.send_signal(number)
    out, err = process.communicate(timeout=HANG_SECONDS)

    assert process.returncode == 128 + number
    assert out == b""
    assert err.strip() == b""
    time.sleep(0.2)
    assert living(desk.environment[MARK]) == []
    assert list(temporary.iterdir()) == []


def test_two_doctors_at_once(desk: Desk) -> None:
    lines = "$GD doctor --format json > ../a.json & $GD doctor --format json > ../b.json & wait"
    assert desk.shell(lines).stderr == b""

    found = [json.loads((desk.root / name).read_text())["findings"] for name in ("a.json", "b.json")]
    assert [each["code"] for each in found[0]] == [each["code"] for each in found[1]]


@pytest.mark.parametrize("place", ["/proc/x.json", "/dev/full", "..", "gone/x.json"])
def test_a_recording_that_cannot_be_written(desk: Desk, place: str) -> None:
    ended = desk.shell(f"$GD doctor --save-world {place}")

    assert ended.returncode == 2
    assert len(ended.stderr.splitlines()) == 2


def test_a_cut_recording(desk: Desk) -> None:
    desk.shell("$GD doctor --save-world ../world.json")
    whole = (desk.root / "world.json").read_bytes()
    for share in (0.1, 0.5, 0.999):
        desk.write("cut.json", whole[: int(len(whole) * share)])
        ended = desk.shell("$GD doctor --world ../cut.json")
        assert ended.returncode == 2
        assert len(ended.stderr.splitlines()) == 2


@pytest.mark.parametrize("answer", [None, [], "x", {"text": 1}, {"entries": None}, {"error": 1}])
def test_a_recording_with_an_answer_of_the_wrong_shape(desk: Desk, answer: Any) -> None:
    desk.shell("$GD doctor --save-world ../world.json")
    world = json.loads((desk.root / "world.json").read_text())
    next(each for each in world["answers"] if each["kind"] == "file.read")["answer"] = answer
    desk.write("world.json", json.dumps(world))

    ended = desk.shell("$GD doctor --world ../world.json")

    assert ended.returncode == 2
    assert b"damaged" in ended.stderr
    assert len(ended.stderr.splitlines()) == 2


@pytest.mark.parametrize("columns", ["0", "20", "300", "-1", "x"])
def test_any_width(desk: Desk, columns: str) -> None:
    assert desk.shell("$GD doctor -v", COLUMNS=columns, TERM="dumb", NO_COLOR="1").returncode in (0, 1)


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-16", "cp437"])
def test_any_encoding(desk: Desk, encoding: str) -> None:
    ended = desk.shell("$GD doctor -v", PYTHONIOENCODING=encoding, PYTHONUTF8="0", LC_ALL="C", PYTHONCOERCECLOCALE="0")

    assert ended.returncode in (0, 1)
    assert ended.stderr == b""
    ended.stdout.decode(encoding)


@pytest.mark.parametrize(
    "name",
    [
        b"new\nline",
        b"'quotes\" $(id) `id`",
        "漢字".encode(),
        "\u202egol".encode(),
        b"bad\xff\xfebytes",
        b" ",
        b"-v",
        b"\x1b[31m",
    ],
)
def test_any_folder_name(desk: Desk, name: bytes) -> None:
    target = desk.root / os.fsdecode(name)
    shutil.copytree(desk.folder, target)
    desk.folder = target
    report = desk.report()
    assert report["subject"]["folder"]

    for form in ("text", "sarif", "markdown"):
        ended = desk.shell(f"$GD doctor --format {form} --save-world ../{form}.json")
        assert ended.returncode in (0, 1), ended.stderr
        assert b"\x1b[31m" not in ended.stdout
        replayed = desk.shell(f"$GD doctor --format json --world ../{form}.json")
        again = json.loads(replayed.stdout)
        assert codes_of_the_folder(again) == codes_of_the_folder(report)


def codes_of_the_folder(report: dict[str, Any]) -> list[str]:
    """Without what other programs of this machine may have done between two looks: memory and kills."""
    return [each["code"] for each in report["findings"] if each["code"][0] not in "MK"]


def test_a_deleted_folder(desk: Desk) -> None:
    (desk.folder / "gone").mkdir()
    ended = desk.shell("cd gone && rmdir ../gone && $GD doctor")

    assert ended.returncode == 2
    assert len(ended.stderr.splitlines()) == 2


@pytest.mark.parametrize("home", ["relative/home", "", "/dev/null", "ROOT/gone", "bad\udcff"])
def test_any_home(desk: Desk, home: str) -> None:
    desk.report(HOME=home.replace("ROOT", str(desk.root)))


def test_no_home_and_nothing_else(desk: Desk) -> None:
    ended = desk.shell("env -i $GD doctor --format json")

    assert ended.returncode in (0, 1), ended.stderr
    assert ended.stderr == b""


def test_a_path_of_2000_odd_entries(desk: Desk) -> None:
    locked = desk.root / "locked"
    locked.mkdir(mode=0o000)
    odd = [
        "",
        ".",
        "relative/bin",
        "~/bin",
        "$HOME/bin",
        str(locked),
        str(desk.folder / "go.mod"),
        "bad\udcff",
        "/nowhere",
    ]
    entries = [*odd, *(f"/nowhere/bin{n}" for n in range(2000)), *desk.environment["PATH"].split(":"), ""]
    try:
        desk.report(PATH=":".join(entries))
    finally:
        locked.chmod(0o755)


SETTINGS: dict[str, bytes] = {
    "empty": b"",
    "5 MB": b'{"go.x": [' + b'"abcdefgh", ' * 420_000 + b'1], "gopls": {"verboseOutput": true}}',
    "UTF-16": '{"go.useLanguageServer": true}'.encode("utf-16"),
    "deep": b'{"gopls": ' + b"[" * 100_000,
    "deep objects": b'{"gopls":' * 100_000,
    "wrong types": b'{"gopls": [1], '
    b'"go.goroot": {}, "go.toolsEnvVars": 7, "go.alternateTools": "x", "go.buildTags": [null], '
    b'"go.languageServerFlags": {"a": 1}, "go.gopath": false, "go.toolsGopath": [], "go.buildFlags": "x"}',
    "wrong gopls types": b'{"gopls": {'
    b'"env": [], "buildFlags": {}, "directoryFilters": "x", "analyses": [1], "hints": null, '
    b'"build.env": 1, "ui.semanticTokens": {}, "codelenses": 3, "staticcheck": []}}',
    "NUL": b"\0" * 1000,
}


@pytest.mark.parametrize("content", SETTINGS.values(), ids=list(SETTINGS))
def test_any_settings_file(desk: Desk, content: bytes) -> None:
    desk.write("home/.config/Code/User/settings.json", content)
    desk.write("shop/.vscode/settings.json", content)

    desk.report()


MODULES: dict[str, bytes] = {
    "binary": os.urandom(100_000),
    "2 MB": b"module example.com/shop\n\ngo 1.24\n\nrequire (\n"
    + b"".join(b"\texample.com/a/rather/long/path/number/%d v1.0.%d // indirect\n" % (n, n) for n in range(35_000))
    + b")\n",
    "one line of 2 MB": b"module example.com/" + b"x" * 2_000_000,
    "unclosed": b"module example.com/shop\nrequire (" * 20_000,
    "empty": b"",
    "invalid UTF-8": b"module example.com/\xff\xfe\n\ngo 1.24\n",
}


@pytest.mark.parametrize("content", MODULES.values(), ids=list(MODULES))
@pytest.mark.parametrize("name", ["go.mod", "go.work", "go.sum"])
def test_any_module_file(desk: Desk, name: str, content: bytes) -> None:
    desk.write(f"shop/{name}", content)

    desk.report()


def test_go_work_of_5000_modules(desk: Desk) -> None:
    desk.write("shop/go.work", "go 1.24\n\nuse (\n\t.\n" + "".join(f"\t./m{n}\n" for n in range(5000)) + ")\n")

    desk.report()


def test_a_log_of_200_megabytes_costs_little_memory(desk: Desk) -> None:
    line = b"[Error - 6:27:27 PM] 2026/11/22 18:27:27 go/packages.Load #1\n\tsnapshot=1 directory=file:///home/gopher/src\n"
    log = desk.root / "gopls.log"
    with log.open("wb") as file:
        for _ in range(200):
            file.write(line * (1_000_000 // len(line)))
    script = (
        "import resource, subprocess, sys;"
        "code = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL).returncode;"
        "print(code, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)"
    )
    ended = desk.shell(f"{sys.executable} -c '{script}' $GD doctor --log {log}")
    code, megabytes = ended.stdout.split()

    assert int(code) in (0, 1), ended.stderr
    assert int(megabytes) < 600  # only its last 64 MB are read
