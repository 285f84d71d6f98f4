"""Lines of a traceback that a terminal, a mail program or a form broke at a width.

Nothing marks such a break. Two lines are joined only if that makes a line which the runtime prints
(golang/go src/runtime/traceback.go) and the first alone is none; or, once the width is known from such a pair, if the
first is as wide as that. Everything else stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from gopls_diag.parse.go_crash.frames import is_argument_list, parse_created_by, parse_file, split_arguments
from gopls_diag.parse.go_crash.header import parse_header
from gopls_diag.parse.log.carrier import Peeled

_NARROWEST = 40
"""Columns of the narrowest terminal that is believed."""
_WIDEST = 1000
_MOST_PIECES = 64
_TAIL_PATTERN = re.compile(r"[ \t]{0,8}(?:\+0x|fp=|sp=|pc=|in goroutine )")
_MARK_PATTERN = re.compile(r"^[ \t]?panic: .+\[recovered(?:, repanicked)?\]$")
_HALF_MARK_PATTERN = re.compile(r"^[ \t]?panic: .+ \[r?e?c?o?v?e?r?e?d?[a-z, ]{0,16}$")
_NAME_PATTERN = re.compile(r"^[\w./%*()\[\]~·@+-]{1,900}$")
_HALF_FILE_PATTERN = re.compile(r"^[ \t]{1,16}(?:/|[A-Za-z]:[/\\]|_cgo_|_testmain|<auto|[\w.@-]{1,200}/).{0,900}$")


class WrappedLines:
    """Joins what was broken; holds a line back while its end may be to come."""

    first_characters = ""
    mark = ""

    def __init__(self) -> None:
        self.name = ""
        self._width = 0
        self._pieces: list[str] = []
        self._joined = ""

    def peel(self, line: str) -> Sequence[Peeled] | None:
        """The whole lines that became known."""
        if not self._pieces:
            return self._begin(line)
        joined = self._join(line)
        if joined is not None:
            self._width = self._width or _columns(self._pieces[0])
            self._pieces.append(line)
            self._joined = joined
            self.name = "wrapped"
            if self._may_go_on(joined, line):
                return ()
            return self._release(0)
        released = list(self._release(1))
        begun = self._begin(line)
        return [*released, Peeled(line)] if begun is None else [*released, *begun]

    def _begin(self, line: str) -> Sequence[Peeled] | None:
        length = len(line)
        if length < _NARROWEST - 8 or length > _WIDEST:
            return None
        if not (_is_open(line) or (self._width and _columns(line) == self._width and _is_crash_line(line))):
            return None
        if _columns(line) < _NARROWEST:
            return None
        self._pieces, self._joined = [line], line
        return ()

    def _join(self, line: str) -> str | None:
        """The lines as one; None if they are two."""
        if not line.strip() or len(self._pieces) >= _MOST_PIECES or _columns(line) > _columns(self._pieces[0]) + 8:
            return None
        joined = self._joined + line
        is_open = _is_open(self._joined)
        if not is_open and (_is_whole(line) or line[0] in "\t "):
            return self._with_blank(line)
        if _is_whole(joined):
            return joined
        if is_open and _is_open(joined) and _columns(line) == _columns(self._pieces[0]):
            return joined
        return self._with_blank(line)

    def _with_blank(self, line: str) -> str | None:
        """Broken at a blank, which stands on neither line or on the second."""
        if not _TAIL_PATTERN.match(line):
            return None
        joined = f"{self._joined.rstrip()} {line.lstrip()}"
        return joined if _is_whole(joined) or _is_open(joined) else None

    def _may_go_on(self, joined: str, last: str) -> bool:
        return _is_open(joined) or _columns(last) == self._width

    def _release(self, back: int) -> Sequence[Peeled]:
        """The joined line; `back` lines before the present one it ended."""
        count, joined = len(self._pieces), self._joined
        self._pieces, self._joined = [], ""
        return (Peeled(joined, lines_back=count - 1 + back),)

    def finish(self) -> Sequence[Peeled]:
        """A line whose end never came."""
        return self._release(0) if self._pieces else ()

    def lane(self, line: str) -> re.Pattern[str] | None:
        """Each line must be seen."""
        return None


def _columns(line: str) -> int:
    return len(line.expandtabs(8)) if "\t" in line else len(line)


def _is_whole(line: str) -> bool:
    """True for a line that the runtime prints so, as far as its form tells."""
    first = line[:1]
    if first in ("\t", " "):
        return parse_file(line.strip()) is not None and _HALF_FILE_PATTERN.match(line) is not None
    if first == "g" and line.startswith("goroutine "):
        return parse_header(line) is not None
    if first == "[":
        return line.startswith("[signal ") and line.endswith("]")
    if line.endswith("]"):
        return _MARK_PATTERN.match(line) is not None
    if line.startswith("created by "):
        created = parse_created_by(line)
        return created is not None and " " not in created[0]
    if not line.endswith(")"):
        return False
    function, arguments = split_arguments(line)
    return arguments is not None and " " not in function and bool(function) and is_argument_list(arguments)


def _is_open(line: str) -> bool:
    """True if the end of the line is surely missing."""
    first = line[:1]
    if first in ("\t", " "):
        if line.lstrip()[:7] == "panic: ":
            return _HALF_MARK_PATTERN.match(line) is not None and not line.endswith("]")
        if line[-1] in "0123456789abcdef" and parse_file(line.strip()) is not None:
            return _lacks_addresses(line)
        # The race detector indents functions, which have folders too.
        return not line.endswith("()") and _HALF_FILE_PATTERN.match(line) is not None
    last = line[-1:]
    if last in (":", ")", "]"):
        return False
    if first == "g" and line.startswith("goroutine "):
        return parse_header(line) is None
    if first == "[":
        return line.startswith("[signal SIG")
    if line.startswith("panic: "):
        return _HALF_MARK_PATTERN.match(line) is not None
    opened = line.rfind("(")
    if opened > 0 and " " not in line[:opened]:
        return is_argument_list(line[opened + 1 :]) or _NAME_PATTERN.match(line) is not None
    return ("." in line or "/" in line) and _NAME_PATTERN.match(line) is not None


def _lacks_addresses(line: str) -> bool:
    """`fp=` is followed by `sp=` and, since Go 1.7, by `pc=`."""
    return " fp=" in line and " sp=" in line and " pc=" not in line and line.endswith((" ", "p"))


def _is_crash_line(line: str) -> bool:
    return _is_whole(line) or line.startswith(("panic: ", "fatal error: ", "created by ", "\tpanic: "))
