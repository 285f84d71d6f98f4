"""What the command line says over record.toml."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from gopls_diag.model.record_settings import RecordSettings
from gopls_diag.parse.record_settings import parse_record_settings


def overridden(settings: RecordSettings, given: Mapping[str, Any]) -> RecordSettings:
    """The settings with the fields that are given."""
    return replace(settings, **given)


def overridden_by_lines(settings: RecordSettings, lines: Sequence[str]) -> RecordSettings:
    """The settings with single lines of a record.toml over them (`otlp = "http://…"`); what is wrong is passed over."""
    for line in lines:
        told, complaints = parse_record_settings(line)
        name = line.partition("=")[0].strip()
        if not complaints and name in RecordSettings.__dataclass_fields__:
            settings = replace(settings, **{name: getattr(told, name)})
    return settings
