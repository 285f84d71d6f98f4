"""Edits of JSONC settings: exact bytes before and after, for every way in which such a file is written."""

# The bytes of a file stand on one line.
# ruff: noqa: E501

from __future__ import annotations

from typing import Any

import pytest

from gopls_diag.edit.settings_file import edit_settings, is_editable
from gopls_diag.model.change import CannotEdit
from gopls_diag.model.finding import SettingEdit

FILE = "settings.json"


def put(key: str, value: Any) -> SettingEdit:
    return SettingEdit(FILE, key, value)


def remove(key: str) -> SettingEdit:
    return SettingEdit(FILE, key, None, "remove")


def rename(key: str, name: str) -> SettingEdit:
    return SettingEdit(FILE, key, name, "rename")


def move(key: str, target: str) -> SettingEdit:
    return SettingEdit(FILE, key, target, "move")


GOPLS = b'{\n    "gopls": {\n        "a": 1, // one\n        // above b\n        "b": [\n            "x", // ex\n            "y"\n        ]\n    }\n}\n'
TWO = b'{\n  // first\n  "a": 1, // one\n\n  // second\n  "b": 2 // two\n}\n'

CASES: dict[str, tuple[bytes | None, tuple[SettingEdit, ...], bytes]] = {
    "a value": (TWO, (put("a", True),), TWO.replace(b"1,", b"true,")),
    "a text to a number": (b'{"m": "400MB"}', (put("m", 419430400),), b'{"m": 419430400}'),
    "a text to an array": (
        b'{\n\t"f": "-rpc.trace" // why\n}',
        (put("f", ["-rpc.trace"]),),
        b'{\n\t"f": [\n\t\t"-rpc.trace"\n\t] // why\n}',
    ),
    "a new key behind the last, whose comment stays its own": (
        TWO,
        (put("c", 3),),
        TWO.replace(b'"b": 2 // two', b'"b": 2, // two\n  "c": 3'),
    ),
    "new keys keep their order": (b'{\n  "a": 1\n}', (put("c", 3), put("b", 2)), b'{\n  "a": 1,\n  "c": 3,\n  "b": 2\n}'),
    "a trailing comma is kept": (b'{\n  "a": 1,\n}', (put("b", 2),), b'{\n  "a": 1,\n  "b": 2,\n}'),
    "a comment before the closing brace": (
        b'{\n  "a": 1\n  // end\n}',
        (put("b", 2),),
        b'{\n  "a": 1,\n  "b": 2\n  // end\n}',
    ),
    "CRLF": (b'{\r\n  "a": 1\r\n}\r\n', (put("b/c", 2),), b'{\r\n  "a": 1,\r\n  "b": {\r\n    "c": 2\r\n  }\r\n}\r\n'),
    "CR alone": (b'{\r  "a": 1 // x\r}\r', (put("b", 2),), b'{\r  "a": 1, // x\r  "b": 2\r}\r'),
    "one line": (b'{"a": 1, "o": { "x": 1 }}', (put("o/y", [1, 2]),), b'{"a": 1, "o": { "x": 1, "y": [1, 2] }}'),
    "one tight line": (b'{"a":1}', (put("b", 2),), b'{"a":1,"b":2}'),
    "an empty object on one line": (b'{"a": {}}', (put("a/b", 1),), b'{"a": {"b": 1}}'),
    "an empty object on lines": (b'{\n\t"a": {}\n}', (put("a/b", 1),), b'{\n\t"a": {\n\t\t"b": 1\n\t}\n}'),
    "an object with only a comment": (b"{\n  // todo\n}\n", (put("a", 1),), b'{\n  // todo\n  "a": 1\n}\n'),
    "a null is no object yet": (b'{\n  "a": null\n}', (put("a/b", 1),), b'{\n  "a": {\n    "b": 1\n  }\n}'),
    "no file": (None, (put("a", 1),), b'{\n    "a": 1\n}\n'),
    "an empty file": (b"", (put("a", 1),), b'{\n    "a": 1\n}\n'),
    "a file with only a mark": (b"\xef\xbb\xbf", (put("a", 1),), b'\xef\xbb\xbf{\n    "a": 1\n}\n'),
    "a file with only a comment": (b"// mine\r\n", (put("a", 1),), b'// mine\r\n{\r\n    "a": 1\r\n}\r\n'),
    "a comment without a line end": (b"// mine", (put("a", 1),), b'// mine\n{\n    "a": 1\n}'),
    "a mark before": (b'\xef\xbb\xbf{\n  "a": 1\n}', (put("a", 2),), b'\xef\xbb\xbf{\n  "a": 2\n}'),
    "the last of repeated keys": (b'{"a": 1, "a": 2}', (put("a", 3),), b'{"a": 1, "a": 3}'),
    "all repetitions go": (b'{"a": 1, "b": 0, "a": 2}', (remove("a"),), b'{"b": 0}'),
    "a key written with an escape": (b'{"g\\u006fpls": {"x": 1}}', (put("gopls/x", 2),), b'{"g\\u006fpls": {"x": 2}}'),
    "a key with slashes": (b'{"files": {"**/x/": 1}}', (remove("files/**/x/"),), b'{"files": {}}'),
    "a dotted key is one key": (b'{"a": {"b": 1}}', (put("a.b", 2),), b'{"a": {"b": 1}, "a.b": 2}'),
    "bytes that are no UTF-8": (b'{\n "a": "\xff", // \xfe\n "b": 1\n}', (put("b", 2),), b'{\n "a": "\xff", // \xfe\n "b": 2\n}'),
    "a half of a surrogate pair": (b'{"a": "\\ud800", "b": 1}', (remove("b"),), b'{"a": "\\ud800"}'),
    "comments at every place": (
        b'{/*1*/"a"/*2*/:/*3*/1/*4*/,/*5*/"b"/*6*/:/*7*/2/*8*/}',
        (put("b", 5), put("a", 6)),
        b'{/*1*/"a"/*2*/:/*3*/6/*4*/,/*5*/"b"/*6*/:/*7*/5/*8*/}',
    ),
    "a comma on the next line": (b'{\n  "a": 1\n, "b": 2\n}', (remove("a"),), b'{\n  "b": 2\n}'),
    "removed with its line, the comment above stays": (TWO, (remove("a"),), b'{\n  // first\n\n  // second\n  "b": 2 // two\n}\n'),
    "the last removed, with the comma before": (TWO, (remove("b"),), b'{\n  // first\n  "a": 1 // one\n\n  // second\n}\n'),
    "removed and replaced in its place": (TWO, (remove("a"), put("n", 1)), TWO.replace(b'"a": 1, // one', b'"n": 1,')),
    "the only one removed": (b'{\n  "a": 1\n}\n', (remove("a"),), b"{\n}\n"),
    "what is not there is removed": (TWO, (remove("x/y"),), TWO),
    "renamed": (TWO, (rename("b", "c.d"),), TWO.replace(b'"b"', b'"c.d"')),
    "renamed to what has the value already": (b'{"a": 1, "b": 1.0}', (rename("a", "b"),), b'{"b": 1.0}'),
    "moved with its comments": (
        GOPLS,
        (move("gopls/b", "b"),),
        b'{\n    "gopls": {\n        "a": 1 // one\n    },\n    // above b\n    "b": [\n        "x", // ex\n        "y"\n    ]\n}\n',
    ),
    "one element of an array": (GOPLS, (put("gopls/b", ["x", "z"]),), GOPLS.replace(b'"y"', b'"z"')),
    "an element more": (GOPLS, (put("gopls/b", ["w", "x", "y"]),), GOPLS.replace(b'"x", //', b'"w",\n            "x", //')),
    "an element less": (GOPLS, (put("gopls/b", ["x"]),), GOPLS.replace(b'"x", // ex\n            "y"', b'"x" // ex')),
    "one key of an object": (GOPLS, (put("gopls", {"a": 2, "b": ["x", "y"]}),), GOPLS.replace(b"1,", b"2,")),
    "the same value again": (GOPLS, (put("gopls", {"b": ["x", "y"], "a": 1.0}),), GOPLS),
    "settings of a workspace file": (
        b'{\n\t"folders": [\n\t\t{\n\t\t\t"path": "."\n\t\t}\n\t]\n}',
        (put("settings/go.goroot", "/usr/local/go"),),
        b'{\n\t"folders": [\n\t\t{\n\t\t\t"path": "."\n\t\t}\n\t],\n\t"settings": {\n\t\t"go.goroot": "/usr/local/go"\n\t}\n}',
    ),
    "edits that build on each other": (
        TWO,
        (rename("a", "o"), put("o", {}), put("o/x", 1)),
        TWO.replace(b'"a": 1', b'"o": {\n    "x": 1\n  }'),
    ),
}  # fmt: skip

