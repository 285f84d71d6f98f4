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


def parse_gopls_flags(help_texts: tuple[str, ...], path: str, version: str) -> GoplsFlags | None:
    """The flags that these help pages name, those of `serve` and the global ones; None when they name none.

    Until v0.23 the pages go to standard error and `gopls help` names all flags; from v0.24 on they go to standard
    output and the flags of the server stand in `gopls help serve` alone.
    """
    flags: dict[str, bool] = {}
    commands: dict[str, None] = {}
    for text in help_texts:
        for match in _FLAG_PATTERN.finditer(text.replace("\r\n", "\n")):
            for name in (match[1], match[2]):
                if name:
                    flags[name] = match[3] is not None
        commands.update(dict.fromkeys(_COMMAND_PATTERN.findall(text)))
    return GoplsFlags(path, version, flags, tuple(commands)) if flags else None
