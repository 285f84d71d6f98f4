"""Reads JSON with comments (the settings of VS Code and Zed) into a tree with positions.

It goes on after a mistake as VS Code's own parser does (microsoft/node-jsonc-parser, src/impl/parser.ts, 2026): the
editor keeps working with what it could read, so what holds after a missing comma is known here too. A grammar with
error recovery of its own (tree-sitter-hujson) was tried and reads `{"a": tru, "b": 1}` as `a = "b"`; it is the oracle
in the tests. Trailing commas are allowed, as VS Code allows them in its settings.
"""

from __future__ import annotations

import gc
import re
from typing import Any

from gopls_diag.model.settings_tree import LineTable, SettingsDocument, SettingsEntry, SettingsNode, SyntaxProblem
from gopls_diag.parse.json_scalars import number_value, string_value

MAXIMUM_DEPTH = 100
"""Deeper nesting is no settings file; the bound keeps the recursion within Python's own."""
MAXIMUM_PROBLEMS = 20
_BIG_BYTES = 500_000
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_TOKEN_PATTERN = re.compile(
    rb"[ \t\r\n\x0b\x0c]*"
    rb"(?:([{}\[\],:])"  # 1: punctuation
    rb'|("[^"\\\r\n]*(?:\\[^\r\n][^"\\\r\n]*)*)'  # 2: a text up to its closing quote, which is looked for apart
    rb"|(//[^\r\n]*)"  # 3
    rb"|(/\*)"  # 4: the end of the comment is looked for apart
    rb'|([^\s\[\]{},:"/]+|/))'  # 5: a word: a literal, a number, or what does not belong here
)
_STRING, _LINE_COMMENT, _COMMENT, _WORD = 2, 3, 4, 5
_LITERALS: dict[bytes, Any] = {b"true": True, b"false": False, b"null": None}


class _TooDeep(Exception):
    """Nesting beyond MAXIMUM_DEPTH; parsing ends there."""


