"""What `record.toml` may say, and what is said of what it may not."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gopls_diag.model.record_settings import RecordSettings
from gopls_diag.parse.record_settings import parse_record_settings


def test_nothing_said_gives_the_defaults() -> None:
    assert parse_record_settings("") == (RecordSettings(), ())


def test_every_key_can_be_given_its_own_default() -> None:
    lines = []
    for each in dataclasses.fields(RecordSettings):
        value = each.default
        lines.append(f"{each.name} = {str(value).lower() if isinstance(value, bool) else repr(value)}")
    assert parse_record_settings("\n".join(lines)) == (RecordSettings(), ())


def test_values_are_taken() -> None:
    read = parse_record_settings(
        '\ufeffotel = false\ntotal_bytes = "1 GiB"\nslow_seconds = 1\nlooks = 2.0\notlp = "x"\n'
    )
    assert read.complaints == ()
    assert read.settings == RecordSettings(otel=False, total_bytes=1 << 30, slow_seconds=1.0, looks=2, otlp="x")
    assert isinstance(read.settings.slow_seconds, float)
    assert isinstance(read.settings.looks, int)


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("otl = true", "otl is not known"),
        ("otel = 1", "otel: true or false is wanted"),
        ("otlp = 4318", "otlp: a text in quotes is wanted"),
        ("debug = true", "debug: one of auto, always, never is wanted"),
        ("debug = 'on'", "debug: one of auto, always, never is wanted"),
        ("looks = 1.5", "looks: a whole number is wanted"),
        ("looks = true", "looks: a number is wanted"),
        ("slow_share = 30", "slow_share: 30 is outside of 0 to 1"),
        ("sample_seconds = 0", "sample_seconds: at least 0.1 is wanted"),
        ("sample_seconds = nan", "sample_seconds: a number is wanted"),
        ("sample_seconds = inf", "sample_seconds: a number is wanted"),
        ('total_bytes = "much"', 'total_bytes: a size such as 67108864 or "64 MiB" is wanted'),
        ("total_bytes = 1", "total_bytes: at least 1048576 is wanted"),
    ],
)
def test_what_cannot_be_used_keeps_its_default_and_is_told(line: str, complaint: str) -> None:
    read = parse_record_settings(f"{line}\ngctrace = true")
    assert read.settings == RecordSettings(gctrace=True)
    assert read.complaints == (complaint,)


def test_no_toml_is_one_complaint() -> None:
    read = parse_record_settings("otel: yes")
    assert read.settings == RecordSettings()
    assert len(read.complaints) == 1
    assert read.complaints[0].startswith("it is no TOML: ")


@given(st.text())
def test_any_text_gives_settings(text: str) -> None:
    assert isinstance(parse_record_settings(text).settings, RecordSettings)


@given(
    st.sampled_from([each.name for each in dataclasses.fields(RecordSettings)]), st.text(), st.floats(), st.integers()
)
def test_any_value_gives_settings_of_the_right_types(name: str, text: str, number: float, whole: int) -> None:
    quoted = "".join(each for each in text if each.isprintable() and each not in "'\"\\")
    for value in (f"'{quoted}'", repr(number), str(whole), "[1]", "1979-05-27"):
        settings = parse_record_settings(f"{name} = {value}").settings
        for each in dataclasses.fields(RecordSettings):
            assert type(getattr(settings, each.name)) is type(each.default)
