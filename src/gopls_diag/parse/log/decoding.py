"""Bytes of a log as text, piece by piece: whole lines, whatever wrote them.

UTF-8, and UTF-16 in both orders, with or without its mark (Windows PowerShell's `>` and `Out-File` write UTF-16 with
one, `cmd /u` without: learn.microsoft.com/powershell about_Character_Encoding). Bytes that are no UTF-8 stay readable
as `\\xe9`, so that nothing is lost and no line is dropped. NUL characters stay.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator

LINE_LIMIT = 1024 * 1024
"""Characters of a line that are kept; the rest of a longer one is left out, and counted."""
_HEAD_BYTES = 4096
"""How much is looked at to tell the encoding and the kind of line ends."""
_PIECE_BYTES = 1024 * 1024
_NUL_SHARE = 0.35
"""Text in UTF-16 that is mostly Latin has a NUL in nearly every second byte, and on one side only."""


class LogDecoder:
    """Turns bytes, handed over in pieces of any size, into texts that end at a line end."""

    def __init__(self) -> None:
        self.encoding = "utf-8"
        """`utf-8`, `utf-16-le` or `utf-16-be`, once the first bytes are there."""
        self.cut_lines = 0
        """Lines that were longer than `LINE_LIMIT`."""
        self._head = b""
        self._decoder: codecs.IncrementalDecoder | None = None
        self._ends_with_return_alone = False
        self._pending = ""
        self._held_return = False
        self._is_skipping = False

    def feed(self, content: bytes) -> Iterator[str]:
        """The lines that became whole, each text ending with `\\n`."""
        if self._decoder is None:
            self._head += content
            if len(self._head) < _HEAD_BYTES:
                return
            content = self._begin()
        for at in range(0, len(content), _PIECE_BYTES):
            yield from self._decoded(content[at : at + _PIECE_BYTES], is_last=False)

    def finish(self) -> Iterator[str]:
        """What is left; the last line gets a line end if it had none."""
        content = self._begin() if self._decoder is None else b""
        yield from self._decoded(content, is_last=True)
        if self._pending and not self._is_skipping:
            yield self._pending + "\n"
        self._pending = ""

    def _begin(self) -> bytes:
        head, self._head = self._head, b""
        self.encoding, mark = _encoding(head[:_HEAD_BYTES])
        self._decoder = codecs.getincrementaldecoder(self.encoding)("backslashreplace")
        text = head[:_HEAD_BYTES].replace(b"\0", b"")
        self._ends_with_return_alone = b"\r" in text[:-1] and b"\n" not in text
        return head[mark:]

    def _decoded(self, content: bytes, *, is_last: bool) -> Iterator[str]:
        assert self._decoder is not None
        text = self._line_ends(self._decoder.decode(content, is_last), is_last=is_last)
        if self._is_skipping:
            end = text.find("\n")
            if end < 0:
                return
            self._is_skipping = False
            text = text[end + 1 :]
        last = text.rfind("\n") + 1
        if last:
            yield self._pending + text[:last]
            self._pending = text[last:]
        else:
            self._pending += text
        if len(self._pending) > LINE_LIMIT:
            self.cut_lines += 1
            self._is_skipping = True
            whole, self._pending = self._pending[:LINE_LIMIT], ""
            yield whole + "\n"

    def _line_ends(self, text: str, *, is_last: bool) -> str:
        """The text with `\\n` for every line end; `\\r` alone counts as one only where nothing else ends a line."""
        if self._held_return:
            text = "\r" + text
            self._held_return = False
        if "\r" not in text:
            return text
        if text.endswith("\r") and not is_last:
            # Its \n may be the next character.
            self._held_return = True
            text = text[:-1]
        text = text.replace("\r\n", "\n")
        return text.replace("\r", "\n") if self._ends_with_return_alone else text


def _encoding(head: bytes) -> tuple[str, int]:
    """The encoding of a log that begins so, and the length of its mark."""
    if head.startswith(b"\xff\xfe"):
        return "utf-16-le", 2
    if head.startswith(b"\xfe\xff"):
        return "utf-16-be", 2
    if head.startswith(b"\xef\xbb\xbf"):
        return "utf-8", 3
    pairs = len(head) // 2
    if pairs >= 2 and b"\0" in head:
        even, odd = head[0 : pairs * 2 : 2].count(0), head[1 : pairs * 2 : 2].count(0)
        if odd > pairs * 2 * _NUL_SHARE and even * 8 < odd:
            return "utf-16-le", 0
        if even > pairs * 2 * _NUL_SHARE and odd * 8 < even:
            return "utf-16-be", 0
    return "utf-8", 0
