"""--version, --help and explain answer at once; what they print is what the full program would print."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from gopls_diag import __version__
from gopls_diag.checks.registry import all_checks
from gopls_diag.cli.main import program, run
from gopls_diag.cli.quick import answer, written_page
from gopls_diag.model.page import page_sections
from gopls_diag.parse.check_source import read_check
from gopls_diag.present import check_page
from tests.conftest import ROOT
from tools.write_docs import command_paths, generated, strays

MODULES_OF_VERSION = {"__future__", "gopls_diag", "gopls_diag.cli", "gopls_diag.cli.quick", "gopls_diag.cli.shipped"}
MODULES_OF_EXPLAIN = MODULES_OF_VERSION | {
    "gopls_diag.model",
    "gopls_diag.model.page",
    "gopls_diag.parse",
    "gopls_diag.parse.check_source",
    "gopls_diag.present",
    "gopls_diag.present.check_page",
}
HEAVY = {"click", "rich", "dataclasses", "inspect", "json", "pathlib", "typing", "subprocess", "importlib.metadata"}


def imported(*words: str) -> set[str]:
    """Modules that a run imports beyond what Python itself starts with."""
    script = (
        "import sys; before = set(sys.modules); from gopls_diag.cli import main\n"
        f"sys.argv = {['gopls-diag', *words]!r}\n"
        "try: main()\nexcept SystemExit: pass\n"
        "print('\\n'.join(set(sys.modules) - before), file=sys.stderr)"
    )
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(ended.stderr.split())


def test_version_imports_exactly_this() -> None:
    assert imported("--version") == MODULES_OF_VERSION


@pytest.mark.parametrize("words", [("--help",), ("doctor", "--help")])
def test_help_imports_exactly_this(words: tuple[str, ...]) -> None:
    assert imported(*words) == MODULES_OF_VERSION


def test_explain_imports_nothing_heavy() -> None:
    modules = imported("explain", "E04")

    assert {each for each in modules if each.startswith("gopls_diag")} == MODULES_OF_EXPLAIN - {"__future__"}
    assert modules & HEAVY == set()


def test_doctor_loads_neither_terminal_nor_probe_before_it_needs_them() -> None:
    script = "import sys; import gopls_diag.cli.doctor; print('\\n'.join(sys.modules))"
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert {"rich", "tree_sitter", "google.protobuf", "psutil"} & set(ended.stdout.split()) == set()


def test_the_version_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert answer(["--version"])
    assert capsys.readouterr().out == f"gopls-diag {__version__}\n"
    assert CliRunner().invoke(program, ["--version"], prog_name="gopls-diag").output == f"gopls-diag {__version__}\n"


@pytest.mark.parametrize("names", list(command_paths()), ids=lambda names: " ".join(("gopls-diag", *names)))
def test_a_help_page_is_what_click_prints(names: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert answer([*names, "--help"])
    printed = capsys.readouterr().out

    by_click = CliRunner().invoke(program, [*names, "--help"], prog_name="gopls-diag", terminal_width=80).output

    assert printed == by_click


@pytest.mark.parametrize(
    "words", [[], ["doctor"], ["nothing", "--help"], ["explain", "Z99"], ["explain", "--format", "json"]]
)
def test_other_words_are_left_to_the_program(words: list[str]) -> None:
    assert not answer(words)


@pytest.mark.parametrize("wanted", ["", "..", "../x", "E", "env/", "/etc/passwd", "É04", "x" * 10_000])
def test_no_page_is_found_for_what_is_no_check(wanted: str) -> None:
    assert written_page(wanted) is None


def test_an_unknown_check_is_a_mistake_of_two_lines(capsys: pytest.CaptureFixture[str]) -> None:
    code = run(["explain", "env/goroot-mising"])

    assert code == 2
    assert capsys.readouterr().err == (
        "gopls-diag: no check is called env/goroot-mising\nDid you mean env/goroot-missing?\n"
    )


@pytest.mark.parametrize("format_name", ["text", "markdown", "json"])
def test_explain_writes_each_format(format_name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain", "e04", "--format", format_name]) == 0

    out = capsys.readouterr().out
    assert "GOROOT" in out
    if format_name == "json":
        assert json.loads(out)["check"] == "env/goroot-missing"


def test_checks_lists_every_check_in_both_formats(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["checks"]) == 0
    text = capsys.readouterr().out
    assert run(["checks", "--format", "json"]) == 0
    listed = json.loads(capsys.readouterr().out)

    assert [each["code"] for each in listed["checks"]] == [each.code for each in all_checks()]
    assert all(f"  {each.code}  " in text for each in all_checks())


def test_generated_files_are_fresh() -> None:
    stale = [str(path.relative_to(ROOT)) for path, text in generated().items() if _text(path) != text]

    assert stale == [], "run make docs"
    assert strays() == [], "run make docs"


def _text(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.is_file() else None


@pytest.mark.parametrize("words", ["--version", "--help", "explain E04", "checks", "doctor --help"])
@pytest.mark.parametrize("redirection", ["| true", ">&-", "> /dev/full"])
def test_a_closed_or_full_output_gives_no_traceback(words: str, redirection: str) -> None:
    program_path = Path(sys.executable).with_name("gopls-diag")

    ended = subprocess.run(
        ["/bin/sh", "-c", f"{program_path} {words} {redirection}"], capture_output=True, text=True, check=False
    )

    assert "Traceback" not in ended.stderr
    assert "Exception ignored" not in ended.stderr


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252"])
def test_a_page_prints_in_any_encoding(encoding: str) -> None:
    for words in (["explain", "E04"], ["checks"], ["doctor", "--help"]):
        ended = subprocess.run(
            [Path(sys.executable).with_name("gopls-diag"), *words],
            capture_output=True,
            env={"PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"},
            check=False,
        )
        assert ended.returncode == 0, ended.stderr.decode(encoding)


@given(st.text(max_size=400))
def test_reading_a_source_never_raises(text: str) -> None:
    read_check(text, "env", "x")
    page_sections(text)


@given(st.text(alphabet="ab -\n:", max_size=120), st.integers(1, 120))
def test_wrapping_keeps_every_word(text: str, columns: int) -> None:
    lines = check_page.wrapped(text, columns=columns, indent="")

    assert " ".join(lines).split() == text.split()
