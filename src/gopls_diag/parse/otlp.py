"""What gopls posts when it was started with `-otel`: OTLP in JSON (golang/tools internal/event/export/otel).

A start in an empty module is 1 MB of spans, nearly all of them files that were parsed and packages that were checked.
So the bytes are searched for the few spans that matter, in the form in which gopls writes them: keys in one order,
without blanks. Inside a string of JSON a quotation mark has a backslash before it, so no text can pass for a key. A
body in another order or spacing is read as JSON as long as it is small.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from gopls_diag.model.otlp import MethodCount, OtlpCommand, OtlpMetrics, OtlpRequest, OtlpTraces

_SPAN_MARK = b'"spanId":"'
_SPAN_START = b'{"traceId":"'
# A root has no parent between its id and its name; a go command has one.
_WANTED_PATTERN = re.compile(rb'"spanId":"[0-9a-f]{16}",(?:"parentSpanId":"[0-9a-f]{16}","name":"gocommand\.|"name":")')
_HEAD_PATTERN = re.compile(
    rb'"name":"([^"\\]{1,200})","kind":\d{1,2},"startTimeUnixNano":"(\d{1,20})","endTimeUnixNano":"(\d{1,20})"'
)
_ATTRIBUTE_PATTERN = re.compile(
    rb'\{"key":"(method|direction|id|status\.code|verb|directory)","value":\{"stringValue":("(?:[^"\\]|\\.){0,900}")\}\}'
)
_FAILED_PATTERN = re.compile(rb'"status":\{"code":2\b')
_COMMAND_PREFIX = "gocommand.Runner."
_WRAPPER = "gocommand.Runner.Run"
"""Runs RunRaw and nothing else, which tells the same once more."""
_SPAN_BYTES = 8192
"""Of a span that is wanted: it has a dozen attributes at most."""
_WANTED_LIMIT = 5000
"""Of one post, which holds two seconds."""
_JSON_BYTES = 4 << 20
"""What is read as JSON. A post of metrics is 20 KB."""
_METHODS_LIMIT = 500
_NANOSECONDS = 1e9


def parse_traces(body: bytes) -> OtlpTraces:
    """The messages and go commands of a post to /v1/traces. Total; takes time in proportion to the length."""
    spans = body.count(_SPAN_MARK)
    if not spans:
        return _traces_by_json(body)
    found: list[OtlpRequest | OtlpCommand] = []
    for wanted in islice(_WANTED_PATTERN.finditer(body), _WANTED_LIMIT):
        one = _read_span(body[wanted.start() : wanted.start() + _SPAN_BYTES])
        if one:
            found.append(one)
    if not found and not body.count(_SPAN_START):
        return _traces_by_json(body)
    return _traces(found, spans)


def parse_metrics(body: bytes) -> OtlpMetrics:
    """The counts of a post to /v1/metrics. Total."""
    document = _loaded(body)
    if document is None:
        return OtlpMetrics(is_understood=False)
    counts: dict[tuple[str, str], list[int | None]] = {}
    for metric in _inside(document, "resourceMetrics", "scopeMetrics", "metrics"):
        place = {"started": 0, "completed": 1}.get(_text(metric.get("name")))
        if place is None:
            continue
        for point in _dicts(_dict(metric.get("sum")).get("dataPoints")):
            labels = _attributes(point)
            key = (labels.get("method", ""), labels.get("direction", ""))
            if key in counts or len(counts) < _METHODS_LIMIT:
                both = counts.setdefault(key, [None, None])
                # Completed ones have a point for each status.
                both[place] = (both[place] or 0) + _integer(point.get("asInt"))
    return OtlpMetrics(tuple(MethodCount(*key, both[0], both[1]) for key, both in sorted(counts.items())))


def _traces(found: Iterable[OtlpRequest | OtlpCommand], spans: int) -> OtlpTraces:
    kept = tuple(found)
    requests = tuple(each for each in kept if isinstance(each, OtlpRequest))
    commands = tuple(each for each in kept if isinstance(each, OtlpCommand))
    return OtlpTraces(requests, commands, max(0, spans - len(kept)))


def _read_span(piece: bytes) -> OtlpRequest | OtlpCommand | None:
    end = piece.find(_SPAN_START)
    piece = piece[:end] if end >= 0 else piece
    head = _HEAD_PATTERN.search(piece)
    if not head:
        return None
    labels = {each[1].decode(): _unquoted(each[2]) for each in _ATTRIBUTE_PATTERN.finditer(piece, head.end())}
    return _span(
        head[1].decode(errors="replace"),
        labels,
        int(head[2]) / _NANOSECONDS,
        int(head[3]) / _NANOSECONDS,
        failed=_FAILED_PATTERN.search(piece, head.end()) is not None,
    )


def _span(
    name: str, labels: Mapping[str, str], began: float, ended: float, *, failed: bool
) -> OtlpRequest | OtlpCommand | None:
    if name.startswith(_COMMAND_PREFIX):
        if name == _WRAPPER or "verb" not in labels:
            return None
        return OtlpCommand(labels["verb"], labels.get("directory", ""), began, ended, failed)
    if labels.get("method") != name:
        # Other work that nobody asked for, such as a round of diagnostics.
        return None
    direction, status = labels.get("direction", ""), labels.get("status.code", "ERROR" if failed else "")
    return OtlpRequest(name, direction, labels.get("id", ""), began, ended, status)


def _unquoted(text: bytes) -> str:
    try:
        return str(json.loads(text))
    except ValueError:
        return ""


def _traces_by_json(body: bytes) -> OtlpTraces:
    document = _loaded(body)
    if document is None:
        return OtlpTraces(is_understood=False)
    found: list[OtlpRequest | OtlpCommand] = []
    spans = 0
    for span in _inside(document, "resourceSpans", "scopeSpans", "spans"):
        spans += 1
        name = _text(span.get("name"))
        if (span.get("parentSpanId") and not name.startswith(_COMMAND_PREFIX)) or len(found) >= _WANTED_LIMIT:
            continue
        began, ended = _integer(span.get("startTimeUnixNano")), _integer(span.get("endTimeUnixNano"))
        failed = _dict(span.get("status")).get("code") in (2, "STATUS_CODE_ERROR")
        one = _span(name, _attributes(span), began / _NANOSECONDS, ended / _NANOSECONDS, failed=failed)
        found.extend([one] if one else [])
    return _traces(found, spans)


def _loaded(body: bytes) -> dict[str, Any] | None:
    if len(body) > _JSON_BYTES:
        return None
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None


def _inside(document: Mapping[str, Any], *names: str) -> Iterator[Mapping[str, Any]]:
    """The objects in the lists below `names`, one level for each name."""
    level: Iterable[Mapping[str, Any]] = (document,)
    for name in names:
        level = [inner for outer in level for inner in _dicts(outer.get(name))]
    return iter(level)


def _attributes(holder: Mapping[str, Any]) -> dict[str, str]:
    """Attributes that are texts; the first of a name holds."""
    found: dict[str, str] = {}
    for each in _dicts(holder.get("attributes")):
        value = _dict(each.get("value")).get("stringValue")
        if isinstance(value, str):
            found.setdefault(_text(each.get("key")), value)
    return found


def _dict(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _dicts(value: object) -> list[dict[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _integer(value: object) -> int:
    """A whole number, which OTLP writes as a text; 0 for everything else."""
    if isinstance(value, str) and len(value) <= 20 and value.isascii() and value.lstrip("-").isdecimal():
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 1 << 63 else 0
