"""What one check finds, and which of all findings is the cause: shared by the engines that judge.

Where the values come from is the engine's own affair: the doctor asks a machine, `crash` has nothing but logs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

from gopls_diag.facts.declare import Parameter, parameters
from gopls_diag.model.declaration import Declaration
from gopls_diag.model.finding import Finding, Severity
from gopls_diag.model.outcome import (
    CannotTell,
    Clean,
    Crashed,
    DoesNotApply,
    Found,
    NotApplicable,
    NotHeard,
    Outcome,
    Unknown,
)
from gopls_diag.model.report import CheckOutcome, ReportedFinding

NoAnswer = Unknown | NotApplicable | Crashed
Values = Callable[[tuple[Parameter, ...]], dict[str, Any] | NoAnswer]
"""Gives the values for a check's parameters by name, or the first reason why there are none."""


def judge(declaration: Declaration, values_for: Values) -> Outcome:
    """One check's outcome; nothing that it does can end the run."""
    values = values_for(parameters(declaration.judge))
    if isinstance(values, NoAnswer):
        return values
    found: list[Finding] = []
    reason = ""
    try:
        for each in declaration.judge(**values) or ():
            found.append(each)
    except CannotTell as problem:
        if not found:
            return Unknown(str(problem), is_unheard=isinstance(problem, NotHeard))
        reason = str(problem)
    except DoesNotApply as problem:
        if not found:
            return NotApplicable(str(problem))
        reason = str(problem)
    except Exception as problem:
        return Crashed(f"{type(problem).__name__}: {problem}", _trace())
    return Found(tuple(found), reason) if found else Clean()


def _trace() -> str:
    import traceback  # noqa: PLC0415 - seldom needed, and slow to load

    return traceback.format_exc()


def explain(outcomes: Iterable[CheckOutcome]) -> tuple[ReportedFinding, ...]:
    """All findings, each with the code of the found cause that explains it, if there is one.

    A cause must itself be of severity warning or worse, and nothing explains its own cause: of two checks that name
    each other, the one of the worse severity, then of the earlier code, stays the cause.
    """
    findings = [
        ReportedFinding(done.declaration, finding)
        for done in outcomes
        if isinstance(done.outcome, Found)
        for finding in done.outcome.findings
    ]
    causes = sorted(
        (each for each in findings if each.severity is not Severity.INFO), key=lambda each: (_weight(each), each.code)
    )
    explained: dict[int, str] = {}
    above: dict[str, str] = {}
    for finding in sorted(findings, key=lambda each: (_weight(each), each.code), reverse=True):
        for cause in causes:
            if cause.code == finding.code or finding.code in _chain(cause.code, above):
                continue
            if cause.declaration.covers(finding.code) or finding.finding.because_of == cause.code:
                explained[id(finding)] = above[finding.code] = cause.code
                break
    return tuple(replace(each, explained_by=explained.get(id(each))) for each in findings)


def _chain(code: str, above: dict[str, str]) -> set[str]:
    """The code and all causes above it, as far as they stand; never longer than the codes there are."""
    chain: set[str] = set()
    while code and code not in chain:
        chain.add(code)
        code = above.get(code, "")
    return chain


def _weight(finding: ReportedFinding) -> tuple[int, bool, int]:
    return finding.severity.rank, finding.declaration.is_about_code, finding.confidence.rank


def order(findings: Iterable[ReportedFinding]) -> tuple[ReportedFinding, ...]:
    """First causes first, worst first; what a cause explains follows it."""
    everything = list(findings)
    firsts = sorted(
        (each for each in everything if each.explained_by is None), key=lambda each: (_weight(each), each.code)
    )
    placed: list[ReportedFinding] = []
    waiting = sorted((each for each in everything if each.explained_by), key=lambda each: (_weight(each), each.code))

    def place(finding: ReportedFinding) -> None:
        placed.append(finding)
        for each in [other for other in waiting if other.explained_by == finding.code]:
            if each in waiting:
                waiting.remove(each)
                place(each)

    for each in firsts:
        place(each)
    return (*placed, *waiting)


def verdict(findings: Sequence[ReportedFinding]) -> ReportedFinding | None:
    """The finding that weighs most among those that nothing explains; None when none is a warning or worse."""
    firsts = [each for each in findings if each.explained_by is None and each.severity is not Severity.INFO]
    return firsts[0] if firsts else None
