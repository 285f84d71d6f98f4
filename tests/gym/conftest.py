"""Prints the gym's table after the last set-up, also when workers play them side by side."""

from __future__ import annotations

import dataclasses
from typing import Any, cast

import pytest

from tests.gym.play import Row
from tests.gym.repairs import RepairRow, repair_lines
from tests.gym.table import is_verdict_target_met, lines

ROWS = pytest.StashKey[list[Row]]()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Collect the rows; runs where the results arrive, not in the workers."""
    for name, value in report.user_properties:
        if name == "gym-row" and report.when == "call":
            fields = cast("dict[str, Any]", value)
            COLLECTED.append(Row(**{**fields, "expected": tuple(fields["expected"])}))
        if name == "repair-row" and report.when == "call":
            fields = cast("dict[str, Any]", value)
            REPAIRED.append(RepairRow(**{**fields, **{each: tuple(fields[each]) for each in TUPLES}}))


COLLECTED: list[Row] = []
REPAIRED: list[RepairRow] = []
TUPLES = ("codes", "titles", "left", "new", "differ")


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """The table."""
    if COLLECTED:
        terminalreporter.section("gym")
        for line in lines(COLLECTED):
            terminalreporter.write_line(line)
    if REPAIRED:
        terminalreporter.section("gym: repairs")
        for line in repair_lines(REPAIRED):
            terminalreporter.write_line(line)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """One set-up may have another verdict than expected without failing; more than one in twenty may not."""
    if COLLECTED and session.exitstatus == 0 and not is_verdict_target_met(COLLECTED):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture
def keep_row(record_property: Any) -> Any:
    """Hands a row to the table."""
    return lambda row: record_property("gym-row", {**dataclasses.asdict(row), "report": {}})


@pytest.fixture
def keep_repair(record_property: Any) -> Any:
    """Hands a row to the second table."""
    return lambda row: record_property("repair-row", {**dataclasses.asdict(row), "result_of_stage": {}})
