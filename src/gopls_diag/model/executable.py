"""What the first bytes of a program say about the machine that it was made for."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ExecutableFormat(StrEnum):
    """What kind of file a program is."""

    ELF = "elf"
    PE = "pe"
    MACH_O = "mach-o"
    SCRIPT = "script"
    """Begins with `#!`, or is a batch file."""
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class ExecutableSlice:
    """One program in the file; a universal Mach-O file has several."""

    os: str
    """As Go names it: linux, darwin, windows, freebsd, …"""
    architecture: str
    """As Go names it: amd64, arm64, 386, …; `0x…` for a machine that Go has no name for."""
    is_64_bit: bool

    def __str__(self) -> str:
        return f"{self.os}/{self.architecture}"


@dataclass(frozen=True, slots=True)
class ExecutableHeader:
    """The header of a program."""

    format: ExecutableFormat
    slices: tuple[ExecutableSlice, ...] = ()
    """Empty for a script and for an unknown format."""
    interpreter: str = ""
    """Of a script: the words after `#!`."""
    not_understood: str = ""
    """Why nothing could be learnt: `empty`, `cut short`, `no known magic number`."""

    @property
    def is_universal(self) -> bool:
        """True if the file holds programs for several processors."""
        return len(self.slices) > 1

    @property
    def is_script(self) -> bool:
        return self.format is ExecutableFormat.SCRIPT
