"""The lines with which crash output begins.

`panic: ` (printpanics), `fatal error: ` (throw and fatal), `SIGQUIT: quit` (fatalsignal), `Exception 0x…` (winthrow),
 the reports of sanitizers, `goroutine profile: total 12` (pprof), `http: panic serving …` (net/http), and a
goroutine's header where nothing stands before it.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from gopls_diag.model.crash import EndKind, SignalDetail
from gopls_diag.parse.go_crash.diagnostics import is_fatal_ending
from gopls_diag.parse.go_crash.header import parse_header
from gopls_diag.parse.go_crash.profile_text import is_profile_head
from gopls_diag.parse.go_crash.race import is_race_head
from gopls_diag.parse.go_crash.signals import parse_exception, parse_signal_head

_HTTP_PATTERN = re.compile(r"(?:[0-9]{4}/[0-9]{2}/[0-9]{2} [0-9:.]{8,15} )?(http: panic serving [^ \n]{1,100}: [^\n]*)")
_SANITIZER_PATTERN = re.compile(r"==[0-9]{1,10}== ?(?:ERROR|WARNING): [A-Za-z]{1,20}Sanitizer: ")
_FIRST = "pfSsEgrWTF=ht0123456789"


class Head(NamedTuple):
    """One line that begins a crash."""

    kind: EndKind
    message: str
    value: str | None = None
    """Of a panic, what stands behind `panic: `."""
    signal: SignalDetail | None = None
    is_survived: bool = False
    form: str = ""
    """`goroutine`, `profile`, `race`, `sanitizer`, `http`, `panic`, `fatal`, `signal`, `exception`."""


def read_head(text: str) -> Head | None:
    """What begins with this line, or None."""
    first = text[:1]
    if not first or first not in _FIRST:
        return None
    if first == "p":
        if text.startswith("panic: "):
            return Head(EndKind.PANIC, text, text[7:], form="panic")
        return Head(EndKind.PANIC, text, "", form="panic") if text == "panic:" else None
    if first == "f":
        if text.startswith("fatal error: ") or is_fatal_ending(text):
            return Head(EndKind.FATAL, text, form="fatal")
        return None
    if first == "g":
        return _goroutine_or_profile(text)
    if first in "Ss":
        signal = parse_signal_head(text)
        if signal is None:
            return None
        return Head(EndKind.DUMP if signal.name == "SIGQUIT" else EndKind.SIGNAL, text, signal=signal, form="signal")
    return _rare(text)


def _goroutine_or_profile(text: str) -> Head | None:
    if not text.startswith("goroutine"):
        return None
    if is_profile_head(text):
        return Head(EndKind.DUMP, text, form="profile", is_survived=True)
    if parse_header(text) is not None:
        return Head(EndKind.DUMP, text, form="goroutine", is_survived=True)
    return None


def _rare(text: str) -> Head | None:
    first = text[0]
    if first == "E":
        exception = parse_exception(text) if text.startswith("Exception 0x") else None
        return Head(EndKind.SIGNAL, text, signal=exception, form="exception") if exception else None
    if first == "r" and is_fatal_ending(text):
        return Head(EndKind.FATAL, text, form="fatal")
    if first in "WTFr":
        return Head(EndKind.RACE, text, form="race", is_survived=True) if is_race_head(text) else None
    if first == "=":
        if _SANITIZER_PATTERN.match(text):
            return Head(EndKind.FATAL, text, form="sanitizer", is_survived=True)
        return None
    matched = _HTTP_PATTERN.fullmatch(text) if "http: panic" in text else None
    if matched is not None:
        return Head(EndKind.PANIC, matched[1], matched[1].split(": ", 2)[-1], form="http", is_survived=True)
    return Head(EndKind.DUMP, text, form="profile", is_survived=True) if is_profile_head(text) else None
