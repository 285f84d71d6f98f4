"""Go source: text in, whether it needs cgo and says so out. A look at the head of a file, not a Go parser."""

from __future__ import annotations

import re

_CONSTRAINT_PATTERN = re.compile(r"^//\s?(?:go:build|\+build)\s(.{0,500})$", re.MULTILINE)
_WORD_PATTERN = re.compile(r"[\w.]+")
_IMPORT_PATTERN = re.compile(r'^(?:import[ \t]+|[ \t]+)"C"[ \t]*(?://.*)?\r?$', re.MULTILINE)
_PACKAGE_PATTERN = re.compile(r"^package[ \t]", re.MULTILINE)


def import_c_line(text: str) -> int | None:
    """The line of `import "C"`, counted from 1; None when there is none. Linear in the length of the text."""
    found = _IMPORT_PATTERN.search(text)
    return text.count("\n", 0, found.start()) + 1 if found else None


def asks_for_cgo(text: str) -> bool:
    """True if a build constraint of the file speaks of cgo: then leaving it out without cgo is meant."""
    package = _PACKAGE_PATTERN.search(text)
    head = text[: package.start()] if package else text
    return any("cgo" in _WORD_PATTERN.findall(found[1]) for found in _CONSTRAINT_PATTERN.finditer(head))
