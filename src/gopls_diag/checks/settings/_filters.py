"""What gopls takes as an entry of directoryFilters (golang/tools internal/settings, validateDirectoryFilter)."""

from __future__ import annotations


def filter_objection(entry: str) -> str:
    """What gopls has against an entry, or empty."""
    if not entry.startswith(("+", "-")):
        return "must begin with + or -"
    for segment in entry[1:].split("/"):
        if segment != "**" and ("*" in segment or "?" in segment):
            return "uses * or ? inside a name, which is not supported"
    return ""


def corrected_filter(entry: str) -> str:
    """The entry with a minus where it has no sign, and without a star at its end; it may still be refused."""
    signed = entry if entry.startswith(("+", "-")) else f"-{entry.lstrip('!/')}"
    return signed if signed in ("-**", "+**") else signed.removesuffix("/**").removesuffix("/*")
