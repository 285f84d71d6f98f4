"""macOS reports, in the form that Apple documents and golang/go#63997 shows."""

from __future__ import annotations

import json

from gopls_diag.parse.macos_report import parse_macos_report

HEADER = {"app_name": "gopls", "timestamp": "2023-11-08 08:59:00.00 +0100", "bug_type": "309", "name": "gopls"}
BODY = {
    "pid": 4159,
    "procName": "gopls",
    "cpuType": "ARM-64",
    "captureTime": "2023-11-08 08:59:00.5740 +0100",
    "exception": {"type": "EXC_BAD_ACCESS", "signal": "SIGKILL (Code Signature Invalid)"},
    "termination": {"namespace": "CODESIGNING", "code": 2, "indicator": "Invalid Page"},
}


def written(header: object, body: object) -> str:
    return json.dumps(header) + "\n" + json.dumps(body, indent=2)


def test_a_crash_report_names_who_ended_it() -> None:
    report = parse_macos_report(written(HEADER, BODY), path="x.ips")

    assert report is not None
    assert (report.kind, report.process, report.pid) == ("crash", "gopls", 4159)
    assert (report.namespace, report.reason) == ("CODESIGNING", "Invalid Page; Code Signature Invalid")
    assert report.signal == "SIGKILL"


def test_a_report_that_is_cut_gives_what_its_header_says() -> None:
    report = parse_macos_report(written(HEADER, BODY)[:200], path="x.ips")

    assert report is not None
    assert (report.kind, report.process, report.namespace) == ("crash", "gopls", "")


def test_a_memory_report_gives_bytes() -> None:
    body = {
        "memoryStatus": {"pageSize": 16384},
        "largestProcess": "gopls",
        "processes": [{"name": "gopls", "pid": 7, "rpages": 1000, "reason": "per-process-limit"}],
    }

    report = parse_macos_report(written({"bug_type": "298"}, body), path="x.ips")

    assert report is not None
    assert (report.kind, report.resident_bytes, report.reason) == ("jetsam", 1000 * 16384, "per-process-limit")


def test_what_is_no_report_is_none() -> None:
    for text in ("", "Process: gopls [1]", "[1]\n{}", "{", "\x00", "nan\n", '"x"'):
        assert parse_macos_report(text, path="x.ips") is None, text


def test_odd_types_do_no_harm() -> None:
    body = {
        "termination": ["x"],
        "exception": 7,
        "processes": {"a": 1},
        "pid": "9",
        "procName": None,
        "largestProcess": [],
    }

    assert parse_macos_report(written({"bug_type": 309}, body), path="x.ips") is not None
    assert parse_macos_report(written({"bug_type": "298"}, body), path="x.ips") is not None
