"""Reads the few forms in which an Emacs init file names settings of gopls literally.

Emacs Lisp is a program; nothing is run here. Read are eglot's `:gopls (:name value …)` with literal values and
lsp-mode's `("gopls.name" value …)` of `lsp-register-custom-settings`. Everything else is passed over.
"""

from __future__ import annotations

import re
from typing import Any

from gopls_diag.model.settings_tree import LineTable, SettingsDocument, SettingsEntry, SettingsNode
from gopls_diag.parse.json_scalars import number_value

_LITERAL = r'(t|nil|:json-false|-?[0-9][0-9.]*|"[^"\\\n]*")(?=[\s()])'
_EGLOT_PATTERN = re.compile(r":gopls\s+['`]?\(")
_PAIR_PATTERN = re.compile(r"\s*:([A-Za-z][A-Za-z0-9_.-]*)\s+" + _LITERAL.replace("(?=[\\s()])", ""))
_LSP_MODE_PATTERN = re.compile(r'\("gopls\.([A-Za-z][A-Za-z0-9_.-]*)"\s+' + _LITERAL.replace("(?=[\\s()])", ""))
_COMMENT_PATTERN = re.compile(r'"(?:[^"\\]|\\[\s\S])*"?|\?\\?[";]|;[^\n]*')
"""A text or a character, which may hold a semicolon, or a comment."""
_CONSTANTS: dict[str, Any] = {"t": True, "nil": False, ":json-false": False}


def parse_emacs_settings(content: bytes) -> SettingsDocument:
    """The settings of gopls that stand literally in an init file, as one flat object; never raises, linear."""
    text = content.decode("utf-8", "replace")
    # Comments become spaces, so that offsets stay.
    text = _COMMENT_PATTERN.sub(lambda each: " " * len(each[0]) if each[0].startswith(";") else each[0], text)
    found: list[re.Match[str]] = list(_LSP_MODE_PATTERN.finditer(text))
    for opening in _EGLOT_PATTERN.finditer(text):
        at = opening.end()
        while pair := _PAIR_PATTERN.match(text, at):
            found.append(pair)
            at = pair.end()
    encoded = text.encode("utf-8", "replace")
    is_ascii = len(encoded) == len(text)
    entries = [_entry(match, text, is_ascii) for match in sorted(found, key=lambda each: each.start())[:200]]
    root = SettingsNode({each.key: each.value for each in entries}, 0, len(encoded), tuple(entries))
    return SettingsDocument(root, LineTable(encoded))


def _entry(match: re.Match[str], text: str, is_ascii: bool) -> SettingsEntry:
    def offset(index: int) -> int:
        return index if is_ascii else len(text[:index].encode("utf-8", "replace"))

    raw = match[2]
    value: Any = _CONSTANTS[raw] if raw in _CONSTANTS else raw.strip('"')
    if raw not in _CONSTANTS and not raw.startswith('"'):
        value = number_value(raw.encode())
    node = SettingsNode(value, offset(match.start(2)), offset(match.end(2)))
    return SettingsEntry(match[1], offset(match.start(1)), offset(match.end(1)), node)
