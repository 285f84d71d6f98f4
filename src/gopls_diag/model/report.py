"""What an engine hands to presenters: a finished examination."""

from __future__ import annotations

from dataclasses import dataclass, field

from gopls_diag.model.declaration import Declaration
from gopls_diag.model.finding import Confidence, Evidence, Finding, Remedy, Severity
from gopls_diag.model.outcome import Outcome


@dataclass(frozen=True, slots=True)
class ReportedFinding:
    """A finding with the check that made it and the cause that explains it."""

    declaration: Declaration
    finding: Finding
    explained_by: str | None = None
    """Code of the finding that is the cause of this one."""

    @property
    def code(self) -> str:
        return self.declaration.code

    @property
    def severity(self) -> Severity:
        return self.finding.severity or self.declaration.severity

    @property
    def confidence(self) -> Confidence:
        return self.finding.confidence

    @property
    def summary(self) -> str:
        return self.finding.summary

    @property
    def why(self) -> str:
        return self.finding.why or self.declaration.why

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        return self.finding.evidence

    @property
    def remedies(self) -> tuple[Remedy, ...]:
        return self.finding.remedies


@dataclass(frozen=True, slots=True)
class CheckOutcome:
    """How one check ended."""

    declaration: Declaration
    outcome: Outcome
    milliseconds: int


@dataclass(frozen=True, slots=True)
class SubjectLine:
    """What was examined, for the first line of every format; an empty string means that it could not be learnt."""

    folder: str
    os: str
    """As Go names it, with the processor: `linux/amd64`."""
    go: str
    """`go1.26.5`, or empty when there is no go."""
    gopls: str
    """`v0.23.0 (built with go1.26.5)`, or empty when there is no gopls."""
    editors: tuple[str, ...] = ()
    """`VS Code 1.139.1 + Go 0.57.2`."""


@dataclass(frozen=True, slots=True)
class ProbeStep:
    """One step of the probe, for people to compare."""

    name: str
    elapsed_seconds: float
    resident_bytes: int | None
    result: str
    """What came of it, in a few words: `46 items`, `no views`."""


@dataclass(frozen=True, slots=True)
class Report:
    """One examination from end to end."""

    subject: SubjectLine
    verdict: ReportedFinding | None
    """The cause that nothing else explains and that weighs most; None when nothing is a warning or worse."""
    findings: tuple[ReportedFinding, ...]
    """Worst and first causes first; consequences follow their cause."""
    outcomes: tuple[CheckOutcome, ...]
    """Every check that was chosen, by code."""
    probe: tuple[ProbeStep, ...] = ()
    notes: tuple[str, ...] = field(default=())
    """Sentences about the examination itself, such as a recording of an older version."""
