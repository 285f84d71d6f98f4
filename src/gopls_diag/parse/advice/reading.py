"""Reads the claims of a whole text."""

from __future__ import annotations

import re

from gopls_diag.model.claim import Claim
from gopls_diag.parse.advice.blocks import blocks, guess_kind
from gopls_diag.parse.advice.claim_list import ClaimList
from gopls_diag.parse.advice.code import read_code
from gopls_diag.parse.advice.plain_text import plain_text
from gopls_diag.parse.advice.prose import read_prose_line
from gopls_diag.parse.advice.prose_flags import Nearby

_ABOUT_GO = re.compile(
    r"gopls|[Gg]olang|GOPATH|GOFLAGS|go\.mod|vscode-go"
    r"|\b[Gg]o (?:build|mod|install|env|test|vet|list|run|tool|get|work)"
    r"|\bdlv\b|\b[Dd]elve\b|Go ?语言|\bgo\.(?:languageServer|toolsEnv|gopls|alternateTools|useLanguage)",
    re.A,
)


def read_claims(text: str, *, name: str = "") -> tuple[Claim, ...]:
    """Every flag, setting, environment name, command and path of a text that claims to concern gopls or its kin.

    `text` may be anything: an article, settings, a script. `name` is the name of its file, which says what it is where
    the text alone does not. Lines end at line feeds; the column of a claim is where its plain text stands. The claim's
    `text` has plain dashes where the written one has typographic ones; `words` holds the line as it is written.
    """
    written = text.split("\n")
    lines = plain_text(text).split("\n")
    claims = ClaimList(lines, written, name)
    found = _ABOUT_GO.search(text)
    claims.is_about_go = found is not None
    claims.subject = "gopls" if "gopls" in text else ""
    nearby = Nearby()
    for block in blocks(lines, written, name):
        if block.kind == "prose":
            for number, start, line in block.lines:
                read_prose_line(line if not start else " " * start + line[start:], number, claims, nearby)
        else:
            kind = guess_kind(block) if block.kind == "text" else block.kind
            read_code(block, kind, claims, nearby)
    return claims.claims()
