"""What the documents say is true: the worked example works, links lead somewhere, commands and fields are real."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from gopls_diag.cli.exits import ExitCode
from gopls_diag.present import json_report
from tests.conftest import ROOT
from tests.unit.sample_reports import EVERY_OUTCOME
from tools.write_docs import command_paths, help_text

PAGES = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "examples/README.md", "changes/README.md")),
    *sorted(each for each in (ROOT / "docs").rglob("*.md")),
]


def blocks(page: Path, language: str) -> list[str]:
    """The fenced blocks of that language, outermost fences only."""
    text = page.read_text(encoding="utf-8")
    found = re.finditer(r"(?ms)^(`{3,4})(\w*)\n(.*?)^\1$", text)
    return [each[3] for each in found if each[2] == language]


def test_the_check_of_contributing_fires_and_keeps_quiet(tmp_path: Path) -> None:
    page = ROOT / "CONTRIBUTING.md"
    (source,), (case,) = blocks(page, "python"), blocks(page, "markdown")
    for name in ("src", "tests/cases/base", "tests/conftest.py", "tests/test_cases.py", "tools", "pyproject.toml"):
        whence, whither = ROOT / name, tmp_path / name
        whither.parent.mkdir(parents=True, exist_ok=True)
        if whence.is_dir():
            shutil.copytree(whence, whither, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(whence, whither)
    written = tmp_path / "src/gopls_diag/checks/env/checksums_off.py"
    assert "src/gopls_diag/checks/env/checksums_off.py" in page.read_text(encoding="utf-8")
    written.write_text(source, encoding="utf-8")
    (tmp_path / "tests/cases/env").mkdir(parents=True)
    (tmp_path / "tests/cases/env/checksums_off.md").write_text(case, encoding="utf-8")

    # -P and PYTHONPATH: the copy must be imported, not the installed package.
    ended = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/test_cases.py", "-k", "checksums_off"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path / "src"), "PATH": "/usr/bin:/bin", "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    explained = subprocess.run(
        [sys.executable, "-c", "from gopls_diag.cli import main; main()", "explain", "E90"],
        env={"PYTHONPATH": str(tmp_path / "src")},
        capture_output=True,
        text=True,
        check=False,
    )

    assert "2 passed" in ended.stdout, ended.stdout + ended.stderr
    assert explained.stdout.startswith("E90  Checksums of modules are not verified")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    text = re.sub(r"(?s)`{3,4}.*?`{3,4}", "", page.read_text(encoding="utf-8"))
    links = [each for each in re.findall(r"\]\(([^)#\s]+)", text) if "://" not in each]

    assert [each for each in links if not (page.parent / each).exists()] == []


def test_the_readme_names_every_command_and_exit_code() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")

    assert [names for names in command_paths() if names and f"gopls-diag {' '.join(names)}" not in text] == []
    assert all(re.search(rf"\b{code.value} \w", text) for code in ExitCode)


def test_options_that_the_documents_name_exist() -> None:
    helps = "".join(help_text(names) for names in command_paths())
    lines = re.findall(r"gopls-diag [^\n`|]*", "".join(page.read_text(encoding="utf-8") for page in PAGES[:1]))
    options = {each for line in lines for each in re.findall(r"--[a-z-]+", line)}

    assert options
    assert {each for each in options if each not in helps} == set()


def test_the_make_targets_that_the_documents_name_exist() -> None:
    targets = set(re.findall(r"(?m)^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8")))
    named = {each for page in PAGES for each in re.findall(r"(?:`|^)make ([a-z-]+)", page.read_text(), re.MULTILINE)}

    assert {"demo", "test", "lint", "bench"} <= named
    assert named <= targets


def test_every_field_of_the_json_is_documented() -> None:
    page = (ROOT / "docs/reference/json.md").read_text(encoding="utf-8")
    names: set[str] = set()

    def collect(value: object) -> None:
        if isinstance(value, dict):
            for name, inner in value.items():
                names.add(name)
                if name != "value":
                    collect(inner)
        elif isinstance(value, list):
            for each in value:
                collect(each)

    collect(json.loads(json_report.render(EVERY_OUTCOME, "0.1.0")))

    assert {each for each in names if not re.search(rf"[`.]{each}\b", page) and each != "trace"} == set()


def test_contributing_fits_on_one_screen_without_its_example() -> None:
    text = re.sub(r"(?s)`{3,4}.*?`{3,4}", "", (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"))

    assert len(text.splitlines()) <= 45


def test_ci_runs_the_readmes_test_command_and_lint() -> None:
    run = (ROOT / ".ci" / "run").read_text(encoding="utf-8")

    assert "make test\n" in (ROOT / "README.md").read_text(encoding="utf-8") or "make test " in (
        ROOT / "README.md"
    ).read_text(encoding="utf-8")
    assert "\nmake test\n" in run
    assert "\nmake lint\n" in run
