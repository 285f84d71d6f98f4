"""What a configuration of golangci-lint switches on and off."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SwitchedLinter:
    """One name in `linters: enable` or `linters: disable`."""

    name: str
    is_on: bool
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class GolangciConfiguration:
    """The names that the folder's configuration switches; none when there is no configuration."""

    linters: tuple[SwitchedLinter, ...] = ()
    files: tuple[str, ...] = ()
