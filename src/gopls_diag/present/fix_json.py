"""A run of fix, the history of changes and an undoing as JSON; changes to the schemas are additive."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from gopls_diag.model.change import KeptChange, PutBack
from gopls_diag.model.repair import Proposal, Repair
from gopls_diag.model.report import ReportedFinding
from gopls_diag.parse.report_fields import edit_fields, subject_fields, verdict_fields
from gopls_diag.present.difference import unified

SCHEMA = "gopls-diag/fix/1"
HISTORY_SCHEMA = "gopls-diag/fix-history/1"
UNDO_SCHEMA = "gopls-diag/fix-undo/1"


def render(repair: Repair, version: str) -> str:
    """The whole run as one JSON document with a final newline."""
    comparison = repair.comparison
    return _document(
        {
            "schema": SCHEMA,
            "version": version,
            "subject": subject_fields(repair.before.subject),
            "verdict": verdict_fields(repair.before.verdict),
            "verdict_after": verdict_fields(repair.after.verdict) if repair.after else None,
            "proposals": [_proposal(each) for each in repair.proposals],
            "changes": [_kept(each) for each in repair.kept],
            "comparison": None
            if comparison is None
            else {
                "gone": [_named(each) for each in comparison.gone],
                "left": [_named(each) for each in comparison.left],
                "new": [_named(each) for each in comparison.new],
            },
            "measures": [
                {"name": each.name, "unit": each.unit, "before": each.before, "after": each.after}
                for each in repair.measures
            ],
            "notes": list(repair.notes),
        }
    )


def render_history(changes: Sequence[KeptChange], version: str) -> str:
    """All kept changes, newest first."""
    return _document({"schema": HISTORY_SCHEMA, "version": version, "changes": [_kept(each) for each in changes]})


def render_undo(back: PutBack, version: str) -> str:
    """What undoing one change did."""
    return _document(
        {
            "schema": UNDO_SCHEMA,
            "version": version,
            "change": _kept(back.change),
            "restored": list(back.restored),
            "already": list(back.already),
            "conflicts": list(back.conflicts),
        }
    )


def _document(value: dict[str, Any]) -> str:
    return json.dumps(value, indent=2, ensure_ascii=True) + "\n"


def _proposal(proposal: Proposal) -> dict[str, Any]:
    return {
        "number": proposal.number,
        "code": proposal.code or None,
        "check": proposal.check or None,
        "severity": proposal.severity.value,
        "summary": proposal.summary,
        "title": proposal.title,
        "reach": proposal.reach.value,
        "consent": proposal.consent.value,
        "fate": proposal.fate.value,
        "reason": proposal.reason or None,
        "settings": [edit_fields(each) for each in proposal.edits],
        "command": list(proposal.command) or None,
        "folder": proposal.folder or None,
        "files": [
            {
                "path": each.path,
                "is_new": each.before is None,
                "diff": "\n".join(unified(each.path, each.before, each.after)),
            }
            for each in proposal.changes
        ],
        "lines": [{"line": each.line, "before": each.before, "after": each.after} for each in proposal.lines],
        "brings": list(proposal.brings),
    }


def _kept(change: KeptChange) -> dict[str, Any]:
    return {
        "id": change.id,
        "state": change.state.value,
        "kind": change.kind.value,
        "made": change.made,
        "titles": list(change.titles),
        "command": list(change.command) or None,
        "files": [
            {
                "path": each.path,
                "resolved": each.resolved,
                "before_sha256": each.before_sha256,
                "after_sha256": each.after_sha256,
            }
            for each in change.files
        ],
    }


def _named(finding: ReportedFinding) -> dict[str, Any]:
    return {"code": finding.code, "check": finding.declaration.id, "summary": finding.summary}
