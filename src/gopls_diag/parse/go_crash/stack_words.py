"""What the arguments of a call prove: addresses, and which of them are to be trusted.

The runtime prints argument words from the stack. Since Go 1.17 arguments are passed in registers and the place on the
stack may hold something older; since 1.18 such words are marked with `?` (golang/go src/runtime/traceback.go,
printArgs), and are left out here. Go 1.17 has no mark.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from gopls_diag.model.go_stack import Frame, Goroutine

_WORD_PATTERN = re.compile(r"0x([0-9a-f]{1,16})(\??)")
_FIRST_PATTERN = re.compile(r"^0x([0-9a-f]{1,16})(?:,|$)")
_LEAST_ADDRESS = 0x1000


def first_word(frame: Frame) -> int | None:
    """The first argument, of a method its receiver; None if it may be stale, is no word, or is nil."""
    found = _FIRST_PATTERN.match(frame.arguments or "")
    word = int(found[1], 16) if found else 0
    return word if word >= _LEAST_ADDRESS else None


def exact_words(frame: Frame) -> list[int]:
    """All argument words that can be addresses and are not marked as perhaps stale."""
    if not frame.arguments:
        return []
    words = (int(word, 16) for word, mark in _WORD_PATTERN.findall(frame.arguments) if not mark)
    return [word for word in words if word >= _LEAST_ADDRESS]


def all_words(frames: Iterable[Frame]) -> set[int]:
    """The `exact_words` of these calls and some more, at once: enough to tell in whose arguments to look."""
    text = "\n".join([each.arguments for each in frames if each.arguments])
    return {int(word, 16) for word, mark in _WORD_PATTERN.findall(text) if not mark}


def positional_words(frame: Frame) -> list[int | None]:
    """Argument words in their places; None for one that may be stale."""
    return [None if mark else int(word, 16) for word, mark in _WORD_PATTERN.findall(frame.arguments or "")]


def receiver_type(function: str) -> str:
    """`main.(*account)` of `main.(*account).deposit` or of a closure in it; "" for what is no method of a pointer."""
    if "(*" not in function:
        return ""
    at = function.find(").", function.find("(*"))
    return function[: at + 1] if at >= 0 else ""


def method_name(function: str) -> str:
    """`server.(*server).Initialized` of the same with its import path: short enough for a sentence."""
    head = function.split("[...]", 1)[0]
    return function[head.rfind("/") + 1 :]


def own_calls(goroutine: Goroutine) -> tuple[Frame, ...]:
    """The calls without the scheduler's at both ends: parking above, `runtime.goexit` and `runtime.main` below."""
    frames = goroutine.stack.frames
    end = len(frames)
    while end and frames[end - 1].function in ("runtime.goexit", "runtime.main"):
        end -= 1
    begin = 0
    while begin < end and frames[begin].function.startswith("runtime."):
        begin += 1
    return frames[begin:end]
