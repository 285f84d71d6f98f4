"""The lines that a person has to change in Neovim's and Emacs's configuration."""

from __future__ import annotations

from typing import Any

import pytest

from gopls_diag.edit.lua_lines import changed_program, lines_to_change
from gopls_diag.model.change import CannotEdit
from gopls_diag.model.finding import SettingEdit

LUA = """\
-- my editor
vim.lsp.config('gopls', {
  cmd = { 'gopls', '-rpc.trace' }, -- noisy
  on_attach = function(a) return { a } end,
  settings = {
    gopls = {
      staticcheck = true, -- slow
      ['ui.diagnostic.vulncheck'] = "Off",
      analyses = { fieldalignment = true },
      directoryFilters = {
        "-node_modules", -- web
        "-vendor"
      }
    },
  },
})
"""
GOPLS = "settings/gopls/"


def lines(text: str, *edits: tuple[str, str, Any], file: str = "init.lua") -> list[tuple[int, str | None, str | None]]:
    made = [SettingEdit(file, key, value, action) for action, key, value in edits]
    return [(each.line, each.before, each.after) for each in lines_to_change(text.encode(), made)]


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        (
            ("set", GOPLS + "staticcheck", False),
            [(7, "      staticcheck = true, -- slow", "      staticcheck = false, -- slow")],
        ),
        (("remove", GOPLS + "staticcheck", None), [(7, "      staticcheck = true, -- slow", None)]),
        (
            ("rename", GOPLS + "staticcheck", "ui.x"),
            [(7, "      staticcheck = true, -- slow", "      ['ui.x'] = true, -- slow")],
        ),
        (
            ("rename", GOPLS + "ui.diagnostic.vulncheck", "vulncheck"),
            [(8, "      ['ui.diagnostic.vulncheck'] = \"Off\",", '      vulncheck = "Off",')],
        ),
        (
            ("set", "cmd", ["gopls"]),
            [(3, "  cmd = { 'gopls', '-rpc.trace' }, -- noisy", "  cmd = { 'gopls' }, -- noisy")],
        ),
        (
            ("remove", GOPLS + "analyses/fieldalignment", None),
            [(9, "      analyses = { fieldalignment = true },", None)],
        ),
        (
            ("set", GOPLS + "analyses/unusedparams", False),
            [
                (
                    9,
                    "      analyses = { fieldalignment = true },",
                    "      analyses = { fieldalignment = true, unusedparams = false },",
                )
            ],
        ),
        (
            ("set", GOPLS + "directoryFilters", ["-node_modules", "-vendor", "-third"]),
            [(12, '        "-vendor"', '        "-vendor",'), (12, None, "        '-third'")],
        ),
        (
            ("set", GOPLS + "directoryFilters", ["-vendor"]),
            [(11, '        "-node_modules", -- web', None)],
        ),
        (
            ("set", GOPLS + "memoryLimit", "2GiB"),
            [(13, "      }", "      },"), (13, None, "      memoryLimit = '2GiB'")],
        ),
        (("set", "cmd_env/GOMEMLIMIT", "2GiB"), [(15, None, "  cmd_env = { GOMEMLIMIT = '2GiB' },")]),
    ],
)
def test_lines_of_lua(edit: tuple[str, str, Any], expected: list[Any], newline: str) -> None:
    assert lines(LUA.replace("\n", newline), edit) == expected


def test_several_edits_of_one_line_are_one_change() -> None:
    text = "require'lspconfig'.gopls.setup{settings={gopls={a=1,b=2}}}\n"

    assert lines(text, ("set", GOPLS + "a", 3), ("remove", GOPLS + "b", None), ("set", GOPLS + "c", "ü")) == [
        (1, text.rstrip(), "require'lspconfig'.gopls.setup{settings={gopls={a=3, c = 'ü'}}}")
    ]


def test_a_table_that_is_left_empty_goes_too() -> None:
    """Neovim 0.7 sends `{}` as `[]`, which gopls refuses."""
    text = "return {\n  settings = {\n    gopls = {\n      staticcheck = true,\n    },\n  },\n}\n"

    after = changed_program(text.encode(), [SettingEdit("nvim/lsp/gopls.lua", GOPLS + "staticcheck", None, "remove")])

    assert after == b"return {\n  settings = {\n  },\n}\n"


