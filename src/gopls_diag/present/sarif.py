"""The report as SARIF 2.1.0, for code scanning: rules from the declarations, results from the findings.

Checks that found nothing give no result, because code scanning shows every result as an alert, whatever its kind.
Checks that could not tell or failed are notifications of the invocation, and every outcome is a property of it.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import asdict
from typing import Any
from urllib.parse import quote

from gopls_diag.model.declaration import FAMILIES, Declaration
from gopls_diag.model.finding import Evidence, Severity
from gopls_diag.model.outcome import OUTCOME_NAMES, Crashed, Unknown
from gopls_diag.model.report import CheckOutcome, Report, ReportedFinding
from gopls_diag.parse.report_fields import remedy_fields
from gopls_diag.present.check_page import markdown as page_markdown

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_DRIVE_PATTERN = re.compile(r"[A-Za-z]:[\\/]")


def render(report: Report, version: str) -> str:
    """The whole report as one SARIF log with a final newline."""
    # A path that is not UTF-8 holds lone surrogates, which JSON readers refuse.
    text = json.dumps(document(report, version), indent=2, ensure_ascii=False)
    return text.encode("utf-8", "backslashreplace").decode("utf-8") + "\n"


def document(report: Report, version: str) -> dict[str, Any]:
    """The report as a JSON value."""
    rules = _rules(report)
    indices = {each.id: index for index, each in enumerate(rules)}
    folder = report.subject.folder
    run: dict[str, Any] = {
        "tool": {
            "driver": {
                "name": "gopls-diag",
                "version": version,
                "semanticVersion": version,
                "rules": [_rule(each) for each in rules],
            }
        },
        "invocations": [_invocation(report, indices)],
        "results": [_result(each, indices, folder) for each in report.findings],
        "columnKind": "unicodeCodePoints",
        "properties": _properties(report),
    }
    if _is_path(folder):
        run["originalUriBaseIds"] = {"WORKSPACE": {"uri": _uri(folder).rstrip("/") + "/"}}
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _rules(report: Report) -> list[Declaration]:
    """Every check that ran, and any other that a finding names, once each."""
    declared = [each.declaration for each in report.outcomes] + [each.declaration for each in report.findings]
    return list({each.id: each for each in declared}.values())


def _rule(check: Declaration) -> dict[str, Any]:
    page = dict(check.page)
    rule: dict[str, Any] = {
        "id": check.code,
        "name": "".join(word.capitalize() for word in check.id.split("/")[-1].split("-")),
        "shortDescription": {"text": check.title or check.id},
        "fullDescription": {"text": page.get("What it means") or check.why or check.title or check.id},
        "help": {
            "text": page.get("How to fix") or check.why or check.title or check.id,
            "markdown": page_markdown(check),
        },
        "defaultConfiguration": {"level": _LEVELS[check.severity]},
        "properties": {"check": check.id, "tags": ["gopls", FAMILIES.get(check.code[:1], check.code[:1])]},
    }
    return rule


def _result(finding: ReportedFinding, indices: dict[str, int], folder: str) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": finding.code,
        "ruleIndex": indices[finding.declaration.id],
        "level": _LEVELS[finding.severity],
        "message": {"text": f"{finding.summary}. {finding.why}" if finding.why else finding.summary},
        "partialFingerprints": {"finding/v1": _fingerprint(finding)},
        "properties": {
            "confidence": finding.confidence.value,
            "explainedBy": finding.explained_by,
            "evidence": [asdict(each) for each in finding.evidence],
            "remedies": [remedy_fields(each) for each in finding.remedies],
        },
    }
    locations = [_location(each, folder) for each in finding.evidence if _is_path(each.source)]
    if locations:
        result["locations"] = locations[:1]
        if locations[1:]:
            result["relatedLocations"] = locations[1:]
    return result


def _fingerprint(finding: ReportedFinding) -> str:
    """The same for the same fault in the same place, whatever its line."""
    place = next((each.source for each in finding.evidence if _is_path(each.source)), "")
    words = "\0".join((finding.code, place, finding.summary))
    return hashlib.sha256(words.encode("utf-8", "surrogateescape")).hexdigest()[:32]


def _location(evidence: Evidence, folder: str) -> dict[str, Any]:
    where: dict[str, Any] = {"artifactLocation": _artifact(evidence.source, folder)}
    if evidence.line is not None and evidence.line > 0:
        where["region"] = {"startLine": evidence.line}
        if evidence.text:
            where["region"]["snippet"] = {"text": evidence.text}
    return {"physicalLocation": where}


def _artifact(path: str, folder: str) -> dict[str, str]:
    """Paths in the workspace are relative to it: code scanning joins them to the repository."""
    path, folder = path.replace("\\", "/"), folder.replace("\\", "/").rstrip("/")
    if folder and path.startswith(folder + "/"):
        return {"uri": _quoted(path[len(folder) + 1 :]), "uriBaseId": "WORKSPACE"}
    return {"uri": _uri(path)}


def _is_path(source: str) -> bool:
    """True for an absolute path; anything else is a command line or the name of a place."""
    return source.startswith(("/", "\\\\")) or _DRIVE_PATTERN.match(source) is not None


def _uri(path: str) -> str:
    path = path.replace("\\", "/")
    if path.startswith("//"):
        return "file:" + _quoted(path)
    return "file://" + ("" if path.startswith("/") else "/") + _quoted(path)


def _quoted(path: str) -> str:
    return quote(path.encode("utf-8", "surrogateescape"), safe="/:@!$&'()*+,;=~")


def _invocation(report: Report, indices: dict[str, int]) -> dict[str, Any]:
    notifications = []
    for done in report.outcomes:
        match done.outcome:
            case Unknown(reason):
                notifications.append(_notification(done, indices, "note", f"could not tell: {reason}"))
            case Crashed(reason):
                notifications.append(_notification(done, indices, "error", f"failed: {reason}"))
            case _:
                pass
    return {
        "executionSuccessful": not any(isinstance(each.outcome, Crashed) for each in report.outcomes),
        "toolExecutionNotifications": notifications,
        "properties": {
            "outcomes": [
                {
                    "check": each.declaration.id,
                    "outcome": OUTCOME_NAMES[type(each.outcome)],
                    "reason": each.outcome.reason,
                }
                for each in report.outcomes
            ]
        },
    }


def _notification(done: CheckOutcome, indices: dict[str, int], level: str, words: str) -> dict[str, Any]:
    rule = {"id": done.declaration.code, "index": indices[done.declaration.id]}
    return {"level": level, "message": {"text": f"{done.declaration.id}: {words}"}, "associatedRule": rule}


def _properties(report: Report) -> dict[str, Any]:
    subject = report.subject
    return {
        "subject": {**asdict(subject), "editors": list(subject.editors)},
        "verdict": None if report.verdict is None else {"code": report.verdict.code, "summary": report.verdict.summary},
        "notes": list(report.notes),
        "probe": [asdict(each) for each in report.probe],
    }
