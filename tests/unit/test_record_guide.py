"""What the guide and the reference say of the recorder is what the models say."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

from gopls_diag.model.incident import Incident
from gopls_diag.model.record_settings import RecordSettings
from gopls_diag.model.recorded_session import RecordedEvent, Sample
from gopls_diag.parse.record_settings import parse_record_settings

DOCS = Path(__file__).resolve().parents[2] / "docs"
_ROW_PATTERN = re.compile(r"^\| `([a-z0-9_]+)` \| `([^`]*)` \|", re.MULTILINE)


def test_the_table_of_settings_is_that_of_the_model_and_can_be_written_so() -> None:
    rows = _ROW_PATTERN.findall((DOCS / "record.md").read_text(encoding="utf-8"))
    assert [name for name, _ in rows] == [each.name for each in fields(RecordSettings)]
    for name, default in rows:
        read = parse_record_settings(f"{name} = {default}")
        assert read == (RecordSettings(), ()), f"{name} = {default}"
        assert default.strip('"') == _toml(getattr(RecordSettings(), name)), name


def test_every_field_and_column_is_documented() -> None:
    text = (DOCS / "reference" / "json.md").read_text(encoding="utf-8")
    part = text[text.index("## incident.json") :]
    for columns, file in ((Sample, "timeline.tsv"), (RecordedEvent, "events.tsv")):
        listed = ", ".join(f"`{each.name}`" for each in fields(columns))
        assert f"`{file}`: {listed}." in part
    named = {each.name for each in fields(Incident)} - {"samples", "events"}
    assert {each for each in named if f"`{each}`" not in part} == set()


def _toml(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
