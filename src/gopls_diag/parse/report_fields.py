"""Fields of findings, remedies and outcomes, which all JSON of ours has alike."""

from __future__ import annotations

from typing import Any

from gopls_diag.model.finding import Remedy, SettingEdit
from gopls_diag.model.outcome import OUTCOME_NAMES, Crashed
from gopls_diag.model.report import CheckOutcome, ReportedFinding, SubjectLine


def subject_fields(subject: SubjectLine) -> dict[str, Any]:
    """What was examined."""
    return {
        "folder": subject.folder,
        "os": subject.os,
        "go": subject.go,
        "gopls": subject.gopls,
        "editors": list(subject.editors),
    }


def verdict_fields(verdict: ReportedFinding | None) -> dict[str, Any] | None:
    """The cause, or None."""
    if verdict is None:
        return None
    return {"code": verdict.code, "check": verdict.declaration.id, "summary": verdict.summary}


def finding_fields(finding: ReportedFinding) -> dict[str, Any]:
    """One finding."""
    return {
        "code": finding.code,
        "check": finding.declaration.id,
        "severity": finding.severity.value,
        "confidence": finding.confidence.value,
        "summary": finding.summary,
        "why": finding.why,
        "explained_by": finding.explained_by,
        "evidence": [{"source": each.source, "text": each.text, "line": each.line} for each in finding.evidence],
        "remedies": [remedy_fields(each) for each in finding.remedies],
    }


def remedy_fields(remedy: Remedy) -> dict[str, Any]:
    """One remedy."""
    fields: dict[str, Any] = {
        "title": remedy.title,
        "kind": remedy.kind.value,
        "safe": remedy.safe,
        "setting": None if remedy.setting is None else edit_fields(remedy.setting),
        "command": list(remedy.command) or None,
        "link": remedy.link,
    }
    if len(remedy.edits) > 1:
        fields["settings"] = [edit_fields(each) for each in remedy.edits]
    if remedy.folder:
        fields["folder"] = remedy.folder
    return fields


def edit_fields(edit: SettingEdit) -> dict[str, Any]:
    """One change to a settings file."""
    return {"file": edit.file, "key": edit.key, "value": edit.value, "action": edit.action}


def outcome_fields(done: CheckOutcome) -> dict[str, Any]:
    """How one check ended."""
    row = {
        "check": done.declaration.id,
        "code": done.declaration.code,
        "outcome": OUTCOME_NAMES[type(done.outcome)],
        "reason": done.outcome.reason,
        "milliseconds": done.milliseconds,
    }
    if isinstance(done.outcome, Crashed):
        row["trace"] = done.outcome.trace
    return row
