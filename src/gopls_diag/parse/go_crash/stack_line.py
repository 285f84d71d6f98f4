"""Tells lines of stacks from others, one line at a time."""

from __future__ import annotations

import re

from gopls_diag.parse.go_crash.diagnostics import is_memory_dump
from gopls_diag.parse.go_crash.frames import is_argument_list, nameless, parse_file, split_arguments

_HALF_PATTERN = re.compile(r"[^ \t\n]{1,1000}(?: [0-9a-fx?_,{}. ]{0,2000})?")
_STARTS = (
    "created by ",
    "...",
    "[originating from goroutine ",
    "non-Go function",
    "runtime: ",
    "stack: frame=",
    "traceback: ",
)
_BOUNDARY = "----- stack segment boundary -----"
_UNAVAILABLE = "goroutine running on other thread; stack unavailable"


def is_file_line(text: str) -> bool:
    """True for an indented file line: `<TAB>/src/main.go:66 +0x2d`."""
    return text[:1] in ("\t", " ") and parse_file(text.strip()) is not None


def is_function_line(text: str) -> bool:
    """True for `main.(*T).set(0x1, {0x2, 0x3})`."""
    stripped = text.strip()
    if not stripped.endswith(")"):
        return False
    function, arguments = split_arguments(stripped)
    return bool(function) and arguments is not None and is_argument_list(arguments)


def is_stack_line(text: str) -> bool:
    """True for a line that may stand in the stack of a goroutine: a call, a file, a note of the runtime."""
    if text[0] in "\t ":
        stripped = text.strip()
        if parse_file(stripped) is not None or stripped == _UNAVAILABLE:
            return True
        return stripped.startswith(_STARTS) or is_function_line(stripped) or is_memory_dump(text)
    if is_function_line(text) or text.startswith(_STARTS) or text == _BOUNDARY:
        return True
    return is_memory_dump(text) or nameless(text) is not None


def is_half_line(text: str) -> bool:
    """True for a call that was cut off: `main.f(0x1, {0x`, `net/http.(*conn).se`."""
    if _HALF_PATTERN.fullmatch(text) is None or not ("." in text or "/" in text):
        return False
    return " " not in text or -1 < text.find("(") < text.find(" ")
