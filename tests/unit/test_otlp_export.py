"""Measures leave as OTLP that the official packages read, under the names of the semantic conventions."""

from __future__ import annotations

import json
import socket
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from google.protobuf import json_format
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.metrics.v1.metrics_pb2 import AggregationTemporality, Metric
from opentelemetry.semconv._incubating.attributes import (
    error_attributes,
    host_attributes,
    os_attributes,
    process_attributes,
    rpc_attributes,
    service_attributes,
)
from opentelemetry.semconv._incubating.metrics import process_metrics, rpc_metrics, system_metrics

from gopls_diag.engines.record.depth import Depth
from gopls_diag.engines.record.export import Export, instance_of
from gopls_diag.engines.record.exporting import ExportSubject, Measures, metrics_of
from gopls_diag.engines.record.recorder_document import Known
from gopls_diag.engines.record.requests import BOUNDS_SECONDS, Requests
from gopls_diag.model.json_value import JsonValue
from gopls_diag.model.otlp import MethodCount, OtlpMetrics, OtlpRequest, OtlpTraces
from gopls_diag.model.record_settings import RecordSettings
from gopls_diag.model.recorded_session import Sample, SessionStart, Source, Trouble, TroubleKind
from gopls_diag.parse.otel_variables import metrics_url, pairs_of
from gopls_diag.world.export_surroundings import Surroundings

BEGAN = 1_795_000_000.0
SUBJECT = ExportSubject(
    "6f1c", BEGAN, 4711, "linux", "amd64", "v0.24.0", "go1.27.3", "1.0", {"deployment.environment.name": "north"}
)
SAMPLE = Sample(
    60.0,
    resident_bytes=300_000_000,
    cpu_seconds=12.5,
    threads=14,
    descriptors=40,
    children=2,
    children_resident_bytes=50_000_000,
    group_bytes=1_800_000_000,
    group_limit_bytes=2_000_000_000,
    group_kills=3,
    pressure_percent=12.0,
    available_bytes=4_000_000_000,
)
CONVENTIONS = {
    name: value
    for module in (process_metrics, rpc_metrics, system_metrics)
    for name, value in vars(module).items()
    if isinstance(value, str) and name.isupper()
}
ATTRIBUTES = {
    value
    for module in (
        error_attributes,
        host_attributes,
        os_attributes,
        process_attributes,
        rpc_attributes,
        service_attributes,
    )
    for name, value in vars(module).items()
    if isinstance(value, str) and name.isupper()
}


def requests() -> Requests:
    seen = Requests(RecordSettings())
    ends = [("textDocument/hover", 0.03, "OK")] * 3 + [
        ("textDocument/hover", 12.0, "OK"),
        ("textDocument/hover", 0.2, "ERROR"),
        ("my/own", 0.1, "OK"),
    ]
    told = tuple(
        OtlpRequest(method, "in", f"#{number}", BEGAN, BEGAN + seconds, status)
        for number, (method, seconds, status) in enumerate(ends)
    )
    seen.add(OtlpTraces(told), 10.0)
    seen.add(OtlpMetrics((MethodCount("textDocument/definition", "in", 2, 1),)), 20.0)
    return seen


def measures(**changes: Any) -> Measures:
    seen = requests()
    troubles = (Trouble(TroubleKind.MEMORY, 1.0, 2.0, "x"), Trouble(TroubleKind.MEMORY, 3.0, None, "y"))
    values = {
        "sample": SAMPLE,
        "requests": seen.histograms(),
        "in_flight": seen.in_flight(50.0),
        "troubles": troubles,
        "kills_before": 2,
        **changes,
    }
    return Measures(**values)


def sent(of: Measures, subject: ExportSubject = SUBJECT) -> ExportMetricsServiceRequest:
    """As the official packages read it; what they do not know fails."""
    text = json.dumps(metrics_of(subject, of, BEGAN + 60), allow_nan=False)
    return json_format.Parse(text, ExportMetricsServiceRequest())


def metrics(request: ExportMetricsServiceRequest) -> dict[str, Metric]:
    (resource,) = request.resource_metrics
    (scope,) = resource.scope_metrics
    assert len({each.name for each in scope.metrics}) == len(scope.metrics)
    return {each.name: each for each in scope.metrics}


def labels(holder: Any) -> dict[str, str | int]:
    return {
        each.key: each.value.string_value if each.value.HasField("string_value") else each.value.int_value
        for each in holder.attributes
    }


