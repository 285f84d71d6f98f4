"""Makes typographic texts plain, letter by letter, so that places in the plain text are places in the written one.

Word processors and Chinese input methods write dashes, quotes and punctuation that no program takes: an en dash where a
flag begins, a full-width colon after a key. Each is replaced by one letter; an HTML tag or entity by as many letters as
it had. Lines end at a line feed only.
"""

from __future__ import annotations

import re

_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"
_DOUBLE_QUOTES = "\u201c\u201d\u201e\u201f\u300c\u300d\u300e\u300f\uff02\u00ab\u00bb"
_SINGLE_QUOTES = "\u2018\u2019\u201a\u201b\uff07"
_SPACES = "\u00a0\u3000\u2002\u2003\u2009\u202f\u200b\ufeff\t\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"
_KEPT_FULL_WIDTH = "\uff0c\uff1b\uff01\uff1f"
"""Comma, semicolon and the marks that end a sentence divide words; they are no part of any name."""
_FIRST_FULL_WIDTH, _LAST_FULL_WIDTH, _FULL_WIDTH_STEP = 0xFF01, 0xFF5E, 0xFEE0


def _table() -> dict[int, str]:
    table = {
        code: chr(code - _FULL_WIDTH_STEP)
        for code in range(_FIRST_FULL_WIDTH, _LAST_FULL_WIDTH + 1)
        if chr(code) not in _KEPT_FULL_WIDTH
    }
    for letters, plain in ((_DASHES, "-"), (_DOUBLE_QUOTES, '"'), (_SINGLE_QUOTES, "'"), (_SPACES, " ")):
        table.update({ord(each): plain for each in letters})
    return table


_TABLE = _table()
_TAG = re.compile(
    r"</?(?:a|b|br|code|div|em|h[1-6]|i|kbd|li|ol|p|pre|samp|span|strong|table|tbody|td|th|thead|tr|tt|u|ul)"
    r"(?:[ /][^<>\n]*)?>",
    re.I,
)
_CODE_TAG = re.compile(r"(</?)(?:code|kbd|samp|tt)\b", re.I | re.A)
_ENTITY = re.compile(r"&(quot|amp|lt|gt|nbsp|apos|#39|#x27|#34|mdash|ndash|ldquo|rdquo);")
_ENTITIES = {
    "quot": '"',
    "amp": "&",
    "lt": "<",
    "gt": ">",
    "nbsp": " ",
    "apos": "'",
    "#39": "'",
    "#x27": "'",
    "#34": '"',
    "mdash": "-",
    "ndash": "-",
    "ldquo": '"',
    "rdquo": '"',
}


def _blank_tag(found: re.Match[str]) -> str:
    """A tag becomes spaces; one that makes code becomes a backtick on the side of the code."""
    length = len(found[0])
    is_code = _CODE_TAG.match(found[0])
    if not is_code:
        return " " * length
    return "`" + " " * (length - 1) if is_code[1] == "</" else " " * (length - 1) + "`"


def _plain_entity(found: re.Match[str]) -> str:
    letter, length = _ENTITIES[found[1]], len(found[0])
    after = found.string[found.end() : found.end() + 1]
    # The letter stands next to the word that it belongs to.
    return letter.rjust(length) if after.isalnum() or after in {"-", "$", "~"} else letter.ljust(length)


def plain_text(text: str) -> str:
    """The text of the same length with plain punctuation, without tags and entities of HTML."""
    plain = text.translate(_TABLE)
    if "<" in plain and ">" in plain:
        plain = _TAG.sub(_blank_tag, plain)
    if "&" in plain and ";" in plain:
        plain = _ENTITY.sub(_plain_entity, plain)
    return plain


_ADDRESS = re.compile(r"\b[a-z][a-z0-9+]{1,12}://[!#-&*-;=?-Z_a-z~@%]+", re.A)
_LINK_TARGET = re.compile(r"\]\([^()\s`]{1,1000}(?:\)|$)")


def without_addresses(line: str) -> str:
    """The line with the addresses of pages blanked, so that no name is read out of one."""
    if "://" in line:
        line = _ADDRESS.sub(lambda found: " " * len(found[0]), line)
    if "](" in line:
        line = _LINK_TARGET.sub(lambda found: "]" + " " * (len(found[0]) - 1), line)
    return line
