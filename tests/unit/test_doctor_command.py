"""The doctor's command line: mistakes of the user get a line of what and a line of what to do, never a traceback."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gopls_diag.cli.main import run

BASE = Path(__file__).parent.parent / "cases" / "base" / "linux.md"


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (["doctor", "/no/such/folder"], "/no/such/folder does not exist"),
        (["doctor", __file__], "is not a folder"),
        (["doctor", "--select", "nonsense"], "no check is called nonsense"),
        (["doctor", "--select", ","], "--select names no check"),
        (["doctor", "--cold"], "--cold is for the probe"),
        (["doctor", "--log", "/no/such/log"], "is not a file"),
        (["doctor", "--world", "/no/such/world"], "/no/such/world: No such file"),
        (["doctor", "--world", __file__], "not JSON"),
        (["doctor", "--format", "yaml"], "yaml"),
        (["doctor", "--nonsense"], "--nonsense"),
        (["nonsense"], "nonsense"),
    ],
)
def test_a_mistake_of_the_user_is_named_in_two_lines(
    words: list[str], what: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code = run(words)
    said = capsys.readouterr()

    assert code == 2
    assert said.out == ""
    assert what in said.err.splitlines()[0]
    assert len(said.err.splitlines()) == 2
    assert "Traceback" not in said.err


def test_a_recording_of_another_format_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    recording = tmp_path / "world.json"
    recording.write_text('{"schema": "gopls-diag/world/2", "answers": []}')

    assert run(["doctor", "--world", str(recording)]) == 2
    assert "its format is 2, this gopls-diag reads 1" in capsys.readouterr().err


def test_a_sketched_world_is_examined(capsys: pytest.CaptureFixture[str]) -> None:
    code = run(["doctor", "--world", str(BASE), "--format", "json"])
    report = json.loads(capsys.readouterr().out)

    assert code == 0
    assert report["schema"] == "gopls-diag/report/1"
    assert report["verdict"] is None
    assert report["subject"]["folder"] == "/home/gopher/src/shop"
    assert report["subject"]["gopls"].startswith("v0.23.0")
    assert report["subject"]["go"] == "go1.26.5"


def test_select_takes_codes_families_and_ids(capsys: pytest.CaptureFixture[str]) -> None:
    run(["doctor", "--world", str(BASE), "--format", "json", "--select", "env/goroot-missing,S01,P"])
    chosen = {row["code"] for row in json.loads(capsys.readouterr().out)["outcomes"]}

    assert {"E04", "S01", "P01"} <= chosen
    assert {code[0] for code in chosen} == {"E", "S", "P"}


def test_the_recording_of_a_run_gives_the_same_report(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    recording = tmp_path / "world.json"
    run(["doctor", "--world", str(BASE), "--save-world", str(recording), "--format", "json"])
    first = json.loads(capsys.readouterr().out)
    run(["doctor", "--world", str(recording), "--format", "json"])
    second = json.loads(capsys.readouterr().out)

    assert [row["outcome"] for row in first["outcomes"]] == [row["outcome"] for row in second["outcomes"]]
    assert first["findings"] == second["findings"]
