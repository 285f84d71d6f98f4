"""How a file is written (indentation, line ends), and new values in its manner."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from gopls_diag.model.change import CannotEdit

DEFAULT_UNIT = b"    "
_INDENTED_KEY_PATTERN = re.compile(rb'(?:^|[\r\n])([ \t]+)"')


@dataclass(frozen=True, slots=True)
class Manner:
    """The manner of one file."""

    newline: bytes = b"\n"
    unit: bytes = DEFAULT_UNIT
    """One level of indentation."""


def manner_of(content: bytes) -> Manner:
    """Read from the first line end and the first indented key; four spaces, as VS Code has it, where there is none."""
    first = re.search(rb"\r\n|\n|\r", content)
    indented = _INDENTED_KEY_PATTERN.search(content)
    unit = DEFAULT_UNIT if indented is None else b"\t" if b"\t" in indented[1] else indented[1]
    return Manner(first[0] if first else b"\n", unit)


def scalar(value: Any) -> bytes:
    """A text, number, boolean or null; characters stay themselves, halves of surrogate pairs are escaped."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    try:
        return text.encode()
    except UnicodeEncodeError:
        return json.dumps(value, allow_nan=False).encode()


def written(value: Any, indent: bytes, manner: Manner, *, is_inline: bool) -> bytes:
    """The bytes of a new value whose line is indented so; on one line, or an entry a line, as VS Code writes it."""
    if isinstance(value, dict):
        inner = indent + manner.unit
        items = [scalar(key) + b": " + written(each, inner, manner, is_inline=is_inline) for key, each in value.items()]
        opening, closing = b"{", b"}"
    elif isinstance(value, list):
        inner = indent + manner.unit
        items = [written(each, inner, manner, is_inline=is_inline) for each in value]
        opening, closing = b"[", b"]"
    else:
        try:
            return scalar(value)
        except (ValueError, TypeError) as problem:
            raise CannotEdit(f"the new value cannot be written as JSON: {problem}") from None
    if not items:
        return opening + closing
    if is_inline:
        return opening + b", ".join(items) + closing
    line = manner.newline + inner
    return opening + line + (b"," + line).join(items) + manner.newline + indent + closing


def indented_anew(text: bytes, old: bytes, new: bytes) -> bytes:
    """A value whose lines after the first began with one indentation, with another; strings never span lines."""
    if old == new:
        return text
    line_start = rb"(\r\n|\n|\r)" + re.escape(old) + rb"([^\r\n])"
    return re.sub(line_start, lambda found: found[1] + new + found[2], text)
