"""Real go and real gopls for tests; skipped, with the reason, where they are missing."""

from __future__ import annotations

import contextlib
import os
import shutil
import time
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
            pytest.skip(f"{found} is missing: make setup")
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
    # A side-car sees the end of its gopls by the end of a pipe, and that may take it a moment.
    ends = time.monotonic() + 15
    while living(mark) and time.monotonic() < ends:
        time.sleep(0.1)
    left = living(mark)
    for process in left:  # or they would be in the way of other tests
        with contextlib.suppress(psutil.Error):
            process.kill()
    assert [" ".join(each.info["cmdline"]) for each in left] == []


def living(mark: str) -> list[psutil.Process]:
    """The processes that carry the mark in their environment, with their command lines in `info`."""
    found = []
    for process in psutil.process_iter(["cmdline"]):
        try:
            if process.environ().get(MARK) == mark and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except psutil.Error:
            continue
    return found
