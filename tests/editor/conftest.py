"""The browser, a home of its own for each test, and a small module to open."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.editor.home import ROOT, Home, path_with
from tools import setup_editor

# The browser's driver is not among the packages of .venv: only these tests need it.
sys.path.append(str(setup_editor.PYTHON_PACKAGES))
collect_ignore_glob = [] if setup_editor.NODE.is_file() else ["test_*.py"]

if TYPE_CHECKING:
    from playwright.sync_api import Browser

MAIN = """package main

import (
	"fmt"
	"strings"

	"window.example/greet"
)

func main() {
	text := greet.Hello("window")
	fmt.Println(strings.ToUpper(text))
}
"""
GREET = """// Package greet says hello.
package greet

// Hello greets whoever has that name.
func Hello(name string) string {
	return "hello, " + name
}
"""


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One headless browser for all windows."""
    program = setup_editor.browser()
    assert program is not None, "no browser: `make test-editor` looks for one"
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - only where it is installed

    with sync_playwright() as driver:
        # The pages are our own, and neither root nor a container has the browser's sandbox.
        opened = driver.chromium.launch(
            executable_path=str(program),
            env=dict(setup_editor.browser_environment(program)),
            args=["--no-sandbox", "--disable-gpu"],
        )
        yield opened
        opened.close()


@pytest.fixture
def make_home() -> Iterator[Callable[[Path], Home]]:
    """A function that makes a home whose PATH has that gopls; afterwards no process of the home may live."""
    made: list[Home] = []
    # Not in pytest's folder, whose path is too long for the sockets that VS Code puts into the home (108 bytes).
    folder = Path(tempfile.mkdtemp(prefix="window-"))

    def make(gopls: Path) -> Home:
        home = Home(folder / f"home{len(made)}", uuid.uuid4().hex, path_with(gopls))
        home.make()
        made.append(home)
        return home

    yield make
    left = [process.cmdline() for home in made for process in home.processes()]
    for home in made:
        home.end_processes()
    shutil.rmtree(folder, ignore_errors=True)
    assert left == [], "processes were left"


@pytest.fixture
def gopls() -> Callable[[str], Path]:
    """A function that gives the gopls of a version, as `make setup` builds it."""

    def path(version: str = "v0.23.0") -> Path:
        found = ROOT / ".tools" / "gopls" / version / "gopls"
        if not found.is_file():
            pytest.skip(f"{found} is missing: make setup")
        return found

    return path


@pytest.fixture
def module(tmp_path: Path) -> Path:
    """A module of two packages."""
    folder = tmp_path / "module"
    (folder / "greet").mkdir(parents=True)
    (folder / "go.mod").write_text("module window.example\n\ngo 1.21\n")
    (folder / "main.go").write_text(MAIN)
    (folder / "greet" / "greet.go").write_text(GREET)
    return folder


@pytest.fixture
def shots(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """Where this test's pictures go: GOPLS_DIAG_SCREENSHOTS, or its own temporary folder."""
    chosen = os.environ.get("GOPLS_DIAG_SCREENSHOTS")
    name = request.node.name.replace("[", "-").rstrip("]")
    return Path(chosen) / name if chosen else tmp_path / "screenshots"
