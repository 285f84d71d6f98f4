"""Whether a settings file reads without a problem."""

from __future__ import annotations

from gopls_diag.parse.jsonc import parse_jsonc
from gopls_diag.parse.toml_settings import parse_toml_settings


def problem_of(path: str, content: bytes) -> str:
    """The first thing that keeps the file from being read, with its line; empty when there is none."""
    parse = parse_toml_settings if path.lower().endswith(".toml") else parse_jsonc
    problems = parse(content).problems
    return f"{problems[0].message}, line {problems[0].line}" if problems else ""
