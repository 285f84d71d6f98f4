"""Reads what `gopls api-json` and `gopls help` print."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from gopls_diag.model.gopls_api import GoplsApi, GoplsFlags, GoplsOption

_FLAG_PATTERN = re.compile(
    r"^  -([A-Za-z][A-Za-z0-9._-]*)(?:,-([A-Za-z][A-Za-z0-9._-]*))?(=[a-z]+)?[ \t]*$", re.MULTILINE
)
_COMMAND_PATTERN = re.compile(r"^  ([a-z][a-z_-]+)  +[a-zA-Z]", re.MULTILINE)


def parse_api_json(text: str, path: str, version: str) -> GoplsApi | None:
    """What api-json tells (v0.16 to v0.24 have the same shape); None when it is not that."""
    try:
        api = json.loads(text)
        listed = api["Options"]["User"]
        options = [_option(each) for each in listed]
        analyzers = {str(each["Name"]): bool(each.get("Default")) for each in api.get("Analyzers") or ()}
        lenses = tuple(str(each.get("Lens", "")) for each in api.get("Lenses") or ())
        hints = tuple(str(each.get("Name", "")) for each in api.get("Hints") or ())
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    return GoplsApi(path, version, {each.name: each for each in options}, analyzers, lenses, hints)


def _option(row: Mapping[str, Any]) -> GoplsOption:
    choices = tuple(str(each["Value"]).strip('"') for each in row.get("EnumValues") or ())
    keys = tuple(str(each["Name"]).strip('"') for each in (row.get("EnumKeys") or {}).get("Keys") or ())
    return GoplsOption(
        name=str(row["Name"]).rsplit(".", 1)[-1],
        type=str(row.get("Type", "")),
        choices=choices,
        keys=keys,
        default=str(row.get("Default", "")),
        status=str(row.get("Status", "")),
        hierarchy=str(row.get("Hierarchy", "")),
        deprecation=str(row.get("DeprecationMessage", "")),
    )


def parse_gopls_flags(serve_text: str, main_text: str, path: str, version: str) -> GoplsFlags | None:
    """The flags that the pages `gopls help serve` and `gopls help` name; None when one of them names none.

    Until v0.23 the pages go to standard error and `gopls help` names all flags; from v0.24 on they go to standard
    output and the flags of the server stand in `gopls help serve` alone.
    """
    server, everywhere = _flags(serve_text), _flags(main_text)
    if not server or not everywhere:
        return None
    commands = tuple(_COMMAND_PATTERN.findall(main_text))
    return GoplsFlags(path, version, {**everywhere, **server}, frozenset(server), commands)


def _flags(text: str) -> dict[str, bool]:
    found: dict[str, bool] = {}
    for match in _FLAG_PATTERN.finditer(text.replace("\r\n", "\n")):
        found.update({name: match[3] is not None for name in (match[1], match[2]) if name})
    return found
