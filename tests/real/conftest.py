"""Real go and real gopls for tests; skipped, with the reason, where they are missing."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
TOOLS = Path(os.environ.get("GOPLS_DIAG_TOOLS", ROOT / ".tools"))
MARK = "GOPLS_DIAG_TEST_MARK"


@pytest.fixture
def gopls() -> Callable[[str], str]:
    """A function that gives the path of the gopls of a version."""

    def path(version: str = "v0.23.0") -> str:
        found = TOOLS / "gopls" / version / "gopls"
        if not found.is_file():
            pytest.skip(f"{found} is missing: make tools")
        if shutil.which("go") is None:
            pytest.skip("there is no go on PATH")
        return str(found)

    return path


@pytest.fixture(scope="session")
def build_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One GOCACHE for all tests of a run: a build cache takes seconds to fill."""
    return tmp_path_factory.mktemp("go-build")


@pytest.fixture
def environment(tmp_path: Path, build_cache: Path) -> Iterator[dict[str, str]]:
    """A clean environment with a home of its own; afterwards no process that had it may live."""
    home = tmp_path / "home"
    home.mkdir()
    mark = uuid.uuid4().hex
    yield {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "GOCACHE": str(build_cache),
        "GOFLAGS": "",
        "GOTOOLCHAIN": "local",
        "GOPROXY": "off",
        MARK: mark,
    }
    assert living(mark) == []


def living(mark: str) -> list[str]:
    """Command lines of the processes that carry the mark in their environment."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get(MARK) == mark and process.status() != psutil.STATUS_ZOMBIE:
                found.append(" ".join(process.cmdline()))
        except psutil.Error:
            continue
    return found
