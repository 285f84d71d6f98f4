"""What kind of error a program ended with, without what differs from one occurrence to the next.

The texts of the runtime are those of src/runtime/error.go, panic.go and the callers of throw and fatal in golang/go.
"""

from __future__ import annotations

import re
from collections.abc import Collection

LONGEST_MESSAGE = 1000
"""Characters of a message that are looked at."""
MOST_WORDS = 6
"""Words of a message of the program's own that are kept: the constant beginning of a format string."""

_RUNTIME_CLASSES = (
    ("invalid memory address or nil pointer dereference", "nil dereference"),
    ("index out of range", "index out of range"),
    ("slice bounds out of range", "slice bounds out of range"),
    ("assignment to entry in nil map", "assignment to nil map"),
    ("integer divide by zero", "integer divide by zero"),
    ("integer overflow", "integer overflow"),
    ("floating point error", "floating point error"),
    ("close of closed channel", "close of closed channel"),
    ("close of nil channel", "close of nil channel"),
    ("send on closed channel", "send on closed channel"),
    ("negative shift amount", "negative shift amount"),
    ("makeslice: ", "makeslice out of range"),
    ("makechan: ", "makechan out of range"),
    ("growslice: ", "growslice out of range"),
    ("hash of unhashable type", "hash of unhashable type"),
    ("comparing uncomparable type", "comparing uncomparable type"),
    ("cannot convert slice with length", "slice too short for array"),
    ("goroutine stack exceeds", "stack overflow"),
    ("stack overflow", "stack overflow"),
    ("concurrent map ", "concurrent map access"),
    ("all goroutines are asleep", "deadlock"),
    ("no goroutines (main called runtime.Goexit)", "deadlock"),
    ("negative WaitGroup counter", "negative WaitGroup counter"),
    ("WaitGroup is reused", "WaitGroup misuse"),
    ("WaitGroup misuse", "WaitGroup misuse"),
    ("of unlocked RWMutex", "unlock of unlocked mutex"),
    ("unlock of unlocked mutex", "unlock of unlocked mutex"),
    ("panic called with nil argument", "nil panic"),
    ("has Go pointer to", "Go pointer given to C"),
    ("go of nil func value", "go of nil func value"),
    ("unexpected fault address", "unexpected fault address"),
    ("unexpected signal during runtime execution", "unexpected signal during runtime execution"),
)
"""Text within the message, and the class. The first that is found counts, also behind other words."""

STACK_OVERFLOW = "stack overflow"
DATA_RACE = "data race"
USERS_FATAL_CLASSES = {
    *("concurrent map access", "deadlock", "unlock of unlocked mutex", "go of nil func value", STACK_OVERFLOW),
    *("negative WaitGroup counter", "WaitGroup misuse", "nil dereference", "unexpected fault address"),
    "unexpected signal during runtime execution",
}
"""Fatal errors that a function of the program is to blame for; of all others the stack tells only who was there."""

_RUNTIME_NAMES = {DATA_RACE, *(name for _, name in _RUNTIME_CLASSES)}
_ASSERTION = "type assertion"

_WANTED_TYPE_PATTERN = re.compile(r" not ([^\s:]{1,200})")
_NAMED_VALUE_PATTERN = re.compile(r"^\(?\*{0,4}([A-Za-z_][\w./-]{0,200})\)?[({ ]")
_VARIABLE_PATTERN = re.compile(r"[0-9\"'`/\\*(){}\[\]%=<>@_$&|#]|\w\.\w|\w:\w")
_LAST_BEFORE_A_VALUE = {"for", "in", "at", "from", "of", "named", "called", "by", "type", "with", "on", "got"}


def error_class(message: str) -> str:
    """`nil dereference`, `type assertion to Ident`, `no metadata for`: what stays of a panic value or a fatal error.

    Takes the text after `panic: ` or `fatal error: `; only its first line is looked at.
    """
    line = message[:LONGEST_MESSAGE].lstrip().partition("\n")[0].strip()
    for text, name in _RUNTIME_CLASSES:
        if text in line:
            return name
    if "interface conversion: " in line:
        return _assertion(line)
    if line in ("nil", ""):
        return "nil panic" if line else "no message"
    return constant_words(line, _LAST_BEFORE_A_VALUE) or _type_of_value(line) or "a value"


def is_own_message(error: str) -> bool:
    """True for a class of words that a program chose; False for what the runtime finds wrong."""
    return error not in _RUNTIME_NAMES and not error.startswith(_ASSERTION)


def constant_words(text: str, last: Collection[str] = ()) -> str:
    """The first words that look like those of a format string, in small letters, up to what looks like a value.

    A word of `last` is taken for the one before a value that looks like a word: `no metadata for fmt`.
    """
    kept: list[str] = []
    for at, word in enumerate(text[:LONGEST_MESSAGE].split()):
        bare = word.strip(".,:;!?-–—…")
        is_value = bool(_VARIABLE_PATTERN.search(bare)) or (bare[1:] != bare[1:].lower() and not bare.isupper())
        if is_value or (kept and bare[:1].isupper() and not bare.isupper()):
            if kept or at >= MOST_WORDS:
                break
            continue
        if bare:
            kept.append(bare.lower())
        if len(kept) == MOST_WORDS or (bare in last and len(kept) > 1):
            break
    return " ".join(kept)


def _assertion(line: str) -> str:
    wanted = _WANTED_TYPE_PATTERN.search(line.partition("interface conversion: ")[2])
    if wanted is None:
        return _ASSERTION
    bare = wanted[1].partition("[")[0].rpartition(".")[2].strip("*(){}")
    return f"{_ASSERTION} to {bare}" if bare else _ASSERTION


def _type_of_value(line: str) -> str:
    found = _NAMED_VALUE_PATTERN.match(line)
    return f"a value of type {found[1].rpartition('.')[2]}" if found else ""
