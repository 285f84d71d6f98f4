"""Words that judgements of all kinds share."""

from __future__ import annotations

from gopls_diag.engines.advice.names import Installed, Span
from gopls_diag.model.claim import Claim, Judgement, Truth


def real(claim: Claim, source: str, why: str = "", instead: str | None = None) -> Judgement:
    """It exists, and here; a `why` is something to know besides."""
    return Judgement(claim, Truth.REAL, why or "it exists", instead, source, is_noted=bool(why or instead))


def elsewhere(claim: Claim, why: str, instead: str | None, source: str) -> Judgement:
    """It exists, but not so."""
    return Judgement(claim, Truth.ELSEWHERE, why, instead, source)


def retired(claim: Claim, why: str, instead: str | None, source: str) -> Judgement:
    """It existed."""
    return Judgement(claim, Truth.RETIRED, why, instead, source)


def harmful(claim: Claim, why: str, instead: str | None, source: str) -> Judgement:
    """It exists, and does damage."""
    return Judgement(claim, Truth.HARMFUL, why, instead, source)


def never(claim: Claim, whose: str, source: str, instead: str | None = None, effect: str = "") -> Judgement:
    """No release had it."""
    why = f"{whose} never had it{': ' + effect if effect else ''}"
    return Judgement(claim, Truth.NEVER_EXISTED, why, instead, source)


def of_span(
    claim: Claim, span: Span, whose: str, installed: Installed, source: str, instead: str | None = None
) -> Judgement:
    """By the releases that had it: here, only in newer ones, or no longer."""
    if span.last is None:
        if installed.is_before(span.first):
            return elsewhere(
                claim, f"{whose} has it since {span.first}; {installed.gopls} is installed", instead, source
            )
        return Judgement(claim, Truth.REAL, f"{whose} has it since {span.first}", None, source)
    if whose == "gopls" and installed.gopls and not installed.is_after(span.last):
        if installed.is_before(span.first):
            return elsewhere(claim, f"{whose} had it from {span.first} to {span.last}", instead, source)
        return real(claim, source, f"{installed.gopls} has it; gone after {span.last}", instead)
    return retired(claim, f"{whose} had it until {span.last}", instead, source)
