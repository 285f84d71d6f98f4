"""GOMEMLIMIT as the Go runtime reads it (runtime/string.go parseByteCount, runtime/mgcpacer.go readGOMEMLIMIT)."""

from __future__ import annotations

import re

_COUNT_PATTERN = re.compile(r"^([0-9]{1,19})(|B|KiB|MiB|GiB|TiB)$")
_LOOSE_PATTERN = re.compile(r"^\s*([0-9]{1,6}(?:[.,][0-9]{1,3})?)\s*([kKmMgGtT]?)(?:i?[bB])?\s*$")
_FACTORS = {"": 1, "B": 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30, "TiB": 1 << 40}
_MAXIMUM = (1 << 63) - 1


def is_memory_limit(text: str) -> bool:
    """True if the runtime takes it: empty, `off`, or a whole number with no unit, B, KiB, MiB, GiB or TiB."""
    return text in ("", "off") or parse_memory_limit(text) is not None


def parse_memory_limit(text: str) -> int | None:
    """The limit in bytes; None for `off`, empty, and for what the runtime calls malformed."""
    found = _COUNT_PATTERN.match(text)
    if not found:
        return None
    value = int(found[1]) * _FACTORS[found[2]]
    return value if value <= _MAXIMUM else None


def meant_memory_limit(text: str) -> str:
    """The same amount in a form the runtime takes, for `3GB`, `2.5 g` or `1500m`; empty when it is not clear."""
    found = _LOOSE_PATTERN.match(text)
    if not found or not found[2]:
        return ""
    unit = found[2].upper()
    number = float(found[1].replace(",", "."))
    if number != int(number):
        smaller = {"T": "G", "G": "M", "M": "K"}.get(unit)
        if smaller is None:
            return ""
        number, unit = round(number * 1024), smaller
    return f"{int(number)}{unit}iB"


def parse_budget(text: str) -> int | None:
    """An amount as people write it, in bytes: `2GiB`, `2GB`, `2 g`, `2048MiB`, `2.5G`, `2147483648`; None if not clear.

    A unit is a power of 1024 however it is spelled, as it is meant of memory; a bare number is bytes.
    """
    text = text.strip()
    return parse_memory_limit(text) or parse_memory_limit(meant_memory_limit(text))
