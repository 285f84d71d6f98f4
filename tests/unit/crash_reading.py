"""Reads plain text with CrashReader, line by line, as the log reader does."""

from __future__ import annotations

from gopls_diag.model.crash import Crash
from gopls_diag.parse.go_crash.reader import CrashReader

STACK = "goroutine 1 [running]:\nmain.main()\n\t/src/m/main.go:5 +0x1d\n"


def read(text: str) -> tuple[Crash, ...]:
    """The crashes in this text."""
    return read_with_rest(text)[0]


def read_one(text: str) -> Crash:
    """The only crash in this text."""
    (crash,) = read(text)
    return crash


def read_with_rest(text: str) -> tuple[tuple[Crash, ...], list[str]]:
    """The crashes, and the lines that were not taken for crash output."""
    reader = CrashReader("log")
    rest = []
    for number, line in enumerate(text.removesuffix("\n").split("\n"), 1):
        if not reader.line(line, number):
            rest.append(line)
    return reader.finish(), rest
