"""The export of one session's measures: every few seconds one document, offered to a sender that never waits."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Protocol

from gopls_diag import __version__
from gopls_diag.engines.record.depth import Depth
from gopls_diag.engines.record.exporting import ExportSubject, Measures, metrics_of
from gopls_diag.engines.record.recorder_document import Known
from gopls_diag.engines.record.requests import Requests
from gopls_diag.model.json_value import JsonValue
from gopls_diag.model.record_settings import RecordSettings
from gopls_diag.model.recorded_session import Sample, SessionStart, Source
from gopls_diag.parse.otel_variables import metrics_url
from gopls_diag.world.export_surroundings import Surroundings, export_surroundings
from gopls_diag.world.otlp_sender import OtlpSender
from gopls_diag.world.recorder_clock import read_clocks

_LEAST_SECONDS = 1.0
_VERSION_SECONDS = 5.0
_INSTANCES = uuid.UUID("5b9f5a3e-6f0c-5d0b-9a51-0d3b6c1f7e42")
"""The name space of sessions: one becomes the same instance whoever sends for it, and its name tells nothing."""


class Sender(Protocol):
    """Of world.otlp_sender.OtlpSender, what is asked."""

    def offer(self, document: JsonValue) -> None: ...

    @property
    def source(self) -> Source: ...

    def close(self, seconds: float = ...) -> None: ...


class Export:
    """Called with every sample; offers one document every otlp_seconds."""

    def __init__(
        self,
        start: SessionStart,
        known: Known,
        settings: RecordSettings,
        sender: Sender,
        surroundings: Surroundings,
        wall: Callable[[], float] = lambda: read_clocks().wall,
    ) -> None:
        self._start = start
        self._known = known
        self._seconds = max(settings.otlp_seconds, _LEAST_SECONDS)
        self._sender = sender
        self._surroundings = surroundings
        self._wall = wall
        self._first_at: float | None = None
        self._sent_at = float("-inf")
        self._kills_before: int | None = None

    def __call__(self, at: float, sample: Sample, requests: Requests, depth: Depth) -> str:
        """Why it does not work, or "" if it does."""
        if self._kills_before is None:
            self._kills_before = sample.group_kills
        if self._first_at is None:
            self._first_at = at
        # Its version is read a moment after the beginning; without it it would be another service's first measure.
        is_known = bool(self._known.gopls_version) or at - self._first_at >= _VERSION_SECONDS
        if is_known and at - self._sent_at >= self._seconds:
            self._sent_at = at
            kills = self._kills_before or 0
            told = requests.histograms(), requests.in_flight(at)
            self._offer(Measures(sample, *told, depth.troubles, kills_before=kills))
        source = self._sender.source
        return source.why if source.state == "failed" else ""

    def close(self, incidents: Mapping[str, int] | None = None, seconds: float = 3.0) -> None:
        """Offers the incident by its kind, if there is one; waits for a moment for what was offered."""
        if incidents:
            self._offer(Measures(None, incidents=dict(incidents)))
        self._sender.close(seconds)

    def _offer(self, measures: Measures) -> None:
        known, around = self._known, self._surroundings
        subject = ExportSubject(
            instance=instance_of(self._start),
            began_unix_seconds=_unix(self._start.started),
            pid=self._start.gopls_pid,
            os=around.os,
            arch=around.arch,
            gopls_version=known.gopls_version,
            go_version=known.go_version,
            version=__version__,
            attributes=around.attributes,
        )
        self._sender.offer(metrics_of(subject, measures, self._wall()))


def instance_of(start: SessionStart) -> str:
    """A name that is the session's alone."""
    return str(uuid.uuid5(_INSTANCES, f"{start.id} {start.boot_id} {start.gopls_pid}"))


def export_of(start: SessionStart, known: Known, settings: RecordSettings) -> Export | None:
    """The export that the settings ask for; None without one, or if its URL is none."""
    url = metrics_url(settings.otlp) if settings.otlp else None
    if url is None:
        return None
    around = export_surroundings()
    sender = OtlpSender(url, around.headers, ca_file=around.ca_file)
    sender.start()
    return Export(start, known, settings, sender, around)


def _unix(started: str) -> float:
    try:
        return datetime.fromisoformat(started).timestamp()
    except (ValueError, OverflowError, OSError):
        return 0.0
