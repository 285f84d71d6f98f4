"""`recorder.json`: what the recorder beside a session knows, rewritten while it runs and at its end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from gopls_diag.model.incident import KnownLimit, RequestCount
from gopls_diag.model.record_settings import RecordSettings
from gopls_diag.model.recorded_session import InFlight, Look, Source, Trouble


@dataclass(frozen=True, slots=True)
class RecorderNotes:
    """Everything has a default: a recorder that was killed early has learnt little."""

    pid: int = 0
    at_seconds: float = 0.0
    """When it was written, in the session."""
    is_complete: bool = False
    """True once the recorder has seen gopls end and written everything."""
    settings: RecordSettings = field(default_factory=RecordSettings)
    sources: tuple[Source, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    """Of gopls, names on the allow-list only."""
    editor: str = ""
    limits: tuple[KnownLimit, ...] = ()
    gopls_version: str = ""
    go_version: str = ""
    requests: tuple[RequestCount, ...] = ()
    in_flight: tuple[InFlight, ...] = ()
    troubles: tuple[Trouble, ...] = ()
    looks: tuple[Look, ...] = ()
    kills_before: int | None = None
    """Kills that the control group had counted when they were last read while gopls ran."""
    kills_after: int | None = None
    """The same, read after gopls had ended; None if the recorder did not live to see it."""
    group: str = ""
    """Folder of the control group that gopls itself was in; "" where there is none."""
    group_version: int = 0
    """1 or 2; 0 where there is none."""
    missing: tuple[str, ...] = ()
    """What it could not keep, in words."""
