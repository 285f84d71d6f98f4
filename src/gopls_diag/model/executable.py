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


@dataclass(frozen=True, slots=True)
class ProgramHeader:
    """A program in use, and what its header says."""

    name: str
    """gopls or go."""
    path: str
    header: ExecutableHeader
    problem: str = ""
    """Why it could not be run, in words; empty when it could."""


@dataclass(frozen=True, slots=True)
class ProgramHeaders:
    """The gopls and the go in use beside the machine that they run on."""

    os: str
    """Of the machine: linux, darwin, windows."""
    architecture: str
    """Of the machine's processor, as Go names it."""
    programs: tuple[ProgramHeader, ...]


@dataclass(frozen=True, slots=True)
class CodeSignature:
    """What macOS says of one program."""

    path: str
    is_valid: bool
    words: str
    """What codesign said when it is not valid."""
    quarantine: str
    """The com.apple.quarantine attribute; empty when there is none."""
    is_required: bool
    """True on Apple silicon, which runs nothing unsigned."""


@dataclass(frozen=True, slots=True)
class CodeSignatures:
    """What macOS says of each gopls in use."""

    all: tuple[CodeSignature, ...]
