"""Reads files that the program itself ships: help texts and the sources of checks.

Not the user's machine, so not the World; and the quick path cannot pay for importing it.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

_PACKAGE = os.path.dirname(os.path.dirname(__file__))  # noqa: PTH120 (pathlib costs 10 ms of start-up)


def read_shipped(*parts: str) -> str | None:
    """The text of a file below the package, or None when there is none."""
    try:
        with open(os.path.join(_PACKAGE, *parts), encoding="utf-8") as file:  # noqa: PTH118, PTH123
            return file.read()
    except OSError:
        return None


def check_files() -> Iterator[tuple[str, str]]:
    """(family folder, name) of each check's file."""
    checks = os.path.join(_PACKAGE, "checks")  # noqa: PTH118
    for family in sorted(_names(checks)):
        for name in sorted(_names(os.path.join(checks, family))):  # noqa: PTH118
            if name.endswith(".py") and not name.startswith("_"):
                yield family, name[:-3]


def _names(folder: str) -> list[str]:
    try:
        return os.listdir(folder)  # noqa: PTH208
    except OSError:
        return []


def print_out(text: str) -> None:
    """Write to standard output; a character that the terminal's encoding lacks is replaced."""
    if sys.stdout is None:  # closed by the caller (`>&-`)
        return
    encoding = sys.stdout.encoding or "utf-8"
    try:
        sys.stdout.write(text.encode(encoding, "replace").decode(encoding))
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader went away (`| head`); Python must not try to flush again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
