"""go.mod, go.work and modules.txt: what they say, with lines, and what the go command would refuse."""

from __future__ import annotations

from gopls_diag.parse.go_mod import parse_go_mod
from gopls_diag.parse.go_work import parse_go_work
from gopls_diag.parse.modules_txt import parse_modules_txt

GO_MOD = """\
// Deprecated: use example.com/shop/v2 instead.
module "example.com/shop" // the shop

go 1.26.1
toolchain go1.26.5

godebug default=go1.21

require example.com/one v1.2.3 // indirect
require (
\texample.com/two v0.0.0-20250101000000-abcdefabcdef
\t// a comment of its own
\texample.com/three v1.0.0+incompatible // indirect; by two
)

replace (
\texample.com/one => ../one
\texample.com/two v1.0.0 => example.com/fork v1.0.1
\texample.com/odd => `C:/with space`
)
exclude example.com/two v0.9.0
tool example.com/two/cmd/gen
ignore ./web/node_modules

// Published by mistake.
retract v1.0.0
retract [v1.1.0, v1.2.0] // and these
"""


def test_reads_every_directive_with_its_line() -> None:
    read = parse_go_mod(GO_MOD)

    assert (read.path, read.module.line if read.module else 0) == ("example.com/shop", 2)
    assert (read.go and read.go.value, read.toolchain and read.toolchain.value) == ("1.26.1", "go1.26.5")
    assert [(each.path, each.line, each.is_indirect) for each in read.require] == [
        ("example.com/one", 9, True),
        ("example.com/two", 11, False),
        ("example.com/three", 13, True),
    ]
    assert [(each.new_path, each.is_folder, each.line) for each in read.replace] == [
        ("../one", True, 17),
        ("example.com/fork", False, 18),
    ]
    assert [(each.path, each.version) for each in read.exclude] == [("example.com/two", "v0.9.0")]
    assert [each.value for each in (*read.tool, *read.ignore, *read.godebug)] == [
        "example.com/two/cmd/gen",
        "./web/node_modules",
        "default=go1.21",
    ]
    assert [(each.low, each.high, each.rationale) for each in read.retract] == [
        ("v1.0.0", "v1.0.0", "Published by mistake."),
        ("v1.1.0", "v1.2.0", "and these"),
    ]
    # The comment behind the line belongs to the same paragraph, as go reads it.
    assert read.deprecated == "use example.com/shop/v2 instead.\nthe shop"


def test_says_what_go_would_refuse_and_goes_on() -> None:
    read = parse_go_mod(GO_MOD + "\nfoo bar\ngo 1.25\nrequire example.com/x\ngo1.26\nrequire (\n")

    assert [(each.line, each.text) for each in read.problems] == [
        (19, "invalid quoted string: unquoted string cannot contain quote"),
        (29, "unknown directive: foo"),
        (30, "repeated go statement"),
        (31, "usage: require module/path v1.2.3"),
        (32, "unknown directive: go1.26"),
        (33, "syntax error (unterminated block: require)"),
    ]
    assert len(read.require) == 3


def test_reads_windows_line_ends_and_no_line_end_at_all() -> None:
    read = parse_go_mod("module example.com/a\r\n\r\ngo 1.26\r\nrequire (\r\n\texample.com/b v1.0.0 // indirect\r\n)")

    assert (read.path, read.go and read.go.line, read.problems) == ("example.com/a", 3, ())
    assert read.require[0].is_indirect


def test_names_a_byte_order_mark_and_block_comments() -> None:
    assert "unexpected input character" in parse_go_mod("\ufeffmodule a\n").problems[0].text
    assert "must use // comments" in parse_go_mod("module a /* b */\n").problems[0].text


def test_takes_blocks_that_only_look_like_blocks() -> None:
    read = parse_go_mod("module a\nfoo (\n\tx y\n)\nrequire ()\nrequire ( // why\n) // done\nretract ( v1.0.0\n")

    assert [(each.line, each.text) for each in read.problems] == [
        (2, "unknown block type: foo"),
        (8, "expected '[' or version"),
    ]


def test_reads_a_work_file_with_its_lines() -> None:
    read = parse_go_work(
        'go 1.26\ntoolchain go1.26.5\nuse .\nuse (\n\t./a // first\n\t"./b c"\n)\n'
        "replace example.com/x => ./x\ngodebug x=1\nmodule a\n"
    )

    assert [(each.value, each.line) for each in read.use] == [(".", 3), ("./a", 5), ("./b c", 6)]
    assert (read.go and read.go.value, read.replace[0].new_path, read.godebug[0].value) == ("1.26", "./x", "x=1")
    assert [(each.line, each.text) for each in read.problems] == [(10, "unknown directive: module")]


def test_reads_a_vendor_list() -> None:
    read = parse_modules_txt(
        "## workspace\n# example.com/a v1.2.3 => ../a\n## explicit; go 1.21\nexample.com/a\nexample.com/a/sub\n"
        "# example.com/b v1.0.0\n## explicit\n# example.com/c => example.com/d v1.1.0\n# odd\n"
    )

    first, second, third = read.modules
    assert read.is_workspace
    assert (first.path, first.version, first.replaced_by, first.go, first.is_explicit) == (
        *("example.com/a", "v1.2.3", "../a", "1.21"),
        True,
    )
    assert first.packages == ("example.com/a", "example.com/a/sub")
    assert (second.is_explicit, third.version, third.replaced_by) == (True, "", "example.com/d v1.1.0")
    assert [each.line for each in read.problems] == [9]
