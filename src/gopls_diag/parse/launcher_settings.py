"""`launcher.json` beside the launcher: text -> settings, and why they cannot be used."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from gopls_diag.model.launcher import SCHEMA, KnownBinary, LauncherSettings

_FLAGS = ("otel", "debug", "gctrace", "rpc_trace", "keep_alive")
_SIZES = ("stderr_bytes", "rpc_bytes")
_TEXTS = ("gopls", "state", "otlp", "built_with", "debug_choice", "debug_until")
_LISTS = ("search", "recorder")
_LEAST_BYTES = 4096


def parse_launcher_settings(content: bytes) -> tuple[LauncherSettings | None, str]:
    """(settings, "") or (None, what is wrong in a few words). A field of another type keeps its default."""
    try:
        value = json.loads(content)
    except (ValueError, RecursionError):
        return None, "it is no JSON"
    if not isinstance(value, dict):
        return None, "it holds no object"
    if value.get("schema") != SCHEMA:
        return None, f"its schema is not {SCHEMA}"
    known: dict[str, Any] = {name: value[name] for name in _FLAGS if isinstance(value.get(name), bool)}
    known |= {name: value[name] for name in _TEXTS if isinstance(value.get(name), str)}
    known |= {name: tuple(map(str, value[name])) for name in _LISTS if isinstance(value.get(name), list)}
    known |= {name: value[name] for name in _SIZES if _is_count(value.get(name)) and value[name] >= _LEAST_BYTES}
    told = value.get("binary")
    known["binary"] = _binary(told) if isinstance(told, dict) else None
    ours = {*_FLAGS, *_TEXTS, *_LISTS, *_SIZES, "schema", "binary"}
    known["extra"] = {name: each for name, each in value.items() if name not in ours}
    return LauncherSettings(**known), ""


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _binary(told: Mapping[str, Any]) -> KnownBinary | None:
    path, size, modified = told.get("path"), told.get("bytes"), told.get("modified_ns")
    if not isinstance(path, str) or not path or not _is_count(size) or not _is_count(modified):
        return None
    assert isinstance(size, int) and isinstance(modified, int)
    return KnownBinary(path, size, modified, str(told.get("version") or ""), told.get("otel") is True)
