"""Files and sockets that gopls flags in editor settings point to, looked up on the machine."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FlagPlace:
    """One flag with a place, and whether that place serves."""

    label: str
    """The editor, as people call it."""
    flag: str
    """Without its dash: logfile, remote."""
    value: str
    file: str
    """Settings file that holds the flag."""
    line: int | None
    text: str
    """The flag as written."""
    is_good: bool
    problem: str = ""
    """Why it does not serve, in words."""


@dataclass(frozen=True, slots=True)
class FlagPlaces:
    """The places of -logfile and -remote in all editors' flags; flags whose place could not be judged are left out."""

    all: tuple[FlagPlace, ...]

    @property
    def log_files(self) -> tuple[FlagPlace, ...]:
        """Those of -logfile."""
        return tuple(each for each in self.all if each.flag == "logfile")

    @property
    def daemons(self) -> tuple[FlagPlace, ...]:
        """Those of -remote with a fixed address."""
        return tuple(each for each in self.all if each.flag == "remote")