def test_every_name_is_one_of_the_conventions_or_our_own() -> None:
    names = set(metrics(sent(measures(incidents={"killed": 1}))))

    assert {each for each in names if not each.startswith("gopls.")} == {
        process_metrics.PROCESS_MEMORY_USAGE,
        process_metrics.PROCESS_CPU_TIME,
        process_metrics.PROCESS_THREAD_COUNT,
        process_metrics.PROCESS_UNIX_FILE_DESCRIPTOR_COUNT,
        process_metrics.PROCESS_UPTIME,
        rpc_metrics.RPC_SERVER_CALL_DURATION,
        system_metrics.SYSTEM_MEMORY_LINUX_AVAILABLE,
    }
    assert {each for each in names if each.startswith("gopls.")} == {
        "gopls.child.count",
        "gopls.child.memory.usage",
        "gopls.memory.group.usage",
        "gopls.memory.group.limit",
        "gopls.memory.group.oom_kills",
        "gopls.memory.group.pressure",
        "gopls.request.in_flight",
        "gopls.request.wait",
        "gopls.trouble.count",
        "gopls.incident.count",
    }
    assert not {each for each in names if each.startswith("gopls.")} & set(CONVENTIONS.values())


@pytest.mark.parametrize("name", sorted(each for each in metrics(sent(measures())) if not each.startswith("gopls.")))
def test_unit_kind_and_description_are_those_of_the_convention(name: str) -> None:
    """The package documents each name in the lines behind it: `Instrument: updowncounter`, `Unit: By`."""
    module = {"process": process_metrics, "rpc": rpc_metrics, "system": system_metrics}[name.partition(".")[0]]
    assert module.__file__
    source = Path(module.__file__).read_text(encoding="utf-8")
    page = source.split(f'"{name}"\n"""', 1)[1].split('"""', 1)[0]
    told = dict(line.split(": ", 1) for line in page.strip().splitlines() if ": " in line)
    metric = metrics(sent(measures()))[name]

    assert "Deprecated" not in page
    assert metric.unit == told["Unit"]
    # Processor time is not broken down by modes here, and the words do not say that it is.
    assert page.strip().startswith(metric.description.rstrip("."))
    kind = metric.WhichOneof("data")
    if kind == "sum":
        assert told["Instrument"] == ("counter" if metric.sum.is_monotonic else "updowncounter")
        assert metric.sum.aggregation_temporality == AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE
    else:
        assert kind == told["Instrument"]


def test_values_and_times() -> None:
    found = metrics(sent(measures()))
    (memory,) = found["process.memory.usage"].sum.data_points
    (cpu,) = found["process.cpu.time"].sum.data_points
    (kills,) = found["gopls.memory.group.oom_kills"].sum.data_points
    (pressure,) = found["gopls.memory.group.pressure"].gauge.data_points

    assert (memory.as_int, cpu.as_double, kills.as_int, pressure.as_double) == (300_000_000, 12.5, 1, 0.12)
    assert memory.start_time_unix_nano == int(BEGAN * 1e9)
    assert memory.time_unix_nano == int((BEGAN + 60) * 1e9)


def test_requests_are_a_histogram_by_method_and_error() -> None:
    points = {
        (labels(each)["rpc.method"], labels(each).get("error.type")): each
        for each in metrics(sent(measures()))["rpc.server.call.duration"].histogram.data_points
    }

    assert set(points) == {("textDocument/hover", None), ("textDocument/hover", "ERROR"), ("_OTHER", None)}
    hover = points["textDocument/hover", None]
    assert labels(hover)["rpc.system.name"] == rpc_attributes.RpcSystemNameValues.JSONRPC.value
    assert (hover.count, sum(hover.bucket_counts), len(hover.bucket_counts)) == (4, 4, len(BOUNDS_SECONDS) + 1)
    assert hover.sum == pytest.approx(12.09, rel=1e-4)
    assert hover.bucket_counts[-1] == 1
    assert hover.bucket_counts[BOUNDS_SECONDS.index(0.05)] == 3
    assert hover.min == pytest.approx(0.03, rel=1e-3)
    assert hover.max == pytest.approx(12.0, rel=1e-3)


def test_open_requests_troubles_and_incidents_have_attributes_of_their_kind() -> None:
    found = metrics(sent(measures(incidents={"killed": 1})))
    (flight,) = found["gopls.request.in_flight"].sum.data_points
    (wait,) = found["gopls.request.wait"].gauge.data_points
    (trouble,) = found["gopls.trouble.count"].sum.data_points
    (incident,) = found["gopls.incident.count"].sum.data_points

    assert (flight.as_int, labels(flight)) == (1, {"rpc.method": "textDocument/definition"})
    assert wait.as_double == 30.0
    assert (trouble.as_int, labels(trouble)) == (2, {"gopls.trouble.kind": "memory-near-limit"})
    assert (incident.as_int, labels(incident)) == (1, {"gopls.incident.kind": "killed"})


def test_the_resource_tells_the_program_and_not_the_person() -> None:
    told = labels(sent(measures()).resource_metrics[0].resource)

    assert told == {
        "service.name": "gopls",
        "service.version": "v0.24.0",
        "service.instance.id": "6f1c",
        "process.pid": 4711,
        "process.runtime.name": "go",
        "process.runtime.version": "go1.27.3",
        "os.type": os_attributes.OsTypeValues.LINUX.value,
        "host.arch": host_attributes.HostArchValues.AMD64.value,
        "deployment.environment.name": "north",
    }
    assert set(told) - {"deployment.environment.name"} <= ATTRIBUTES


