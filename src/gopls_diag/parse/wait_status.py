"""What a wait status says (waitpid(2)), and what an editor's log calls the same."""

from __future__ import annotations

from typing import NamedTuple

_NAMES = """
    HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN TTOU URG XCPU
    XFSZ VTALRM PROF WINCH IO PWR SYS
"""
"""In Linux's order, from 1 (signal(7), x86 and ARM)."""
_BY_NUMBER = {number: f"SIG{name}" for number, name in enumerate(_NAMES.split(), 1)}


class Ending(NamedTuple):
    """How a process ended."""

    exit_code: int | None
    signal: str | None
    """`SIGKILL`."""
    is_core_dumped: bool = False


def ending_of_status(status: int) -> Ending:
    """Of a wait status as Linux gives it."""
    number = status & 0x7F
    if number:
        return Ending(None, signal_name(number), bool(status & 0x80))
    return Ending((status >> 8) & 0xFF, None)


def ending_of_words(words: str) -> Ending | None:
    """Of `signal SIGKILL`, `signal 9`, `code 2`; None for anything else."""
    kind, _, value = words.partition(" ")
    if kind == "signal" and value:
        return Ending(None, signal_name(int(value)) if value.isascii() and value.isdecimal() else value)
    if kind == "code" and value.lstrip("-").isascii() and value.lstrip("-").isdecimal():
        return Ending(int(value), None)
    return None


def signal_name(number: int) -> str:
    """`SIGKILL` for 9; `SIG34` for one without a name."""
    return _BY_NUMBER.get(number, f"SIG{number}")
