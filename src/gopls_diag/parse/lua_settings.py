"""Reads what a Neovim configuration says about gopls, as far as it says it in literal tables.

Lua is a program; nothing is run here. Tables are read where a configuration of gopls is known to stand:
`lspconfig.gopls.setup{…}`, `vim.lsp.config('gopls', {…})`, `vim.lsp.config.gopls = {…}`, `gopls = {settings = …}` in a
list of servers, `settings = {gopls = {…}}` anywhere, `vim.lsp.start({name = 'gopls', …})` (also start_client),
`return {…}` of `lsp/gopls.lua`. What is not literal in them is told as not understood. A real grammar (tree-sitter-lua)
was tried: it takes time quadratic in the length of `a-a-a-…`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from gopls_diag.model.settings_tree import LineTable, SettingsEntry, SettingsNode
from gopls_diag.parse.json_scalars import number_value

MAXIMUM_DEPTH = 50
_TOKEN_PATTERN = re.compile(
    rb"[ \t\r\n\x0b\x0c]*"
    rb"(?:(--)"  # 1: a comment
    rb"|\[(=*)\["  # 2: a long text
    rb"|([A-Za-z_][A-Za-z0-9_]*)"  # 3: a name or keyword
    rb"|(\"[^\"\\\r\n]*(?:\\[^\r\n][^\"\\\r\n]*)*|'[^'\\\r\n]*(?:\\[^\r\n][^'\\\r\n]*)*)"  # 4: a text
    rb"|([0-9][0-9A-Za-z.]*)"  # 5: a number
    rb"|(\.\.\.?|[^\s]))"  # 6: anything else
)
_LONG_OPENING_PATTERN = re.compile(rb"\[(=*)\[")
_COMMENT, _LONG, _NAME, _TEXT, _NUMBER, _OTHER = 1, 2, 3, 4, 5, 6
_OPENERS = {"function": 1, "if": 1, "do": 1, "repeat": 1, "end": -1, "until": -1, "{": 1, "(": 1, "[": 1}
_CLOSERS = {"}": -1, ")": -1, "]": -1}
_CONSTANTS = {"true": True, "false": False, "nil": None}
_CONFIGURATION_KEYS = {"settings", "cmd", "cmd_env", "init_options"}
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\", '"': '"', "'": "'"}
_ESCAPE_PATTERN = re.compile(r"\\(.)")


@dataclass(frozen=True, slots=True)
class LuaToken:
    """One word of a program."""

    kind: int
    text: str
    """Of a text what it says, without its quotes."""
    start: int
    end: int

    @property
    def is_text(self) -> bool:
        return self.kind == _TEXT

    @property
    def mark(self) -> str:
        """The word, but for a text in quotes, which is none of the language's own."""
        return "text" if self.is_text else self.text

    @property
    def is_name(self) -> bool:
        """A name or a keyword."""
        return self.kind == _NAME


@dataclass(frozen=True, slots=True)
class LuaSettings:
    """What one Lua file says about gopls."""

    configurations: tuple[SettingsNode, ...]
    """Tables as lspconfig takes them: `settings`, `cmd`, `cmd_env`, `init_options`, in the order of the file."""
    not_understood: tuple[int, ...]
    """Byte offsets of values that only Neovim can evaluate."""
    lines: LineTable
    mentions_gopls: bool
    """True if the word stands anywhere outside comments."""


def lua_tokens(content: bytes) -> list[LuaToken]:
    """The tokens; comments are dropped. Long texts that never close reach to the end."""
    found: list[LuaToken] = []
    at = 0
    while match := _TOKEN_PATTERN.match(content, at):
        kind = match.lastindex or _OTHER
        start, end = match.span(kind)
        if kind in (_COMMENT, _LONG):
            opening = match if kind == _LONG else _LONG_OPENING_PATTERN.match(content, end)
            level = opening[2 if kind == _LONG else 1] if opening else b""
            closing = b"]" + level + b"]" if opening else b"\n"
            inner = opening.end() if opening else end
            stop = content.find(closing, inner)
            at = len(content) if stop < 0 else stop + len(closing)
            if kind == _LONG:
                text = content[inner : stop if stop >= 0 else len(content)].decode("utf-8", "replace")
                found.append(LuaToken(_TEXT, text, start - 1, at))
            continue
        text = match[kind].decode("utf-8", "replace")
        if kind == _TEXT:
            end += content[end : end + 1] == content[start : start + 1]
            text = _ESCAPE_PATTERN.sub(lambda escape: _ESCAPES.get(escape[1], escape[1]), text[1:])
        found.append(LuaToken(kind, text, start, end))
        at = end
    return found


