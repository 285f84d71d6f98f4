"""The doctor finds the cause that nothing else explains, and no check can end the run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from gopls_diag.engines.doctor import Finished, examine
from gopls_diag.model.declaration import Cost, Declaration
from gopls_diag.model.finding import Confidence, Finding, Severity
from gopls_diag.model.outcome import CannotTell, Clean, Crashed, DoesNotApply, Found, NotApplicable, Unknown
from gopls_diag.model.report import Report
from gopls_diag.model.request import Request
from gopls_diag.world.sketch import SketchedWorld


def declare(
    code: str,
    judge: Callable[[], Iterable[Finding] | None],
    *,
    severity: Severity = Severity.ERROR,
    explains: tuple[str, ...] = (),
    os: tuple[str, ...] = (),
) -> Declaration:
    return Declaration(code, f"x/{code}", severity, code, "", (), explains, Cost.INSTANT, os, "0.1.0", judge)


def found(summary: str = "broken") -> Callable[[], Iterable[Finding]]:
    return lambda: [Finding(summary)]


def report(*checks: Declaration) -> Report:
    *_, last = examine(SketchedWorld(), Request(folder="/"), checks, {})
    assert isinstance(last, Finished)
    return last.report


def test_a_cause_speaks_before_its_consequences() -> None:
    done = report(declare("W01", found()), declare("W02", found()), declare("E04", found(), explains=("W*",)))

    assert done.verdict is not None
    assert done.verdict.code == "E04"
    assert [(each.code, each.explained_by) for each in done.findings] == [("E04", None), ("W01", "E04"), ("W02", "E04")]


def test_chains_of_causes_are_ordered_by_their_first_cause() -> None:
    done = report(
        declare("W02", found()),
        declare("W01", found(), explains=("W02",)),
        declare("E04", found(), explains=("W01",)),
    )

    assert [each.code for each in done.findings] == ["E04", "W01", "W02"]


def test_what_is_only_worth_knowing_explains_nothing_and_is_no_verdict() -> None:
    done = report(declare("H12", found(), severity=Severity.INFO, explains=("W*",)))

    assert done.verdict is None
    assert report(
        declare("H12", found(), severity=Severity.INFO, explains=("W01",)), declare("W01", found())
    ).findings[0].explained_by is None  # fmt: skip


def test_two_checks_that_explain_each_other_leave_one_cause() -> None:
    done = report(declare("E01", found(), explains=("E02",)), declare("E02", found(), explains=("E01",)))

    assert done.verdict is not None
    assert done.verdict.code == "E01"
    assert [each.explained_by for each in done.findings] == [None, "E01"]


def test_a_finding_may_name_its_own_cause() -> None:
    done = report(
        declare("E04", found(), severity=Severity.WARNING), declare("W01", lambda: [Finding("x", because_of="E04")])
    )

    assert done.verdict is not None
    assert done.verdict.code == "E04"


def test_errors_come_before_warnings() -> None:
    done = report(declare("A01", found(), severity=Severity.WARNING), declare("Z01", found()))

    assert [each.code for each in done.findings] == ["Z01", "A01"]


def test_a_fault_of_the_set_up_comes_before_one_of_the_code() -> None:
    in_code = replace(declare("E22", found(), severity=Severity.WARNING), is_about_code=True)
    unsure = declare("R08", lambda: [Finding("broken", confidence=Confidence.POSSIBLE)], severity=Severity.WARNING)

    done = report(in_code, unsure)

    assert [each.code for each in done.findings] == ["R08", "E22"]


def test_every_way_a_check_can_end_is_an_outcome() -> None:
    def untold() -> Iterator[Finding]:
        raise CannotTell("dark")
        yield

    def elsewhere() -> Iterator[Finding]:
        raise DoesNotApply("other shore")
        yield

    def defect() -> Iterator[Finding]:
        raise KeyError("hole")
        yield

    def half() -> Iterator[Finding]:
        yield Finding("seen")
        raise CannotTell("the rest is dark")

    done = report(
        declare("A01", lambda: None),
        declare("A02", found()),
        declare("A03", untold),
        declare("A04", elsewhere),
        declare("A05", defect),
        declare("A06", half),
        declare("A07", found(), os=("darwin",)),
    )
    kinds = [type(each.outcome) for each in done.outcomes]

    assert kinds == [Clean, Found, Unknown, NotApplicable, Crashed, Found, NotApplicable]
    assert done.outcomes[5].outcome.reason == "the rest is dark"
    assert "KeyError" in done.outcomes[4].outcome.reason
