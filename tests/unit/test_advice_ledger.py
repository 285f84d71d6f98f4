"""Invented names are not called real, real ones not invented, and the ledger is agreed with, by the tables alone."""

from __future__ import annotations

import pytest

from gopls_diag.engines.advice.judging import judge_claims
from gopls_diag.engines.advice.names import Installed
from gopls_diag.model.claim import Truth
from gopls_diag.parse.advice import read_claims
from tests.unit.advice_rows import EXISTING, INVENTED, LEDGER

SCRIPTS = ("export", "gopls ", "go ", "dlv", "code", "ulimit")


def truth_of(sentence: str, name: str) -> Truth | None:
    """What is said of the claim of that name; None where it is not judged."""
    file = "settings.json" if sentence.startswith('"') else "a.sh" if sentence.startswith(SCRIPTS) else "a.md"
    claims = [each for each in read_claims(sentence, name=file) if each.text == name]
    assert claims, "the name is not read as a claim"
    judged = judge_claims(claims, Installed()).judgements
    return judged[0].truth if judged else None


@pytest.mark.parametrize(("sentence", "name"), INVENTED)
def test_what_was_invented_is_called_so(sentence: str, name: str) -> None:
    assert truth_of(sentence, name) is Truth.NEVER_EXISTED


@pytest.mark.parametrize(("sentence", "name"), EXISTING)
def test_what_is_real_is_called_so(sentence: str, name: str) -> None:
    assert truth_of(sentence, name) is Truth.REAL


@pytest.mark.parametrize(("row", "sentence", "name", "verdict"), LEDGER)
def test_the_ledger_is_agreed_with(row: str, sentence: str, name: str, verdict: str) -> None:
    assert truth_of(sentence, name) == verdict