class _Reader:
    """Reads literal tables from the tokens; `at` is the index of the token in hand."""

    def __init__(self, tokens: list[LuaToken]) -> None:
        self.tokens = [*tokens, LuaToken(_OTHER, "", tokens[-1].end if tokens else 0, 0)]
        self.at = 0
        self.not_understood: list[int] = []

    def is_next(self, *texts: str, ahead: int = 0) -> bool:
        """True if the tokens from there on read like that; a text and a name may stand for each other."""
        first = self.at + ahead
        if first < len(self.tokens) and self.tokens[first].text != texts[0]:
            return False
        found = self.tokens[first : first + len(texts)]
        # A text in quotes may be a key, but it is no bracket and no comma.
        return len(found) == len(texts) and all(
            each.text == text and (not each.is_text or text.isalpha()) for each, text in zip(found, texts, strict=True)
        )

    @property
    def token(self) -> LuaToken:
        return self.tokens[min(self.at, len(self.tokens) - 1)]

    def skip_value(self) -> None:
        """Pass over an expression up to the comma or brace that ends it."""
        depth = 0
        while self.at < len(self.tokens) - 1:
            text = self.token.text if self.token.kind in (_NAME, _OTHER) else ""
            if depth <= 0 and text in (",", ";", "}"):
                return
            depth += _OPENERS.get(text, 0) + _CLOSERS.get(text, 0)
            self.at += 1

    def value(self, depth: int) -> SettingsNode | None:
        """The literal in hand, or None for what is none; either way what ends it is then in hand."""
        token, first = self.token, self.at
        node: SettingsNode | None = None
        if token.kind == _OTHER and token.text == "{" and depth < MAXIMUM_DEPTH:
            node = self.table(depth)
        else:
            sign = 1
            if self.is_next("-") and self.tokens[min(self.at + 1, len(self.tokens) - 1)].kind == _NUMBER:
                sign, self.at = -1, self.at + 1
            node = self._scalar(token, sign)
            self.at += 1
        if node is not None and self.token.mark in (",", ";", "}", ")", ""):
            return node
        if node is None or not node.entries:
            self.at = first
        self.skip_value()
        self.not_understood.append(token.start)
        return None

    def _scalar(self, first: LuaToken, sign: int) -> SettingsNode | None:
        token = self.token
        if token.kind == _TEXT:
            return SettingsNode(token.text, token.start, token.end)
        if token.kind == _NAME and token.text in _CONSTANTS:
            return SettingsNode(_CONSTANTS[token.text], token.start, token.end)
        number = number_value(token.text.encode()) if token.kind == _NUMBER else None
        return None if number is None else SettingsNode(sign * number, first.start, token.end)

    def table(self, depth: int) -> SettingsNode:
        """The table whose opening brace is in hand."""
        start = self.token.start
        self.at += 1
        entries: list[SettingsEntry] = []
        elements: list[SettingsNode] = []
        while self.at < len(self.tokens) - 1 and self.token.mark != "}":
            if self.token.kind == _OTHER and self.token.text in (",", ";"):
                self.at += 1
                continue
            key = self._key()
            node = self.value(depth + 1)
            if node and key and node.value is None:
                # In Lua a key whose value is nil is not there.
                continue
            if node and key:
                entries.append(SettingsEntry(key.text, key.start, key.end, node))
            elif node:
                elements.append(node)
        end = self.token.end
        self.at += 1
        value: Any = {each.key: each.node.value for each in entries}
        if elements and not entries:
            value = [each.value for each in elements]
        return SettingsNode(value, start, end, tuple(entries), tuple(elements))

    def _key(self) -> LuaToken | None:
        """The key in hand, passed over with its equals sign; None when the value has none."""
        if self.token.kind == _NAME and self.is_next("=", ahead=1) and not self.is_next("=", ahead=2):
            self.at += 2
            return self.tokens[self.at - 2]
        if self.is_next("[") and self.is_next("]", "=", ahead=2):
            self.at += 4
            return self.tokens[self.at - 3]
        return None

    def configuration(self) -> SettingsNode | None:
        """The configuration that begins at the token in hand, if one does; then its table is passed over."""
        for opening in (
            ("gopls", ".", "setup", "{"),
            ("gopls", ".", "setup", "(", "{"),
            ("gopls", "]", ".", "setup", "(", "{"),
            ("gopls", "]", ".", "setup", "{"),
            ("config", "(", "gopls", ",", "{"),
            ("config", ".", "gopls", "=", "{"),
            ("config", "[", "gopls", "]", "=", "{"),
            ("settings", "=", "{"),
            ("gopls", "=", "{"),
            ("gopls", "]", "=", "{"),
            ("lsp", ".", "start", "(", "{"),
            ("lsp", ".", "start_client", "(", "{"),
        ):
            if self.is_next(*opening):
                self.at += len(opening) - 1
                return self._recognized(opening, self.token.start)
        return None

    def _recognized(self, opening: tuple[str, ...], start: int) -> SettingsNode | None:
        before = len(self.not_understood)
        table = self.table(0)
        if opening[0] == "settings":
            if not table.entry("gopls"):
                del self.not_understood[before:]
                return None
            entry = SettingsEntry("settings", start, start, table)
            return SettingsNode({"settings": table.value}, start, table.end, (entry,))
        if opening[0] == "lsp" and not _starts_gopls(table.value):
            del self.not_understood[before:]
            return None
        if opening in (("gopls", "=", "{"), ("gopls", "]", "=", "{")) and not _CONFIGURATION_KEYS & set(table.value):
            del self.not_understood[before:]
            return None
        return table


def _starts_gopls(client: Any) -> bool:
    """Whether a client of vim.lsp.start is that of gopls, by its name or its program."""
    if not isinstance(client, dict):
        return False
    command = client.get("cmd")
    program = command[0] if isinstance(command, list) and command and isinstance(command[0], str) else ""
    return client.get("name") == "gopls" or program.rsplit("/", 1)[-1] == "gopls"


def parse_lua_settings(content: bytes, *, is_gopls_file: bool = False) -> LuaSettings:
    """What a Lua file says about gopls, in time linear in its length; never raises.

    Args:
        content: the file.
        is_gopls_file: it is `lsp/gopls.lua`, whose returned table is the configuration.
    """
    reader = _Reader(lua_tokens(content))
    mentions = any(each.text == "gopls" for each in reader.tokens)
    found: list[SettingsNode] = []
    while (mentions or is_gopls_file) and reader.at < len(reader.tokens) - 1:
        before = reader.at
        if is_gopls_file and reader.is_next("return", "{"):
            reader.at += 1
            found.append(reader.table(0))
            continue
        configuration = reader.configuration()
        if configuration:
            found.append(configuration)
        if reader.at == before:
            reader.at += 1
    return LuaSettings(tuple(found), tuple(reader.not_understood), LineTable(content), mentions)
