"""When the next start gets a remedy, which, and when none is better."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from gopls_diag.engines.record.keep_alive import Advice, advise_next_start, merged
from gopls_diag.model.amount import GIB, MIB
from gopls_diag.model.incident import Incident, IncidentEntry, KnownLimit
from gopls_diag.model.keep_alive import KeepAlive
from gopls_diag.model.record_settings import RecordSettings
from gopls_diag.model.recorded_session import SessionEnd, SessionStart
from gopls_diag.parse.keep_alive import parse_keep_alive, render_keep_alive, working_arguments

START = SessionStart(
    id="b",
    started="2026-11-23T10:00:00Z",
    launcher_pid=1,
    gopls_pid=2,
    parent_pid=3,
    gopls="/go/bin/gopls",
    given_arguments=("-rpc.trace",),
    folder="/shop",
)
KILLED = Incident(
    id="b",
    kind="killed",
    start=START,
    end=SessionEnd("2026-11-23T10:05:00Z", 300.0, signal="SIGKILL"),
    limits=(KnownLimit("machine", 16 * GIB), KnownLimit("control group", 2 * GIB, "/a")),
    report={"verdict": {"code": "M02"}, "findings": []},
)
FLAG = replace(KILLED, kind="exit", report={"verdict": {"code": "X05"}}, limits=())


def entry(code: str = "M02", ended: str = "2026-11-23T10:01:00Z", **changed: Any) -> IncidentEntry:
    whole = IncidentEntry("a", "/i/a", ended, "/shop", "killed", "SIGKILL", None, {"code": code}, 1)
    return replace(whole, **changed)


def advise(incident: Incident, *recent: IncidentEntry, working: tuple[str, ...] | None = None) -> Advice:
    return advise_next_start(incident, recent, RecordSettings(), working=working)


def test_one_end_is_no_loop() -> None:
    assert advise(KILLED) == Advice(None)
    assert advise(KILLED, entry(id="b")) == Advice(None)


def test_two_kills_for_a_group_s_limit_get_half_of_it_as_a_goal() -> None:
    advice = advise(KILLED, entry())
    assert advice.entry == KeepAlive(
        "M02",
        "/go/bin/gopls",
        "/shop",
        "2026-11-24T10:05:00Z",
        "gopls was killed 2 times for memory (the control group has 2.0 GiB), so it is started with GOMEMLIMIT=1000MiB "
        "(incident b)",
        environment={"GOMEMLIMIT": "1000MiB"},
    )


def test_ends_of_another_time_place_or_cause_do_not_count() -> None:
    for other in (
        entry(ended="2026-11-23T09:54:59Z"),
        entry(ended="2026-11-23T10:06:00Z"),
        entry(ended="unknown"),
        entry(folder="/other"),
        entry(code="X01"),
        entry(verdict=None),
    ):
        assert advise(KILLED, other) == Advice(None)


def test_a_cause_without_a_proven_remedy_gets_none() -> None:
    other = replace(KILLED, report={"verdict": {"code": "X02"}})
    assert advise(other, entry(code="X02")) == Advice(None)
    assert advise(replace(KILLED, report=None), entry()) == Advice(None)
    assert advise(replace(KILLED, end=None), entry()) == Advice(None)


def test_a_kill_under_a_goal_lowers_the_goal_until_it_would_do_harm() -> None:
    at_goal = replace(KILLED, environment={"GOMEMLIMIT": "1000MiB"})
    lower = advise(at_goal, entry()).entry
    assert lower is not None
    assert lower.environment == {"GOMEMLIMIT": "700MiB"}
    at_least = advise(replace(KILLED, environment={"GOMEMLIMIT": "700MiB"}), entry())
    assert at_least.entry is None
    assert at_least.why_not == (
        "a goal of 525 MiB would keep gopls collecting garbage: it needs a higher limit or a smaller workspace"
    )


def test_a_goal_above_ours_is_replaced() -> None:
    above = replace(KILLED, limits=(*KILLED.limits, KnownLimit("memoryLimit", 1900 * MIB)))
    advice = advise(above, entry()).entry
    assert advice is not None
    assert advice.environment == {"GOMEMLIMIT": "1000MiB"}


def test_a_machine_without_memory_gives_a_quarter() -> None:
    advice = advise(replace(KILLED, report={"verdict": {"code": "M01"}}), entry(code="M01")).entry
    assert advice is not None
    assert advice.environment == {"GOMEMLIMIT": "4GiB"}


def test_a_limit_that_nobody_knows_is_said() -> None:
    assert advise(replace(KILLED, limits=()), entry()).why_not == "the memory limit of the control group is not known"


def test_unknown_flags_give_way_to_those_that_worked() -> None:
    advice = advise(FLAG, entry("X05"), working=("-v",))
    assert advice.entry == KeepAlive(
        "X05",
        "/go/bin/gopls",
        "/shop",
        "2026-11-24T10:05:00Z",
        "gopls ended 2 times because it does not know a flag, so it is started with -v, as when it last worked here "
        "(incident b)",
        given_arguments=("-rpc.trace",),
        arguments=("-v",),
    )
    none = advise(FLAG, entry("X05"), working=()).entry
    assert none is not None
    assert "started with no flags, as" in none.words


def test_flags_are_not_guessed() -> None:
    assert "not known with which flags" in advise(FLAG, entry("X05")).why_not
    assert "gopls itself has changed" in advise(FLAG, entry("X05"), working=("-rpc.trace",)).why_not


def test_a_new_entry_takes_the_place_of_the_old_and_what_is_past_goes() -> None:
    old = KeepAlive("M02", "g", "/shop", "2026-11-24T00:00:00Z", "old")
    past = KeepAlive("M02", "g", "/past", "2026-11-22T00:00:00Z", "past")
    broken = KeepAlive("M02", "g", "/broken", "soon", "broken")
    other = KeepAlive("X05", "g", "/shop", "2026-11-24T00:00:00Z", "other")
    new = replace(old, words="new")
    assert merged([old, past, broken, other], new, datetime(2026, 11, 23, tzinfo=UTC)) == (new, other)


TEXTS = st.text(max_size=9)
ENTRIES = st.builds(
    KeepAlive,
    cause=TEXTS,
    gopls=TEXTS,
    folder=TEXTS,
    until=TEXTS,
    words=TEXTS,
    environment=st.dictionaries(TEXTS, TEXTS, max_size=3),
    given_arguments=st.none() | st.lists(TEXTS, max_size=3).map(tuple),
    arguments=st.none() | st.lists(TEXTS, max_size=3).map(tuple),
)


@given(st.lists(ENTRIES, max_size=3))
def test_the_file_gives_back_what_was_written(entries: list[KeepAlive]) -> None:
    assert parse_keep_alive(render_keep_alive(entries)) == tuple(entries)


@given(st.text())
def test_any_text_is_read(text: str) -> None:
    assert isinstance(parse_keep_alive(text), tuple)
    assert working_arguments(text, "g", "f") is None


def test_damaged_entries_are_passed_over() -> None:
    text = '{"entries": [1, {"words": 2}, {"environment": {"A": 1}}, {"arguments": "x"}, {"given_arguments": [1]}, {}]}'
    assert parse_keep_alive(text) == (KeepAlive("", "", "", "", ""),)
    assert parse_keep_alive("[]") == ()
    assert parse_keep_alive('{"entries": 1}') == ()


def test_flags_that_worked_are_found_by_gopls_and_folder() -> None:
    text = '{"/go/bin/gopls|/shop": {"arguments": ["-v"]}, "a|b": {"arguments": "x"}, "c|d": 1}'
    assert working_arguments(text, "/go/bin/gopls", "/shop") == ("-v",)
    assert working_arguments(text, "/go/bin/gopls", "/other") is None
    assert working_arguments(text, "a", "b") is None
    assert working_arguments(text, "c", "d") is None
