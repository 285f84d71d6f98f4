"""keep-alive.json and working.json: bytes <-> model. Foreign or damaged entries are passed over."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from gopls_diag.model.keep_alive import KeepAlive

SCHEMA = "gopls-diag/keep-alive/1"


def parse_keep_alive(text: str) -> tuple[KeepAlive, ...]:
    """The entries that are whole; none of what is no such file."""
    entries = _object(text).get("entries")
    found = (_entry(each) for each in entries) if isinstance(entries, list) else ()
    return tuple(each for each in found if each is not None)


def render_keep_alive(entries: Iterable[KeepAlive]) -> str:
    """The file's text."""
    rows = [
        {
            "cause": each.cause,
            "gopls": each.gopls,
            "folder": each.folder,
            "until": each.until,
            "words": each.words,
            "environment": dict(each.environment),
            "given_arguments": None if each.given_arguments is None else list(each.given_arguments),
            "arguments": None if each.arguments is None else list(each.arguments),
        }
        for each in entries
    ]
    return json.dumps({"schema": SCHEMA, "entries": rows}, ensure_ascii=False, indent=1) + "\n"


def working_arguments(text: str, gopls: str, folder: str) -> tuple[str, ...] | None:
    """The flags with which this gopls last worked in this folder, by working.json; None if it does not tell."""
    entry = _object(text).get(f"{gopls}|{folder}")
    return _words(entry.get("arguments")) if isinstance(entry, dict) else None


def _object(text: str) -> Mapping[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _entry(value: Any) -> KeepAlive | None:
    if not isinstance(value, dict):
        return None
    texts = {name: value.get(name, "") for name in ("cause", "gopls", "folder", "until", "words")}
    variables = value.get("environment", {})
    if not all(isinstance(each, str) for each in texts.values()) or not isinstance(variables, dict):
        return None
    if not all(isinstance(each, str) for each in variables.values()):
        return None
    given, arguments = value.get("given_arguments"), value.get("arguments")
    if (given is not None and _words(given) is None) or (arguments is not None and _words(arguments) is None):
        return None
    return KeepAlive(**texts, environment=variables, given_arguments=_words(given), arguments=_words(arguments))


def _words(value: Any) -> tuple[str, ...] | None:
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        return None
    return tuple(value)
