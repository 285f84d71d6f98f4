"""Which releases of gopls a stack can be of, by the lines at which its functions stand.

The table beside this file was made by tools/known_crashes.py: first and last line of the functions that most requests
go through, in each release. It tells the version where a trace does not name it: builds from a checkout and of
packagers, traces whose paths an editor cut.
"""

from __future__ import annotations

import json
import pkgutil
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from gopls_diag.model.go_stack import Frame

LONGEST_NAME = 300
TOOLS = "golang.org/x/tools/"
_COMPILERS_PATTERN = re.compile(r"(?:\.(?:func|gowrap|deferwrap)?[0-9]{1,6}(?:-range[0-9]{1,4})?){1,20}$")
_Span = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class LinesReading:
    """What the lines of a stack tell."""

    releases: frozenset[str]
    """Those in which all frames stand within their functions; none for a build between releases."""
    functions: int
    """How many different functions were known."""


def releases_by_lines(frames: Iterable[Frame]) -> LinesReading:
    """Releases that have all these calls at these lines; all of them when no function is known here."""
    names, packages = _table()
    fitting = (1 << len(names)) - 1
    seen: set[str] = set()
    for frame in frames:
        if frame.line is None or not frame.function.startswith(TOOLS) or len(frame.function) > LONGEST_NAME:
            continue
        key = frame.function
        spans = _spans(packages, key)
        if not spans:
            continue
        seen.add(key)
        here = 0
        for start, more, first, last in spans:
            if start <= frame.line <= start + more:
                here |= (1 << (last + 1)) - (1 << first)
        fitting &= here
    chosen = frozenset(name for number, name in enumerate(names) if fitting >> number & 1)
    return LinesReading(chosen, len(seen))


@cache
def _spans(packages: _Packages, text: str) -> tuple[_Span, ...]:
    """Where the function of a frame stands: none for what is unknown, or was put into another by the compiler."""
    plain = _COMPILERS_PATTERN.sub("", text.replace("[...]", ""))
    slash = plain.rfind("/", 0, plain.find("(") if "(" in plain else len(plain))
    dot = plain.find(".", slash + 1)
    functions = packages.functions.get(plain[:dot], {})
    written = functions.get(plain[dot + 1 :], "")
    found = []
    for each in written.split(",") if written else ():
        where, _, which = each.partition(":")
        start, _, more = where.partition("+")
        first, _, last = which.partition("-")
        found.append((int(start), int(more), int(first), int(last)))
    return tuple(found)


@dataclass(frozen=True, eq=False)
class _Packages:
    """Functions by the name of their package at the time."""

    functions: dict[str, dict[str, str]]


@cache
def _table() -> tuple[tuple[str, ...], _Packages]:
    raw = json.loads(pkgutil.get_data("gopls_diag.checks", "gopls_lines.json") or b"{}")
    return tuple(raw["releases"]), _Packages(raw["packages"])
