"""What the recorder measures, as metrics of OpenTelemetry: OTLP in JSON, for POST to /v1/metrics.

Names, units and attributes are those of the semantic conventions 1.45 (`opentelemetry-semantic-conventions` 0.66b2) as
far as there are any; what they do not know is called `gopls.…`. A session is one service instance under a random name.
Nothing says whose machine or which folder it is, unless the user gives attributes that do.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from gopls_diag.engines.record.requests import BOUNDS_SECONDS, RequestHistogram
from gopls_diag.model.json_value import JsonValue
from gopls_diag.model.recorded_session import InFlight, Sample, Trouble
from gopls_diag.parse.lsp_methods import OTHER

_SCOPE = "gopls-diag/record"
_CUMULATIVE = 2
_NANOSECONDS = 1_000_000_000
_UNKNOWN_METHOD = "_OTHER"
"""As the conventions call a method that the server does not know."""


@dataclass(frozen=True, slots=True)
class ExportSubject:
    """Whose measures they are."""

    instance: str
    """Random, one for each session."""
    began_unix_seconds: float
    """When the session began; counts run from there."""
    pid: int | None = None
    os: str = ""
    """`linux`, `darwin`, `windows`."""
    arch: str = ""
    """As Go calls it: `amd64`, `arm64`."""
    gopls_version: str = ""
    go_version: str = ""
    """That gopls was built with."""
    version: str = ""
    """Of gopls-diag."""
    attributes: Mapping[str, str] = field(default_factory=dict)
    """The user's own."""


@dataclass(frozen=True, slots=True)
class Measures:
    """What is known at one moment."""

    sample: Sample | None = None
    """None if gopls was not looked at, such as after its end."""
    requests: Sequence[RequestHistogram] = ()
    in_flight: Sequence[InFlight] = ()
    troubles: Sequence[Trouble] = ()
    kills_before: int = 0
    """Kills that the control group had counted when the session began."""
    incidents: Mapping[str, int] = field(default_factory=dict)
    """Incidents of this session by kind: none while it lasts, at most one when it has ended."""


def metrics_of(subject: ExportSubject, measures: Measures, unix_seconds: float) -> JsonValue:
    """An ExportMetricsServiceRequest; what is not known is left out."""
    points = _Points(_nanoseconds(subject.began_unix_seconds), _nanoseconds(unix_seconds))
    metrics = [
        *(_process(points, measures.sample, subject.os) if measures.sample else ()),
        *(_memory(points, measures.sample, measures.kills_before, subject.os) if measures.sample else ()),
        *_requests(points, measures),
        *_conduct(points, measures),
    ]
    scope = {"name": _SCOPE, "version": subject.version}
    kept = [each for each in metrics if each is not None]
    return {
        "resourceMetrics": [
            {"resource": _resource(subject), "scopeMetrics": [{"scope": scope, "metrics": kept}]},
        ]
    }


def _resource(subject: ExportSubject) -> JsonValue:
    own: dict[str, str | int | None] = {
        "service.name": "gopls",
        "service.version": subject.gopls_version,
        "service.instance.id": subject.instance,
        "process.pid": subject.pid,
        "process.runtime.name": "go",
        "process.runtime.version": subject.go_version,
        "os.type": subject.os,
        "host.arch": subject.arch,
    }
    given = {**own, **subject.attributes}
    return {"attributes": [_attribute(name, value) for name, value in given.items() if value not in ("", None)]}


def _process(points: _Points, sample: Sample, os: str) -> Iterable[JsonValue]:
    yield points.total(
        "process.memory.usage", "By", "The amount of physical memory in use.", sample.resident_bytes, grows=False
    )
    yield points.total("process.cpu.time", "s", "Total CPU seconds.", sample.cpu_seconds)
    yield points.total("process.thread.count", "{thread}", "Process threads count.", sample.threads, grows=False)
    name, unit = (
        ("process.windows.handle.count", "{handle}")
        if os == "windows"
        else ("process.unix.file_descriptor.count", "{file_descriptor}")
    )
    about = "Number of handles held by the process."
    if os != "windows":
        about = "Number of UNIX file descriptors in use by the process."
    yield points.total(name, unit, about, sample.descriptors, grows=False)
    yield points.level("process.uptime", "s", "The time the process has been running.", sample.at_seconds)
    about = "Processes below gopls, such as go list."
    yield points.total("gopls.child.count", "{process}", about, sample.children, grows=False)
    about = "Physical memory of the processes below gopls."
    yield points.total("gopls.child.memory.usage", "By", about, sample.children_resident_bytes, grows=False)


