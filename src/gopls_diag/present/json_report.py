"""The report as JSON: the schema gopls-diag/report/1 of docs/reference/json.md. Changes are additive."""

from __future__ import annotations

import json
from typing import Any

from gopls_diag.model.report import Report
from gopls_diag.parse.report_fields import finding_fields, outcome_fields, subject_fields, verdict_fields

SCHEMA = "gopls-diag/report/1"


def render(report: Report, version: str) -> str:
    """The whole report as one JSON document with a final newline."""
    return json.dumps(document(report, version), indent=2, ensure_ascii=True) + "\n"


def document(report: Report, version: str) -> dict[str, Any]:
    """The report as a JSON value."""
    return {
        "schema": SCHEMA,
        "version": version,
        "subject": subject_fields(report.subject),
        "verdict": verdict_fields(report.verdict),
        "findings": [finding_fields(each) for each in report.findings],
        "outcomes": [outcome_fields(each) for each in report.outcomes],
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
