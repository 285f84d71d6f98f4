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


class OutputRefused(Exception):
    """Standard output takes no more; the message says why, for people."""

    what_to_do = "Send it to another place."


def print_out(text: str, *, unknown: str = "replace") -> None:
    """Write to standard output; `unknown` tells what becomes of a character that its encoding lacks (codec errors).

    A reader that went away (`| head`) has what it wanted. Other refusals, such as a full disk, raise OutputRefused.
    """
    if sys.stdout is None:  # closed by the caller (`>&-`)
        return
    encoding = sys.stdout.encoding or "utf-8"
    try:
        sys.stdout.write(text.encode(encoding, unknown).decode(encoding))
        sys.stdout.flush()
    except BrokenPipeError:
        _give_up_output()
    except OSError as problem:
        _give_up_output()
        raise OutputRefused(f"standard output cannot be written to: {problem.strerror}") from None


def _give_up_output() -> None:
    """Python must not try to flush again at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
