"""What the settings parsers say about real mistakes and real configurations."""

from __future__ import annotations

import pytest

from gopls_diag.parse.emacs_settings import parse_emacs_settings
from gopls_diag.parse.golangci_config import parse_golangci
from gopls_diag.parse.gopls_api import parse_api_json, parse_gopls_flags
from gopls_diag.parse.jsonc import parse_jsonc
from gopls_diag.parse.lua_settings import parse_lua_settings
from gopls_diag.parse.toml_settings import parse_toml_settings


@pytest.mark.parametrize(
    ("text", "value", "place", "message"),
    [
        ('{"a": 1\n "b": 2}', {"a": 1, "b": 2}, (1, 8), "a comma is missing here"),
        ('{"a": tru, "b": 1}', {"a": None, "b": 1}, (1, 7), "tru is no value: texts stand in double quotes"),
        ('{"a": 1', {"a": 1}, (1, 1), "} is missing: its { is never closed"),
        ("{'a': 1}", {}, (1, 2), "a key in double quotes is expected here"),
        ('{"a" 1}', {}, (1, 5), "a colon is missing after this key"),
        ('{"a": }', {}, (1, 7), "a value is missing here"),
        ('{"a": "x\n}', {"a": "x"}, (1, 7), "this text is not closed with a quote"),
        ('{"a": 1}\n}', {"a": 1}, (2, 1), "the settings ended before this"),
        ('{"a": 1} /* b', {"a": 1}, (1, 10), "this comment is not closed"),
        ('{"é": 1,\n"中": x}', {"é": 1, "中": None}, (2, 6), "x is no value: texts stand in double quotes"),
    ],
)
def test_mistakes_are_told_with_their_place_and_the_rest_is_read(
    text: str, value: object, place: tuple[int, int], message: str
) -> None:
    document = parse_jsonc(text.encode())

    assert document.root is not None
    assert document.root.value == value
    first = document.problems[0]
    assert (first.line, first.column) == place
    assert first.message == message


def test_comments_trailing_commas_and_an_empty_file_are_no_mistakes() -> None:
    for text in ("", "// only a comment", '{"a": [1, 2,], /* b */ "c": {},}', "\ufeff{}"):
        assert parse_jsonc(text.encode()).problems == ()


def test_last_of_repeated_keys_holds() -> None:
    document = parse_jsonc(b'{"a": 1, "a": 2}')

    assert document.root is not None
    assert document.root.value == {"a": 2}
    assert [each.value for each in document.entries] == [1, 2]


def test_file_of_sixteen_bit_characters_is_told() -> None:
    assert parse_jsonc('{"a": 1}'.encode("utf-16")).problems[0].message == "this file is UTF-16, not UTF-8"


@pytest.mark.parametrize(
    "text",
    [
        "require('lspconfig').gopls.setup({ settings = { gopls = { gofumpt = true } } })",
        "require'lspconfig'.gopls.setup { settings = { gopls = { gofumpt = true } } }",
        "lspconfig['gopls'].setup({ settings = { gopls = { ['gofumpt'] = true, }, }, })",
        "vim.lsp.config('gopls', { settings = { gopls = { gofumpt = true } } })",
        "vim.lsp.config.gopls = { settings = { gopls = { gofumpt = true } } }",
        "return { opts = { servers = { gopls = { settings = { gopls = { gofumpt = true } } } } } }",
        "f(vim.tbl_extend('force', x, { settings = { gopls = { gofumpt = true } } }))",
        "-- gopls = {\n--[[ gopls = { settings = {} } ]] x = { gopls = { settings = { gopls = { gofumpt = true } } } }",
    ],
)
def test_lua_configurations_are_found_in_every_form(text: str) -> None:
    (configuration,) = parse_lua_settings(text.encode()).configurations

    assert configuration.value == {"settings": {"gopls": {"gofumpt": True}}}


@pytest.mark.parametrize(
    ("text", "commands"),
    [
        ("vim.lsp.start({ name = 'gopls', cmd = { '/opt/gopls-fork' } })", [["/opt/gopls-fork"]]),
        ("local c = vim.lsp.start_client({ cmd = { '/opt/gopls', '-vv' }, on_exit = f })", [["/opt/gopls", "-vv"]]),
        ("vim.lsp.start({ name = 'lua_ls', cmd = { 'lua-language-server' } }) -- not gopls", []),
        ("vim.lsp.start(gopls)", []),
    ],
)
def test_a_client_that_is_started_by_hand_is_found_by_its_name_or_program(text: str, commands: list[list[str]]) -> None:
    found = parse_lua_settings(f"-- gopls\nx = 'gopls'\n{text}".encode()).configurations

    assert [each.value["cmd"] for each in found] == commands


