"""What all tests share."""

from __future__ import annotations

import signal
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


# A shell's background job ignores SIGINT and SIGQUIT, `nohup` ignores SIGHUP, and what a test starts inherits it.
for name in ("SIGINT", "SIGQUIT", "SIGHUP", "SIGTERM"):
    number = getattr(signal, name, None)
    if number and signal.getsignal(number) is signal.SIG_IGN:
        signal.signal(number, signal.default_int_handler if name == "SIGINT" else signal.SIG_DFL)


def pytest_addoption(parser: pytest.Parser) -> None:
    """--update rewrites goldens; read the diff before you commit it."""
    parser.addoption("--update", action="store_true", help="rewrite goldens with what is now rendered")


OF_THE_MACHINE = ("real", "gym", "editor")
"""Folders of tests with real programs, which share a machine with each other and with whatever else it does."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Ask a failing test with real programs once more, and list it.

    A fault of ours fails twice; a machine that stood still for a second at the wrong time does not.
    """
    for each in items:
        folders = each.path.relative_to(ROOT).parts
        if folders[0] == "tests" and folders[1] in OF_THE_MACHINE:
            each.add_marker(pytest.mark.flaky(reruns=1))


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[Path, str], None]:
    """A function that compares a text with a file, or rewrites the file under --update."""

    def compare(path: Path, text: str) -> None:
        if request.config.getoption("--update"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="")
        assert path.is_file(), f"{path.relative_to(ROOT)} is missing: run pytest --update and read it"
        assert text == path.read_bytes().decode("utf-8"), "rewrite it with pytest --update and read the difference"

    return compare
