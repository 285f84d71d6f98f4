"""Incidents as JSON; changes to the schema are additive."""

from __future__ import annotations

import json
from collections.abc import Sequence

from gopls_diag.model.incident import IncidentEntry

LIST_SCHEMA = "gopls-diag/incidents/1"


def render_list(entries: Sequence[IncidentEntry]) -> str:
    """The list, in the order that is given."""
    rows = [
        {
            "id": each.id,
            "ended": each.ended,
            "folder": each.folder,
            "kind": each.kind,
            "signal": each.signal,
            "exit_code": each.exit_code,
            "verdict": each.verdict,
            "path": each.path,
            "bytes": each.bytes,
        }
        for each in entries
    ]
    return json.dumps({"schema": LIST_SCHEMA, "incidents": rows}, indent=2, ensure_ascii=False) + "\n"
