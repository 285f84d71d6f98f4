"""What a text's claims are worth, as JSON: the schema gopls-diag/advice/1. Changes are additive."""

from __future__ import annotations

import json
from collections.abc import Sequence

from gopls_diag.engines.advice.judging import Advice

SCHEMA = "gopls-diag/advice/1"


def render(advices: Sequence[tuple[str, Advice]], version: str) -> str:
    """All files' claims as one JSON document with a final newline."""
    return (
        json.dumps(
            {
                "schema": SCHEMA,
                "version": version,
                "gopls": advices[0][1].installed.gopls if advices else "",
                "claims": [
                    {
                        "file": file,
                        "line": each.claim.line,
                        "text": each.claim.text,
                        "kind": each.claim.kind.value,
                        "program": each.claim.program,
                        "value": each.claim.value,
                        "verdict": each.truth.value,
                        "why": each.why,
                        "instead": each.instead,
                        "source": each.source,
                    }
                    for file, advice in advices
                    for each in advice.judgements
                ],
                "not_judged": [
                    {"file": file, "line": each.line, "text": each.text, "kind": each.kind.value}
                    for file, advice in advices
                    for each in advice.not_judged
                ],
            },
            indent=2,
            ensure_ascii=True,
        )
        + "\n"
    )
