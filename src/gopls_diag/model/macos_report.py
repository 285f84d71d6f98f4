"""What a macOS report (.ips) says about a gopls that ended, or about memory of the whole machine."""

from __future__ import annotations

from dataclasses import dataclass

from gopls_diag.model.kernel_log import PRESENT_SECONDS


@dataclass(frozen=True, slots=True)
class MacReport:
    """One report."""

    path: str
    kind: str
    """crash, jetsam or other."""
    process: str = ""
    """The process that ended; in a memory report the largest one."""
    pid: int | None = None
    time: str = ""
    """As written: `2026-11-20 09:12:33.00 +0100`."""
    namespace: str = ""
    """CODESIGNING, JETSAM, SIGNAL, …: who ended it."""
    reason: str = ""
    """The system's words: `Code Signature Invalid`, `per-process-limit`."""
    signal: str = ""
    resident_bytes: int | None = None
    architecture: str = ""
    """`X86-64`, `ARM-64`."""
    is_translated: bool = False
    """True if it ran under Rosetta 2."""
    written_seconds: float | None = None
    """When the file was written, since 1970; None when it was not read from a folder of reports."""


@dataclass(frozen=True, slots=True)
class MacReports:
    """Reports of the last days that name gopls, newest first."""

    reports: tuple[MacReport, ...]
    looked_in: tuple[str, ...] = ()
    """Report folders that could be read."""
    now_seconds: float = 0.0

    def is_past(self, report: MacReport) -> bool:
        """True if it tells of more than an hour ago, so that it need not be the present trouble."""
        if report.written_seconds is None:
            return False
        return self.now_seconds - report.written_seconds > PRESENT_SECONDS