def _memory(points: _Points, sample: Sample, kills_before: int, os: str) -> Iterable[JsonValue]:
    about = "Memory of the control group with the nearest limit, without what the kernel can take back."
    yield points.total("gopls.memory.group.usage", "By", about, sample.group_bytes, grows=False)
    about = "The nearest limit that a control group sets to the memory of gopls."
    yield points.total("gopls.memory.group.limit", "By", about, sample.group_limit_bytes, grows=False)
    kills = None if sample.group_kills is None else max(0, sample.group_kills - kills_before)
    about = "Processes of its control group that the kernel killed for lack of memory, since the session began."
    yield points.total("gopls.memory.group.oom_kills", "{kill}", about, kills)
    pressure = None if sample.pressure_percent is None else sample.pressure_percent / 100
    about = "Share of the last ten seconds in which a process of its control group waited for memory."
    yield points.level("gopls.memory.group.pressure", "1", about, pressure)
    if os == "linux":
        about = "An estimate of how much memory is available for starting new applications, without causing swapping."
        yield points.total("system.memory.linux.available", "By", about, sample.available_bytes, grows=False)


def _requests(points: _Points, measures: Measures) -> Iterable[JsonValue]:
    histograms = [points.histogram(each) for each in measures.requests]
    if histograms:
        yield {
            "name": "rpc.server.call.duration",
            "unit": "s",
            "description": "Measures the duration of an incoming Remote Procedure Call (RPC).",
            "histogram": {"aggregationTemporality": _CUMULATIVE, "dataPoints": histograms},
        }
    open_ = [(each.count, {"rpc.method": _method(each.method)}) for each in measures.in_flight]
    yield points.totals("gopls.request.in_flight", "{request}", "Requests without an answer.", open_, grows=False)
    waits = [
        (float(each.waited_seconds), {"rpc.method": _method(each.method)})
        for each in measures.in_flight
        if each.waited_seconds is not None
    ]
    about = "How long the oldest request without an answer has waited at least."
    yield points.levels("gopls.request.wait", "s", about, waits)


def _conduct(points: _Points, measures: Measures) -> Iterable[JsonValue]:
    kinds = sorted({each.kind for each in measures.troubles})
    counts = [
        (sum(each.kind == kind for each in measures.troubles), {"gopls.trouble.kind": str(kind)}) for kind in kinds
    ]
    yield points.totals("gopls.trouble.count", "{trouble}", "Troubles that began in this session.", counts)
    ends = [(count, {"gopls.incident.kind": kind}) for kind, count in sorted(measures.incidents.items())]
    yield points.totals("gopls.incident.count", "{incident}", "Incidents of this session, by how it ended.", ends)


class _Points:
    """Makes metrics of numbers that share their times."""

    def __init__(self, began: int, now: int) -> None:
        self._times: dict[str, JsonValue] = {"startTimeUnixNano": str(began), "timeUnixNano": str(max(began, now))}

    def total(self, name: str, unit: str, description: str, value: float | None, *, grows: bool = True) -> JsonValue:
        """A sum with one point; None without a value. `grows` tells a counter from one that goes down too."""
        return self.totals(name, unit, description, [] if value is None else [(value, {})], grows=grows)

    def totals(
        self,
        name: str,
        unit: str,
        description: str,
        values: Iterable[tuple[float, Mapping[str, str]]],
        *,
        grows: bool = True,
    ) -> JsonValue:
        """A sum by attributes."""
        points = [self._number(*each) for each in values]
        if not points:
            return None
        total: dict[str, JsonValue] = {
            "aggregationTemporality": _CUMULATIVE,
            "isMonotonic": grows,
            "dataPoints": points,
        }
        return {"name": name, "unit": unit, "description": description, "sum": total}

    def level(self, name: str, unit: str, description: str, value: float | None) -> JsonValue:
        """A gauge with one point; None without a value."""
        return self.levels(name, unit, description, [] if value is None else [(value, {})])

    def levels(
        self, name: str, unit: str, description: str, values: Iterable[tuple[float, Mapping[str, str]]]
    ) -> JsonValue:
        """A gauge by attributes."""
        points = [self._number(*each) for each in values]
        return (
            {"name": name, "unit": unit, "description": description, "gauge": {"dataPoints": points}}
            if points
            else None
        )

    def histogram(self, of: RequestHistogram) -> JsonValue:
        """One method and outcome."""
        labels = {"rpc.system.name": "jsonrpc", "rpc.method": _method(of.method)}
        if of.error:
            labels["error.type"] = of.error
        return {
            **self._times,
            "attributes": [_attribute(name, value) for name, value in labels.items()],
            "count": str(of.count),
            "sum": of.sum_seconds,
            "min": of.least_seconds,
            "max": of.most_seconds,
            "bucketCounts": [str(each) for each in of.counts],
            "explicitBounds": list(BOUNDS_SECONDS),
        }

    def _number(self, value: float, labels: Mapping[str, str]) -> JsonValue:
        number: dict[str, JsonValue] = {"asInt": str(value)} if isinstance(value, int) else {"asDouble": value}
        return {
            **self._times,
            **number,
            "attributes": [_attribute(name, each) for name, each in labels.items()],
        }


def _attribute(name: str, value: str | int | None) -> JsonValue:
    kind = {"intValue": str(value)} if isinstance(value, int) else {"stringValue": value}
    return {"key": name, "value": kind}


def _method(name: str) -> str:
    return _UNKNOWN_METHOD if name == OTHER else name


def _nanoseconds(seconds: float) -> int:
    return int(seconds * _NANOSECONDS)
