"""`recorder.json`: what is learnt once about a session, and the bytes of the file, whose fields are RecorderNotes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from gopls_diag.model.recorder_notes import RecorderNotes
from gopls_diag.parse.record_fields import plain_value

SCHEMA = "gopls-diag/recorder/1"


@dataclass(slots=True)
class Known:
    """What is learnt while the session runs, and does not change then."""

    environment: Mapping[str, str] = field(default_factory=dict)
    editor: str = ""
    gopls_version: str = ""
    go_version: str = ""
    missing: tuple[str, ...] = ()


def render_notes(notes: RecorderNotes) -> bytes:
    """The file. What is no ASCII is escaped, so that it can always be written: a path can hold anything."""
    return (json.dumps({"schema": SCHEMA, **plain_value(notes)}, allow_nan=False) + "\n").encode("ascii")
