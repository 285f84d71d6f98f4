"""Texts and numbers of JSON, one at a time, never raising."""

from __future__ import annotations

import json
import math
import re

_NUMBER_PATTERN = re.compile(rb"-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_ESCAPE_PATTERN = re.compile(r'\\(?:u[0-9a-fA-F]{4}|["\\/bfnrt])|\\')
_MAXIMUM_DIGITS = 30
"""int() of very many digits is not linear; what is longer becomes a float, as JavaScript has it."""


def string_value(raw: bytes) -> tuple[str, bool]:
    """The text in a JSON string, with its quotes (the last may be missing), and whether its escapes are right."""
    text = raw.decode("utf-8", "replace")
    body = text[1:-1] if len(text) > 1 and text.endswith('"') else text[1:]
    if "\\" not in body:
        return body, True
    is_right = True

    def unescape(found: re.Match[str]) -> str:
        nonlocal is_right
        if len(found[0]) == 1:
            is_right = False
            return ""
        unescaped: str = json.loads(f'"{found[0]}"')
        return unescaped

    joined = _ESCAPE_PATTERN.sub(unescape, body)
    # Halves of surrogate pairs meet here; a half without its other one becomes U+FFFD, so that it can be printed.
    return joined.encode("utf-16", "surrogatepass").decode("utf-16", "replace"), is_right


def number_value(raw: bytes) -> int | float | None:
    """The number, or None when it is none or too large for a float."""
    if not _NUMBER_PATTERN.fullmatch(raw):
        return None
    if raw.lstrip(b"-").isdigit() and len(raw) <= _MAXIMUM_DIGITS:
        return int(raw)
    number = float(raw)
    return number if math.isfinite(number) else None
