"""`record.toml`, the recorder's settings: text -> values, and what was not understood."""

from __future__ import annotations

import math
import tomllib
from dataclasses import fields
from typing import Any, NamedTuple

from gopls_diag.model.record_settings import RecordSettings
from gopls_diag.parse.byte_count import parse_budget

_LEAST: dict[str, float] = {
    "sample_seconds": 0.1,
    "busy_sample_seconds": 0.1,
    "pss_seconds": 1.0,
    "otlp_seconds": 1.0,
    "stderr_bytes": 64 * 1024,
    "samples_bytes": 64 * 1024,
    "rpc_bytes": 64 * 1024,
    "incident_bytes": 256 * 1024,
    "total_bytes": 1 << 20,
    "window_requests": 1,
    "keep_alive_ends": 1,
}
"""Below these the recorder would cost more than it is worth, or keep nothing."""
_CHOICES = {"debug": ("auto", "always", "never")}
_MOST: dict[str, float] = {"slow_share": 1.0, "failed_share": 1.0, "memory_share": 1.0, "looks": 100}


class ReadSettings(NamedTuple):
    """The settings, and sentences about what was passed over."""

    settings: RecordSettings
    complaints: tuple[str, ...]


def parse_record_settings(text: str) -> ReadSettings:
    """Never raises: what cannot be used keeps its default, and is told of.

    Amounts of bytes may be whole numbers or texts with a unit (`"64 MiB"`).
    """
    try:
        table = tomllib.loads(text.removeprefix("\ufeff"))
    except (tomllib.TOMLDecodeError, RecursionError) as problem:
        return ReadSettings(RecordSettings(), (f"it is no TOML: {problem}",))
    kinds = {each.name: type(each.default) for each in fields(RecordSettings)}
    values: dict[str, Any] = {}
    complaints: list[str] = []
    for name, given in table.items():
        if name not in kinds:
            complaints.append(f"{name} is not known")
            continue
        value, complaint = _value(name, given, kinds[name])
        if complaint:
            complaints.append(f"{name}: {complaint}")
        else:
            values[name] = value
    return ReadSettings(RecordSettings(**values), tuple(complaints))


def _value(name: str, given: object, kind: type) -> tuple[Any, str]:
    if kind is bool:
        return (given, "") if isinstance(given, bool) else (None, "true or false is wanted")
    if kind is str:
        choices = _CHOICES.get(name)
        if choices and given not in choices:
            return None, f"one of {', '.join(choices)} is wanted"
        return (given, "") if isinstance(given, str) else (None, "a text in quotes is wanted")
    if name.endswith("_bytes") and isinstance(given, str):
        given = parse_budget(given)
    if isinstance(given, bool) or not isinstance(given, int | float) or not math.isfinite(given):
        return None, 'a size such as 67108864 or "64 MiB" is wanted' if name.endswith(
            "_bytes"
        ) else "a number is wanted"
    if kind is int and given != int(given):
        return None, "a whole number is wanted"
    least, most = _LEAST.get(name, 0), _MOST.get(name, math.inf)
    if not least <= given <= most:
        return (
            None,
            f"{given} is outside of {least:g} to {most:g}"
            if most < math.inf
            else f"at least {_plain(least)} is wanted",
        )
    return kind(given), ""


def _plain(number: float) -> str:
    return str(int(number)) if number == int(number) else str(number)
