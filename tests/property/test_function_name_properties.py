"""Any text is taken for a name, and no more of it than a name can have. A canonical name is its own canonical name."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gopls_diag.parse.go_crash.function_name import LONGEST_NAME, canonical_function, function_name

PIECES = st.sampled_from(
    [
        *(
            "golang.org/x/tools",
            "/internal/lsp",
            "/source",
            "/",
            ".",
            "..",
            "(*T)",
            "T",
            "M",
            ".func1",
            ".func1.2",
            "-fm",
        ),
        *("-range1", ".gowrap1", "·dwrap·1", "func·006", "[", "]", "[...]", "[go.shape.int]", "(", ")", "{", "}", " "),
        *("%2e", "%", "%zz", "%ff", "@v1.2.3", "/v2", "gopkg.in/", ".v3", "vendor/", "type:.eq.", "init", "glob", "_/"),
        *("", "\x00", "é", "\udcff", "\n", "main", "command-line-arguments", "_cgoexp_0a46f50c99bb_", ".abi0", "go:"),
    ]
)
NAMES = st.lists(PIECES, max_size=12).map("".join)


@settings(deadline=None)
@given(st.text(max_size=300) | NAMES)
def test_any_text_is_a_name(text: str) -> None:
    name = function_name(text)

    assert isinstance(name.text, str)
    assert function_name.__wrapped__(text) == name


PATHS = st.sampled_from(["main", "go/types", "example.com/a/b", "golang.org/x/tools/gopls/internal/golang", "x.org/y"])
WORDS = st.sampled_from(["Hover", "hover", "run", "Do", "x1", "Ünicode", "_f"])
ADDED = st.sampled_from(
    [
        "",
        ".func1",
        ".func1.2.3",
        ".gowrap1",
        ".deferwrap2",
        "-fm",
        "-range1",
        ".func2-range3.4",
        "[...]",
        ".abi0",
        "·dwrap·1",
    ]
)


@settings(deadline=None)
@given(PATHS, st.none() | WORDS, WORDS, ADDED)
def test_what_the_compiler_adds_changes_nothing(path: str, receiver: str | None, name: str, added: str) -> None:
    plain = f"{path}.(*{receiver}).{name}" if receiver else f"{path}.{name}"

    assert canonical_function(plain + added) == canonical_function(plain)
    assert canonical_function("a.io/b/vendor/" + plain + added) == canonical_function(plain)
    assert canonical_function(canonical_function(plain)) == canonical_function(plain)


@pytest.mark.parametrize("piece", ["[", "]", "(", "%2e", ".", "/", "vendor/", "@", ".func1", "-range1", "/v2", "·"])
def test_long_names_are_cut(piece: str) -> None:
    assert len(function_name.__wrapped__(piece * 2_000_000).text) <= 2 * LONGEST_NAME
