"""macOS reports (.ips): a line of JSON that says what it is, then the report as a second JSON value.

Forms: golang/go#63997, #65810 and Apple's page "Interpreting the JSON format of a crash report"; memory reports by
Apple's page "Identifying high-memory use with jetsam event reports".
"""

from __future__ import annotations

import json
from typing import Any

from gopls_diag.model.macos_report import MacReport

_CRASH_BUG_TYPES = ("309", "109", "385")
_JETSAM_BUG_TYPE = "298"
DEFAULT_PAGE_BYTES = 16384
"""Of Apple silicon; a memory report names its own."""


def parse_macos_report(text: str, *, path: str) -> MacReport | None:
    """What a report says; None when it is not one. A body that is cut gives what its header says."""
    head, _, rest = text.lstrip("\ufeff").partition("\n")
    header = _object(head)
    if header is None:
        # Some tools store both parts as one value.
        header = _object(text)
        body = header
    else:
        body = _object(rest)
    if header is None:
        return None
    body = body or {}
    bug_type = _words(header.get("bug_type"))
    if bug_type == _JETSAM_BUG_TYPE or ("largestProcess" in body and "processes" in body):
        return _jetsam(path, header, body)
    is_crash = bug_type in _CRASH_BUG_TYPES or "termination" in body or "exception" in body
    if not is_crash and not body.get("procName"):
        return MacReport(path, "other", process=_words(header.get("name") or header.get("app_name")))
    return _crash(path, header, body)


def _crash(path: str, header: dict[str, Any], body: dict[str, Any]) -> MacReport:
    termination, exception = _mapping(body.get("termination")), _mapping(body.get("exception"))
    reasons = termination.get("reasons")
    said = [_words(each) for each in reasons] if isinstance(reasons, list) else []
    indicator = _words(termination.get("indicator"))
    signal = _words(exception.get("signal")).partition(" ")
    detail = signal[2].strip("()")
    return MacReport(
        path,
        "crash",
        process=_words(body.get("procName") or header.get("app_name") or header.get("name")),
        pid=_number(body.get("pid")),
        time=_words(body.get("captureTime") or header.get("timestamp")),
        namespace=_words(termination.get("namespace")).upper(),
        reason="; ".join(each for each in (indicator, detail, *said) if each)[:300],
        signal=signal[0],
        architecture=_words(body.get("cpuType")),
        is_translated=body.get("translated") is True or body.get("translated") == 1,
    )


def _jetsam(path: str, header: dict[str, Any], body: dict[str, Any]) -> MacReport:
    status = _mapping(body.get("memoryStatus"))
    page_bytes = _number(status.get("pageSize")) or _number(body.get("pageSize")) or DEFAULT_PAGE_BYTES
    processes = body.get("processes")
    rows = [each for each in processes if isinstance(each, dict)] if isinstance(processes, list) else []
    ended = [each for each in rows if each.get("reason") and _is_gopls(each)]
    shown = ended or [each for each in rows if _is_gopls(each)]
    row = max(shown, key=lambda each: _number(each.get("rpages")) or 0, default={})
    pages = _number(row.get("rpages"))
    return MacReport(
        path,
        "jetsam",
        process=_words(row.get("name")) or _words(body.get("largestProcess")),
        pid=_number(row.get("pid")),
        time=_words(header.get("timestamp") or body.get("date")),
        namespace="JETSAM" if ended else "",
        reason=_words(row.get("reason")),
        resident_bytes=None if pages is None else pages * page_bytes,
    )


def _is_gopls(row: dict[str, Any]) -> bool:
    return _words(row.get("name")).startswith("gopls")


def _object(text: str) -> dict[str, Any] | None:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _words(value: Any) -> str:
    return str(value)[:300] if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def _number(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1 << 62 else None
