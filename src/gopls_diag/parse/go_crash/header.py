"""Headers of goroutine blocks: `goroutine 7 gp=0xb41d m=nil [chan receive, 2 minutes, locked to thread]:`.

Printed by `goroutineheader` of golang/go src/runtime/traceback.go. The parts, and the releases that print them: state
and minutes and lock (all), ` gp= m= mp=` (1.22, at the higher levels), ` (scan)` (all), ` (leaked)` and ` (durable)`
(1.25, 1.26), `, synctest group N` (1.24) and `, synctest bubble N` (1.25), ` labels:{…}` inside the brackets (1.26) and
` {…}` behind them (1.27).
"""

from __future__ import annotations

import re

from gopls_diag.model.go_stack import Goroutine

_HEADER_PATTERN = re.compile(
    r"[ \t]*goroutine ([0-9]{1,20})(?: gp=(0x[0-9a-f]{1,16}|nil))?(?: m=(-?[0-9]{1,10}|nil))?"
    r"(?: mp=(?:0x[0-9a-f]{1,16}|nil))? \[([^\],]*)([^\n]*)"
)
"""id, g, m, the state with what has no comma, and all the rest with the closing bracket."""
_MINUTES_PATTERN = re.compile(r"([0-9]{1,18}) minutes")
_BUBBLE_PATTERN = re.compile(r"synctest (?:group|bubble) ([0-9]{1,18})")
_MARKS = ("leaked", "scan", "durable", "synctest")
_LABELS_INSIDE = " labels:{"
_ESCAPE_PATTERN = re.compile(r'\\(?:([abfnrtv\\"\'])|x([0-9a-f]{2})|u([0-9a-f]{4})|U([0-9a-f]{8}))')
_ESCAPES = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_QUOTED_PATTERN = re.compile(r'"((?:[^"\\]|\\[^\n])*)"')
_LABEL_LIMIT = 100


def parse_header(line: str, number: int | None = None) -> Goroutine | None:
    """The goroutine that a header tells of, with an empty stack; None if the line is no header.

    Leading blanks and a trailing CR or blanks are allowed: loggers indent, Windows ends lines with CR LF. `number` is
    the line of the input, from 1.
    """
    matched = _HEADER_PATTERN.match(line)
    if matched is None:
        return None
    found, address, thread, state, rest = matched.groups()
    rest = rest.rstrip()
    if not rest.endswith(":"):
        return None
    inside = state
    labels = ""
    if _LABELS_INSIDE in state and rest.endswith("]:"):
        # Their values may hold commas and brackets, so the last bracket is the one that closes.
        inside, labels = state.split(_LABELS_INSIDE, 1)
        labels += rest[:-2]
    elif rest == "]:":
        pass
    elif rest.startswith("] {") and rest.endswith("}:"):
        labels = rest[3:-1]
    elif rest.startswith(",") and "]" in rest:
        more, _, behind = rest.partition("]")
        if behind.startswith(" {") and behind.endswith("}:"):
            labels = behind[2:-1]
        elif _LABELS_INSIDE in more and rest.endswith("]:"):
            more, labels = rest[:-2].split(_LABELS_INSIDE, 1)
        elif behind != ":":
            return None
        inside += more
    else:
        return None
    return _goroutine(found, address, thread, inside, labels, number)


def _goroutine(
    found: str, address: str | None, thread: str | None, inside: str, labels: str, number: int | None
) -> Goroutine:
    state, *facts = inside.split(", ")
    marks = []
    while state.endswith(")"):
        mark = state[state.rfind("(") + 1 : -1]
        if mark not in _MARKS:
            break
        marks.append(mark)
        state = state[: -len(mark) - 2].rstrip(" ")
    minutes = bubble = None
    is_locked = False
    for each in facts:
        if each == "locked to thread":
            is_locked = True
        elif matched := _MINUTES_PATTERN.fullmatch(each):
            minutes = int(matched.group(1))
        elif matched := _BUBBLE_PATTERN.fullmatch(each):
            bubble = int(matched.group(1))
        else:
            state += ", " + each
    return Goroutine(
        int(found),
        state,
        waited_minutes=minutes,
        is_locked=is_locked,
        marks=tuple(marks[::-1]),
        bubble=bubble,
        labels=_labels(labels) if labels else (),
        g=int(address, 16) if address and address != "nil" else None,
        thread=int(thread) if thread and thread != "nil" else None,
        line=number,
    )


def _labels(text: str) -> tuple[tuple[str, str], ...]:
    """Labels of `"key": "value", key: value}`; the brace that closes is optional."""
    found: list[tuple[str, str]] = []
    at = 0
    while at < len(text) and text[at] != "}" and len(found) < _LABEL_LIMIT:
        key, at = _word(text, at, ":")
        value, at = _word(text, at + 2, ", ")
        found.append((key, value))
        at += 2
    return tuple(found)


def _word(text: str, at: int, end: str) -> tuple[str, int]:
    """A key or value, quoted as Go quotes or bare, and where it ends. Bare ones hold no quote, brace, comma, colon."""
    if matched := _QUOTED_PATTERN.match(text, at):
        return _ESCAPE_PATTERN.sub(_character, matched.group(1)), matched.end()
    stop = text.find(end, at)
    if stop < 0:
        stop = len(text) - 1 if text.endswith("}") else len(text)
    return text[at:stop], max(at, stop)


def _character(matched: re.Match[str]) -> str:
    plain, byte, short, long = matched.groups()
    if plain:
        return _ESCAPES.get(plain, plain)
    number = int(byte or short or long, 16)
    return chr(number) if number < 0x110000 else matched.group()
