"""Lines of a stack: a function with its arguments, then the file that it stands in.

Printed by `traceback2`, `printcreatedby1` and `printOneCgoTraceback` of golang/go src/runtime/traceback.go.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from gopls_diag.model.go_stack import Frame

_FILE_PATTERN = re.compile(
    r"(.*):([0-9]{1,10})(?: [ +](0x[0-9a-f]{1,16}))?"
    r"(?: fp=0x[0-9a-f]{1,16})?(?: sp=0x[0-9a-f]{1,16})?(?: pc=(0x[0-9a-f]{1,16}))?"
)
_BARE_PC_PATTERN = re.compile(r"pc=(0x[0-9a-f]{1,16})")
_NAMELESS_PATTERN = re.compile(r"non-Go function(?: at pc=(0x[0-9a-f]{1,16}))?")
_ELIDED_PATTERN = re.compile(r"\.\.\.(?:([0-9]{1,18})|additional) frames elided\.\.\.")
_CREATED_PATTERN = re.compile(r"created by (.*?)(?: in goroutine ([0-9]{1,20}))?")
_ARGUMENTS_PATTERN = re.compile(r"[0-9a-fx?_,{}. ]*")
_URL_QUESTION_MARK = "%3F"
"""The Go extension hands a crash on in a URL: `+` comes out as a blank, `?` as this, and of a path with blanks the
first word and the last name (`C:/Program   main.go`). See golang/vscode-go, suggestGoplsIssueReport."""
_SHORTENED_PATH = "   "
_REMEMBERED_LINES = 1_000
"""The same file lines come again and again in a dump."""
_NO_FILES = frozenset(("", "??"))


class FilePosition(NamedTuple):
    """What a file line tells."""

    file: str
    line: int | None
    pc: int | None
    has_offset: bool


@lru_cache(_REMEMBERED_LINES)
def parse_file(text: str) -> FilePosition | None:
    """The file line in a text without blanks around it: `/src/main.go:66 +0x2d fp=… sp=… pc=…`, `??:0 pc=0x…`.

    The path may hold blanks, colons and no extension. None if it is none.
    """
    last = text[-1:]
    if not last or last not in "0123456789abcdef":
        return None
    matched = _FILE_PATTERN.fullmatch(text)
    if matched is None:
        bare = _BARE_PC_PATTERN.fullmatch(text)
        return FilePosition("", None, int(bare.group(1), 16), False) if bare else None
    file, line, offset, pc = matched.groups()
    if file in _NO_FILES and line == "0":
        return FilePosition(file, None, int(pc, 16) if pc else None, False)
    if _SHORTENED_PATH in file:
        file = _last_name(file)
    return FilePosition(file, int(line), int(pc, 16) if pc else None, offset is not None)


def _last_name(file: str) -> str:
    """`main.go` of `C:/Program   main.go`; a path that holds many blanks itself is left as it is."""
    name = file.rpartition(_SHORTENED_PATH)[2]
    return file if not name or "/" in name or "\\" in name else name


def split_arguments(text: str) -> tuple[str, str | None]:
    """Function and arguments of `main.(*T).set(0x1, {0x2, 0x3})`; None for the second where no list stands at the end.

    The list is the last parenthesis that closes at the end of the line: names hold parentheses too.
    """
    if not text.endswith(")"):
        return text, None
    # A list as the runtime prints it has no parentheses in it.
    opened = text.rfind("(")
    if opened < 0:
        return text, None
    return text[:opened], text[opened + 1 : -1]


def is_argument_list(text: str) -> bool:
    """True for what the runtime prints between the parentheses: hex words, braces, `?`, `_` and `...`."""
    if _URL_QUESTION_MARK in text:
        text = text.replace(_URL_QUESTION_MARK, "?")
    return _ARGUMENTS_PATTERN.fullmatch(text) is not None


def parse_elided(text: str) -> int | None:
    """Count of `...43529 frames elided...`; -1 for `...additional frames elided...`; None for other lines."""
    if not text.startswith("..."):
        return None
    matched = _ELIDED_PATTERN.fullmatch(text)
    if matched is None:
        return None
    return int(matched.group(1)) if matched.group(1) else -1


def parse_created_by(text: str) -> tuple[str, int | None] | None:
    """Function and parent of `created by main.main in goroutine 1`; the parent is not printed before Go 1.21."""
    matched = _CREATED_PATTERN.fullmatch(text) if text.startswith("created by ") else None
    if matched is None:
        return None
    return matched.group(1), int(matched.group(2)) if matched.group(2) else None


def nameless(text: str) -> Frame | None:
    """The frame of `non-Go function at pc=0x…` or `non-Go function`, which C code leaves that has no symbols."""
    matched = _NAMELESS_PATTERN.fullmatch(text) if text.startswith("non-Go function") else None
    if matched is None:
        return None
    return Frame("", is_go=False, pc=int(matched.group(1), 16) if matched.group(1) else None)


def go_frame(function: str, arguments: str, position: FilePosition) -> Frame:
    """A frame of Go code. Inlined ones are printed with `(...)` and neither offset nor addresses."""
    if _URL_QUESTION_MARK in arguments:
        arguments = arguments.replace(_URL_QUESTION_MARK, "?")
    return Frame(
        function,
        position.file,
        position.line,
        arguments,
        is_inlined=arguments == "..." and not position.has_offset,
        pc=position.pc,
    )


def c_frame(function: str, position: FilePosition) -> Frame:
    """A frame that a cgo symbolizer named."""
    return Frame(function, position.file, position.line, is_go=False, pc=position.pc)
