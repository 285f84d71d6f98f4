"""What stands between the values of JSON with comments: white space, line ends, comments and commas.

Every text here is a gap of a file that parsed, so comments are closed and a quote can only stand in a comment.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

WHITE_SPACE = b" \t\r\n\x0b\x0c"
_PIECE_PATTERN = re.compile(rb"(\r\n|\r|\n)|(//[^\r\n]*)|(/\*(?s:.)*?\*/)|[^/\r\n]+|/")
_TO_BREAK_PATTERN = re.compile(rb"(?:[^/\r\n]+|//[^\r\n]*|/\*(?s:.)*?\*/)*")
_TO_COMMA_PATTERN = re.compile(rb"(?:[^/,]+|//[^\r\n]*|/\*(?s:.)*?\*/)*")
_BREAK, _LINE_COMMENT, _COMMENT = 1, 2, 3


def has_comment(gap: bytes) -> bool:
    """Whether anything but white space and commas stands there."""
    return b"/" in gap


def comments(gap: bytes) -> Iterator[bytes]:
    """The comments, without the line ends behind them."""
    for found in _PIECE_PATTERN.finditer(gap):
        if found.lastindex in (_LINE_COMMENT, _COMMENT):
            yield found[0]


def comma_at(gap: bytes) -> int:
    """Where the comma stands that is in no comment; -1 when there is none."""
    if b"/" not in gap:
        return gap.find(b",")
    at = _TO_COMMA_PATTERN.match(gap).end()  # type: ignore[union-attr]
    return at if at < len(gap) else -1


def up_to_last_comment(gap: bytes) -> bytes:
    """A gap without the white space behind its last comment; that in a line comment stays."""
    if b"/" not in gap:
        return b""
    found = (each.end() for each in _PIECE_PATTERN.finditer(gap) if each.lastindex in (_LINE_COMMENT, _COMMENT))
    return gap[: max(found, default=0)]


def _breaks(gap: bytes) -> Iterator[int]:
    return (found.start() for found in _PIECE_PATTERN.finditer(gap) if found.lastindex == _BREAK)


def first_break(gap: bytes) -> int:
    """Where the first line ends, line ends in block comments passed over; -1 when it does not end."""
    at = _TO_BREAK_PATTERN.match(gap).end()  # type: ignore[union-attr]
    return at if at < len(gap) else -1


def last_break(gap: bytes) -> int:
    """Where the last but one line ends, line ends in block comments passed over; -1 when all is one line."""
    return max(_breaks(gap), default=-1)


def has_break(gap: bytes) -> bool:
    """Whether a line ends there outside of comments."""
    return first_break(gap) >= 0


def own_line(gap: bytes) -> int:
    """Where in a gap begins what stands on the next member's line only, the line end before it included.

    A comment that began on a line above belongs to the lines above. -1 when all of it is on the line of what precedes.
    """
    at = -1
    for found in _PIECE_PATTERN.finditer(gap):
        if found.lastindex == _BREAK:
            at = found.start()
        elif found.lastindex == _COMMENT and (b"\n" in found[0] or b"\r" in found[0]):
            at = found.end()
    return at


def has_blank_line(gap: bytes) -> bool:
    """Whether two line ends follow each other with nothing between them."""
    return bool(re.search(rb"(?:\r\n|\n|\r)[ \t]*(?:\r\n|\n|\r)", gap.replace(b"\r\n", b"\n")))


def leading_space(gap: bytes) -> bytes:
    """The white space that a gap begins with."""
    return gap[: len(gap) - len(gap.lstrip(WHITE_SPACE))]


def indentation(gap: bytes) -> bytes | None:
    """The white space at the start of the last line, when a line begins in this gap at all."""
    at = last_break(gap)
    if at < 0:
        return None
    return re.match(rb"[ \t]*", gap[at:].lstrip(b"\r\n"))[0]  # type: ignore[index]


def ends_in_line_comment(gap: bytes) -> bool:
    """Whether what follows on this line would be a part of a comment."""
    is_comment = False
    for found in _PIECE_PATTERN.finditer(gap):
        is_comment = found.lastindex == _LINE_COMMENT
    return is_comment


def put_together(first: bytes, second: bytes, newline: bytes) -> bytes:
    """Two gaps behind each other, with a line end between them where a line comment would go on."""
    if first and ends_in_line_comment(first) and not second.startswith((b"\r", b"\n")):
        return first + newline + second
    return first + second


def parted_above(before: bytes) -> tuple[bytes, list[bytes], bytes]:
    """What stands before a member: the rest, the comment lines directly above it, and the comments on its own line.

    A line that begins behind a brace or another member is none above it, and a blank line ends what is.
    """
    if not has_break(before):
        return leading_space(before), [], before.lstrip(WHITE_SPACE)
    breaks = list(_breaks(before))
    own_start = breaks.pop()
    above: list[bytes] = []
    rest_end = own_start
    while breaks and (line := before[breaks[-1] : rest_end]).strip(WHITE_SPACE):
        above.insert(0, line.lstrip(WHITE_SPACE))
        rest_end = breaks.pop()
    own_line = before[own_start:]
    return before[:rest_end] + leading_space(own_line), above, own_line.lstrip(WHITE_SPACE)
