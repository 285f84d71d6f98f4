"""Which lines of a program that is a configuration (Neovim's Lua, Emacs Lisp) a person has to change by hand.

Nothing of it is ever written. What would come of the change is worked out on the text, parsed again and must mean what
was meant; where that is not sure, CannotEdit is the answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from difflib import SequenceMatcher
from typing import Any

from gopls_diag.edit.emacs_form import edited_emacs
from gopls_diag.edit.intended import intended, same_value
from gopls_diag.edit.key_path import Path, at_path, path_of
from gopls_diag.edit.lua_table import LuaTables
from gopls_diag.model.change import CannotEdit
from gopls_diag.model.finding import SettingEdit
from gopls_diag.model.line_change import LineChange
from gopls_diag.model.settings_tree import SettingsNode
from gopls_diag.parse.emacs_settings import parse_emacs_settings
from gopls_diag.parse.lua_settings import parse_lua_settings


def lines_to_change(content: bytes, edits: Sequence[SettingEdit]) -> tuple[LineChange, ...]:
    """The lines to change, in the order of the file; the edits must all be of the one file that the content is.

    Keys are those of facts/other_setups.py: `settings/gopls/staticcheck`, `cmd`, `cmd_env/GOFLAGS` in Lua, the bare
    name in Emacs Lisp. A changed line that becomes several gives the further ones as added lines.

    Raises:
        CannotEdit: it is not sure how the change can be made; or nothing has to change.
    """
    if len({each.file for each in edits}) != 1:
        raise CannotEdit("lines are worked out for one file at a time")
    after = changed_program(content, edits)
    if after == content:
        raise CannotEdit("it says that already")
    return tuple(_differences(_lines(content), _lines(after)))


def changed_program(content: bytes, edits: Sequence[SettingEdit]) -> bytes:
    """The whole text as it would be after the edits."""
    name = edits[0].file.replace("\\", "/").rsplit("/", 1)[-1].lower()
    if name.endswith(".lua"):
        is_gopls_file = edits[0].file.replace("\\", "/").endswith("lsp/gopls.lua")
        return _each(content, edits, lambda text, edit: _edited_lua(text, edit, is_gopls_file=is_gopls_file))
    if name.endswith(".el") or name == ".emacs":
        return _each(content, edits, _checked_emacs)
    raise CannotEdit("a file of this kind is not understood well enough to say what to change")


def _each(content: bytes, edits: Sequence[SettingEdit], edited: Callable[[str, SettingEdit], str]) -> bytes:
    text = content.decode("latin-1")
    for edit in edits:
        text = edited(text, edit)
    return text.encode("latin-1")


def _checked_emacs(text: str, edit: SettingEdit) -> str:
    def value(of: str) -> Any:
        root = parse_emacs_settings(of.encode("latin-1")).root
        return root.value if root else {}

    after = edited_emacs(text, edit)
    is_balanced = text.count("(") - text.count(")") == after.count("(") - after.count(")")
    if not is_balanced or not same_value(value(after), intended(value(text), (edit,))):
        raise CannotEdit("it is not sure what the change would mean in Emacs")
    return after


def _edited_lua(text: str, edit: SettingEdit, *, is_gopls_file: bool) -> str:
    before = parse_lua_settings(text.encode("latin-1"), is_gopls_file=is_gopls_file)
    after = text
    chosen = _chosen(before.configurations, edit)
    for number in chosen:
        tables = LuaTables(after, number, is_gopls_file=is_gopls_file)
        _change(tables, edit)
        after = tables.text
    lua = parse_lua_settings(after.encode("latin-1"), is_gopls_file=is_gopls_file)
    wanted = [
        intended(each.value, (edit,)) if number in chosen else each.value
        for number, each in enumerate(before.configurations)
    ]
    found = [each.value for each in lua.configurations]
    if len(lua.not_understood) != len(before.not_understood) or not same_value(_filled(found), _filled(wanted)):
        raise CannotEdit("it is not sure what the change would mean in Neovim")
    return after


def _change(tables: LuaTables, edit: SettingEdit) -> None:
    value = tables.root.value
    path = path_of(value, edit.key)
    if edit.action == "set":
        tables.set(path, edit.value)
    elif edit.action == "remove":
        tables.remove(path)
    else:
        name = str(edit.value)
        target = (*path[:-1], name) if edit.action == "rename" else path_of(value, name)
        if target != path and at_path(value, target)[0]:
            tables.remove(path)
        elif edit.action == "rename":
            tables.rename(path, name)
        else:
            tables.move(path, target)


def _depth(node: SettingsNode, key: str) -> int:
    """How many tables on the way to the key are there; one that is no table of keys ends the way."""
    if not isinstance(node.value, dict):
        return -1
    path: Path = path_of(node.value, key)
    depth = 0
    while depth < len(path) and isinstance(at_path(node.value, path[: depth + 1])[1], dict):
        depth += 1
    return depth


def _chosen(configurations: tuple[SettingsNode, ...], edit: SettingEdit) -> list[int]:
    """Which of the tables a change concerns."""
    having = [
        number
        for number, each in enumerate(configurations)
        if isinstance(each.value, dict) and at_path(each.value, path_of(each.value, edit.key))[0]
    ]
    if edit.action == "remove" or len(having) == 1:
        return having
    if having:
        raise CannotEdit(f"{edit.key} stands in {len(having)} tables of the file")
    if edit.action != "set":
        raise CannotEdit(f"there is no {edit.key} to {edit.action}")
    depths = [_depth(each, edit.key) for each in configurations]
    deepest = [number for number, depth in enumerate(depths) if depth == max(depths)]
    if len(deepest) != 1:
        raise CannotEdit(
            "no single table was found into which it belongs" if deepest else "no table of gopls was found"
        )
    return deepest


def _filled(value: Any) -> Any:
    """The value without keys that hold an empty table, of which Lua cannot say whether it is a list."""
    if isinstance(value, list):
        return [_filled(each) for each in value]
    if not isinstance(value, dict):
        return value
    inner = {key: _filled(each) for key, each in value.items()}
    return {key: each for key, each in inner.items() if each not in ({}, [])}


def _lines(content: bytes) -> list[str]:
    """The lines without their ends; a byte order mark is left out."""
    text = content.decode("utf-8", "replace").removeprefix("\ufeff")
    return [each.removesuffix("\r") for each in text.removesuffix("\n").split("\n")]


def _differences(before: list[str], after: list[str]) -> Iterator[LineChange]:
    start = 0
    while start < min(len(before), len(after)) and before[start] == after[start]:
        start += 1
    end = 0
    while end < min(len(before), len(after)) - start and before[-1 - end] == after[-1 - end]:
        end += 1
    old, new = before[start : len(before) - end], after[start : len(after) - end]
    for _, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if old[i1:i2] == new[j1:j2]:
            continue
        both = min(i2 - i1, j2 - j1)
        for at in range(both):
            yield LineChange(start + i1 + at + 1, old[i1 + at], new[j1 + at])
        for at in range(i1 + both, i2):
            yield LineChange(start + at + 1, old[at], None)
        for at in range(j1 + both, j2):
            yield LineChange(start + i1 + both, None, new[at])
