"""The report as JSON: the schema gopls-diag/report/1 of docs/reference/json.md. Changes are additive."""

from __future__ import annotations

import json
from typing import Any

from gopls_diag.model.finding import Remedy
from gopls_diag.model.outcome import OUTCOME_NAMES, Crashed
from gopls_diag.model.report import CheckOutcome, Report, ReportedFinding

SCHEMA = "gopls-diag/report/1"


def render(report: Report, version: str) -> str:
    """The whole report as one JSON document with a final newline."""
    return json.dumps(document(report, version), indent=2, ensure_ascii=True) + "\n"


def document(report: Report, version: str) -> dict[str, Any]:
    """The report as a JSON value."""
    subject = report.subject
    return {
        "schema": SCHEMA,
        "version": version,
        "subject": {
            "folder": subject.folder,
            "os": subject.os,
            "go": subject.go,
            "gopls": subject.gopls,
            "editors": list(subject.editors),
        },
        "verdict": None
        if report.verdict is None
        else {"code": report.verdict.code, "check": report.verdict.declaration.id, "summary": report.verdict.summary},
        "findings": [_finding(each) for each in report.findings],
        "outcomes": [_outcome(each) for each in report.outcomes],
        "probe": [
            {
                "step": each.name,
                "elapsed_seconds": each.elapsed_seconds,
                "resident_bytes": each.resident_bytes,
                "result": each.result,
            }
            for each in report.probe
        ],
        "notes": list(report.notes),
    }


def _finding(finding: ReportedFinding) -> dict[str, Any]:
    return {
        "code": finding.code,
        "check": finding.declaration.id,
        "severity": finding.severity.value,
        "confidence": finding.confidence.value,
        "summary": finding.summary,
        "why": finding.why,
        "explained_by": finding.explained_by,
        "evidence": [{"source": each.source, "text": each.text, "line": each.line} for each in finding.evidence],
        "remedies": [_remedy(each) for each in finding.remedies],
    }


def _remedy(remedy: Remedy) -> dict[str, Any]:
    edit = remedy.setting
    return {
        "title": remedy.title,
        "kind": remedy.kind.value,
        "safe": remedy.safe,
        "setting": None
        if edit is None
        else {"file": edit.file, "key": edit.key, "value": edit.value, "action": edit.action},
        "command": list(remedy.command) or None,
        "link": remedy.link,
    }


def _outcome(done: CheckOutcome) -> dict[str, Any]:
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
