"""When gopls is asked to serve its debug pages, which are not free with every gopls."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from gopls_diag.engines.record.debug_pages_choice import are_free, debug_at_first, debug_next, missed
from gopls_diag.model.launcher import LauncherSettings
from gopls_diag.model.recorded_session import Look, Trouble, TroubleKind

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
TRACING = ("v0.24.0", "go1.27.3")
STUCK = Trouble(TroubleKind.STUCK, 1.0, None, "")
DUMP = Look(1.0, "goroutines", "looks/001-goroutines.txt", 1, "")
AUTO = LauncherSettings()


@pytest.mark.parametrize(
    ("gopls", "go", "expected"),
    [
        ("v0.24.0", "go1.27.3", False),
        ("v0.20.0", "go1.25.0", False),
        ("v0.20.0", "go1.24.9", True),
        ("v0.19.1", "go1.26.8", True),
        ("v0.16.2", "", True),
        ("(devel)", "go1.26.8", False),
        ("(devel)", "go1.24.1", True),
        ("", "", False),
    ],
)
def test_the_flight_recorder_of_gopls_is_what_costs(gopls: str, go: str, expected: bool) -> None:
    assert are_free(gopls, go) is expected
    assert debug_at_first("auto", gopls, go) is expected
    assert debug_at_first("always", gopls, go)
    assert not debug_at_first("never", gopls, go)


def test_only_trouble_that_goroutines_or_a_heap_explain_misses_them() -> None:
    assert missed([STUCK], [])
    assert not missed([STUCK], [DUMP])
    assert not missed([replace(STUCK, kind=TroubleKind.FAILING)], [])
    assert not missed([], [])


def test_a_session_in_which_they_were_missed_brings_them_for_a_day() -> None:
    after = debug_next(AUTO, *TRACING, NOW, is_missed=True)
    assert (after.debug, after.debug_until) == (True, "2026-11-24T10:00:00Z")
    assert debug_next(after, *TRACING, NOW, is_missed=False) == after
    next_day = datetime(2026, 11, 24, 10, tzinfo=UTC)
    assert debug_next(after, *TRACING, next_day, is_missed=False) == AUTO
    again = debug_next(after, *TRACING, next_day, is_missed=True)
    assert again.debug_until == "2026-11-25T10:00:00Z"


def test_a_choice_of_the_user_s_stands() -> None:
    for choice, expected in (("always", True), ("never", False)):
        chosen = replace(AUTO, debug_choice=choice, debug_until="2026-11-24T10:00:00Z")
        after = debug_next(chosen, *TRACING, NOW, is_missed=True)
        assert (after.debug, after.debug_until) == (expected, "")


def test_another_gopls_may_have_them_for_free() -> None:
    assert debug_next(AUTO, "v0.19.1", "go1.24.1", NOW, is_missed=False).debug
    untold = replace(AUTO, debug=True, debug_until="soon")
    assert not debug_next(untold, *TRACING, NOW, is_missed=False).debug
