"""Random TOML and random edits: only what was named changes, and the file means what was meant."""

from __future__ import annotations

import os
import re
import tomllib
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from gopls_diag.edit.intended import intended
from gopls_diag.edit.key_path import path_of
from gopls_diag.edit.toml import edit_toml
from gopls_diag.edit.toml_layout import toml_layout
from gopls_diag.edit.toml_text import is_same, toml_value
from gopls_diag.model.change import CannotEdit
from gopls_diag.model.finding import SettingEdit

EXAMPLES = int(os.environ.get("EDIT_EXAMPLES", "150"))
KEYS = ("a", "b", "gopls", "config", "ui.x", "Ä", "x/y", "")
NAMES = st.sampled_from(KEYS[:7])
TEXTS = st.text(st.sampled_from("ab #\"'\\\n\t,]}=[é😀"), max_size=6)
SCALARS = st.one_of(st.booleans(), st.integers(-9, 10**12), st.sampled_from([0.5, -1e20, 1e-9]), TEXTS)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=2), max_leaves=5
)
BLANK = st.sampled_from(["", " ", "  ", "\t"])


@st.composite
def key_texts(draw: st.DrawFn, path: tuple[str, ...]) -> str:
    parts = []
    for name in path:
        forms = [f'"{name}"', f"'{name}'"]
        if re.fullmatch(r"[A-Za-z0-9_-]+", name):
            forms += [name] * 6
        parts.append(draw(st.sampled_from(forms)))
    return draw(st.sampled_from([".", ".", " . "])).join(parts)


class Comments:
    """Each comment of a file is another one, so that a lost one is seen."""

    def __init__(self) -> None:
        self.count = 0

    def next(self) -> str:
        self.count += 1
        return f"# note {self.count} \"']}}"


@st.composite
def value_texts(draw: st.DrawFn, comments: Comments, depth: int = 0) -> str:
    form = draw(st.sampled_from(["scalar"] * 3 + ["array", "lines", "table", "odd"] if depth < 3 else ["scalar"]))
    if form == "scalar":
        return toml_value(draw(SCALARS), draw(st.sampled_from("\"'")))
    if form == "odd":
        return draw(
            st.sampled_from(
                ["1979-05-27 07:32:00Z", "0xFF", "inf", "nan", "'''\n# no ''x\n'''", '"""a\\"""" ]\n"""""', "1_000"]
            )
        )
    if form == "array":
        items = [draw(value_texts(comments, depth + 1)) for _ in range(draw(st.integers(0, 3)))]
        end = draw(st.sampled_from(["", ",", " "])) if items else ""
        return "[" + draw(st.sampled_from([", ", ",", " , "])).join(items) + end + "]"
    if form == "lines":
        lines = ["["]
        count = draw(st.integers(0, 3))
        for index in range(count):
            comma = "," if index + 1 < count or draw(st.booleans()) else ""
            note = " " + comments.next() if draw(st.booleans()) else ""
            if draw(st.booleans()):
                lines.append("  " + comments.next())
            lines.append("  " + draw(value_texts(comments, depth + 1)) + comma + note)
        return "\n".join([*lines, "]"])
    pairs = []
    for name in draw(st.lists(NAMES, max_size=3, unique=True)):
        more = draw(st.lists(NAMES, max_size=1))
        equals = draw(st.sampled_from([" = ", "="]))
        pairs.append(draw(key_texts((name, *more))) + equals + draw(value_texts(comments, depth + 1)))
    padding = draw(BLANK)
    return "{" + padding + draw(st.sampled_from([", ", ","])).join(pairs) + padding + "}"


@st.composite
def files(draw: st.DrawFn) -> str:
    comments = Comments()
    lines: list[str] = []

    def extras() -> None:
        for _ in range(draw(st.integers(0, 2))):
            lines.append(draw(st.sampled_from(["", comments.next()])))

    def pairs() -> None:
        for _ in range(draw(st.integers(0, 3))):
            path = tuple(draw(st.lists(NAMES, min_size=1, max_size=draw(st.sampled_from([1, 1, 1, 3])))))
            note = draw(BLANK) + comments.next() if draw(st.booleans()) else draw(BLANK)
            equals = draw(st.sampled_from([" = ", "=", "   = "]))
            lines.append(draw(BLANK) + draw(key_texts(path)) + equals + draw(value_texts(comments)) + note)
            extras()

    extras()
    pairs()
    for _ in range(draw(st.integers(0, 4))):
        extras()
        path = tuple(draw(st.lists(NAMES, min_size=1, max_size=3)))
        opening, closing = draw(st.sampled_from([("[", "]")] * 5 + [("[[", "]]"), ("[ ", " ]")]))
        note = " " + comments.next() if draw(st.booleans()) else ""
        lines.append(draw(BLANK) + opening + draw(key_texts(path)) + closing + note)
        pairs()
    return "\n".join(lines) + draw(st.sampled_from(["\n", "", "\n\n"]))


