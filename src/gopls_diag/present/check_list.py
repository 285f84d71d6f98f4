"""All checks: a line each for people, records for programs."""

from __future__ import annotations

import json
from collections.abc import Sequence

from gopls_diag.model.declaration import FAMILIES, Declaration

SCHEMA = "gopls-diag/checks/1"


def text(checks: Sequence[Declaration]) -> str:
    """By family: code, severity, title. Lines are not cut, so that they can be searched."""
    width = max((len(each.severity) for each in checks), default=0)
    lines: list[str] = []
    for letter, family in FAMILIES.items():
        members = [each for each in checks if each.code.startswith(letter)]
        if members:
            lines += [family, *(f"  {each.code}  {each.severity:<{width}}  {each.title}" for each in members), ""]
    lines.append(f"{len(checks)} checks; the page of one: gopls-diag explain CODE")
    return "\n".join(lines) + "\n"


def json_text(checks: Sequence[Declaration]) -> str:
    """The declarations without their pages."""
    records = [
        {
            "code": each.code,
            "check": each.id,
            "family": FAMILIES.get(each.code[:1], ""),
            "severity": each.severity.value,
            "title": each.title,
            "why": each.why,
            "explains": list(each.explains),
            "cost": each.cost.value,
            "os": list(each.os),
            "since": each.since,
        }
        for each in checks
    ]
    return json.dumps({"schema": SCHEMA, "checks": records}, indent=2, ensure_ascii=False) + "\n"
