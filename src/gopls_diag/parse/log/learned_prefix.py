"""Crashes of which every line has the same thing before it: indentation, quotation, comment marks, numbers, a logger.

What it is is learned from the line that begins the crash: all that stands before `goroutine 1 [running]:` must stand
before the next lines too. Digits may differ, so that times and line numbers do. So a Markdown block, a mail's `> `, a
Go comment, `grep -n`, logcat and a logger that nobody has heard of are read alike.

`panic: ` alone proves nothing, since people write it too: such a line is held back until a header follows it with the
same prefix. Nor does an indented header within a panic's own text: since Go 1.23 each further line of it begins with a
TAB (golang/go src/runtime/error.go, printindented), and it may be a whole traceback.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from gopls_diag.parse.log.carrier import Peeled
from gopls_diag.parse.log.crash_heads import HeadKind, find_head

_MARGIN = frozenset(" \t>/#*;+|│!%")
"""Prefixes of these alone are indentation and marks; the first line without them ends the block."""
_LONGEST = 160
_HELD_LINES = 64
_GLUED_LINES = 3
"""A line that a program's own output stands before, and the empty lines until the header."""
_STRANGERS = 40
"""Lines of others that may stand between two lines with a logger's prefix."""
_TOKEN_PATTERN = re.compile(r"\[\d{1,2}\]| {0,40}\d{1,20}|[^\d ]{1,200}| {1,200}")
_OWN_HEAD = "panic: "
_RUNTIME_HEAD = "panic: runtime error: "
"""Its texts are the runtime's own, of one line each."""


class _Prefix(NamedTuple):
    """What stands before each line."""

    body: re.Pattern[str]
    """All but the blanks at the end."""
    blanks: str
    """Those blanks, which tools take off where nothing follows."""
    is_margin: bool
    frame: str = ""
    """The bar that closes a line which one opened."""

    def strip(self, line: str) -> str | None:
        """The line behind the prefix; None if it has it not."""
        found = self.body.match(line)
        if not found:
            return "" if self.is_margin and not line.strip() else None
        rest = line[found.end() :]
        if self.frame:
            rest = rest.rstrip()
            rest = rest[:-1].rstrip() if rest.endswith(self.frame) else rest
        if rest.startswith(self.blanks):
            return rest[len(self.blanks) :]
        if not rest.strip():
            return ""
        # gofmt leaves `//<TAB>` and quoting mail programs `><TAB>` where the blank was.
        return rest if found.end() and rest[0] == "\t" else None


def _learn(written: str) -> _Prefix:
    body = written.rstrip(" \t")
    parts = []
    for token in _TOKEN_PATTERN.findall(body):
        is_number = token.lstrip(" ").isdigit() and not token.startswith("[")
        width = len(token) - len(token.lstrip(" "))
        blanks = f" {{{max(0, width - 4)},{width + 4}}}" if width else ""
        parts.append(rf"{blanks}\d{{1,20}}" if is_number else re.escape(token))
    frame = body[-1:] if body[-1:] in ("|", "│") else ""
    return _Prefix(re.compile("".join(parts)), written[len(body) :], _MARGIN.issuperset(written), frame)


