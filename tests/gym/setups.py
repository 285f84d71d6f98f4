"""What a set-up is: one machine broken in one way (or odd but healthy), and what the doctor must say of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.gym.machine import Machine

Build = Callable[[Machine], None]


@dataclass(frozen=True, slots=True)
class Setup:
    """One set-up."""

    name: str
    title: str
    build: Build
    codes: tuple[str, ...]
    """The fault's code; several where the catalogue has two names for it, any of which is right. Empty: healthy."""
    also: tuple[str, ...] = ()
    """Codes of warnings that are true as well."""
    is_mild: bool = False
    """The fault is of severity info, or may be: then no verdict is asked for."""
    probe: bool = False

    @property
    def is_healthy(self) -> bool:
        """Nothing may be said of it."""
        return not self.codes

    @property
    def family(self) -> str:
        """Letter of its code, for the table."""
        return self.codes[0][0] if self.codes else "-"


ALL: list[Setup] = []


def broken(
    *codes: str, also: tuple[str, ...] = (), is_mild: bool = False, probe: bool = False
) -> Callable[[Build], Build]:
    """A fault; the docstring's first line says what was done to the machine."""

    def register(build: Build) -> Build:
        ALL.append(Setup(build.__name__, _title(build), build, codes, also, is_mild, probe))
        return build

    return register


def healthy(*, probe: bool = False) -> Callable[[Build], Build]:
    """Odd to look at, and nothing is wrong."""

    def register(build: Build) -> Build:
        ALL.append(Setup(build.__name__, _title(build), build, (), probe=probe))
        return build

    return register


def _title(build: Build) -> str:
    return (build.__doc__ or build.__name__).strip().splitlines()[0].rstrip(".")
