"""`gopls-diag fix` on real machines in small: real go, real gopls, files of its own home."""

from __future__ import annotations

import json
import os
import pty
import select
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.growth import HANG_SECONDS
from tests.isolation import isolation

pytestmark = pytest.mark.real

PROGRAM = str(Path(sys.executable).with_name("gopls-diag"))
BAD = """{
\t// recommended by an article
\t"go.goplsArgs": ["-logfile=auto", "-memory-profile"],
\t"gopls": {
\t\t"memoryMode": "DegradeClosed", // saves memory
\t\t"ui.diagnostic.staticcheck": "yes",
\t},
}
"""
MENDED = """{
\t// recommended by an article
\t"go.languageServerFlags": ["-logfile=auto"],
\t"gopls": {
\t\t"ui.diagnostic.staticcheck": true,
\t},
}
"""


@dataclass(frozen=True, slots=True)
class Desk:
    """A module, a home and the program."""

    folder: Path
    home: Path
    environment: dict[str, str]

    @property
    def settings(self) -> Path:
        return self.folder / ".vscode" / "settings.json"

    @property
    def user_settings(self) -> Path:
        return self.home / ".config" / "Code" / "User" / "settings.json"

    def run(self, *words: str, limit_seconds: int = 300) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*isolation(), PROGRAM, "fix", *words],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
            timeout=limit_seconds,
        )

    def fix(self, *words: str) -> dict[str, Any]:
        document: dict[str, Any] = json.loads(self.run("--format", "json", *words).stdout)
        return document

    def talk(self, answers: list[str], *words: str) -> tuple[str, int]:
        """Run it in a terminal of its own, and type the next answer whenever it asks; after the last, end the input."""
        process, master = pty.fork()
        if process == 0:  # pragma: no cover - becomes the program
            os.chdir(self.folder)
            command = [*isolation(), PROGRAM, "fix", *words]
            os.execvpe(command[0], command, {**self.environment, "NO_COLOR": "1", "TERM": "xterm"})
        said, asked = b"", 0
        while select.select([master], [], [], HANG_SECONDS)[0]:
            try:
                piece = os.read(master, 65536)
            except OSError:  # Linux: the terminal is closed once the program has ended
                break
            if not piece:
                break
            said += piece
            while said.count(b"Do this?") > asked:
                os.write(master, (answers[asked] if asked < len(answers) else "\x04").encode())
                asked += 1
        os.close(master)
        return said.decode("utf-8", "replace").replace("\r\n", "\n"), os.waitstatus_to_exitcode(
            os.waitpid(process, 0)[1]
        )


@pytest.fixture
def desk(tmp_path: Path, environment: dict[str, str], gopls: Callable[[str], str]) -> Desk:
    folder = tmp_path / "shop"
    (folder / ".vscode").mkdir(parents=True)
    (folder / "go.mod").write_text("module example.com/shop\n\ngo 1.24\n")
    (folder / "main.go").write_text('package main\n\nimport "fmt"\n\nfunc main() { fmt.Println(1) }\n')
    home = Path(environment["HOME"])
    (home / ".config" / "Code" / "User").mkdir(parents=True)
    path = f"{Path(gopls('v0.23.0')).parent}:{environment['PATH']}"
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    return Desk(folder, home, {**environment, "PATH": path, "TMPDIR": str(temporary)})


def is_mended(document: dict[str, Any]) -> bool:
    """True if nothing of the set-up is left; what the machine's kernel and crash files say of others does not count."""
    after = document["verdict_after"]
    return after is None or after["code"][0] in "MKXRH"


def codes(findings: list[dict[str, Any]]) -> set[str]:
    return {each["code"] for each in findings}


def test_yes_repairs_and_undo_brings_the_bytes_back(desk: Desk) -> None:
    desk.settings.write_text(BAD)
    desk.settings.chmod(0o640)

    done = desk.run("--yes")
    mended = desk.settings.read_text()
    undone = desk.run("--undo")

    assert done.returncode in (0, 1), done.stdout + done.stderr
    assert mended == MENDED
    assert "nothing new" in done.stdout and "gopls-diag fix --undo" in done.stdout
    assert undone.returncode == 0
    assert desk.settings.read_text() == BAD
    assert desk.settings.stat().st_mode & 0o777 == 0o640
    assert desk.run("--undo").returncode == 2


def test_nothing_is_written_without_a_yes(desk: Desk) -> None:
    desk.settings.write_text(BAD)

    shown, dry, as_json = desk.run(), desk.run("--dry-run"), desk.fix()

    assert shown.returncode == dry.returncode == 1
    assert "To apply what is shown: gopls-diag fix --yes" in shown.stdout
    assert '+\t"go.languageServerFlags": ["-logfile=auto"],' in shown.stdout
    assert {each["fate"] for each in as_json["proposals"]} == {"proposed"}
    assert as_json["changes"] == [] and as_json["comparison"] is None
    assert desk.settings.read_text() == BAD
    assert not (desk.home / ".local" / "state").exists()


