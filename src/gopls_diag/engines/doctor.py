"""The doctor: runs the chosen checks on one world and finds the cause that nothing else explains."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from gopls_diag.engines.judging import explain, judge, order, verdict
from gopls_diag.engines.subject import SLOWEST_FACTS, SUBJECT_FACTS, describe_subject, probe_notes, probe_steps
from gopls_diag.facts.declare import FactDeclaration, parameters
from gopls_diag.facts.gather import Gatherer
from gopls_diag.model.declaration import Declaration
from gopls_diag.model.outcome import NotApplicable, Outcome
from gopls_diag.model.report import CheckOutcome, Report
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
            outcome = judge(declaration, gatherer.values)
        else:
            outcome = NotApplicable(f"only on {' and '.join(declaration.os)}")
        done = CheckOutcome(declaration, outcome, round((time.monotonic() - began) * 1000))
        outcomes.append(done)
        yield CheckDone(done)
    findings = order(explain(outcomes))
    subject = describe_subject(gatherer, world, request)
    steps, notes = probe_steps(gatherer, request), probe_notes(gatherer, request)
    yield Finished(Report(subject, verdict(findings), findings, tuple(outcomes), steps, notes))
