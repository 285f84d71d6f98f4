"""Settings of gopls in the two forms of Emacs Lisp that are read: eglot's `:name x`, lsp-mode's `("gopls.name" x)`.

The text is the file's bytes as characters of the same number (latin-1), so that the parser's byte offsets hold.
"""

from __future__ import annotations

import re
from typing import Any

from gopls_diag.edit.comma_list import Patch, patched
from gopls_diag.model.change import CannotEdit
from gopls_diag.model.finding import SettingEdit
from gopls_diag.model.settings_tree import SettingsEntry
from gopls_diag.parse.emacs_settings import parse_emacs_settings

_NAME_PATTERN = re.compile(r"[A-Za-z][A-Za-z0-9_.-]*")
_END_PATTERN = re.compile(r"(\s+(?:t|nil))?\s*\)")
_LSP_OPENING = '("gopls.'


def edited_emacs(text: str, edit: SettingEdit) -> str:
    """The text after one edit; CannotEdit for all but literal settings in a form that is read."""
    entries = parse_emacs_settings(text.encode("latin-1")).entries
    if edit.action == "remove":
        patches = [_without(text, each) for each in entries if each.key == edit.key]
        return patched(text, patches)
    own = [each for each in entries if each.key == edit.key]
    if len(own) > 1:
        raise CannotEdit(f"{edit.key} is given {len(own)} times")
    if edit.action == "rename" and own:
        if not _NAME_PATTERN.fullmatch(str(edit.value)):
            raise CannotEdit(f"{edit.value} is no name of a setting")
        return patched(text, [(own[0].start, own[0].key_end, str(edit.value))])
    if edit.action != "set":
        raise CannotEdit("in Emacs Lisp that is not worked out")
    if own:
        node = own[0].node
        return patched(text, [(node.start, node.end, _value(text, own[0], edit.value))])
    return patched(text, [_new(text, entries, edit)])


def _is_lsp_mode(text: str, entry: SettingsEntry) -> bool:
    return text[: entry.start].endswith(_LSP_OPENING)


def _value(text: str, entry: SettingsEntry, value: Any) -> str:
    if isinstance(value, bool) and not value:
        if not _is_lsp_mode(text, entry):
            return ":json-false"
        if not _flag(text, entry):
            raise CannotEdit("lsp-mode sends nil as null unless a third t says that it is a boolean")
        return "nil"
    if _is_lsp_mode(text, entry) and _flag(text, entry) and not isinstance(value, bool):
        raise CannotEdit("the third t there says that the setting is a boolean")
    return _literal(value)


def _literal(value: Any) -> str:
    if value is True:
        return "t"
    if isinstance(value, str) and re.fullmatch(r'[^"\\\x00-\x1f]*', value):
        return f'"{value}"'.encode().decode("latin-1")
    if isinstance(value, int | float) and not isinstance(value, bool):
        return repr(value)
    raise CannotEdit("in Emacs Lisp only texts, numbers and booleans are worked out")


def _flag(text: str, entry: SettingsEntry) -> bool:
    found = _END_PATTERN.match(text, entry.end)
    return found is not None and (found[1] or "").strip() == "t"


def _span(text: str, entry: SettingsEntry) -> tuple[int, int]:
    """The whole of a setting: key and value of eglot, the list of lsp-mode."""
    if not _is_lsp_mode(text, entry):
        return entry.start - 1, entry.end
    end = _END_PATTERN.match(text, entry.end)
    if end is None:
        raise CannotEdit(f"the list of {entry.key} holds more than is understood")
    return entry.start - len(_LSP_OPENING), end.end()


def _without(text: str, entry: SettingsEntry) -> Patch:
    start, end = _span(text, entry)
    before = len(text[:start].rstrip())
    blanks_behind = len(text[end:]) - len(text[end:].lstrip(" \t"))
    if text[before - 1] in "(":
        return start, end + blanks_behind, ""
    line = text[text.rfind("\n", 0, start) + 1 : start]
    if not line.strip() and ";" in text[text.rfind("\n", 0, before) + 1 : before]:
        # What follows must not end up behind the comment of the line above.
        return start, end + blanks_behind, ""
    return before, end, ""


def _new(text: str, entries: tuple[SettingsEntry, ...], edit: SettingEdit) -> Patch:
    forms = {_is_lsp_mode(text, each) for each in entries}
    if len(forms) != 1:
        raise CannotEdit("no single place was found where a setting of gopls could be added")
    if not _NAME_PATTERN.fullmatch(edit.key):
        raise CannotEdit(f"{edit.key} is no name of a setting")
    if re.search(rf"(?::|gopls\.){re.escape(edit.key)}[\s\"]", text):
        raise CannotEdit(f"{edit.key} stands there in a way that only Emacs can evaluate")
    last = entries[-1]
    start, end = _span(text, last)
    line_start = text.rfind("\n", 0, start) + 1
    indentation = text[line_start:start]
    gap = "\n" + indentation if not indentation.strip() and line_start else " "
    value = ":json-false" if edit.value is False else _literal(edit.value)
    if True in forms:
        is_boolean = isinstance(edit.value, bool)
        value = "nil" if edit.value is False else value
        return end, end, f'{gap}{_LSP_OPENING}{edit.key}" {value}{" t" if is_boolean else ""})'
    return end, end, f"{gap}:{edit.key} {value}"
