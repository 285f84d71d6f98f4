"""Any text is read as a module file without an exception, in linear time, and what is written is read again."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gopls_diag.parse.build_constraint import constraint_line, holds, tags_of
from gopls_diag.parse.go_mod import parse_go_mod
from gopls_diag.parse.go_work import parse_go_work
from gopls_diag.parse.modules_txt import parse_modules_txt
from tests.growth import assert_linear

PIECES = [
    *("module ", "go 1.26", "require ", "require (\n", ")\n", "replace ", " => ", "retract [", ", ", "]", "use ./a"),
    *(
        "// indirect",
        "// ",
        "/*",
        '"',
        '"a b"',
        "`",
        "\\",
        "v1.2.3",
        "example.com/a",
        "./x",
        "\n",
        "\r\n",
        "\t",
        "\x00",
    ),
    *(
        "\ufeff",
        "# a v1 => b",
        "## explicit; go 1.21",
        "//go:build ",
        "!",
        "&&",
        "||",
        "((",
        "))",
        "linux",
        "ä",
        "日本",
    ),
]
TEXTS = st.one_of(st.text(), st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
NAMES = st.from_regex(r"example\.com/[a-uw-z][a-z0-9]{0,8}(/[a-uw-z][a-z0-9._-]{0,8}){0,3}", fullmatch=True)
VERSIONS = st.from_regex(r"v[01]\.[1-9][0-9]{0,2}\.[1-9][0-9]{0,2}(-rc\.[0-9])?", fullmatch=True)


@given(TEXTS)
def test_any_text_is_read(text: str) -> None:
    lines = text.count("\n") + 1
    for problem in (*parse_go_mod(text).problems, *parse_go_work(text).problems, *parse_modules_txt(text).problems):
        assert 1 <= problem.line <= lines
    constraint_line(text)
    tags_of(text)
    assert holds(text, lambda tag: len(tag) % 2 == 0) in (True, False, None)


@given(NAMES, st.lists(st.tuples(NAMES, VERSIONS, st.booleans()), max_size=8), st.booleans())
def test_what_is_written_is_read(path: str, required: list[tuple[str, str, bool]], is_block: bool) -> None:
    lines = [f"{name} {version}{' // indirect' if indirect else ''}" for name, version, indirect in required]
    body = "\n".join(f"require {line}" for line in lines)
    if is_block:
        body = "require (\n\t" + "\n\t".join(lines) + "\n)"
    read = parse_go_mod(f"module {path}\n\ngo 1.26\n{body}\n")

    assert read.problems == ()
    assert (read.path, read.go and read.go.value) == (path, "1.26")
    assert [(each.path, each.version, each.is_indirect) for each in read.require] == required


@pytest.mark.parametrize("parse", [parse_go_mod, parse_go_work, parse_modules_txt])
@pytest.mark.parametrize(
    "piece",
    ["require a v1\n", '"\\" ', "((((", "// x\n", "`", "a,b[", "# a v1\n", "\\", "/", "x", "require (\n", "=> "],
)
def test_time_is_linear(parse: Callable[[str], object], piece: str) -> None:
    assert_linear(parse, lambda times: piece * times, 2_000)
