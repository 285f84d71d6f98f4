"""Texts that a log writes as string literals: of Lua, of Rust, of JSON."""

from __future__ import annotations

import json
import re

_LUA_PATTERN = re.compile(r"\\(\d{1,3}|.)", re.DOTALL)
_LUA_LETTERS = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}
_RUST_PATTERN = re.compile(r"\\(?:u\{([0-9a-fA-F]{1,6})\}|(.))", re.DOTALL)
_RUST_LETTERS = {"n": "\n", "t": "\t", "r": "\r", "0": "\0"}
_UNICODE_LIMIT = 0x110000


def lua_text(quoted: str) -> str:
    """The text of a Lua string as vim.inspect writes it; what is no string stays as it is."""
    if len(quoted) < 2 or quoted[0] not in "'\"":
        return quoted
    body = quoted[1:-1] if quoted[-1] == quoted[0] else quoted[1:]
    if (plain := _without_common(body)) is not None:
        return plain

    def character(found: re.Match[str]) -> str:
        word = found[1]
        # `isdigit` is also true of digits that int() refuses, and the pattern's \d takes them too.
        return chr(int(word)) if word.isdecimal() else _LUA_LETTERS.get(word, word)

    return _LUA_PATTERN.sub(character, body)


def rust_text(quoted: str) -> str:
    """The text of a Rust string as `{:?}` writes it; a missing end is no matter."""
    if not quoted.startswith('"'):
        return quoted
    body = quoted[1:-1] if quoted.endswith('"') and len(quoted) > 1 else quoted[1:]
    if (plain := _without_common(body)) is not None:
        return plain

    def character(found: re.Match[str]) -> str:
        if not found[1]:
            return _RUST_LETTERS.get(found[2], found[2])
        code = int(found[1], 16)
        return chr(code) if code < _UNICODE_LIMIT else found[0]

    return _RUST_PATTERN.sub(character, body)


def _without_common(body: str) -> str | None:
    """The text, if it has no escapes but those that all have in common; one by one costs a hundred times as much."""
    if "\\\\" in body:
        return None
    text = body.replace("\\n", "\n").replace("\\t", "\t").replace('\\"', '"').replace("\\r", "\r")
    return None if "\\" in text else text


def json_value(text: str) -> object:
    """The JSON value that the text is; None if it is none."""
    try:
        value: object = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value
