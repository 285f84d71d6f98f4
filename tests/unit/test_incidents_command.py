"""`gopls-diag incidents`, from the words to the exit code."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from gopls_diag.cli.exits import ExitCode
from gopls_diag.cli.main import run
from tests.conftest import ROOT

EXAMPLE = ROOT / "examples" / "incident"
ID = "20261123T073852.220Z-28938"
Say = Callable[..., tuple[int, str, str]]


@pytest.fixture
def say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Say:
    """A function that runs a command line where one incident is kept, and gives code, output and errors."""
    monkeypatch.setenv("GOPLS_DIAG_STATE", str(tmp_path / "state"))
    monkeypatch.chdir(tmp_path)
    shutil.copytree(EXAMPLE, tmp_path / "state" / "record" / "incidents" / ID)

    def command(*words: str) -> tuple[int, str, str]:
        code = run(["incidents", *words])
        out, err = capfd.readouterr()
        return code, out, err

    return command


def test_the_list_names_the_cause(say: Say) -> None:
    code, out, _ = say()
    assert code == ExitCode.FINE
    assert out.startswith(
        f"{ID}  2026-11-23 07:38:54 UTC  /home/gopher/src/shop\n    M02 The kernel killed gopls 28962"
    )


def test_the_list_as_json(say: Say) -> None:
    _, out, _ = say("--format", "json")
    listed = json.loads(out)
    assert listed["schema"] == "gopls-diag/incidents/1"
    [only] = listed["incidents"]
    assert (only["id"], only["kind"], only["signal"], only["verdict"]["code"]) == (ID, "killed", "SIGKILL", "M02")


def test_no_incidents_is_no_fault(say: Say, tmp_path: Path) -> None:
    shutil.rmtree(tmp_path / "state")
    code, out, _ = say()
    assert code == ExitCode.FINE
    assert out.splitlines()[1] == "To have bad ends kept: gopls-diag record install"


@pytest.mark.parametrize("name", [ID, "20261123", "latest", str(EXAMPLE)])
def test_one_is_shown_by_any_of_its_names(say: Say, name: str) -> None:
    code, out, _ = say("show", name)
    assert code == ExitCode.FOUND
    assert out.startswith("✗ M02 The kernel killed gopls 28962 at 174 MiB")


def test_one_as_json_is_its_own_file(say: Say) -> None:
    code, out, _ = say("show", ID, "--format", "json")
    assert code == ExitCode.FOUND
    assert json.loads(out) == json.loads((EXAMPLE / "incident.json").read_text(encoding="utf-8"))


def test_a_page_is_written_where_it_is_said(say: Say, tmp_path: Path) -> None:
    assert say("show", ID, "--html", "page.html")[0] == ExitCode.FOUND
    assert say("show", ID, "--html")[0] == ExitCode.FOUND
    for name in ("page.html", f"incident-{ID}.html"):
        assert "The kernel killed gopls" in (tmp_path / name).read_text(encoding="utf-8")


def test_what_is_packed_is_shown_again(say: Say) -> None:
    code, out, _ = say("pack", "latest", "sent.zip")
    assert code == ExitCode.FINE
    assert "incident.json" in out
    assert say("show", "sent.zip")[1].startswith("✗ M02")
    assert say("pack", "latest", "sent.zip")[2].splitlines()[0].endswith("is there already")


def test_crash_reads_an_incident_once(say: Say, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["crash", str(EXAMPLE)]) == ExitCode.FOUND
    out, _ = capfd.readouterr()
    assert out.startswith("✗ M02")
    assert "ends in 2 files" not in out


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("show", "nosuch"), "there is no incident nosuch"),
        (("show", ID, "--html", "no/such/folder.html"), "no/such/folder.html: No such file or directory"),
        (("pack", "nosuch"), "there is no incident nosuch"),
        (("remove",), "which incidents is not said"),
        (("remove", ID, "--all"), "which incidents is not said"),
        (("remove", "--older-than", "soon"), "--older-than soon is no age"),
        (("remove", "--all"), "removing has to be confirmed"),
    ],
)
def test_a_mistake_is_told_in_two_lines(
    say: Say, words: tuple[str, ...], complaint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)
    code, _, err = say(*words)
    assert code == ExitCode.USAGE
    assert err.splitlines()[0] == f"gopls-diag: {complaint}"
    assert len(err.splitlines()) == 2


def test_what_is_removed_is_gone(say: Say) -> None:
    assert say("remove", "--older-than", "9999d", "--yes")[1] == "There is nothing to remove.\n"
    assert say("remove", "--all", "--yes")[1].endswith("Removed 1.\n")
    assert say("show", ID)[0] == ExitCode.USAGE
