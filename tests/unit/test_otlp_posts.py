"""Posts of the real gopls are read, in any layout; nothing else is."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from gopls_diag.model.otlp import OtlpTraces
from gopls_diag.parse.otlp import parse_metrics, parse_traces
from tests.conftest import ROOT
from tests.growth import assert_linear

CORPUS = ROOT / "tests" / "corpus" / "otlp"
VERSIONS = ("v0.23.0", "v0.24.0")
ANY_VERSION = pytest.mark.parametrize("version", VERSIONS)


def traces(version: str) -> bytes:
    return (CORPUS / f"traces-{version}.json").read_bytes()


def metrics(version: str) -> bytes:
    return (CORPUS / f"metrics-{version}.json").read_bytes()


def with_span(**changes: Any) -> bytes:
    span = {
        "traceId": "0" * 31 + "1",
        "spanId": "0" * 15 + "1",
        "name": "textDocument/hover",
        "kind": 1,
        "startTimeUnixNano": "1000000000",
        "endTimeUnixNano": "3500000000",
        "attributes": [
            {"key": "method", "value": {"stringValue": "textDocument/hover"}},
            {"key": "direction", "value": {"stringValue": "in"}},
            {"key": "id", "value": {"stringValue": "#7"}},
            {"key": "status.code", "value": {"stringValue": "OK"}},
        ],
        "status": {"code": 0},
    }
    document = {"resourceSpans": [{"scopeSpans": [{"spans": [{**span, **changes}]}]}]}
    return json.dumps(document, separators=(",", ":")).encode()


@ANY_VERSION
def test_requests_of_gopls_have_method_time_and_outcome(version: str) -> None:
    told = parse_traces(traces(version))
    outcomes = {(each.method, each.status) for each in told.requests if each.id}

    assert outcomes == {
        ("initialize", "OK"),
        ("textDocument/hover", "ERROR"),
        ("textDocument/completion", "OK"),
        ("textDocument/definition", "ERROR"),
        ("textDocument/nosuch", "METHOD_NOT_FOUND"),
        ("textDocument/rename", "ERROR"),
        ("workspace/executeCommand", "ERROR"),
        ("workspace/executeCommand", "OK"),
        ("workspace/symbol", "CANCELED"),
        ("textDocument/references", "CANCELED"),
    }
    assert [each.method for each in told.requests if each.is_cancelled] == [
        "workspace/symbol",
        "textDocument/references",
    ]
    assert not any(each.failed for each in told.requests if each.is_cancelled)
    assert sum(each.method == "textDocument/hover" and each.failed for each in told.requests) == 8
    assert all(0 < each.elapsed_seconds < 60 and each.began_seconds > 1.7e9 for each in told.requests)
    assert [each.id for each in told.requests if each.id] == [f"#{number}" for number in range(1, 25)]


@ANY_VERSION
def test_a_go_command_is_told_once(version: str) -> None:
    commands = parse_traces(traces(version)).commands

    # `Run` calls `RunRaw`, and both have a span.
    assert [each.verb for each in commands] == ["env", "list", "version", "list", "list", "list", "mod", "mod"]
    assert {each.folder for each in commands} == {"/home/gopher/work"}


@ANY_VERSION
def test_every_other_span_is_counted_and_dropped(version: str) -> None:
    body = traces(version)
    told = parse_traces(body)

    assert told.dropped + len(told.requests) + len(told.commands) == body.count(b'"spanId":')
    assert told.dropped > 50


@ANY_VERSION
@pytest.mark.parametrize(
    "layout",
    [
        lambda document: json.dumps(document, indent=1),
        lambda document: json.dumps(document, sort_keys=True),
        lambda document: json.dumps(document, separators=(",", ":"), sort_keys=True),
    ],
    ids=["indented", "sorted", "sorted and close"],
)
def test_the_layout_of_the_json_does_not_matter(version: str, layout: Callable[[object], str]) -> None:
    body = traces(version)

    assert parse_traces(layout(json.loads(body)).encode()) == parse_traces(body)


@ANY_VERSION
def test_counts_of_started_and_completed_agree_when_all_is_answered(version: str) -> None:
    counts = {
        (each.method, each.direction): (each.started, each.completed) for each in parse_metrics(metrics(version)).counts
    }

    assert counts["textDocument/hover", "in"] == (8, 8)
    assert counts["workspace/executeCommand", "in"] == (2, 2)
    assert counts["window/showMessage", "out"] == (4, 4)
    assert all(started == completed for started, completed in counts.values())


def test_a_count_that_is_not_told_is_no_zero() -> None:
    document = json.loads(metrics("v0.24.0"))
    scope = document["resourceMetrics"][0]["scopeMetrics"][0]
    scope["metrics"] = [each for each in scope["metrics"] if each["name"] == "started"]

    assert {each.completed for each in parse_metrics(json.dumps(document).encode()).counts} == {None}


def test_text_inside_a_string_is_no_span() -> None:
    fake = with_span().decode()
    told = parse_traces(with_span(attributes=[{"key": "verb", "value": {"stringValue": fake}}], name="x"))

    assert told == OtlpTraces((), (), 1)


def test_work_that_nobody_asked_for_is_no_request() -> None:
    assert parse_traces(with_span(name="server.diagnoseSnapshot")).requests == ()


def test_a_failed_span_without_an_outcome_failed() -> None:
    attributes = [{"key": "method", "value": {"stringValue": "textDocument/hover"}}]

    assert parse_traces(with_span(attributes=attributes, status={"code": 2})).requests[0].failed
    assert not parse_traces(with_span(attributes=attributes)).requests[0].failed


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b"null",
        b"{",
        b"[" * 200_000,
        b'{"resourceSpans":[{"scopeSpans":[{"spans":[null,1,"x",{"name":1}]}]}]}',
        b'{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"name":"started","sum":{"dataPoints":[{"asInt":"9e99"}]}}]}]}]}',
        b'{"resourceMetrics":{"scopeMetrics":"x"}}',
        with_span(startTimeUnixNano="9" * 5000),
        with_span(attributes=[{"key": "method", "value": {"stringValue": "\ud800"}}]),
    ],
)
def test_anything_else_is_read_as_nothing(body: bytes) -> None:
    assert parse_traces(body).requests == ()
    assert all((each.started or 0) < 1 << 63 for each in parse_metrics(body).counts)


@pytest.mark.parametrize(
    "unit",
    [
        b'"spanId":"0123456789abcdef","name":"',
        b'{"traceId":"","spanId":"0123456789abcdef","name":"x","kind":1,',
        b'"spanId":"0123456789abcdef","name":"x\\',
        b'{"key":"method","value":{"stringValue":"\\\\',
        with_span(name="gocommand.Runner.RunRaw")[:-6],
        b'{"resourceSpans":[',
    ],
)
def test_time_is_in_proportion_to_the_length(unit: bytes) -> None:
    assert_linear(parse_traces, lambda count: unit * count, 2_000, largest=20_000)
    assert_linear(parse_metrics, lambda count: unit * count, 2_000, largest=20_000)


def test_a_post_with_very_many_requests_is_cut_and_told_so() -> None:
    one = json.loads(with_span())
    spans = one["resourceSpans"][0]["scopeSpans"][0]["spans"]
    one["resourceSpans"][0]["scopeSpans"][0]["spans"] = spans * 7000
    told = parse_traces(json.dumps(one, separators=(",", ":")).encode())

    assert len(told.requests) == 5000
    assert told.dropped == 2000