def test_lua_that_is_not_literal_is_told() -> None:
    text = b"vim.lsp.config('gopls', {\n cmd = { 'gopls' },\n f = function(a, b) return { a, b } end,\n x = 1 + 2 })"

    lua = parse_lua_settings(text)

    assert lua.configurations[0].value == {"cmd": ["gopls"]}
    assert [lua.lines.position(each)[0] for each in lua.not_understood] == [3, 4]


def test_brackets_in_texts_of_lua_are_no_brackets() -> None:
    text = b"gopls.setup { settings = { gopls = { a = { '}' }, b = { 'x', ',' }, ['}'] = '=', c = '{' } } }"

    (configuration,) = parse_lua_settings(text).configurations

    assert configuration.value["settings"] == {"gopls": {"a": ["}"], "b": ["x", ","], "}": "=", "c": "{"}}


def test_toml_entries_know_their_lines() -> None:
    document = parse_toml_settings(b'# x\n[a.b]\nc = 1\n"d.e" = { f = 2 }\n')

    found = document.root
    assert found is not None
    inner = found.entries[0].node.entries[0].node
    assert [(each.key, document.lines.position(each.start)[0]) for each in inner.entries] == [("c", 3), ("d.e", 4)]
    assert inner.entries[1].node.entries[0].value == 2


def test_toml_mistake_is_told_with_its_place() -> None:
    (problem,) = parse_toml_settings(b"a = 1\nb = = 2\n").problems

    assert (problem.line, problem.column) == (2, 5)


def test_comments_at_the_end_of_lines_of_emacs_are_passed_over() -> None:
    text = b'(setq x ?; y "; no") (:gopls (:staticcheck t ; slow (:matcher\n :matcher "a;b" ; c\n :hints nil))'

    document = parse_emacs_settings(text)

    assert document.root is not None
    assert document.root.value == {"staticcheck": True, "matcher": "a;b", "hints": False}


def test_emacs_settings_of_both_clients_are_read() -> None:
    text = b"""
    ; (:gopls (:verboseOutput t))
    (setq-default eglot-workspace-configuration '(:gopls (:staticcheck :json-false :matcher "Fuzzy")))
    (lsp-register-custom-settings '(("gopls.completeUnimported" t t) ("gopls.diagnosticsDelay" "1s")))
    """

    document = parse_emacs_settings(text)

    assert document.root is not None
    assert document.root.value == {
        "staticcheck": False,
        "matcher": "Fuzzy",
        "completeUnimported": True,
        "diagnosticsDelay": "1s",
    }


def test_golangci_lists_are_read_at_their_own_level_only() -> None:
    text = b"""linters:
  default: none
  enable:
    - a # why
    - 'b'
  disable: [c, d]
  settings:
    x:
      enable:
        - e
"""

    found = parse_golangci(text, ".golangci.yml")

    assert [(each.name, each.is_on, each.line) for each in found] == [
        ("a", True, 4),
        ("b", True, 5),
        ("c", False, 6),
        ("d", False, 6),
    ]


def test_api_json_of_another_shape_is_no_answer() -> None:
    for text in ("", "null", "[]", '{"Options": {"User": [1]}}', "{" * 100_000):
        assert parse_api_json(text, "gopls", "") is None


def test_flags_are_those_of_both_pages() -> None:
    serve = "server-flags:\n  -logfile=string\n    \tfile\n  -rpc.trace\n    \ttrace\n"
    main = "Command:\n\nMain\n  serve             run\n  check             show\n\nflags:\n  -v,-verbose\n    \tmore\n"

    found = parse_gopls_flags(serve, main, "gopls", "v0.24.0")

    assert found is not None
    assert found.flags == {"logfile": True, "rpc.trace": False, "v": False, "verbose": False}
    assert found.server == {"logfile", "rpc.trace"}
    assert found.subcommands == ("serve", "check")
    assert parse_gopls_flags("", main, "gopls", "") is None
