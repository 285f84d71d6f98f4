"""How a program, or who started it, tells that it ended without a crash of the Go runtime.

`exit status 2` and `signal: killed` are os.ProcessState.String (golang/go src/os/exec_posix.go), printed by `go run`
and `go test`; the flag errors are those of golang/go src/flag/flag.go and of golang/tools gopls/internal/cmd.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from gopls_diag.model.crash import EndKind

_EXIT_PATTERN = re.compile(r"(?:go: )?exit status ([0-9]{1,10}|0x[0-9a-f]{1,8})")
_SIGNAL_PATTERN = re.compile(r"signal: ([a-zA-Z0-9 /-]{1,60}?)(?: \(core dumped\))?")
_SENT_FROM_OUTSIDE = frozenset(("killed", "terminated", "interrupt", "hangup"))
_SIGNALS_OF_A_CRASH = frozenset(
    (
        "aborted",
        "abort trap",
        "segmentation fault",
        "bus error",
        "illegal instruction",
        "floating point exception",
        "trace/breakpoint trap",
        "trace/BPT trap",
        "bad system call",
        "quit",
    )
)
_WRONG_FLAG_PATTERN = re.compile(
    r"(?:gopls(?: [a-z_]{1,30}){0,2}: )?(?:flag provided but not defined: -|flag needs an argument: -"
    r"|invalid (?:boolean )?(?:value|flag) \"[^\"\n]{0,200}\" for (?:flag )?-|bad flag syntax: )"
    r"|gopls(?: [a-z_]{1,30}){0,2}: (?:unknown flag: -|[Uu]nknown command "
    r"|flag -[a-zA-Z.]{1,40} (?:must be placed|belongs to))"
)
_TEST_PATTERN = re.compile(
    r"FAIL|FAIL\t[^\t\n]{1,500}(?:\t[^\n]{0,200})?|\*\*\* Test killed[^\n]{0,200}"
    r"|testing: race detected outside[^\n]{0,200}"
)
_LOG_PATTERN = re.compile(r"[0-9]{4}/[0-9]{2}/[0-9]{2} [0-9:.]{8,15} [^\n]|[A-Za-z0-9_.]{1,100}\.go:[0-9]{1,7}: [^\n]")


class Ending(NamedTuple):
    """One line that told of an end."""

    kind: EndKind
    exit_code: int | None = None
    signal: str = ""
    """`killed`, in the words of the system."""


def parse_status(text: str) -> Ending | None:
    """`exit status 2`, `signal: killed`, `signal: aborted (core dumped)`; None if the line is none."""
    if matched := _EXIT_PATTERN.fullmatch(text):
        return Ending(EndKind.EXIT, int(matched[1], 0))
    matched = _SIGNAL_PATTERN.fullmatch(text) if text.startswith("signal: ") else None
    if matched is None:
        return None
    if matched[1] in _SENT_FROM_OUTSIDE:
        return Ending(EndKind.KILLED, signal=matched[1])
    return Ending(EndKind.SIGNAL, signal=matched[1]) if matched[1] in _SIGNALS_OF_A_CRASH else None


def is_wrong_flag(text: str) -> bool:
    """True for the line by which a program says that its command line is wrong; it exits with code 2."""
    return _WRONG_FLAG_PATTERN.match(text) is not None


def is_test_result(text: str) -> bool:
    """True for what `go test` prints behind the output of a program that crashed: `FAIL<TAB>example.com/m`."""
    return _TEST_PATTERN.fullmatch(text) is not None


def is_logged(text: str) -> bool:
    """True for a line as package log writes it, with a date or a file; `log.Fatal` leaves one and no more."""
    return _LOG_PATTERN.match(text) is not None
