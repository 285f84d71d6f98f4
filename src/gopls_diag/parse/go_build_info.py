"""What the Go linker writes into every program: the version of Go, and the module with its version.

Form: golang/go src/debug/buildinfo/buildinfo.go. The text `\\xff Go buildinf:` at an address that 16 divides, a byte
for the size of pointers, a byte of flags; with flag 2 (Go 1.18 and newer) two texts follow at byte 32, each with its
length as a varint before it: the version of Go, and the modules in lines, between two marks of 16 bytes.
"""

from __future__ import annotations

from typing import NamedTuple

MAGIC = b"\xff Go buildinf:"
_HEAD_BYTES = 32
_ALIGNMENT = 16
_MOST_TEXT = 256 * 1024
LONGEST = _HEAD_BYTES + 2 * (_MOST_TEXT + 5)
"""Bytes from the magic on that can belong to it."""


class GoBuildInfo(NamedTuple):
    """Of one program; "" where it does not say."""

    go_version: str
    """`go1.26.1`."""
    module: str
    """`golang.org/x/tools/gopls`."""
    version: str
    """`v0.24.0`, `(devel)`, a pseudo-version."""


def parse_build_info(content: bytes) -> GoBuildInfo | None:
    """From bytes that begin at the magic; None if what follows is not of this form."""
    if not content.startswith(MAGIC) or len(content) < _HEAD_BYTES or not content[15] & 2:
        return None
    go_version, after = _text(content, _HEAD_BYTES)
    if not go_version.startswith((b"go", b"devel")):
        return None
    modules, _ = _text(content, after)
    module = version = ""
    for line in modules[16:-16].decode("utf-8", "replace").split("\n"):
        words = line.split("\t")
        if words[0] == "mod" and len(words) >= 3:
            module, version = words[1], words[2]
            break
    return GoBuildInfo(go_version.decode("utf-8", "replace"), module, version)


def magic_in(content: bytes, offset: int) -> list[int]:
    """Where it can begin in a piece of a program that stands at `offset`; other copies are words of the program."""
    found: list[int] = []
    at = content.find(MAGIC)
    while at >= 0:
        if (offset + at) % _ALIGNMENT == 0:
            found.append(at)
        at = content.find(MAGIC, at + 1)
    return found


def _text(content: bytes, at: int) -> tuple[bytes, int]:
    length = shift = 0
    while at < len(content) and shift < 35:
        byte = content[at]
        length |= (byte & 0x7F) << shift
        at += 1
        shift += 7
        if byte < 0x80:
            break
    if length > _MOST_TEXT or at + length > len(content):
        return b"", at
    return content[at : at + length], at + length
