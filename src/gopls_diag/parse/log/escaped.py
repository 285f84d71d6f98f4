"""Traces within one string of one line: `"stacktrace":"goroutine 1 [running]:\\nmain.main()\\n\\t/src/…"`.

So write loggers in JSON (log/slog, zap, zerolog, logrus), logfmt, and everything that uses Go's `%q`. A string within a
string is undone as often as it takes. What stands before the strings stays a line of its own, unless it is JSON.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from gopls_diag.parse.log.carrier import LineCarrier, Peeled

_TRACE_PATTERN = re.compile(r"goroutine \d{1,20} (?:gp=[^\\\"]{1,80})?\[[^\\\"]{1,400}:\\{1,8}n")
_STRING_PATTERN = re.compile(r'"((?:[^"\\]|\\.)*)"?', re.DOTALL)
_ESCAPE_PATTERN = re.compile(r"\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|x([0-9a-fA-F]{2})|([0-7]{3})|(.))", re.DOTALL)
_LETTERS = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}
_HEADS = ("panic: ", "fatal error: ", "SIGSEGV: ", "SIGABRT: ", "SIGQUIT: ")
_DEPTH = 4
_TRACED = "goroutine "


class EscapedTraces(LineCarrier):
    """Strings that hold a goroutine's header and line ends as escapes."""

    name = "escaped"
    first_characters = ""
    mark = "\\n"

    def peel(self, line: str) -> Sequence[Peeled] | None:
        """The lines of the strings with traces, and of strings that begin like a crash before them."""
        if _TRACED not in line or _TRACE_PATTERN.search(line) is None:
            return None
        texts, before = _traces(line)
        peeled = [] if not before or before.lstrip()[:1] in ("{", "[") else [Peeled(before)]
        for text in texts:
            peeled += (Peeled(each.rstrip("\r")) for each in text.split("\n"))
        return peeled


def _traces(line: str) -> tuple[list[str], str]:
    """The strings, unescaped, and what stood before the first of them."""
    texts: list[str] = []
    before: str | None = None
    for found in _STRING_PATTERN.finditer(line):
        inside = found[1]
        if not (inside.startswith(_HEADS) or (_TRACED in inside and _TRACE_PATTERN.search(inside))):
            continue
        texts += _undone(inside)
        before = line[: found.start()] if before is None else before
    if texts and any(_TRACED in each for each in texts):
        return texts, (before or "").rstrip(" =:,(")
    # Not quoted, or the quotes are those of another string.
    trace = _TRACE_PATTERN.search(line)
    heads = [at for at in (line.find(each) for each in _HEADS) if at >= 0]
    at = min([*heads, trace.start() if trace else len(line)])
    return [unescape(line[at:])], line[:at].rstrip(" \"'`=:,(")


def _undone(text: str) -> list[str]:
    """The text of a string, or of the strings within it."""
    for _ in range(_DEPTH):
        text = unescape(text)
        if not _TRACE_PATTERN.search(text):
            break
        # Still escaped: a string within this one, of which the rest is another logger's.
        within, _ = _traces(text) if '"' in text else ([], "")
        if within:
            return within
    return [text]


def unescape(text: str) -> str:
    """Undo the escapes that JSON and Go have in common, and those of either; unknown ones stay."""
    return _ESCAPE_PATTERN.sub(_character, text)


def _character(found: re.Match[str]) -> str:
    short, long, byte, octal, letter = found.groups()
    if letter is not None:
        return _LETTERS.get(letter, letter)
    code = int(octal, 8) if octal else int(short or long or byte, 16)
    # Half of a pair of UTF-16 is no character of its own.
    return "\ufffd" if 0xD800 <= code < 0xE000 or code >= 0x110000 else chr(code)