def test_what_is_not_known_is_left_out() -> None:
    assert set(metrics(sent(Measures(Sample(1.0))))) == {"process.uptime"}
    assert set(metrics(sent(Measures(None, incidents={"oom": 1})))) == {"gopls.incident.count"}
    assert labels(sent(measures(), ExportSubject("x", BEGAN)).resource_metrics[0].resource) == {
        "service.name": "gopls",
        "service.instance.id": "x",
        "process.runtime.name": "go",
    }


@dataclass
class Collector:
    documents: list[JsonValue] = field(default_factory=list)
    source: Source = field(default_factory=lambda: Source("otlp export", "on"))
    is_closed: bool = False

    def offer(self, document: JsonValue) -> None:
        self.documents.append(document)

    def close(self, seconds: float = 0.0) -> None:
        self.is_closed = True


def export(collector: Collector, **settings: Any) -> Export:
    start = SessionStart(
        "20261123T061500.123Z-4711",
        "2026-11-23T06:15:00.123Z",
        4710,
        4711,
        1,
        "/home/eve/bin/gopls",
        folder="/home/eve/secret",
    )
    around = Surroundings("linux", "amd64", {}, {}, None)
    values = RecordSettings(**{"otlp_seconds": 15.0, **settings})
    return Export(start, Known(gopls_version="v0.24.0"), values, collector, around, wall=lambda: BEGAN + 60)


def test_one_document_every_so_many_seconds() -> None:
    collector = Collector()
    exporting = export(collector)
    for second in range(61):
        assert exporting(float(second), SAMPLE, requests(), Depth(RecordSettings())) == ""

    assert len(collector.documents) == 5


def test_the_first_document_waits_for_the_version_but_not_for_ever() -> None:
    collector = Collector()
    exporting = export(collector)
    exporting._known.gopls_version = ""
    for second in range(6):
        exporting(float(second), SAMPLE, requests(), Depth(RecordSettings()))
        assert len(collector.documents) == (second == 5)


def test_kills_are_counted_from_the_first_sample() -> None:
    collector = Collector()
    exporting = export(collector, otlp_seconds=1.0)
    for second in (0.0, 2.0):
        exporting(second, SAMPLE, requests(), Depth(RecordSettings()))
    text = json.dumps(collector.documents[-1])
    found = metrics(json_format.Parse(text, ExportMetricsServiceRequest()))

    assert found["gopls.memory.group.oom_kills"].sum.data_points[0].as_int == 0


def test_nothing_of_the_person_leaves() -> None:
    collector = Collector()
    exporting = export(collector)
    exporting(0.0, SAMPLE, requests(), Depth(RecordSettings()))
    exporting.close({"killed": 1})

    text = json.dumps(collector.documents)
    assert collector.is_closed
    assert "killed" in text
    assert not [each for each in ("eve", "secret", "/home", socket.gethostname()) if each in text]


def test_a_failing_collector_is_told_of() -> None:
    collector = Collector(source=Source("otlp export", "failed", "the collector answered 400"))

    assert export(collector)(0.0, SAMPLE, requests(), Depth(RecordSettings())) == "the collector answered 400"


def test_a_session_is_one_instance_and_no_two_are_the_same() -> None:
    start = SessionStart("a", "", 1, 2, 3, "gopls")

    assert instance_of(start) == instance_of(SessionStart("a", "", 9, 2, 9, "other"))
    assert len({instance_of(SessionStart(each, "", 1, 2, 3, "gopls")) for each in "abc"}) == 3


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ("http://collector.example:4318", "http://collector.example:4318/v1/metrics"),
        ("https://collector.example/otlp/", "https://collector.example/otlp/v1/metrics"),
        ("https://collector.example/v1/metrics", "https://collector.example/v1/metrics"),
        ("http://[::1]:4318", "http://[::1]:4318/v1/metrics"),
        ("http://user:word@collector.example", "http://user:word@collector.example/v1/metrics"),
        ("collector.example:4318", None),
        ("ftp://collector.example", None),
        ("http://", None),
        ("http://collector.example:99999", None),
        ("http://collector.example:port", None),
        ("http://collector.example/?key=1", None),
        ("http://collector.example/a b", None),
        ("http://[::1", None),
        ("http://collector.example/\n", "http://collector.example/v1/metrics"),
        ("http://collector.example/\r\nX: y", None),
    ],
)
def test_where_metrics_go(given: str, url: str | None) -> None:
    assert metrics_url(given) == url


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("", {}),
        ("team=editors,site=north%20wing", {"team": "editors", "site": "north wing"}),
        (" a = 1 , b=2,", {"a": "1", "b": "2"}),
        ("Authorization=Basic%20abc%3D%3D", {"Authorization": "Basic abc=="}),
        ("broken,=x,a b=c,x=%0d%0aInjected: y,ok=1", {"ok": "1"}),
    ],
)
def test_lists_of_pairs(text: str, pairs: dict[str, str]) -> None:
    assert pairs_of(text) == pairs
