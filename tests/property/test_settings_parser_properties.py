"""Settings parsers take any bytes, in linear time, and their positions point at what they name."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import tree_sitter_hujson
from hypothesis import given, settings
from hypothesis import strategies as st
from tree_sitter import Language, Node, Parser

from gopls_diag.model.settings_tree import SettingsEntry, SettingsNode
from gopls_diag.parse.emacs_settings import parse_emacs_settings
from gopls_diag.parse.golangci_config import parse_golangci
from gopls_diag.parse.json_scalars import string_value
from gopls_diag.parse.jsonc import MAXIMUM_DEPTH, parse_jsonc
from gopls_diag.parse.lua_settings import parse_lua_settings
from gopls_diag.parse.toml_settings import parse_toml_settings
from tests.growth import assert_linear

PARSERS: dict[str, Callable[[bytes], Any]] = {
    "jsonc": parse_jsonc,
    "toml": parse_toml_settings,
    "lua": parse_lua_settings,
    "emacs": parse_emacs_settings,
    "golangci": lambda content: parse_golangci(content, ".golangci.yml"),
}
SCRAPS = st.sampled_from(["{", "}", "[", "]", ",", ":", '"', "//", "/*", "*/", "\\", "=", "(", ")", "\n", "\r\n"]) | (
    st.sampled_from(["true", "nul", "-1.5e3", "é", "gopls", "--[[", "]]", "return", "settings", "function", "end", "'"])
    | st.sampled_from(["linters:", "  enable:", "- x", '"gopls"', '"a"'])
)
JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def entries(node: SettingsNode | None) -> Iterator[SettingsEntry]:
    for entry in node.entries if node else ():
        yield entry
        yield from entries(entry.node)
    for element in node.elements if node else ():
        yield from entries(element)


@pytest.mark.parametrize("name", PARSERS)
@settings(max_examples=150, deadline=None)
@given(content=st.binary(max_size=300))
def test_any_bytes_are_read(name: str, content: bytes) -> None:
    PARSERS[name](content)


@pytest.mark.parametrize("name", PARSERS)
@settings(max_examples=200, deadline=None)
@given(words=st.lists(SCRAPS, max_size=60))
def test_any_scraps_are_read(name: str, words: list[str]) -> None:
    PARSERS[name](" ".join(words).encode())


@settings(max_examples=300, deadline=None)
@given(content=st.binary(max_size=200) | st.lists(SCRAPS, max_size=60).map(lambda words: "".join(words).encode()))
def test_keys_stand_where_they_are_said_to_stand(content: bytes) -> None:
    document = parse_jsonc(content)

    for entry in entries(document.root):
        assert string_value(content[entry.start : entry.key_end])[0] == entry.key
        assert entry.key_end <= entry.node.start <= entry.node.end <= len(content)
        line, column = document.lines.position(entry.start)
        assert 1 <= line <= content.count(b"\n") + content.count(b"\r") + 1
        assert column >= 1


@settings(max_examples=200, deadline=None)
@given(value=JSON_VALUES, indent=st.sampled_from([None, 2, "\t"]), crlf=st.booleans(), mark=st.booleans())
def test_what_json_writes_is_read_as_it_was(value: Any, indent: Any, crlf: bool, mark: bool) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=False).encode("utf-8", "replace")
    if crlf:
        text = text.replace(b"\n", b"\r\n")
    expected = json.loads(text.decode())

    document = parse_jsonc((b"\xef\xbb\xbf" if mark else b"") + text)

    assert document.problems == ()
    assert document.root is not None
    assert document.root.value == expected
    assert document.has_byte_order_mark is mark


@settings(max_examples=150, deadline=None)
@given(value=st.dictionaries(st.text(), JSON_VALUES, min_size=1, max_size=4))
def test_spans_are_those_of_the_grammar(value: dict[str, Any]) -> None:
    text = json.dumps(value, indent=1).replace("\n}", ", // last\n}").replace("{", "{ /* { */").encode()
    expected: list[tuple[int, int, int]] = []

    def walk(node: Node) -> None:
        for child in node.named_children:
            if child.type == "pair":
                key, inner = child.child_by_field_name("key"), child.child_by_field_name("value")
                assert key is not None
                assert inner is not None
                expected.append((key.start_byte, key.end_byte, inner.end_byte))
            walk(child)

    if b'"{' in text or b"}" in json.dumps(list(value)).encode():
        return
    walk(Parser(Language(tree_sitter_hujson.language())).parse(text).root_node)

    document = parse_jsonc(text)

    if not document.problems:
        assert [(each.start, each.key_end, each.end) for each in entries(document.root)] == expected


def test_nesting_beyond_the_bound_is_told() -> None:
    document = parse_jsonc(b"[" * (MAXIMUM_DEPTH + 2))

    assert document.problems[0].message == "nested deeper than 100 levels"


@pytest.mark.parametrize(
    "make",
    [
        lambda size: b'{"a' + b"{" * size,
        lambda size: b'{"a": "' + b"\\" * size,
        lambda size: b"/*" * (size // 2),
        lambda size: b'{"a" "b" ' * (size // 9),
        lambda size: b"gopls={" + b"a-" * (size // 2),
        lambda size: b"gopls=[[" * (size // 8),
        lambda size: b"settings={gopls=function " * (size // 25),
        lambda size: b'(:gopls (:a "x" ' * (size // 16),
        lambda size: b"linters:\n  enable: [" + b"a," * (size // 2),
        lambda size: b"  a" * (size // 3) + b":",
    ],
)
@pytest.mark.parametrize("name", PARSERS)
def test_time_grows_with_the_length(name: str, make: Callable[[int], bytes]) -> None:
    # Long enough to show a parser that copies its rest for each word: a copy of 40,000 bytes is quick.
    assert_linear(PARSERS[name], make, 40_000)


def test_settings_of_five_megabytes_are_read() -> None:
    line = b'  "gopls.of.some.length": {"build.directoryFilters": ["-node_modules", "+service"], "x": true}, // why\n'
    content = b"{\n" + line * (5_000_000 // len(line)) + b'  "last": 1\n}\n'

    document = parse_jsonc(content)

    assert document.problems == ()
    last = document.entries[-1]
    assert (last.key, document.lines.position(last.start)) == ("last", (5_000_000 // len(line) + 2, 3))
