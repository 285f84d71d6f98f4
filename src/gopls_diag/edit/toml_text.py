"""Values and keys as TOML text."""

from __future__ import annotations

import math
import re
from typing import Any

from gopls_diag.model.change import CannotEdit

_BARE_PATTERN = re.compile(r"[A-Za-z0-9_-]+")
_SHORT_ESCAPES = {"\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r", '"': '\\"', "\\": "\\\\"}
_ESCAPED_PATTERN = re.compile(r'[\x00-\x1f\x7f"\\]')
_LARGEST = 2**63


def toml_string(text: str, quote: str = '"') -> str:
    """A text between quotes of the asked kind where it can be, else between double ones with escapes."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise CannotEdit("a text with half a character pair cannot be written") from None
    if quote == "'" and "'" not in text and not re.search(r"[\x00-\x08\x0a-\x1f\x7f]", text):
        return f"'{text}'"
    escaped = _ESCAPED_PATTERN.sub(lambda found: _SHORT_ESCAPES.get(found[0], f"\\u{ord(found[0]):04x}"), text)
    return f'"{escaped}"'


def toml_key(name: str, quote: str = '"') -> str:
    """One part of a key, in quotes where it must be."""
    return name if _BARE_PATTERN.fullmatch(name) else toml_string(name, quote)


def toml_value(value: Any, quote: str = '"') -> str:
    """A JSON value as TOML on one line; CannotEdit for null and for numbers that TOML does not have."""
    if value is None:
        raise CannotEdit("TOML has no null")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return toml_string(value, quote)
    if isinstance(value, int):
        if not -_LARGEST <= value < _LARGEST:
            raise CannotEdit(f"{value} is too large a number for TOML")
        return str(value)
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, list | tuple):
        return "[" + ", ".join(toml_value(each, quote) for each in value) + "]"
    if isinstance(value, dict):
        pairs = ", ".join(f"{toml_key(str(key), quote)} = {toml_value(each, quote)}" for key, each in value.items())
        return f"{{ {pairs} }}" if pairs else "{}"
    raise CannotEdit(f"a value of the kind {type(value).__name__} cannot be written")


def is_same(one: Any, other: Any) -> bool:
    """True if both are the same value of the same kind: 1 is not 1.0 and not true; NaN is NaN."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(is_same(each, other[key]) for key, each in one.items())
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(is_same(left, right) for left, right in zip(one, other, strict=True))
    if isinstance(one, float) and isinstance(other, float) and math.isnan(one):
        return math.isnan(other)
    return type(one) is type(other) and bool(one == other)
