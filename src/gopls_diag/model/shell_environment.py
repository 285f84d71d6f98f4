"""Names about Go in the environment of the asking shell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ShellEnvironment:
    """What is set there under a name that begins with GO."""

    values: Mapping[str, str]
