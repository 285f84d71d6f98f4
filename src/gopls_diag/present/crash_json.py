"""What logs say as JSON: the schema gopls-diag/crash/1. Changes are additive."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from gopls_diag.model.crash import Crash
from gopls_diag.model.crash_report import CrashReport
from gopls_diag.model.go_stack import Bucket, Frame, Goroutine, Stack
from gopls_diag.present.report_fields import finding_fields, outcome_fields, verdict_fields

SCHEMA = "gopls-diag/crash/1"


def pieces(report: CrashReport, version: str) -> Iterator[str]:
    """The document in pieces, a line for each crash, so that one with 100,000 goroutines needs no second copy."""
    head: dict[str, Any] = {"schema": SCHEMA, "version": version}
    yield "{" + json.dumps(head)[1:-1]
    yield ',\n"inputs": ' + json.dumps([_input(each) for each in report.inputs])
    yield ',\n"crashes": ['
    for at, crash in enumerate(report.crashes):
        yield (",\n" if at else "\n") + json.dumps(_crash(crash))
    yield "]"
    yield ',\n"verdict": ' + json.dumps(verdict_fields(report.verdict))
    yield ',\n"findings": ' + json.dumps([finding_fields(each) for each in report.findings])
    yield ',\n"outcomes": ' + json.dumps([outcome_fields(each) for each in report.outcomes])
    skipped = [{"file": each.source, "reason": each.reason, "count": each.count} for each in report.skipped]
    yield ',\n"skipped": ' + json.dumps(skipped)
    yield ',\n"notes": ' + json.dumps(list(report.notes)) + "}\n"


def _input(reading: Any) -> dict[str, Any]:
    return {
        "file": reading.source,
        "formats": list(reading.formats),
        "lines": reading.lines,
        "bytes": reading.bytes,
        "not_understood": reading.not_understood,
    }


def _crash(crash: Crash) -> dict[str, Any]:
    return {
        "file": crash.source,
        "line": crash.line,
        "kind": crash.kind.value,
        "message": crash.message,
        "signal": crash.signal.name if crash.signal else None,
        "exit_code": crash.exit_code,
        "goroutines": crash.goroutines,
        "truncated": crash.is_truncated,
        "crashing": _goroutine(crash.crashing) if crash.crashing else None,
        "top_frame": _place(crash.top_frame),
        "buckets": [_bucket(each) for each in crash.buckets],
        "signature": crash.signature,
        "known": [{"issue": each.issue, "fixed_in": each.fixed_in} for each in crash.known],
    }


def _goroutine(goroutine: Goroutine) -> dict[str, Any]:
    return {"id": goroutine.id, "state": goroutine.state, "frames": _frames(goroutine.stack)}


def _place(frame: Frame | None) -> dict[str, Any] | None:
    return None if frame is None else {"function": frame.function, "file": frame.file, "line": frame.line}


def _frames(stack: Stack) -> list[dict[str, Any]]:
    rows = [_frame(each, created_by=False) for each in stack.frames]
    return rows + ([_frame(stack.created_by, created_by=True)] if stack.created_by else [])


def _frame(frame: Frame, *, created_by: bool) -> dict[str, Any]:
    return {"function": frame.function, "file": frame.file, "line": frame.line, "created_by": created_by}


def _bucket(bucket: Bucket) -> dict[str, Any]:
    return {
        "count": bucket.count,
        "states": dict(bucket.states),
        "waited_minutes": list(bucket.waited_minutes) if bucket.waited_minutes else None,
        "ids": list(bucket.ids),
        "frames": _frames(bucket.stack),
    }