@pytest.mark.parametrize(
    ("text", "edit", "reason"),
    [
        ("vim.lsp.config('gopls', { settings = { gopls = { a = vim.g.x } } })", ("set", GOPLS + "a", 1), "line 1"),
        ("vim.lsp.config('gopls', { settings = f({}) })", ("set", GOPLS + "a", 1), "line 1"),
        ("vim.lsp.config('gopls', { settings = { gopls = { [k] = 1 } } })", ("set", GOPLS + "a", 1), "line 1"),
        ("vim.lsp.config('gopls', { cmd = { 'gopls', x } })", ("set", "cmd", ["y"]), "Neovim"),
        ("vim.lsp.config('gopls', { cmd = {} })", ("rename", "cmd_env", "x"), "there is no"),
        ("vim.lsp.config('gopls', { a = 1 })", ("set", "a", 1), "already"),
        ("vim.lsp.config('gopls', { a = 1 })", ("set", "a", {}), "list"),
        ("vim.lsp.config('gopls', { a = 1 })", ("set", "a", None), "nil"),
        ("vim.lsp.config('gopls', { a = 1 })", ("set", "a/b", 1), "no table of keys"),
        ("local x = 1", ("set", GOPLS + "a", 1), "no table"),
        ("gopls.setup { cmd = {} }\ngopls.setup { cmd = {} }", ("set", "cmd", ["x"]), "2 tables"),
        ("gopls.setup { cmd = {} }\ngopls.setup { cmd = {} }", ("set", "cmd_env/X", "x"), "no single table"),
        ("f({ settings = { gopls = { a = 1 } } })", ("set", "cmd", ["x"]), "not sure"),
    ],
)
def test_what_is_not_sure_in_lua_is_refused(text: str, edit: tuple[str, str, Any], reason: str) -> None:
    with pytest.raises(CannotEdit, match=reason):
        lines(text, edit)


def test_files_of_other_kinds_are_refused() -> None:
    with pytest.raises(CannotEdit, match="kind"):
        lines("x", ("set", "a", 1), file="init.vim")


EMACS = """\
(setq-default eglot-workspace-configuration
  '(:gopls (:staticcheck t ; slow
            :matcher "CaseSensitive")))
"""
LSP_MODE = """\
(lsp-register-custom-settings
 '(("gopls.completeUnimported" t t)
   ("gopls.diagnosticsDelay" "1s")))
"""


@pytest.mark.parametrize(
    ("text", "edit", "expected"),
    [
        (
            EMACS,
            ("set", "staticcheck", False),
            [(2, "  '(:gopls (:staticcheck t ; slow", "  '(:gopls (:staticcheck :json-false ; slow")],
        ),
        (
            EMACS,
            ("rename", "staticcheck", "ui.x"),
            [(2, "  '(:gopls (:staticcheck t ; slow", "  '(:gopls (:ui.x t ; slow")],
        ),
        (
            LSP_MODE,
            ("set", "completeUnimported", False),
            [(2, ' \'(("gopls.completeUnimported" t t)', ' \'(("gopls.completeUnimported" nil t)')],
        ),
        (
            LSP_MODE,
            ("remove", "diagnosticsDelay", None),
            [
                (2, ' \'(("gopls.completeUnimported" t t)', ' \'(("gopls.completeUnimported" t t)))'),
                (3, '   ("gopls.diagnosticsDelay" "1s")))', None),
            ],
        ),
        (
            LSP_MODE,
            ("set", "memoryLimit", "2GiB"),
            [
                (3, '   ("gopls.diagnosticsDelay" "1s")))', '   ("gopls.diagnosticsDelay" "1s")'),
                (3, None, '   ("gopls.memoryLimit" "2GiB")))'),
            ],
        ),
    ],
)
def test_lines_of_emacs(text: str, edit: tuple[str, str, Any], expected: list[Any]) -> None:
    assert lines(text, edit, file="/home/gopher/.emacs.d/init.el") == expected


@pytest.mark.parametrize(
    ("text", "edit"),
    [
        (LSP_MODE, ("set", "completeUnimported", "x")),
        (LSP_MODE, ("set", "diagnosticsDelay", False)),
        (LSP_MODE, ("set", "directoryFilters", ["-x"])),
        (LSP_MODE, ("move", "diagnosticsDelay", "x/y")),
        (EMACS + LSP_MODE, ("set", "memoryLimit", "2GiB")),
        (EMACS + EMACS, ("set", "matcher", "Fuzzy")),
        ("(:gopls (:staticcheck t :matcher (x)))", ("set", "matcher", "Fuzzy")),
        ("(setq x 1)", ("set", "matcher", "Fuzzy")),
    ],
)
def test_what_is_not_sure_in_emacs_is_refused(text: str, edit: tuple[str, str, Any]) -> None:
    with pytest.raises(CannotEdit):
        lines(text, edit, file=".emacs")
