"""When two goroutines are the same: the rules, and the texts that are equal exactly when the goroutines are.

There are two ways to such a text: from a parsed stack, right for every form; and from many goroutines at once, as they
are printed, by a few substitutions. The second is not unique (a stack can be printed with other offsets), so what it
gives is a first sieve, and the first way decides.
"""

from __future__ import annotations

import re
from enum import Enum

from gopls_diag.model.go_stack import Frame, Goroutine, Stack
from gopls_diag.parse.go_crash.stack import StackReading


class GroupingRule(Enum):
    """What makes two goroutines the same."""

    STACK = "stack"
    """State, functions, files and lines, and the site of creation."""
    ARGUMENTS = "arguments"
    """AnyPointer of panicparse: also the same arguments, where any pointer equals any other, and the same parent."""


_ARGUMENTS_PATTERN = re.compile(r"\([0-9a-fx?_,{} .]*\)\n")
_PARENT_PATTERN = re.compile(r" in goroutine [0-9]+\n")
_ADDRESSES_PATTERN = re.compile(r" fp=0x[0-9a-f]+ sp=0x[0-9a-f]+ pc=0x[0-9a-f]+")
_POINTER_PATTERN = re.compile(r"0x[0-9a-f]{6,15}\b")
"""Six to fifteen digits are a pointer under both limits below; shorter and longer words need a look at their value."""
_FIRST_CHARACTERS = 8 * 1024
_OFFSET_PATTERN = re.compile(r" \+0x[0-9a-f]+\n")
_WORD_PATTERN = re.compile(r"0x[0-9a-f]+\b")
_POINTER_FLOOR = 512 * 1024
_POINTER_CEILING = 2**63 - 1
"""The limits between which panicparse takes a word for a pointer (stack/stack.go, pointerFloor and pointerCeiling)."""


def sieve(text: str, rule: GroupingRule) -> str:
    """Many goroutines without what varies among equal ones. Line ends stay, so blocks stay where they are."""
    # Separate substitutions: each pattern begins with words that are searched for much faster than alternatives are.
    # Addresses are printed for all frames or for none, so a look at the first goroutines is enough.
    if " fp=0x" in text[:_FIRST_CHARACTERS]:
        text = _ADDRESSES_PATTERN.sub("", text)
    if rule is GroupingRule.ARGUMENTS:
        return _POINTER_PATTERN.sub("*", text)
    text = _ARGUMENTS_PATTERN.sub("()\n", text)
    return _PARENT_PATTERN.sub("\n", text) if " in goroutine " in text else text


def state_text(head: Goroutine, rule: GroupingRule) -> str:
    """The part of a goroutine's identity that its header decides."""
    # A goroutine that is just being scanned is no other for it; one that has leaked is.
    marks = head.marks if rule is GroupingRule.ARGUMENTS else [each for each in head.marks if each != "scan"]
    return "\n".join((head.state, *marks))


def stack_text(reading: StackReading, rule: GroupingRule) -> str:
    """The part of a goroutine's identity that its stack decides, equal exactly where the rule finds no difference."""
    return _calls(reading.stack) if rule is GroupingRule.STACK else _calls_with_arguments(reading)


def stack_text_as_printed(body: str) -> str:
    """What `stack_text` gives under `ARGUMENTS`, made of the printed lines without parsing them.

    For plain bodies alone: with C frames or elided ones it is another text, which one comparison for each stack shows.
    """
    if " fp=0x" in body:
        body = _ADDRESSES_PATTERN.sub("", body)
    body = _OFFSET_PATTERN.sub("\n", body + "\n").replace("\n\t", "\n").replace("?", "")
    return _WORD_PATTERN.sub(_word, body)[:-1]


def _calls(stack: Stack) -> str:
    lines = [f"{each.function}\n{_place(each)}{'' if each.is_go else ' C'}" for each in stack.frames]
    if stack.elided:
        lines.insert(stack.elided_at, "...")
    if not stack.is_available:
        lines.append("unavailable")
    if stack.created_by is not None:
        lines.append(f"created by {stack.created_by.function}\n{_place(stack.created_by)}")
    return "\n".join(lines)


def _calls_with_arguments(reading: StackReading) -> str:
    stack = reading.stack
    lines = [_call_with_arguments(each) for each in stack.frames]
    if stack.created_by is not None:
        parent = "" if reading.parent_id is None else f" in goroutine {reading.parent_id}"
        lines.append(f"created by {stack.created_by.function}{parent}\n{_place(stack.created_by)}")
    if stack.elided:
        lines.append("elided")
    if not stack.is_available:
        lines.append("unavailable")
    return "\n".join(lines)


def _call_with_arguments(frame: Frame) -> str:
    if frame.arguments is None:
        return f"{frame.function}\n{_place(frame)}"
    return f"{frame.function}({_WORD_PATTERN.sub(_word, frame.arguments.replace('?', ''))})\n{_place(frame)}"


def _place(frame: Frame) -> str:
    return f"{frame.file}:{frame.line}"


def _word(matched: re.Match[str]) -> str:
    word = matched.group()
    return "*" if len(word) > 6 and _POINTER_FLOOR < int(word, 16) < _POINTER_CEILING else word