class LearnedPrefix:
    """See the module. Asks for every line, also the empty ones."""

    first_characters = ""
    mark = ""

    def __init__(self) -> None:
        self.name = ""
        self._prefix: _Prefix | None = None
        self._held: list[str] = []
        self._is_sure = False
        """The block has begun; else its first lines are held."""
        self._strangers = 0
        self._is_in_value = False
        """Within the text of a panic that has no prefix."""

    def peel(self, line: str) -> Sequence[Peeled] | None:
        """The line without the prefix of the block that it belongs to, and those before it that were held back."""
        if self._prefix is None:
            return self._begin(line)
        text = self._prefix.strip(line)
        if self._is_sure:
            return self._go_on(line, text)
        if not line and not self._prefix.is_margin and len(self._held) < _GLUED_LINES:
            self._held.append(line)
            return ()
        if text is None or len(self._held) >= _HELD_LINES:
            return self._give_up(line)
        head = find_head(text)
        self._held.append(line)
        # A logger's prefix is believed when it stands before two lines, a margin when a header has it.
        is_header = head is not None and head == (0, HeadKind.SURE)
        first = find_head(self._held[0])
        was_header = first is not None and first[1] is HeadKind.SURE and bool(text)
        return self._believe() if is_header or was_header else ()

    def _begin(self, line: str) -> Sequence[Peeled] | None:
        if line.startswith(_OWN_HEAD):
            self._is_in_value = not line.startswith(_RUNTIME_HEAD) or line.endswith("]")
            return None
        if self._is_in_value and line[:1] not in ("\t", " "):
            self._is_in_value = False
        found = find_head(line)
        if found is None or not 0 < found[0] <= _LONGEST:
            return None
        at, kind = found
        written = line[:at]
        if self._is_in_value and not _is_indented_further(line, at):
            return None
        if written[-1].isalnum() and kind is HeadKind.SURE and not line.startswith("SIG", at):
            return None
        self._prefix = _learn(written)
        self._held = [line]
        self._is_sure = False
        if kind is HeadKind.SURE and self._prefix.is_margin:
            return self._believe()
        return ()

    def _believe(self) -> Sequence[Peeled]:
        prefix, held = self._prefix, self._held
        assert prefix is not None
        self._held, self._is_sure, self._strangers = [], True, 0
        self.name = "indented" if prefix.is_margin else "prefixed"
        return [Peeled(prefix.strip(each) or "", lines_back=len(held) - 1 - number) for number, each in enumerate(held)]

    def _give_up(self, line: str) -> Sequence[Peeled] | None:
        """The lines that were held, as they are, and the present one, which may begin anew."""
        glued = self._unglue(line)
        if glued is not None:
            return glued
        released = [Peeled(each, lines_back=len(self._held) - number) for number, each in enumerate(self._held)]
        self._prefix, self._held = None, []
        again = self._begin(line)
        if again is None:
            return [*released, Peeled(line)]
        return [*released, *again]

    def _unglue(self, line: str) -> Sequence[Peeled] | None:
        """The crash whose first line stands behind other words: a prompt, a quote, a test's `a_test.go:7: `.

        The lines that follow prove it: they are a crash's and have no prefix, or none but blanks.
        """
        first = self._held[0]
        found = find_head(first)
        count = len(self._held)
        if found is None or any(self._held[1:]):
            return None
        at, kind = found
        bare = line.lstrip(" \t")
        if kind is HeadKind.POSSIBLE:
            is_next = find_head(bare) == (0, HeadKind.SURE)
        elif first.startswith("SIG", at):
            is_next = bare.startswith("PC=0x")
        else:
            is_next = count == 1 and len(bare) < len(line) and bare.endswith(")") and " " not in bare.split("(")[0]
        if not is_next:
            return None
        before = [Peeled(first[:at].rstrip(), lines_back=count)] if any(map(str.isalnum, first[:at])) else []
        held = [Peeled(each, lines_back=count - 1 - number) for number, each in enumerate(self._held[1:])]
        self._prefix, self._held, self.name = None, [], "prefixed"
        if len(bare) < len(line):
            self._prefix, self._is_sure = _learn(line[: len(line) - len(bare)]), True
        return [*before, Peeled(first[at:], lines_back=count), *held, Peeled(bare)]

    def _go_on(self, line: str, text: str | None) -> Sequence[Peeled] | None:
        prefix = self._prefix
        if text is not None:
            self._strangers = 0
            return (Peeled(text),)
        self._strangers += 1
        if prefix is not None and not prefix.is_margin and self._strangers <= _STRANGERS:
            return None
        self._prefix, self._is_sure = None, False
        return self._begin(line)

    def finish(self) -> Sequence[Peeled]:
        """What was held back when the log ended."""
        held, self._held, self._prefix = self._held, [], None
        return [Peeled(each, lines_back=len(held) - 1 - number) for number, each in enumerate(held)]

    def lane(self, line: str) -> re.Pattern[str] | None:
        """The prefix; not where the blanks at its end may be missing."""
        prefix = self._prefix
        if prefix is None or not self._is_sure or prefix.frame or prefix.strip(line) is None:
            return None
        return re.compile(rf"\n{prefix.body.pattern}{re.escape(prefix.blanks)}")


def _is_indented_further(line: str, at: int) -> bool:
    """True for the signal's line of a trace whose first line alone lost its indentation.

    The runtime prints it right below the panic, without a TAB, and a panic's own lines have one.
    """
    return line.startswith("[signal ", at) and not (at == 1 and line[0] == "\t")
