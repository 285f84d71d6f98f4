"""Where in a Go file it makes sense to hover and to complete: at a declared name, after the dot of a qualified call.

Not a parser of Go: it reads lines, passes over comments and raw strings as well as lines allow, and always has an
answer.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_DECLARED_PATTERN = re.compile(r"^(?:func (?:\([^()]*\) ?)?|type |var |const )([A-Za-z_]\w*)")
_PACKAGE_PATTERN = re.compile(r"^package ([A-Za-z_]\w*)")
_QUALIFIED_PATTERN = re.compile(r'(?:^|[^\w."])([a-z]\w*)\.[A-Z]\w*\(')
_IMPORTED_PATTERN = re.compile(r'^(?:import |\t)(?:\w+ )?"([^"]+)"')
_LINE_LIMIT = 20_000


@dataclass(frozen=True, slots=True)
class Place:
    """A position as LSP counts: lines from 0, characters from 0 in UTF-16 units."""

    line: int
    character: int
    word: str
    """The name hovered over, or what stands before the dot; empty when the place is only a guess."""


@dataclass(frozen=True, slots=True)
class ProbePlaces:
    """Where to ask in one file."""

    hover: Place
    completion: Place


def probe_places(text: str) -> ProbePlaces:
    """The places for one Go file; for a text that is no Go file they are at its beginning."""
    hover = package = completion = None
    imported: set[str] = set()
    in_raw_string = in_comment = False
    for number, line in enumerate(text.split("\n", _LINE_LIMIT)[:_LINE_LIMIT]):
        was_code = not in_raw_string and not in_comment
        in_raw_string, in_comment = _after(line, in_raw_string, in_comment)
        if not was_code or line.lstrip().startswith("//"):
            continue
        if found := _IMPORTED_PATTERN.match(line):
            imported.add(_package_name(found[1]))
        if package is None and (found := _PACKAGE_PATTERN.match(line)):
            package = _place(number, line, found.start(1), found[1])
        if hover is None and (found := _DECLARED_PATTERN.match(line)):
            hover = _place(number, line, found.start(1), found[1])
        if hover is not None and completion is None:
            for found in _QUALIFIED_PATTERN.finditer(line):
                if found[1] in imported:
                    completion = _place(number, line, found.end(1) + 1, found[1])
                    break
        if completion is not None:
            break
    begin = hover or package or Place(0, 0, "")
    guess = Place(begin.line, begin.character + len(begin.word), "")
    return ProbePlaces(begin, completion or guess)


def _after(line: str, in_raw_string: bool, in_comment: bool) -> tuple[bool, bool]:
    """Whether a raw string or a block comment is open after this line."""
    if in_comment:
        return in_raw_string, "*/" not in line
    if not in_raw_string and "/*" in line and "*/" not in line and "`" not in line:
        return False, True
    return in_raw_string ^ (line.count("`") % 2 == 1), False


def _package_name(path: str) -> str:
    """The name that a package most likely has, from its import path: `v2` is a version, `gopkg.in/yaml.v3` is yaml."""
    parts = path.split("/")
    last = parts[-1]
    if len(parts) > 1 and re.fullmatch(r"v[0-9]+", last):
        last = parts[-2]
    return last.split(".")[0].removeprefix("go-")


def _place(number: int, line: str, offset: int, word: str) -> Place:
    return Place(number, len(line[:offset].encode("utf-16-le", "surrogatepass")) // 2, word)