REFUSED: dict[str, tuple[bytes | None, SettingEdit, str]] = {
    "UTF-16": ('{"a": 1}'.encode("utf-16"), put("a", 2), "UTF-16"),
    "a mistake": (b'{"a": 1 "b": 2}', put("a", 2), "line 1, column 8: a comma is missing here"),
    "an array": (b"[1]", put("a", 2), "the file holds an array, not an object"),
    "a text on the way": (b'{"a": "x"}', put("a/b", 2), "a is a text, not an object"),
    "nothing to rename": (b"{}", rename("a", "b"), "there is no a to rename"),
    "a name that is taken": (b'{"a": 1, "b": true}', rename("a", "b"), "b is there already with another value"),
    "into itself": (b'{"a": {"b": 1}}', move("a", "a/c"), "a cannot be moved into itself"),
    "no JSON": (b"{}", put("a", float("nan")), "cannot be written as JSON"),
    "a half character": (b"{}", put("a", "\ud800"), "would have meant something else"),
    "an empty key": (b"{}", put("a//b", 1), "'a//b' is no key"),
    "too deep": (b'{"a":' * 101 + b"1" + b"}" * 101, put("b", 1), "nested deeper"),
    "an unknown action": (b"{}", SettingEdit(FILE, "a", 1, "twist"), "unknown action: twist"),
    "no file": (None, remove("a"), "there is no such file"),
    "an open comment": (b"/* mine", put("a", 1), "this comment is not closed"),
}


@pytest.mark.parametrize("name", CASES)
def test_the_bytes_are_these(name: str) -> None:
    before, edits, after = CASES[name]

    assert edit_settings(FILE, before, edits) == after


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_done_exactly_is_refused(name: str) -> None:
    before, edit, words = REFUSED[name]

    with pytest.raises(CannotEdit) as refusal:
        edit_settings(FILE, before, [edit])

    assert words in str(refusal.value)


def test_only_known_formats_are_edited() -> None:
    assert is_editable("/home/gopher/.config/Code/User/settings.json")
    assert is_editable("shop.code-workspace")
    assert is_editable("languages.toml")
    assert not is_editable("init.lua")
    with pytest.raises(CannotEdit, match="only shown"):
        edit_settings("init.lua", b"", [put("a", 1)])