def paths(value: Any, above: tuple[str, ...] = ()) -> list[str]:
    found = []
    if isinstance(value, dict):
        for key, inner in value.items():
            found.append("/".join((*above, key)))
            found += paths(inner, (*above, key))
    return found


@st.composite
def edits(draw: st.DrawFn, value: dict[str, Any]) -> SettingEdit:
    action = draw(st.sampled_from(["set", "set", "set", "remove", "rename", "move"]))
    known = paths(value)
    if known and (action != "set" or draw(st.booleans())):
        key = draw(st.sampled_from(known))
        if action == "set" and draw(st.booleans()):
            key = f"{key}/{draw(NAMES)}"
    else:
        key = "/".join(draw(st.lists(NAMES, min_size=1, max_size=3)))
    new: Any = None
    if action == "set":
        new = draw(VALUES)
    elif action == "rename":
        new = draw(NAMES)
    elif action == "move":
        new = "/".join(draw(st.lists(NAMES, min_size=1, max_size=3)))
    return SettingEdit("languages.toml", key, new, action)


def notes(text: str) -> list[str]:
    return re.findall(r"# note \d+", text)


def entries(text: str) -> set[tuple[Any, ...]]:
    """Scalars and arrays of the file with their path, their text and the rest of their line."""
    layout = toml_layout(text)
    return {(pair.path, text[pair.start : pair.value.end]) for pair in layout.pairs() if not pair.value.table}


REFUSED = {"edits": 0, "refused": 0}


def only_what_was_named_changes(data: st.DataObject) -> None:
    text = data.draw(files())
    try:
        value = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        assume(False)
    edit = data.draw(edits(value))
    try:
        wanted = intended(value, (edit,))
    except CannotEdit:
        return
    newline = data.draw(st.sampled_from(["\n", "\r\n"]))
    mark = data.draw(st.sampled_from([b"", b"\xef\xbb\xbf"]))
    content = mark + text.replace("\n", newline).encode()
    value = tomllib.loads(text.replace("\n", newline))
    REFUSED["edits"] += 1
    try:
        result = edit_toml(content, (edit,))
    except CannotEdit:
        REFUSED["refused"] += 1
        return

    after = result.decode("utf-8-sig")
    assert is_same(tomllib.loads(after), intended(value, (edit,)))
    assert is_same(tomllib.loads(after), wanted) or newline == "\r\n"
    assert result.startswith(mark) and (not mark or result.count(mark) == 1)
    if newline == "\r\n" and "\n" in text:
        assert not re.search(r"(?<!\r)\n", after)
    before = content.decode("utf-8-sig")
    path = path_of(value, edit.key)
    target = path_of(value, str(edit.value)) if edit.action == "move" else path
    related = [path, target]
    # Every pair that the edit did not name stands there with the same text; only emptied or filled tables may differ.
    for key, spelled in entries(before):
        if not any(key[: len(each)] == each or each[: len(key)] == key for each in related):
            assert (key, spelled) in entries(after)
    missing = set(notes(before)) - set(notes(after))
    if edit.action == "rename" and not old_value(value, (*path[:-1], str(edit.value))):
        assert not missing
    if edit.action == "set" and not isinstance(edit.value, dict | list):
        replaced = " ".join(text for key, text in spelled_below(before, path))
        assert missing <= set(notes(replaced)) or isinstance(old_value(value, path), dict)
    kept = [each for each in notes(before) if each not in missing]
    if edit.action in ("set", "remove", "rename"):
        assert [each for each in notes(after) if each in kept] == kept
    assert edit.action in ("rename", "move") or edit_toml(result, (edit,)) == result


def spelled_below(text: str, path: tuple[str, ...]) -> list[tuple[Any, str]]:
    layout = toml_layout(text)
    return [(each.path, text[each.start : each.value.end]) for each in layout.pairs() if each.path == path]


def old_value(value: Any, path: tuple[str, ...]) -> Any:
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.data())
def test_only_what_was_named_changes(data: st.DataObject) -> None:
    only_what_was_named_changes(data)


def test_most_edits_are_made() -> None:
    """Refusals of what makes sense are rare: counted over the same examples each time."""
    REFUSED.update(edits=0, refused=0)
    settings(max_examples=300, deadline=None, derandomize=True)(given(st.data())(only_what_was_named_changes))()

    assert REFUSED["edits"] > 100
    assert REFUSED["refused"] <= 0.05 * REFUSED["edits"]
