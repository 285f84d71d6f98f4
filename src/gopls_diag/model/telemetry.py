"""What Go programs count about themselves on the local disk: crashes above all."""

from __future__ import annotations

from dataclasses import dataclass

from gopls_diag.model.version import GoplsVersion, GoVersion


@dataclass(frozen=True, slots=True)
class CounterFrame:
    """One frame of a stack that a counter carries in its name."""

    function: str
    """With its whole package path."""
    line: str
    """As written: `+8` counts from the function's first line, `=120` is the line of the file; may be empty."""
    offset: str = ""
    """Of the instruction in the function: `+0x23`; may be empty."""


@dataclass(frozen=True, slots=True)
class Counter:
    """One counter of a file."""

    name: str
    """Without a stack: `crash/crash`, `gopls/bug`, `gopls/client:vscode`."""
    count: int
    stack: tuple[CounterFrame, ...] = ()
    """Innermost first; empty for a counter without one."""
    is_truncated: bool = False
    """True if the stack was cut to fit into a counter's name."""


@dataclass(frozen=True, slots=True)
class CounterFile:
    """One `PROGRAM@VERSION-GOVERSION-OS-ARCH-DATE.v1.count`: a week or less of one build of a program."""

    path: str
    program: str
    """Package path of the program."""
    version: GoplsVersion
    go_version: GoVersion
    os: str
    architecture: str
    began: str
    """RFC 3339, as in the file."""
    ended: str
    """RFC 3339: when the week of counting ends, which may be ahead."""
    counters: tuple[Counter, ...]
    not_understood: str = ""
    """What could not be read, in words; empty when all could."""

    @property
    def crashes(self) -> tuple[Counter, ...]:
        """Counters of crashes of the program."""
        return tuple(each for each in self.counters if each.name.startswith("crash/"))

    @property
    def bugs(self) -> tuple[Counter, ...]:
        """Counters of internal assertions that failed."""
        return tuple(each for each in self.counters if each.name == "gopls/bug")


@dataclass(frozen=True, slots=True)
class CrashReportFile:
    """A dying program's own words, kept as a file."""

    path: str
    bytes: int
    modified_seconds: float
    """Seconds since 1970."""
    first_line: str
    """The first line of the traceback: `SIGABRT: abort`, `panic: …`."""
    is_gopls: bool
    """True if a frame of it belongs to gopls."""


@dataclass(frozen=True, slots=True)
class TelemetryCounters:
    """What gopls has counted on this machine, and what its side-car kept of crashes."""

    folder: str
    """The telemetry folder; empty when there is none on this system."""
    mode: str
    """off, local or on; `local` when the mode file says nothing, as Go itself takes it."""
    files: tuple[CounterFile, ...]
    """Counter files of gopls, newest first."""
    looked_seconds: float = 0.0
    """When they were read, seconds since 1970."""
    crash_files: tuple[CrashReportFile, ...] = ()
    """`$TMPDIR/*.crash` that begin with `sentinel `."""
    sidecar_log: CrashReportFile | None = None
    """`debug/sidecar.log`, when its folder exists and a crash was reported in it."""
    has_debug_folder: bool = False
    """True if the folder `debug` is there, in which the side-car keeps whole reports."""