def test_the_json_tells_what_was_done(desk: Desk) -> None:
    desk.settings.write_text(BAD)

    done = desk.fix("--yes")
    history = desk.fix("--history")

    assert {each["fate"] for each in done["proposals"]} == {"applied"}
    assert codes(done["comparison"]["gone"]) >= {"S01", "S03", "S04"}
    assert done["comparison"]["new"] == [] and is_mended(done)
    assert [each["id"] for each in history["changes"]] == [each["id"] for each in done["changes"]]
    assert desk.fix("--undo", done["changes"][0]["id"])["restored"] == [str(desk.settings)]


def test_select_repairs_only_what_is_named(desk: Desk) -> None:
    desk.settings.write_text(BAD)

    desk.run("--yes", "--select", "S03")

    assert desk.settings.read_text() == BAD.replace('\t\t"memoryMode": "DegradeClosed", // saves memory\n', "")


def test_a_terminal_is_asked_one_by_one(desk: Desk) -> None:
    desk.settings.write_text(BAD)

    said, code = desk.talk(["n\n", "?\n", "y\n", "q\n"])

    assert said.count("Do this?") == 4, said
    assert "Ctrl-C  change nothing at all" in said
    assert code == 1
    assert '"go.goplsArgs"' in desk.settings.read_text()
    assert "memoryMode" not in desk.settings.read_text()
    assert '"yes"' in desk.settings.read_text()


def test_ctrl_c_changes_nothing(desk: Desk) -> None:
    desk.settings.write_text(BAD)

    said, code = desk.talk(["y\n", "\x03"])

    assert "nothing was changed" in said, said
    assert code == 2
    assert desk.settings.read_text() == BAD


def test_the_end_of_input_quits(desk: Desk) -> None:
    desk.settings.write_text(BAD)

    _, code = desk.talk([])

    assert code == 1
    assert desk.settings.read_text() == BAD


def test_a_variable_of_go_is_unset_and_comes_back(desk: Desk) -> None:
    file = desk.home / ".config" / "go" / "env"
    file.parent.mkdir(parents=True)
    file.write_text("GOROOT=/usr/local/go1.22\nGOPRIVATE=git.example\n")

    done = desk.fix("--yes")
    after = file.read_text()
    undone = desk.fix("--undo")

    assert "E04" in codes(done["comparison"]["gone"])
    assert is_mended(done)
    assert after == "GOPRIVATE=git.example\n"
    assert undone["restored"] == [str(file)]
    assert file.read_text() == "GOROOT=/usr/local/go1.22\nGOPRIVATE=git.example\n"


def test_what_go_hid_is_repaired_in_the_same_run(desk: Desk) -> None:
    file = desk.home / ".config" / "go" / "env"
    file.parent.mkdir(parents=True)
    file.write_text("GOROOT=/usr/local/go1.22\n")
    desk.settings.write_text(BAD)

    done = desk.fix("--yes")

    assert codes(done["comparison"]["gone"]) >= {"E04", "S01", "S03", "S04"}
    assert len(done["changes"]) == 2
    assert desk.settings.read_text() == MENDED


def test_a_change_of_the_project_is_asked_for_even_with_yes(desk: Desk) -> None:
    work = desk.folder / "go.work"
    work.write_text("go 1.24\n\nuse (\n\t.\n\t./billing\n)\n")

    quiet = desk.fix("--yes")
    before = work.read_text()
    said, _ = desk.talk(["y\n"], "--yes")

    assert [(each["code"], each["fate"]) for each in quiet["proposals"] if each["reach"] == "project"] == [
        ("W09", "proposed")
    ]
    assert before == "go 1.24\n\nuse (\n\t.\n\t./billing\n)\n"
    assert "$ go work edit -dropuse=./billing" in said
    assert "billing" not in work.read_text()
    desk.run("--undo")
    assert work.read_text() == before


def test_a_file_that_does_not_parse_is_not_touched(desk: Desk) -> None:
    desk.settings.write_text('{"gopls": {"memoryMode": "x" "nosuch": 1}}')

    done = desk.fix("--yes")

    assert desk.settings.read_text() == '{"gopls": {"memoryMode": "x" "nosuch": 1}}'
    assert done["changes"] == []


def test_a_healthy_machine_has_nothing_to_repair(desk: Desk) -> None:
    done = desk.fix()

    assert done["proposals"] == []
    assert done["verdict"] is None or done["verdict"]["code"][0] in "MKXRH"


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (["--yes", "--dry-run"], "contradict"),
        (["--undo", "20200101T000000Z-0000"], "nothing to take back"),
        (["--select", "Z99"], "no check is called Z99"),
        (["nowhere"], "does not exist"),
    ],
)
def test_a_mistake_is_one_line_and_what_to_do(desk: Desk, words: list[str], what: str) -> None:
    done = desk.run(*words)

    assert done.returncode == 2
    assert what in done.stderr and len(done.stderr.strip().splitlines()) == 2, done.stderr


def test_real_gopls_confirms(desk: Desk) -> None:
    desk.settings.write_text(BAD)

    done = desk.fix("--yes", "--probe")

    assert "W21" in codes(done["comparison"]["gone"]), done["comparison"]
    assert is_mended(done)
