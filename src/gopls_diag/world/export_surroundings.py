"""What the export takes from the process's surroundings: the kind of machine, and the variables of OpenTelemetry."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import NamedTuple

from gopls_diag.parse.otel_variables import pairs_of

_SYSTEMS = {"win32": "windows", "cygwin": "windows"}
_ARCHITECTURES = {
    "x86_64": "amd64",
    "AMD64": "amd64",
    "aarch64": "arm64",
    "ARM64": "arm64",
    "i686": "x86",
    "i386": "x86",
}
"""As the conventions call them; others keep their name."""


class Surroundings(NamedTuple):
    """None of it names the machine, but for what the user says."""

    os: str
    arch: str
    headers: Mapping[str, str]
    """OTEL_EXPORTER_OTLP_HEADERS: credentials of the collector, as a rule."""
    attributes: Mapping[str, str]
    """OTEL_RESOURCE_ATTRIBUTES."""
    ca_file: str | None
    """OTEL_EXPORTER_OTLP_CERTIFICATE: whom to trust."""


def export_surroundings() -> Surroundings:
    """Of this process."""
    machine = os.environ.get("PROCESSOR_ARCHITECTURE", "") if sys.platform == "win32" else os.uname().machine
    variables = os.environ.get
    metrics, plain = variables("OTEL_EXPORTER_OTLP_METRICS_HEADERS", ""), variables("OTEL_EXPORTER_OTLP_HEADERS", "")
    return Surroundings(
        _SYSTEMS.get(sys.platform, sys.platform),
        _ARCHITECTURES.get(machine, machine),
        {**pairs_of(plain), **pairs_of(metrics)},
        pairs_of(variables("OTEL_RESOURCE_ATTRIBUTES", "")),
        variables("OTEL_EXPORTER_OTLP_METRICS_CERTIFICATE") or variables("OTEL_EXPORTER_OTLP_CERTIFICATE"),
    )
