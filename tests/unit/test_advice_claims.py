"""What is read out of texts as claims: articles, answers, scripts and settings with the claims that they make."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from gopls_diag.model.claim import Claim
from gopls_diag.parse.advice import read_claims
from tests.conftest import ROOT

CORPUS = ROOT / "tests" / "corpus" / "advice"
TEXTS = sorted(each.name for each in CORPUS.iterdir() if not each.name.endswith(".claims"))


def row(claim: Claim) -> str:
    owner = f"{claim.program or '-'} {claim.subcommand}".strip()
    value = f" = {claim.value}" if claim.value else ""
    return f"{claim.line}:{claim.column} {claim.kind} `{claim.text}` of {owner} in {claim.place}{value}\n"


@pytest.mark.parametrize("name", TEXTS)
def test_the_claims_of_a_text(name: str, golden: Callable[[Path, str], None]) -> None:
    text = (CORPUS / name).read_text(encoding="utf-8")

    rows = "".join(row(each) for each in read_claims(text, name=name))

    golden(CORPUS / f"{name}.claims", rows)


@pytest.mark.parametrize("name", ["en-neutral.md", "zh-neutral.md"])
def test_ordinary_texts_claim_nothing(name: str) -> None:
    assert read_claims((CORPUS / name).read_text(encoding="utf-8"), name=name) == ()


def test_a_claim_quotes_its_line_as_written() -> None:
    (claim,) = read_claims("gopls \u7684\u53c2\u6570\uff1a\u2014\u2014rpc.trace")

    assert claim.text == "--rpc.trace"
    assert "\u2014\u2014rpc.trace" in claim.words


def test_a_claim_is_told_once_a_line() -> None:
    claims = read_claims("gopls -v and gopls -v\ngopls -v")

    assert [(each.line, each.text) for each in claims] == [(1, "-v"), (2, "-v")]
