"""Facts are asked at most once, only when needed, side by side, each within its time."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

import pytest

from gopls_diag.facts.declare import FactDeclaration, Parameter, parameters
from gopls_diag.facts.gather import Gatherer
from gopls_diag.model.outcome import CannotTell, Crashed, DoesNotApply, NotApplicable, Unknown
from gopls_diag.model.request import Request
from gopls_diag.world.sketch import SketchedWorld


@dataclass(frozen=True)
class Ground:
    depth: int


@dataclass(frozen=True)
class Tower:
    height: int


def gatherer(*declared: FactDeclaration) -> Gatherer:
    return Gatherer(SketchedWorld(), Request(folder="/"), {each.type: each for each in declared})


def declare(answer: type, ask: object, *needs: Parameter, limit_seconds: float = 5.0) -> FactDeclaration:
    assert callable(ask)
    return FactDeclaration(answer, answer.__name__.lower(), limit_seconds, ask, needs)


def test_a_fact_is_asked_once_however_many_want_it() -> None:
    asked: list[int] = []

    def ground() -> Ground:
        asked.append(1)
        time.sleep(0.05)
        return Ground(3)

    facts = gatherer(declare(Ground, ground))
    wanting = [threading.Thread(target=facts.value, args=(Ground,)) for _ in range(8)]
    for each in wanting:
        each.start()
    for each in wanting:
        each.join()

    assert facts.value(Ground) == Ground(3)
    assert len(asked) == 1


def test_a_fact_that_nobody_needs_is_not_asked() -> None:
    def ground() -> Ground:
        raise AssertionError("asked")

    facts = gatherer(declare(Ground, ground), declare(Tower, lambda: Tower(1)))
    facts.start([Tower])

    assert facts.value(Tower) == Tower(1)


def test_independent_facts_are_asked_side_by_side() -> None:
    meeting = threading.Barrier(2, timeout=5)

    def ground() -> Ground:
        meeting.wait()
        return Ground(1)

    def tower() -> Tower:
        meeting.wait()
        return Tower(1)

    facts = gatherer(declare(Ground, ground), declare(Tower, tower))
    facts.start([Ground, Tower])

    assert facts.value(Ground) == Ground(1)
    assert facts.value(Tower) == Tower(1)


@pytest.mark.parametrize(
    ("problem", "kind", "words"),
    [
        (CannotTell("no light"), Unknown, "no light"),
        (DoesNotApply("no sea here"), NotApplicable, "no sea here"),
        (ZeroDivisionError("oops"), Crashed, "ground: ZeroDivisionError: oops"),
    ],
)
def test_what_a_fact_could_not_answer_reaches_those_who_need_it(problem: Exception, kind: type, words: str) -> None:
    def ground() -> Ground:
        raise problem

    needed = Parameter("ground", Ground, is_optional=False)
    facts = gatherer(declare(Ground, ground), declare(Tower, lambda ground: Tower(ground.depth), needed))
    answer = facts.value(Tower)

    assert type(answer) is kind
    assert isinstance(answer, Unknown | NotApplicable | Crashed)
    assert words in answer.reason


def test_an_optional_fact_without_answer_arrives_as_unknown() -> None:
    def ground() -> Ground:
        raise CannotTell("no light")

    facts = gatherer(declare(Ground, ground))
    values = facts.values((Parameter("ground", Ground, is_optional=True),))

    assert values == {"ground": Unknown("no light")}


def test_a_fact_that_hangs_becomes_unknown_within_its_limit() -> None:
    release = threading.Event()

    def ground() -> Ground:
        release.wait(30)
        return Ground(1)

    facts = gatherer(declare(Ground, ground, limit_seconds=0.1))
    answer = facts.value(Ground)
    release.set()

    assert isinstance(answer, Unknown)
    assert "no answer within" in answer.reason


def test_parameters_are_read_from_annotations() -> None:
    def judge(ground: Ground, tower: Tower | Unknown) -> None:
        del ground, tower

    judge.__annotations__ = {"ground": Ground, "tower": Tower | Unknown, "return": None}

    assert parameters(judge) == (Parameter("ground", Ground, False), Parameter("tower", Tower, True))
