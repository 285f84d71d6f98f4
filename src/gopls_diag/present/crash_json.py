"""What logs say as JSON: the schema gopls-diag/crash/1 of docs/reference/json.md. Changes are additive."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from gopls_diag.model.crash import Crash, Explanation, RaceAccess
from gopls_diag.model.crash_report import CrashReport
from gopls_diag.model.go_stack import Bucket, Frame, Goroutine, Stack
from gopls_diag.model.log_reading import GcHistory, LogReading, RequestTrace
from gopls_diag.parse.report_fields import finding_fields, outcome_fields, verdict_fields

SCHEMA = "gopls-diag/crash/1"


def pieces(report: CrashReport, version: str) -> Iterator[str]:
    """The document in pieces, a line for each bucket: one with 100,000 goroutines needs no second copy in memory."""
    yield f'{{"schema": {json.dumps(SCHEMA)},\n"version": {json.dumps(version)},\n"inputs": ['
    yield from _listed(_input(each) for each in report.inputs)
    yield '],\n"crashes": ['
    for at, crash in enumerate(report.crashes):
        yield ",\n" if at else "\n"
        yield from _crash(crash)
    yield f'],\n"verdict": {json.dumps(verdict_fields(report.verdict))},\n"findings": ['
    yield from _listed(finding_fields(each) for each in report.findings)
    yield '],\n"outcomes": ['
    yield from _listed(outcome_fields(each) for each in report.outcomes)
    yield '],\n"skipped": ['
    yield from _listed({"file": each.source, "reason": each.reason, "count": each.count} for each in report.skipped)
    yield f'],\n"notes": {json.dumps(list(report.notes))}}}\n'


def _listed(rows: Iterator[dict[str, Any]]) -> Iterator[str]:
    for at, row in enumerate(rows):
        yield ("," if at else "") + "\n" + json.dumps(row)


def _crash(crash: Crash) -> Iterator[str]:
    head, tail = _before_buckets(crash), _after_buckets(crash)
    yield json.dumps(head)[:-1] + ', "buckets": ['
    yield from _listed(_bucket(each) for each in crash.buckets)
    yield "], " + json.dumps(tail)[1:]


def _input(reading: LogReading) -> dict[str, Any]:
    return {
        "file": reading.source,
        "formats": list(reading.formats),
        "lines": reading.lines,
        "bytes": reading.bytes,
        "not_understood": reading.not_understood,
        "gc": [_collections(each) for each in reading.collections],
        "requests": _requests(reading.requests) if reading.requests else None,
    }


def _before_buckets(crash: Crash) -> dict[str, Any]:
    return {
        "file": crash.source,
        "line": crash.line,
        "last_line": crash.last_line,
        "stream": crash.stream,
        "kind": crash.kind.value,
        "message": crash.message,
        "chain": [
            {
                "text": each.text,
                "recovered": each.is_recovered,
                "repanicked": each.is_repanicked,
                "goexit": each.is_goexit,
            }
            for each in crash.chain
        ],
        "signal": crash.signal.name if crash.signal else None,
        "signal_code": crash.signal.code if crash.signal else None,
        "fault_address": crash.signal.address if crash.signal else None,
        "exit_code": crash.exit_code,
        "program": crash.program or None,
        "program_version": crash.program_version or None,
        "go_version": crash.go_version or None,
        "goroutines": crash.goroutines,
        "truncated": crash.is_truncated,
        "truncation": crash.truncation or None,
        "crashing": _goroutine(crash.crashing) if crash.crashing else None,
        "top_frame": _place(crash.top_frame),
        "origin_frame": _place(crash.origin_frame),
        "chosen": [_goroutine(each) for each in crash.chosen],
    }


def _after_buckets(crash: Crash) -> dict[str, Any]:
    return {
        "signature": crash.signature,
        "signature_parts": list(crash.signature_parts),
        "known": [
            {"issue": each.issue, "fixed_in": each.fixed_in, "title": each.title, "rule": each.rule}
            for each in crash.known
        ],
        "explanations": [_explanation(each) for each in crash.explanations],
        "race": [_access(each) for each in crash.race],
        "diagnostics": list(crash.diagnostics),
        "not_understood": [{"line": line, "text": text} for line, text in crash.not_understood],
    }


def _explanation(explanation: Explanation) -> dict[str, Any]:
    return {
        "kind": explanation.kind,
        "summary": explanation.summary,
        "certain": explanation.is_certain,
        "goroutines": list(explanation.goroutines),
        "proof": list(explanation.proof),
    }


def _access(access: RaceAccess) -> dict[str, Any]:
    return {
        "title": access.title,
        "goroutine": access.goroutine,
        "frames": [_frame(each, created_by=False) for each in access.frames],
    }


def _goroutine(goroutine: Goroutine) -> dict[str, Any]:
    return {
        "id": goroutine.id,
        "state": goroutine.state,
        "waited_minutes": goroutine.waited_minutes,
        "locked": goroutine.is_locked,
        "labels": dict(goroutine.labels),
        "parent": goroutine.parent_id,
        "line": goroutine.line,
        "elided": goroutine.stack.elided,
        "frames": _frames(goroutine.stack, with_arguments=True),
    }


def _place(frame: Frame | None) -> dict[str, Any] | None:
    return None if frame is None else {"function": frame.function, "file": frame.file, "line": frame.line}


def _frames(stack: Stack, *, with_arguments: bool = False) -> list[dict[str, Any]]:
    rows = [_frame(each, created_by=False) for each in stack.frames]
    if with_arguments:
        for row, frame in zip(rows, stack.frames, strict=True):
            row["arguments"] = frame.arguments
    return rows + ([_frame(stack.created_by, created_by=True)] if stack.created_by else [])


def _frame(frame: Frame, *, created_by: bool) -> dict[str, Any]:
    return {"function": frame.function, "file": frame.file, "line": frame.line, "created_by": created_by}


def _bucket(bucket: Bucket) -> dict[str, Any]:
    return {
        "count": bucket.count,
        "states": dict(bucket.states),
        "waited_minutes": list(bucket.waited_minutes) if bucket.waited_minutes else None,
        "locked": bucket.locked,
        "labels": [{"key": key, "value": value, "count": count} for (key, value), count in bucket.labels],
        "elided": bucket.stack.elided,
        "ids": list(bucket.ids),
        "frames": _frames(bucket.stack),
    }


def _collections(history: GcHistory) -> dict[str, Any]:
    last = history.cycles[-1] if history.cycles else None
    return {
        "collections": history.count,
        "seconds": last.at_seconds if last else 0,
        "cpu_percent": last.cpu_percent if last else 0,
        "live_bytes_at_end": last.live_bytes if last else 0,
        "live_bytes_at_most": max((each.live_bytes for each in history.cycles), default=0),
        "explanations": [_explanation(each) for each in history.explanations],
    }


def _requests(trace: RequestTrace) -> dict[str, Any]:
    return {
        "requests": trace.requests,
        "answers": trace.answers,
        "open": [
            {"method": each.method, "id": each.id, "sent": each.sent, "line": each.line, "server": each.is_from_server}
            for each in trace.open
        ],
        "slowest": [{"method": method, "milliseconds": milliseconds} for method, milliseconds in trace.slowest],
    }
