"""Random tables of Lua and random edits: what is shown means what was meant, and touches only what it must."""

from __future__ import annotations

import os
import re
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from gopls_diag.edit.intended import intended
from gopls_diag.edit.lua_lines import changed_program, lines_to_change
from gopls_diag.edit.lua_table import lua_key, lua_value
from gopls_diag.edit.toml import edit_toml
from gopls_diag.model.change import CannotEdit
from gopls_diag.model.finding import SettingEdit
from gopls_diag.parse.lua_settings import parse_lua_settings

EXAMPLES = int(os.environ.get("EDIT_EXAMPLES", "120"))
NAMES = st.sampled_from(["a", "b", "ui.x", "end", "gofumpt"])
TEXTS = st.text(st.sampled_from("ab -[]{},='\"\\é"), max_size=5)
SCALARS = st.one_of(st.booleans(), st.integers(-9, 99), TEXTS)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(SCALARS, min_size=1, max_size=3) | st.dictionaries(NAMES, inner, min_size=1, max_size=3),
    max_leaves=6,
)
BREAKS = st.sampled_from([" ", "", "\n", "\n  ", " -- note }\n", "\n  -- note ' {\n    "])


@st.composite
def tables(draw: st.DrawFn, value: Any) -> str:
    if isinstance(value, str) and draw(st.booleans()):
        return lua_value(value, "'").encode("latin-1").decode()
    if not isinstance(value, dict | list):
        return lua_value(value).encode("latin-1").decode()
    items = [draw(tables(each)) for each in value]
    if isinstance(value, dict):
        items = []
        for key, inner in value.items():
            name = draw(st.sampled_from([lua_key(key), f"['{key}']"]))
            items.append(f"{name}{draw(st.sampled_from([' = ', '=']))}{draw(tables(inner))}")
    text = "{" + draw(BREAKS)
    for index, each in enumerate(items):
        is_last = index + 1 == len(items)
        comma = draw(st.sampled_from([",", ";", ""])) if is_last else draw(st.sampled_from([",", ",", " ,", ";"]))
        text += each + comma + draw(BREAKS)
    return text + "}"


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.data())
def test_what_is_shown_means_what_was_meant(data: st.DataObject) -> None:
    gopls = data.draw(st.dictionaries(NAMES, VALUES, min_size=1, max_size=4))
    value = {"cmd": ["gopls", "-v"], "settings": {"gopls": gopls}}
    newline = data.draw(st.sampled_from(["\n", "\r\n"]))
    form = data.draw(st.sampled_from(["local x = 1\nvim.lsp.config('gopls', %)\nprint(x)", "gopls.setup(%)\n"]))
    text = form.replace("%", data.draw(tables(value)))
    content = text.replace("\n", newline).encode()
    (configuration,) = parse_lua_settings(content).configurations
    assert configuration.value == value
    action = data.draw(st.sampled_from(["set", "set", "remove", "rename"]))
    name = data.draw(NAMES)
    key = data.draw(st.sampled_from([name, f"{name}/{data.draw(NAMES)}"]))
    new = data.draw(VALUES if action == "set" else NAMES)
    edit = SettingEdit("init.lua", f"settings/gopls/{key}", new, action)
    try:
        wanted = intended(value, (edit,))
        after = changed_program(content, (edit,))
    except CannotEdit:
        return

    (found,) = parse_lua_settings(after).configurations
    assert filled(found.value) == filled(wanted)
    if b"\r\n" in content:
        assert not re.search(rb"(?<!\r)\n", after)
    if after != content:
        assert applied(content, (edit,)) == lines_of(after)


def filled(value: Any) -> Any:
    """The value without empty tables, of which a removal takes along those that it left."""
    if not isinstance(value, dict):
        return value
    inner = {key: filled(each) for key, each in value.items()}
    return {key: each for key, each in inner.items() if each != {}}


def lines_of(content: bytes) -> list[str]:
    return content.decode().replace("\r\n", "\n").removesuffix("\n").split("\n")


def applied(content: bytes, edits: tuple[SettingEdit, ...]) -> list[str]:
    """What a person has who does by hand what is shown, from the end of the file to its start."""
    lines = lines_of(content)
    for change in reversed(lines_to_change(content, edits)):
        if change.before is None:
            assert change.after is not None
            lines.insert(change.line, change.after)
            continue
        assert lines[change.line - 1] == change.before
        lines[change.line - 1 : change.line] = [] if change.after is None else [change.after]
    return lines


WORDS = (
    *(
        b"gopls",
        b".setup",
        b"(",
        b"{",
        b"settings",
        b"=",
        b"}",
        b")",
        b"'",
        b'"',
        b"[[",
        b"]]",
        b"--",
        b"\n",
        b",",
        b"[",
    ),
    *(b"]", b"a", b"1", b".", b" ", b"\xff", b":gopls (", b":a t", b'("gopls.a" ', b";", b"#", b"'''", b'"""', b"\\"),
)
PIECES = st.lists(st.sampled_from(WORDS), max_size=30).map(b"".join)


@settings(max_examples=2 * EXAMPLES, deadline=None)
@given(PIECES, st.sampled_from(["set", "remove", "rename", "move"]), st.sampled_from(["a", "a/b", "settings/gopls/a"]))
def test_files_that_are_nothing_are_refused_and_no_more(content: bytes, action: str, key: str) -> None:
    for file in ("init.lua", "lsp/gopls.lua", ".emacs", "languages.toml"):
        edit = SettingEdit(file, key, "x", action)
        try:
            if file.endswith(".toml"):
                edit_toml(content, (edit,))
            else:
                lines_to_change(content, (edit,))
        except CannotEdit:
            continue
