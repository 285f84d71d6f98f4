"""The doctor: runs the chosen checks on one world and finds the cause that nothing else explains."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from gopls_diag.engines.subject import SLOWEST_FACTS, SUBJECT_FACTS, describe_subject, probe_notes, probe_steps
from gopls_diag.facts.declare import FactDeclaration, parameters
from gopls_diag.facts.gather import Gatherer, NoAnswer
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
from gopls_diag.model.report import CheckOutcome, Report, ReportedFinding
from gopls_diag.model.request import Request
from gopls_diag.world import World


@dataclass(frozen=True, slots=True)
class Started:
    """The examination begins."""

    checks: int


@dataclass(frozen=True, slots=True)
class CheckDone:
    """One check has ended."""

    outcome: CheckOutcome


@dataclass(frozen=True, slots=True)
class Finished:
    """The examination is over."""

    report: Report


Event = Started | CheckDone | Finished


def examine(
    world: World,
    request: Request,
    chosen: Sequence[Declaration] | Callable[[], Sequence[Declaration]],
    known_facts: dict[type, FactDeclaration] | None = None,
) -> Iterator[Event]:
    """Examine a world with the chosen checks; the last event is Finished.

    Checks that are given as a function are all checks, and are loaded while the slowest facts are already asked.

    All facts that the checks need are asked side by side from the start; each check is judged as soon as its own facts
    stand, in the order of the codes, so the report does not depend on what was quick.
    """
    gatherer = Gatherer(world, request, known_facts)
    if callable(chosen):
        gatherer.start(SLOWEST_FACTS)
        chosen = chosen()
    yield Started(len(chosen))
    applicable = [each for each in chosen if not each.os or world.machine.os in each.os]
    needed = {each.type for check in applicable for each in parameters(check.judge)}
    gatherer.start(needed | {each for each in SUBJECT_FACTS if gatherer.can_ask(each)})
    outcomes: list[CheckOutcome] = []
    for declaration in chosen:
        began = time.monotonic()
        outcome: Outcome
        if declaration in applicable:
            outcome = _judge(declaration, gatherer)
        else:
            outcome = NotApplicable(f"only on {' and '.join(declaration.os)}")
        done = CheckOutcome(declaration, outcome, round((time.monotonic() - began) * 1000))
        outcomes.append(done)
        yield CheckDone(done)
    findings = order(explain(outcomes))
    subject = describe_subject(gatherer, world, request)
    steps, notes = probe_steps(gatherer, request), probe_notes(gatherer, request)
    yield Finished(Report(subject, verdict(findings), findings, tuple(outcomes), steps, notes))


def _judge(declaration: Declaration, gatherer: Gatherer) -> Outcome:
    """One check's outcome; nothing that it does can end the run."""
    values = gatherer.values(parameters(declaration.judge))
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
