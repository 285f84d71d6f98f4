"""The variables by which OpenTelemetry's exporters are set, as far as this one heeds them.

`OTEL_RESOURCE_ATTRIBUTES` and `OTEL_EXPORTER_OTLP_HEADERS` are lists like `team=editors,site=north`, with values in
percent encoding (OpenTelemetry specification, sdk-environment-variables and otlp-exporter).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import unquote, urlsplit

_NAME_PATTERN = re.compile(r"^[A-Za-z0-9_.!#$%&'*+^`|~-]{1,200}$")
_LENGTH = 2000
_MOST = 64
_METRICS_PATH = "/v1/metrics"


def pairs_of(text: str) -> Mapping[str, str]:
    """The pairs that can be read; the last of a name holds."""
    found: dict[str, str] = {}
    for each in text.split(",")[:_MOST]:
        name, equals, value = each.partition("=")
        plain = unquote(value.strip())
        if equals and _NAME_PATTERN.match(name.strip()) and len(plain) <= _LENGTH and plain.isprintable():
            found[name.strip()] = plain
    return found


def metrics_url(url: str) -> str | None:
    """Where metrics are posted to: `/v1/metrics` below what was given, unless it is that. None if it is no such URL."""
    text = url.strip()
    try:
        parts = urlsplit(text)
        is_usable = (
            parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
        )
    except ValueError:
        return None
    if not is_usable or parts.fragment or parts.query or not text.isprintable() or " " in text:
        return None
    return text if parts.path.endswith(_METRICS_PATH) else text.rstrip("/") + _METRICS_PATH
