"""What fix proposes, what became of it, and what the doctor says afterwards."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from gopls_diag.model.change import FileChange, KeptChange
from gopls_diag.model.finding import Reach, SettingEdit, Severity
from gopls_diag.model.line_change import LineChange
from gopls_diag.model.report import Report, ReportedFinding


class Consent(StrEnum):
    """Whose word a proposal needs.

    given: `--yes` is enough, for all of it is undone by `--undo`. each: it is confirmed by itself, because it cannot be
    undone whole, changes the project, or repairs what is only worth knowing and may be meant so. reader: fix shows it
    and leaves it to the reader.
    """

    GIVEN = "given"
    EACH = "each"
    READER = "reader"


class Fate(StrEnum):
    """What became of a proposal."""

    PROPOSED = "proposed"
    """Shown only: a dry run, or nobody was asked."""
    ACCEPTED = "accepted"
    DECLINED = "declined"
    APPLIED = "applied"
    FAILED = "failed"
    BY_HAND = "by-hand"
    """Fix does not do it; the reader can."""


class Decision(StrEnum):
    """The answer to a proposal."""

    YES = "yes"
    NO = "no"
    LATER = "later"
    """Nobody was asked: it stays proposed."""
    ALL = "all"
    """Yes to this one and to all later ones for which `--yes` would be enough."""
    QUIT = "quit"
    """No to this one and to all later ones; what was accepted before is applied."""
    STOP = "stop"
    """No to all, and nothing at all is written."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """One remedy of one finding, worked out: what it would change, and whether that was seen to help."""

    number: int
    """From 1, in the order in which they are shown."""
    code: str
    """Of the finding; empty for what the user asked for by an option (`--memory`)."""
    check: str
    severity: Severity
    summary: str
    """What is wrong, as the finding says it; or what was asked for."""
    title: str
    """What would be done."""
    reach: Reach
    consent: Consent
    changes: tuple[FileChange, ...] = ()
    """Settings files before and after this proposal alone, earlier accepted ones counted in."""
    edits: tuple[SettingEdit, ...] = ()
    lines: tuple[LineChange, ...] = ()
    """Lines to change by hand, where a file is shown only."""
    command: tuple[str, ...] = ()
    folder: str = ""
    reason: str = ""
    """Why it is left to the reader, or why it failed."""
    brings: tuple[str, ...] = ()
    """Codes of what the checks find besides once it is applied; those with a remedy of their own come next."""
    fate: Fate = Fate.PROPOSED


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two examinations, before and after; findings that are only worth knowing are counted like the others."""

    gone: tuple[ReportedFinding, ...]
    left: tuple[ReportedFinding, ...]
    new: tuple[ReportedFinding, ...]


@dataclass(frozen=True, slots=True)
class Measure:
    """One number that was measured before and after."""

    name: str
    """For people: `memory at its highest`."""
    unit: str
    """bytes, seconds or share (of 1)."""
    before: float | None
    after: float | None


@dataclass(frozen=True, slots=True)
class Repair:
    """One run of fix from end to end."""

    before: Report
    proposals: tuple[Proposal, ...]
    kept: tuple[KeptChange, ...] = ()
    """What was written, oldest first."""
    after: Report | None = None
    """None when nothing was written."""
    comparison: Comparison | None = None
    measures: tuple[Measure, ...] = ()
    notes: tuple[str, ...] = field(default=())
    """Sentences for people: what an editor needs before it takes a change up, what was interrupted earlier."""
    is_only_wishes: bool = False
    """True if only what an option asked for was to be done, so that what the doctor finds besides is not its matter."""

    @property
    def is_clean(self) -> bool:
        """True if nothing of severity warning or worse is left that was to be repaired."""
        return self.is_only_wishes or (self.after or self.before).verdict is None