class _Parser:
    """One pass over the bytes; `kind` is the token in hand: a punctuation byte, `string`, `word` or `end`."""

    def __init__(self, text: bytes, start: int) -> None:
        self.text = text
        self.problems: list[tuple[str, int]] = []
        self.kind = "end"
        self.start = self.end = start
        self.previous_end = start
        self.next()

    def problem(self, message: str, offset: int | None = None) -> None:
        if len(self.problems) < MAXIMUM_PROBLEMS:
            self.problems.append((message, self.start if offset is None else offset))

    def next(self) -> None:
        """Take the next token; comments and white space are passed over."""
        text, at = self.text, self.end
        self.previous_end = at
        while found := _TOKEN_PATTERN.match(text, at):
            which = found.lastindex
            self.start, at = found.span(which)  # type: ignore[arg-type]
            if which == 1:
                self.kind, self.end = found[1].decode(), at
                return
            if which == _STRING:
                self._take_string(at)
                return
            if which == _WORD:
                self.kind, self.end = "word", at
                return
            if which == _COMMENT:
                at = self._after_comment(at)
        self.kind, self.start, self.end = "end", len(text), len(text)

    def _take_string(self, at: int) -> None:
        self.kind = "string"
        if self.text.startswith(b'"', at):
            self.end = at + 1
        else:
            self.end = at
            self.problem("this text is not closed with a quote")

    def _after_comment(self, at: int) -> int:
        end = self.text.find(b"*/", at)
        if end < 0:
            self.problem("this comment is not closed")
            return len(self.text)
        return end + 2

    def skip_to(self, *kinds: str) -> None:
        while self.kind != "end" and self.kind not in kinds:
            self.next()

    def node(self, depth: int) -> SettingsNode | None:
        """The value in hand, or None (and nothing taken) when there is none."""
        if depth > MAXIMUM_DEPTH:
            self.problem(f"nested deeper than {MAXIMUM_DEPTH} levels")
            raise _TooDeep
        start, kind = self.start, self.kind
        if kind == "{":
            return self._object(start, depth)
        if kind == "[":
            return self._array(start, depth)
        if kind not in ("string", "word"):
            return None
        raw = self.text[start : self.end]
        value = self._string(raw) if kind == "string" else self._word(raw)
        self.next()
        return SettingsNode(value, start, self.previous_end)

    def _string(self, raw: bytes) -> str:
        value, is_right = string_value(raw)
        if not is_right:
            self.problem("this text holds an escape that JSON does not have")
        return value

    def _word(self, raw: bytes) -> Any:
        if raw in _LITERALS:
            return _LITERALS[raw]
        value = number_value(raw)
        if value is None:
            shown = raw[:40].decode("utf-8", "replace")
            self.problem(f"{shown} is no value: texts stand in double quotes")
        return value

    def _comma_or_problem(self, needs_comma: bool, closing: str) -> bool:
        """Deal with what stands before an entry; True when the list ends here after all."""
        if self.kind == ",":
            if not needs_comma:
                self.problem("a value is missing before this comma")
            self.next()
            return self.kind in (closing, "end")
        if needs_comma:
            self.problem("a comma is missing here", self.previous_end)
        return False

    def _object(self, start: int, depth: int) -> SettingsNode:
        entries: list[SettingsEntry] = []
        self.next()
        needs_comma = False
        while self.kind not in ("}", "end"):
            if self._comma_or_problem(needs_comma, "}"):
                break
            entry = self._entry(depth)
            if entry:
                entries.append(entry)
            needs_comma = True
        self._close("}", start)
        value = {each.key: each.node.value for each in entries}
        return SettingsNode(value, start, self.previous_end, entries=tuple(entries))

    def _entry(self, depth: int) -> SettingsEntry | None:
        if self.kind != "string":
            self.problem("a key in double quotes is expected here")
            self.skip_to("}", ",")
            return None
        start, key_end = self.start, self.end
        key = self._string(self.text[start:key_end])
        self.next()
        if self.kind != ":":
            self.problem("a colon is missing after this key", self.previous_end)
            self.skip_to("}", ",")
            return None
        self.next()
        node = self.node(depth + 1)
        if node is None:
            self.problem("a value is missing here")
            self.skip_to("}", ",")
            return None
        return SettingsEntry(key, start, key_end, node)

    def _array(self, start: int, depth: int) -> SettingsNode:
        elements: list[SettingsNode] = []
        self.next()
        needs_comma = False
        while self.kind not in ("]", "end"):
            if self._comma_or_problem(needs_comma, "]"):
                break
            node = self.node(depth + 1)
            if node is None:
                self.problem("a value is missing here")
                self.skip_to("]", ",")
            else:
                elements.append(node)
            needs_comma = True
        self._close("]", start)
        value = [each.value for each in elements]
        return SettingsNode(value, start, self.previous_end, elements=tuple(elements))

    def _close(self, closing: str, opened: int) -> None:
        if self.kind == closing:
            self.next()
            return
        opening = "{" if closing == "}" else "["
        self.problem(f"{closing} is missing: its {opening} is never closed", opened)
        self.previous_end = self.end


def parse_jsonc(content: bytes) -> SettingsDocument:
    """The tree of a file and the places at which it is no JSON with comments.

    Takes any bytes, in time linear in their number. An empty file is a document without a root and without problems.
    """
    first_line_end = content.find(b"\n")
    newline = "\r\n" if first_line_end > 0 and content[first_line_end - 1 : first_line_end] == b"\r" else "\n"
    lines = LineTable(content)
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return SettingsDocument(None, lines, (SyntaxProblem("this file is UTF-16, not UTF-8", 0, 1, 1),), True, newline)
    has_mark = content.startswith(_BYTE_ORDER_MARK)
    parser = _Parser(content, len(_BYTE_ORDER_MARK) if has_mark else 0)
    root: SettingsNode | None = None
    # A big file makes a million small objects, none of them in a cycle; collecting garbage meanwhile costs 40 % more.
    pauses_collection = len(content) > _BIG_BYTES and gc.isenabled()
    if pauses_collection:
        gc.disable()
    try:
        if parser.kind != "end":
            root = parser.node(0)
            if root is None:
                parser.problem("a value is expected here")
            elif parser.kind != "end":
                parser.problem("the settings ended before this")
    except _TooDeep:
        root = None
    finally:
        if pauses_collection:
            gc.enable()
    problems = tuple(SyntaxProblem(message, offset, *lines.position(offset)) for message, offset in parser.problems)
    return SettingsDocument(root, lines, problems, has_mark, newline)
