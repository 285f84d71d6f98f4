"""Registers, as they stand at the end of a crash by a signal: one a line, on some processors two.

Printed by `dumpregs` of golang/go src/runtime/signal_*.go, defs_windows_*.go and os_plan9_*.go.
"""

from __future__ import annotations

import re

_NAME = (
    r"(?:r[0-9]{1,2}|r[abcds][xip]|r[sb]p|rip|rflags|e[abcd]x|e[sd]i|e[sb]p|eip|eflags|[abcd]x|[sd]i|[sb]p|flags|[cdefgs]s"
    r"|trap|error|oldmask|fp|ip|lr|pc|cpsr|fault|link|xer|ccr|ctr|lo|hi|ra|gp|tp|zero|[ast][0-9]{1,2}|x[0-9]{1,2})"
)
_LINE_PATTERN = re.compile(
    rf"({_NAME})[ \t]{{1,12}}(0x[0-9a-f]{{1,16}})(?:[ \t]{{1,12}}({_NAME})[ \t]{{1,12}}(0x[0-9a-f]{{1,16}}))?[ \t]*"
)


def parse_registers(text: str) -> tuple[tuple[str, int], ...]:
    """Names and values of `rax    0xca` or `pc   0x1c4a4<TAB>ctr  0x8de08`; empty if the line has no registers."""
    matched = _LINE_PATTERN.fullmatch(text)
    if matched is None:
        return ()
    first = (matched[1], int(matched[2], 16))
    return (first, (matched[3], int(matched[4], 16))) if matched[3] else (first,)
