"""Literal tables of a Lua program: what stands in them, and what a change of one of them would make of the text.

The text is the file's bytes as characters of the same number (latin-1), so that the parser's byte offsets hold.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from typing import Any

from gopls_diag.edit.array_steps import array_steps
from gopls_diag.edit.comma_list import CommaList, Patch, patched
from gopls_diag.edit.key_path import Path, at_path
from gopls_diag.model.change import CannotEdit
from gopls_diag.model.settings_tree import SettingsEntry, SettingsNode
from gopls_diag.parse.lua_settings import LuaSettings, LuaToken, lua_tokens, parse_lua_settings

_NAME_PATTERN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_KEYWORDS = frozenset(
    (
        *("and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto", "if", "in", "local"),
        *("nil", "not", "or", "repeat", "return", "then", "true", "until", "while"),
    )
)
_STEPS = {"function": 1, "if": 1, "do": 1, "repeat": 1, "end": -1, "until": -1}
_BRACKETS = {"{": 1, "(": 1, "[": 1, "}": -1, ")": -1, "]": -1}


def lua_string(text: str, quote: str = '"') -> str:
    """A text in quotes, as characters of its bytes."""
    escaped = text.replace("\\", "\\\\").replace(quote, "\\" + quote).replace("\n", "\\n").replace("\t", "\\t")
    if re.search(r"[\x00-\x1f\x7f\ud800-\udfff]", escaped):
        raise CannotEdit("a text with such characters is not written into Lua")
    return f"{quote}{escaped}{quote}".encode().decode("latin-1")


def lua_key(name: str, quote: str = '"') -> str:
    """A key of a table, bare where it can be."""
    is_bare = _NAME_PATTERN.fullmatch(name) and name not in _KEYWORDS
    return name if is_bare else f"[{lua_string(name, quote)}]"


def lua_value(value: Any, quote: str = '"') -> str:
    """A JSON value as Lua on one line; CannotEdit for what Neovim would send as something else."""
    if value is None:
        raise CannotEdit("nil in a Lua table is no value")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return lua_string(value, quote)
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, dict):
        if not value:
            raise CannotEdit("Neovim sends an empty table as a list")
        pairs = (f"{lua_key(key, quote)} = {lua_value(each, quote)}" for key, each in value.items())
        return f"{{ {', '.join(pairs)} }}"
    inside = ", ".join(lua_value(each, quote) for each in value)
    return f"{{ {inside} }}" if inside else "{}"


@dataclass(frozen=True, slots=True)
class _Item:
    """What stands between two commas of a table."""

    start: int
    end: int
    comma: int | None
    key: str | None
    key_span: tuple[int, int]
    """Of the name, or of the brackets around the text."""
    is_computed: bool
    """Its key is an expression."""


def _item(tokens: list[LuaToken], comma: int | None) -> _Item:
    first, last = tokens[0], tokens[-1]
    texts = [each.text for each in tokens[:5]]
    key, span, is_computed = None, (first.start, first.start), False
    if first.is_name and texts[1:2] == ["="] and texts[2:3] != ["="]:
        key, span = first.text, (first.start, first.end)
    elif first.text == "[" and not first.is_text:
        is_computed = True
        if len(tokens) > 4 and tokens[1].is_text and texts[2:4] == ["]", "="]:
            key, span, is_computed = tokens[1].text, (first.start, tokens[2].end), False
    return _Item(first.start, last.end, comma, key, span, is_computed)


class LuaTables:
    """The configurations of gopls in one file, one of which is being changed."""

    def __init__(self, text: str, number: int, *, is_gopls_file: bool) -> None:
        """Reads the text; `number` is the index of the configuration."""
        self.number, self.is_gopls_file = number, is_gopls_file
        self.newline = "\r\n" if "\r\n" in text else "\n"
        self.quote = "'" if text.count("'") > text.count('"') else '"'
        self._read(text)

    def _read(self, text: str) -> None:
        self.text = text
        content = text.encode("latin-1")
        self.lua: LuaSettings = parse_lua_settings(content, is_gopls_file=self.is_gopls_file)
        if self.number >= len(self.lua.configurations):
            raise CannotEdit("the table would not be found any more")
        self.root = self.lua.configurations[self.number]
        self._tokens = lua_tokens(content)
        self._starts = [each.start for each in self._tokens]

    def _apply(self, *patches: Patch) -> None:
        self._read(patched(self.text, patches))

    def _node(self, path: Path) -> SettingsNode:
        node = self.root
        for key in path:
            entry = node.entry(key)
            if entry is None:
                raise CannotEdit(f"{'/'.join(path)} is not there")
            node = entry.node
        return node

    def _entry(self, path: Path) -> SettingsEntry:
        entry = self._node(path[:-1]).entry(path[-1])
        if entry is None:
            raise CannotEdit(f"{'/'.join(path)} is not there")
        return entry

    def _items(self, node: SettingsNode) -> list[_Item]:
        if self.text[node.start : node.start + 1] != "{":
            raise CannotEdit("the table around it stands in a form that is not understood")
        found: list[_Item] = []
        waiting: list[LuaToken] = []
        depth = 0
        for token in self._tokens[bisect_left(self._starts, node.start + 1) :]:
            if token.start >= node.end - 1:
                break
            if not token.is_text:
                if depth == 0 and token.text in (",", ";"):
                    if waiting:
                        found.append(_item(waiting, token.start))
                    waiting = []
                    continue
                depth += _BRACKETS.get(token.text, 0) + (_STEPS.get(token.text, 0) if token.is_name else 0)
            waiting.append(token)
        return [*found, *([_item(waiting, None)] if waiting else [])]

    def _list(self, node: SettingsNode) -> CommaList:
        items = self._items(node)
        spans = tuple((each.start, each.end) for each in items)
        commas = tuple(each.comma for each in items)
        step = "\t" if "\n\t" in self.text else "  "
        return CommaList(self.text, node.start, node.end, spans, commas, "--", " ", step, self.newline)

    def _index(self, path: Path) -> int:
        """Which item of its table the last entry of that key is."""
        start = self._entry(path).start
        return next(at for at, each in enumerate(self._items(self._node(path[:-1]))) if each.start <= start < each.end)

    def set(self, path: Path, value: Any) -> None:
        """Give a key its value; what is equal already is left alone."""
        exists, old = at_path(self.root.value, path)
        if not exists:
            self._insert(path, lua_value(value, self.quote))
        elif old == value and type(old) is type(value):
            return
        elif isinstance(old, dict) and isinstance(value, dict) and old and value:
            for key in (each for each in old if each not in value):
                self.remove((*path, key))
            for key, inner in value.items():
                self.set((*path, key), inner)
        elif isinstance(old, list) and isinstance(value, list):
            self._set_list(path, old, value)
        else:
            self._replace(self._entry(path).node, value)

    def _replace(self, node: SettingsNode, value: Any) -> None:
        if self.text[node.start] == "{" and len(self._items(node)) != len(node.entries) + len(node.elements):
            raise CannotEdit("the table that stands there holds what only Neovim can evaluate")
        here = self.text[node.start]
        self._apply((node.start, node.end, lua_value(value, here if here in "\"'" else self.quote)))

    def _set_list(self, path: Path, old: list[Any], new: list[Any]) -> None:
        if len(self._items(self._node(path))) != len(old):
            raise CannotEdit(f"{'/'.join(path)} holds what only Neovim can evaluate")
        for step in array_steps(old, new):
            node = self._node(path)
            if step.action == "remove":
                self._apply(*self._list(node).without(step.at))
            elif step.action == "insert":
                self._apply(*self._list(node).including(step.at, lua_value(step.value, self.quote)))
            else:
                self._replace(node.elements[step.at], step.value)

    def _insert(self, path: Path, raw: str) -> None:
        known: Path = ()
        for length in range(1, len(path)):
            exists, inner = at_path(self.root.value, path[:length])
            if exists and inner != [] and not isinstance(inner, dict):
                raise CannotEdit(f"{'/'.join(path[:length])} is no table of keys")
            known = path[:length] if exists else known
        rest = path[len(known) :]
        node = self._node(known)
        items = self._items(node)
        for each in items:
            if each.is_computed or each.key == rest[0]:
                line, _ = self.lua.lines.position(each.start)
                raise CannotEdit(f"line {line} gives {rest[0]} in a way that only Neovim can evaluate")
        for key in reversed(rest[1:]):
            raw = f"{{ {lua_key(key, self.quote)} = {raw} }}"
        self._apply(*self._list(node).including(len(items), f"{lua_key(rest[0], self.quote)} = {raw}"))

    def remove(self, path: Path) -> None:
        """Take every repetition of a key out, and a table that held nothing else: Neovim sends `{}` as a list."""
        while at_path(self.root.value, path)[0]:
            above = path[:-1]
            if len(above) > 1 and len(self._items(self._node(above))) == 1:
                path = above
                continue
            self._apply(*self._list(self._node(above)).without(self._index(path)))

    def rename(self, path: Path, name: str) -> None:
        """Give the last entry of a key another name."""
        item = self._items(self._node(path[:-1]))[self._index(path)]
        if item.key is None:
            raise CannotEdit(f"{'/'.join(path)} stands in a form that is not understood")
        quote = self.text[item.key_span[0] + 1] if self.text[item.key_span[0]] == "[" else self.quote
        self._apply((*item.key_span, lua_key(name, quote if quote in "\"'" else self.quote)))

    def move(self, path: Path, target: Path) -> None:
        """Take a value, as it is written, to another key."""
        node = self._entry(path).node
        raw = self.text[node.start : node.end]
        self.remove(path)
        self._insert(target, raw)
