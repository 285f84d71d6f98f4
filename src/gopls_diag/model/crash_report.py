"""What reading logs came to: every end that they tell of, and what is to blame."""

from __future__ import annotations

from dataclasses import dataclass

from gopls_diag.model.crash import Crash, EndKind
from gopls_diag.model.log_reading import LogReading
from gopls_diag.model.report import CheckOutcome, ReportedFinding


@dataclass(frozen=True, slots=True)
class SkippedInput:
    """Something that was given and not read."""

    source: str
    reason: str
    """In words: `an ELF program`, `no log by its name`."""
    count: int = 1
    """How many files, where several stand in one line."""


@dataclass(frozen=True, slots=True)
class CrashReport:
    """All inputs, read and judged together."""

    inputs: tuple[LogReading, ...]
    crashes: tuple[Crash, ...]
    """Every end, in the order of the inputs and of their lines."""
    verdict: ReportedFinding | None
    """The cause that nothing else explains; None when no check found one."""
    findings: tuple[ReportedFinding, ...]
    outcomes: tuple[CheckOutcome, ...]
    """Of the checks that logs like these can concern."""
    skipped: tuple[SkippedInput, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def has_ends(self) -> bool:
        """True if a program ended badly or hangs.

        A dump that was asked for is no end, and a kill of a program other than gopls and go is no matter of ours.
        """
        return any(each.kind is not EndKind.DUMP and not _is_anothers_kill(each) for each in self.crashes)


def _is_anothers_kill(crash: Crash) -> bool:
    return crash.kind is EndKind.KILLED and crash.program not in ("gopls", "go", "")
