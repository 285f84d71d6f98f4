"""Helix's languages.toml: one key changes, everything else stays to the byte."""

from __future__ import annotations

from typing import Any

import pytest

from gopls_diag.edit.toml import edit_toml
from gopls_diag.model.change import CannotEdit
from gopls_diag.model.finding import SettingEdit

FILE = "languages.toml"


def edited(text: str, *edits: tuple[str, str, Any]) -> str:
    made = [SettingEdit(FILE, key, value, action) for action, key, value in edits]
    return edit_toml(text.encode(), made).decode()


HELIX = """\
# my languages
[language-server.gopls] # from the book
command = "gopls"
args = [
  "-rpc.trace", # noisy
  # the log
  "-logfile=gopls.log",
]

[language-server.gopls.config]
# asked for
staticcheck = true # slow
'ui.diagnostic.vulncheck' = "Off"

[language-server.gopls.config.analyses]
fieldalignment = true

# the language
[[language]]
name = "go"
"""
CONFIG = "language-server/gopls/config/"


@pytest.mark.parametrize(
    ("edit", "old", "new"),
    [
        (("set", CONFIG + "staticcheck", False), "staticcheck = true #", "staticcheck = false #"),
        (("remove", CONFIG + "staticcheck", None), "staticcheck = true # slow\n", ""),
        (("rename", CONFIG + "staticcheck", "ui.diagnostic.x"), "staticcheck = true", '"ui.diagnostic.x" = true'),
        (
            ("move", CONFIG + "staticcheck", CONFIG + "analyses/staticcheck"),
            HELIX[HELIX.index("staticcheck") : HELIX.index("\n# the language")],
            "'ui.diagnostic.vulncheck' = \"Off\"\n\n[language-server.gopls.config.analyses]\n"
            "fieldalignment = true\nstaticcheck = true # slow\n",
        ),
        (("remove", CONFIG + "ui.diagnostic.vulncheck", None), "'ui.diagnostic.vulncheck' = \"Off\"\n", ""),
        (("set", CONFIG + "memoryLimit", "2GiB"), '"Off"\n', '"Off"\nmemoryLimit = "2GiB"\n'),
        (("set", CONFIG + "ui.x", 1), '"Off"\n', '"Off"\n"ui.x" = 1\n'),
        (("remove", CONFIG + "analyses/fieldalignment", None), "fieldalignment = true\n", ""),
        (
            ("remove", CONFIG + "analyses", None),
            "[language-server.gopls.config.analyses]\nfieldalignment = true\n\n",
            "",
        ),
        (("rename", CONFIG + "analyses", "hints"), "config.analyses", "config.hints"),
        (("set", "language-server/gopls/args", ["-logfile=gopls.log"]), '  "-rpc.trace", # noisy\n', ""),
        (("set", "language-server/gopls/args", ["-rpc.trace", "-v"]), '"-logfile=gopls.log"', '"-v"'),
        (
            ("set", "language-server/gopls/args", ["-rpc.trace", "-logfile=gopls.log", "-v"]),
            'gopls.log",\n',
            'gopls.log",\n  "-v",\n',
        ),
        (
            ("set", "language-server/gopls/environment/GOMEMLIMIT", "2GiB"),
            "fieldalignment = true\n",
            'fieldalignment = true\n\n[language-server.gopls.environment]\nGOMEMLIMIT = "2GiB"\n',
        ),
        (
            ("set", "language-server/rust/config", {"a": {"b": [1, "x"]}}),
            "fieldalignment = true\n",
            'fieldalignment = true\n\n[language-server.rust.config]\na = { b = [1, "x"] }\n',
        ),
    ],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_one_place_changes(edit: tuple[str, str, Any], old: str, new: str, newline: str, mark: str) -> None:
    assert HELIX.count(old) == 1
    before = mark + HELIX.replace("\n", newline)
    after = mark + HELIX.replace(old, new).replace("\n", newline)

    assert edited(before, edit) == after


@pytest.mark.parametrize(
    ("before", "edit", "after"),
    [
        ("", ("set", "language-server/gopls/args", []), "[language-server.gopls]\nargs = []\n"),
        ("# mine\n", ("set", "a/b", 1), "# mine\n\n[a]\nb = 1\n"),
        ("a = 1", ("set", "b", 2), "a = 1\nb = 2"),
        ("a = 1\nb = 2", ("remove", "b", None), "a = 1"),
        ("[x]\na = 1", ("set", "x/y/z", True), "[x]\na = 1\n\n[x.y]\nz = true"),
        ("[x]", ("set", "x/a", 1), "[x]\na = 1"),
        ("[x]\ny = { a = 1 }\n", ("set", "x/y/b", 2), "[x]\ny = { a = 1, b = 2 }\n"),
        ("[x]\ny = {a=1}\n", ("remove", "x/y/a", None), "[x]\ny = {}\n"),
        ("[x]\ny = {}\n", ("set", "x/y/a/b", 1), "[x]\ny = { a = { b = 1 } }\n"),
        ("[x]\ny = { a.b = 1, c = 2 }\n", ("set", "x/y/a/d", 3), "[x]\ny = { a.b = 1, a.d = 3, c = 2 }\n"),
        ("[x]\ny = { a.b = 1, a.c = 2 }\n", ("remove", "x/y/a", None), "[x]\ny = {}\n"),
        ("x.y.a = 1\n", ("set", "x/y/b", 2), "x.y.a = 1\nx.y.b = 2\n"),
        ("x.y.a = 1\n", ("set", "x/z", 2), "x.y.a = 1\nx.z = 2\n"),
        ("x.y.a = 1 # why\n", ("remove", "x/y/a", None), "x.y = {} # why\n"),
        ("x.y.a = 1\nx.b = 2\n", ("remove", "x/y", None), "x.b = 2\n"),
        ("[a.b.c]\nx = 1\n", ("remove", "a/b/c", None), "[a.b]\n"),
        ("[a.b.c]\nx = 1\n\n[a.d]\n", ("remove", "a/b", None), "[a.d]\n"),
        (
            "[s.rust]\nconfig = { a = 1 }\n\n[s.go]\n",
            ("set", "s/go/config/b", 2),
            "= { a = 1 }\n\n[s.go]\nconfig = { b = 2 }\n",
        ),
        ("[s.rust]\nconfig.a = 1\n\n[s.go]\n", ("set", "s/go/config/b", 2), "config.a = 1\n\n[s.go]\nconfig.b = 2\n"),
        ("  [s.go]\n\tx = 1\n", ("set", "s/go/config/b", 2), "  [s.go]\n\tx = 1\n\n  [s.go.config]\n\tb = 2\n"),
        ("[s.go.config]\nx = 1\n", ("set", "s/go/args", ["-v"]), '[s.go.config]\nx = 1\n\n[s.go]\nargs = ["-v"]\n'),
        ("[s.go]\nx = 1\n# y = 2\n\n[[l]]\n", ("set", "s/go/c/b", 2), "# y = 2\n\n[s.go.c]\nb = 2\n\n[[l]]\n"),
        ("[s.go]\nx = 1\n# of l\n[[l]]\n", ("set", "s/go/c/b", 2), "x = 1\n\n[s.go.c]\nb = 2\n\n# of l\n[[l]]\n"),
        ("x = '''\n# no\n''' # c\n", ("set", "x", "y\t'"), 'x = "y\\t\'" # c\n'),
        ("x = 'a'\n", ("set", "x", "C:\\go"), "x = 'C:\\go'\n"),
        ('x = """\na = ""\\"" ]"""""\ny = 1\n', ("set", "y", 2), 'x = """\na = ""\\"" ]"""""\ny = 2\n'),
        ('"a/b" = 1\n', ("set", "a/b", 2), '"a/b" = 2\n'),
        ("a = [1, 2, 3] # c\n", ("set", "a", [1, 3]), "a = [1, 3] # c\n"),
        ("a = [\n  1, # one\n  2 # two\n]\n", ("set", "a", [1, 2, 3]), "a = [\n  1, # one\n  2, # two\n  3\n]\n"),
        ("a = [\n  1, # one\n  2 # two\n]\n", ("set", "a", [1]), "a = [\n  1 # one\n]\n"),
        ("a = []\n", ("set", "a", [1, "x"]), 'a = [1, "x"]\n'),
        ("a = [\n  # none\n]\n", ("set", "a", [1]), "a = [\n  # none\n  1,\n]\n"),
        ("a = true\n", ("set", "a", {"b": 1}), "a = { b = 1 }\n"),
        ("[a]\nb = 1\n\n[c]\n", ("set", "a", 5), "a = 5\n\n[c]\n"),
        ("# top\n\n[c]\n", ("set", "a", 5), "# top\n\na = 5\n\n[c]\n"),
        ("a = { b = [\n 1, # one\n] }\n", ("set", "a/b", [1, 2]), "a = { b = [\n 1, # one\n 2,\n] }\n"),
        ("[a]\nb = 1 # c\n", ("move", "a/b", "x/y"), "[a]\n\n[x]\ny = 1 # c\n"),
        ("[a.b]\nc = 1 # d\n\n[a.b.e]\n", ("move", "a/b", "x"), "[x]\nc = 1 # d\n\n[x.e]\n\n[a]\n"),
    ],
)
def test_styles_are_kept(before: str, edit: tuple[str, str, Any], after: str) -> None:
    result = edited(before, edit)

    assert result.endswith(after)
    assert len(after) == len(result) or before.startswith(result[: len(result) - len(after)])


@pytest.mark.parametrize(
    ("text", "edit"),
    [
        ("a = 1", ("rename", "b", "c")),
        ("a = 1", ("set", "a/b", 2)),
        ("a = 1", ("set", "b", None)),
        ("a = 1", ("set", "b", [2**70])),
        ("a = 1", ("set", "b", "\ud800")),
        ("a = 1\nb = 2", ("rename", "a", "b")),
        ("a = 1\nb = 2", ("move", "a", "b")),
        ("a = {}", ("move", "a", "a/b")),
        ("a = = 1", ("set", "a", 2)),
        ("[[language]]\nname = 'go'", ("set", "language/name", "x")),
        ("a = 1", ("set", "", 1)),
        ("a = 1", ("turn", "a", 1)),
        ("[a]\nb = 1\n[[a.c]]\nd = 1\n", ("set", "a/c", [{"d": 2}])),
        ("[s]\nx = { a = 1 }\ny = 2 # why\n", ("move", "s/y", "s/x/y")),
    ],
)
def test_what_cannot_be_is_refused(text: str, edit: tuple[str, str, Any]) -> None:
    with pytest.raises(CannotEdit):
        edited(text, edit)


def test_several_edits_are_applied_in_their_order() -> None:
    after = edited(
        "a = 1\n", ("set", "b/c", [1]), ("rename", "b/c", "d.e"), ("set", "b/d.e", [1, 2]), ("remove", "a", None)
    )

    assert after == '\n[b]\n"d.e" = [1, 2]\n'


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(CannotEdit, match="UTF-8"):
        edit_toml(b"a = '\xff'", [SettingEdit(FILE, "a", 1)])
