"""The sender delivers what a collector takes, tries again what it may, gives up the rest, and keeps nobody waiting."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from google.protobuf import json_format
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsPartialSuccess,
    ExportMetricsServiceRequest,
    ExportMetricsServiceResponse,
)

from gopls_diag.engines.record.exporting import ExportSubject, Measures, metrics_of
from gopls_diag.model.recorded_session import Sample
from gopls_diag.world import otlp_sender
from gopls_diag.world.otlp_sender import OtlpSender

PATIENCE = 20.0
Answer = tuple[int, dict[str, str], bytes]
FINE: Answer = (
    200,
    {"Content-Type": "application/json"},
    json_format.MessageToJson(ExportMetricsServiceResponse()).encode(),
)


class Collector(ThreadingHTTPServer):
    """Reads with the official packages; answers with what a test has put in, then with 200."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers: list[Answer] = []
        self.taken: list[ExportMetricsServiceRequest] = []
        self.headers: list[dict[str, str]] = []
        self.paths: list[str] = []
        self.times: list[float] = []
        self.hold = threading.Event()
        self.hold.set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1/metrics"


class _Handler(BaseHTTPRequestHandler):
    server: Collector

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.times.append(time.monotonic())
        self.server.paths.append(self.path)
        self.server.headers.append(dict(self.headers))
        self.server.taken.append(json_format.Parse(body, ExportMetricsServiceRequest()))
        self.server.hold.wait(PATIENCE)
        code, headers, answer = self.server.answers.pop(0) if self.server.answers else FINE
        self.send_response(code)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def collector() -> Iterator[Collector]:
    made = Collector()
    thread = threading.Thread(target=made.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield made
    made.hold.set()
    made.shutdown()
    made.server_close()
    thread.join(PATIENCE)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(otlp_sender, "_FIRST_PAUSE_SECONDS", 0.02)
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def sending() -> Iterator[Callable[..., OtlpSender]]:
    made: list[OtlpSender] = []

    def of(url: str, **more: Any) -> OtlpSender:
        made.append(OtlpSender(url, **more))
        made[-1].start()
        return made[-1]

    yield of
    for each in made:
        each.close(PATIENCE)


def document(resident: int = 1) -> Any:
    return metrics_of(ExportSubject("x", 1.0), Measures(Sample(1.0, resident_bytes=resident)), 2.0)


def resident(request: ExportMetricsServiceRequest) -> int:
    found = {each.name: each for each in request.resource_metrics[0].scope_metrics[0].metrics}
    return int(found["process.memory.usage"].sum.data_points[0].as_int)


def until(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < end, "it did not come true"
        time.sleep(0.005)


def test_documents_arrive_in_their_order(collector: Collector, sending: Callable[..., OtlpSender]) -> None:
    sender = sending(collector.url, headers={"api-key": "k"})
    for number in range(5):
        sender.offer(document(number))
    until(lambda: sender.sent == 5)

    assert [resident(each) for each in collector.taken] == [0, 1, 2, 3, 4]
    assert collector.headers[0]["Content-Type"] == "application/json"
    assert collector.headers[0]["Api-Key"] == "k"
    assert set(collector.paths) == {"/v1/metrics"}
    assert (sender.source.state, sender.source.why) == ("on", "")


@pytest.mark.parametrize("code", [429, 502, 503, 504])
def test_what_may_pass_is_tried_again(code: int, collector: Collector, sending: Callable[..., OtlpSender]) -> None:
    collector.answers = [(code, {}, b""), (code, {}, b"")]
    sender = sending(collector.url)
    sender.offer(document())
    until(lambda: sender.sent == 1)

    assert len(collector.taken) == 3
    assert sender.dropped == 0
    assert sender.source.state == "on"


@pytest.mark.parametrize("code", [400, 401, 403, 404, 413, 500, 501])
def test_what_is_final_is_not(code: int, collector: Collector, sending: Callable[..., OtlpSender]) -> None:
    collector.answers = [(code, {}, b"secret page")]
    sender = sending(collector.url)
    sender.offer(document())
    until(lambda: sender.dropped == 1)

    assert len(collector.taken) == 1
    assert (sender.source.state, sender.source.why) == ("failed", f"the collector answered {code}")
    sender.offer(document())
    until(lambda: sender.sent == 1)
    assert sender.source.state == "on"


def test_a_collector_that_stays_busy_loses_the_document(
    collector: Collector, sending: Callable[..., OtlpSender]
) -> None:
    collector.answers = [(503, {}, b"")] * 5
    sender = sending(collector.url)
    sender.offer(document())
    until(lambda: sender.dropped == 1)

    assert len(collector.taken) == 5


@pytest.mark.parametrize("wish", ["1", lambda: formatdate(time.time() + 2, usegmt=True)], ids=["seconds", "date"])
def test_retry_after_is_heeded(wish: Any, collector: Collector, sending: Callable[..., OtlpSender]) -> None:
    collector.answers = [(503, {"Retry-After": wish if isinstance(wish, str) else wish()}, b"")]
    sender = sending(collector.url)
    sender.offer(document())
    until(lambda: sender.sent == 1)

    # Without it the pause would be a hundredth of this.
    assert collector.times[1] - collector.times[0] > 0.5


@pytest.mark.parametrize("wish", ["soon", "-5", "9" * 30, "Mon, 99 Foo"])
def test_a_retry_after_that_is_none_is_passed_over(
    wish: str, collector: Collector, sending: Callable[..., OtlpSender]
) -> None:
    collector.answers = [(503, {"Retry-After": wish}, b"")]
    sender = sending(collector.url)
    sender.offer(document())
    until(lambda: sender.sent == 1)


def test_a_partial_success_is_told_of(collector: Collector, sending: Callable[..., OtlpSender]) -> None:
    partial = ExportMetricsServiceResponse(
        partial_success=ExportMetricsPartialSuccess(rejected_data_points=3, error_message="too\nold")
    )
    collector.answers = [(200, {}, json_format.MessageToJson(partial).encode())]
    sender = sending(collector.url)
    sender.offer(document())
    until(lambda: sender.sent == 1)

    assert sender.source.why == "the collector rejected 3 points: too old"


@pytest.mark.parametrize("answer", [b"", b"nonsense", b"[]", b'{"partialSuccess":7}', b"[" * 60_000, b"\xff"])
def test_any_answer_of_200_is_taken(answer: bytes, collector: Collector, sending: Callable[..., OtlpSender]) -> None:
    collector.answers = [(200, {}, answer)]
    sender = sending(collector.url)
    sender.offer(document())
    until(lambda: sender.sent == 1)

    assert (sender.source.state, sender.source.why) == ("on", "")


def test_a_redirect_is_not_followed(collector: Collector, sending: Callable[..., OtlpSender]) -> None:
    collector.answers = [(302, {"Location": "http://elsewhere.example/"}, b"")]
    sender = sending(collector.url)
    sender.offer(document())
    until(lambda: sender.dropped == 1)

    assert sender.source.why == "the collector answered 302"


def test_a_name_and_password_of_the_url_become_a_header(
    collector: Collector, sending: Callable[..., OtlpSender]
) -> None:
    sender = sending(collector.url.replace("http://", "http://eve:p%40ss@"))
    sender.offer(document())
    until(lambda: sender.sent == 1)

    assert collector.headers[0]["Authorization"] == "Basic ZXZlOnBAc3M="


def test_offering_never_waits_and_keeps_the_newest(collector: Collector, sending: Callable[..., OtlpSender]) -> None:
    collector.hold.clear()
    sender = sending(collector.url)
    sender.offer(document(0))
    until(lambda: len(collector.taken) == 1)
    for number in range(1, 101):
        sender.offer(document(number))
    assert sender.dropped == 92
    collector.hold.set()
    until(lambda: sender.sent == 9)

    assert [resident(each) for each in collector.taken] == [0, *range(93, 101)]


def test_a_collector_that_is_not_there_is_left_alone_for_a_while(sending: Callable[..., OtlpSender]) -> None:
    sender = sending("http://127.0.0.1:9/v1/metrics")
    for _ in range(8):
        sender.offer(document())
    until(lambda: sender.dropped == 8)

    assert sender.source.state == "failed"
    assert "could not be reached" in sender.source.why
    assert sender._failures == 5


def test_closing_does_not_wait_for_pauses(collector: Collector) -> None:
    collector.answers = [(503, {"Retry-After": "300"}, b"")]
    sender = OtlpSender(collector.url)
    sender.start()
    sender.offer(document())
    until(lambda: len(collector.taken) == 1)
    sender.close(PATIENCE)

    assert not sender._thread.is_alive()


def test_https_asks_for_a_certificate_that_can_be_trusted(
    collector: Collector, sending: Callable[..., OtlpSender]
) -> None:
    sender = sending(collector.url.replace("http://", "https://"))
    sender.offer(document())
    until(lambda: sender.dropped == 1)

    assert "could not be reached" in sender.source.why
    assert collector.taken == []
