"""The engine of `crash` reads each log once and judges all by the checks of the doctor, without a machine."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable

import pytest

from gopls_diag.engines.crash import Finished, InputRead, LogInput, Progress, read_logs
from gopls_diag.model.crash import EndKind
from gopls_diag.model.declaration import Cost, Declaration
from gopls_diag.model.finding import Evidence, Finding, Severity
from gopls_diag.model.log_reading import Crashes
from gopls_diag.model.outcome import Clean, Crashed, Found, Outcome, Unknown
from gopls_diag.model.saying import Sayings
from gopls_diag.model.system import Machine
from gopls_diag.model.toolchain import GoEnvironment
from gopls_diag.parse.go_crash.dump_choice import DumpChoice
from gopls_diag.parse.go_crash.same_stack import GroupingRule
from tests.conftest import ROOT
from tests.unit.crash_samples import dump_of, log, read, text_log


def declare(judge: object, *, os: tuple[str, ...] = ()) -> Declaration:
    return Declaration("X90", "x/x90", Severity.ERROR, "x", "", (), (), Cost.INSTANT, os, "0.1.0", judge)  # type: ignore[arg-type]


def outcome(judge: object, *, os: tuple[str, ...] = ()) -> Outcome:
    report = read(text_log("panic: x\n", "a.log"), checks=(declare(judge, os=os),))
    return report.outcomes[0].outcome


def test_tells_how_far_it_is_then_what_each_input_held_then_all() -> None:
    events = list(read_logs([text_log("x\n" * 5000, "a"), text_log("", "b")]))

    assert [type(each) for each in events] == [Progress, Progress, Progress, InputRead, InputRead, Finished]
    assert isinstance(events[2], Progress)
    assert (events[2].read_bytes, events[2].size_bytes) == (10_000, 10_000)


def test_an_input_is_opened_only_when_the_one_before_is_read() -> None:
    opened: list[str] = []

    def inputs() -> Iterable[LogInput]:
        for name in ("a", "b"):
            opened.append(name)
            yield text_log("x\n", name)

    events = read_logs(inputs())
    while not isinstance(next(events), InputRead):
        pass

    assert opened == ["a"]


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("crashes/010-rename-redeclared-type-nil.log", "X06"),
        ("waiting/go-list-hangs-gopls-0.16.1.log", "X25"),
        ("kernel/dmesg-memory-cgroup.txt", "M02"),
        ("captures/nogo.txt", "E02"),
        ("captures/badgoroot.txt", "E04"),
        ("captures/gocacheoff.txt", "E08"),
        ("captures/gowork_absent_dir.txt", "W09"),
        ("captures/driver_missing.txt", "W18"),
        ("captures/settings_bad.txt", "W21"),
    ],
)
def test_a_log_alone_proves_the_cause(path: str, code: str) -> None:
    report = read(log(path))

    assert report.verdict is not None
    assert report.verdict.code == code
    assert [each.declaration.code for each in report.outcomes if isinstance(each.outcome, Crashed)] == []


@pytest.mark.parametrize("path", ["captures/ok.txt", "crashes/048-sigquit-idle-v016.log", "gctrace/gopls-cold.log"])
def test_nothing_is_blamed_where_nothing_is_wrong(path: str) -> None:
    report = read(log(path))

    assert report.verdict is None
    assert not report.has_ends


def test_a_check_of_another_system_is_judged_too_since_the_log_tells() -> None:
    def judge(crashes: Crashes) -> Iterable[Finding]:
        return ()

    assert isinstance(outcome(judge, os=("windows",)), Clean)


def test_what_only_a_machine_knows_is_unknown() -> None:
    def needs(machine: Machine) -> Iterable[Finding]:
        raise AssertionError

    def can_do_without(machine: Machine | Unknown) -> Iterable[Finding]:
        assert isinstance(machine, Unknown)
        return ()

    assert isinstance(outcome(needs), Unknown)
    assert isinstance(outcome(can_do_without), Clean)


def test_of_a_machine_that_was_not_seen_nothing_is_claimed() -> None:
    def of_machine(environment: GoEnvironment, sayings: Sayings) -> Iterable[Finding]:
        yield Finding("GOROOT is not set", (Evidence("go env", ""),))

    def of_log(environment: GoEnvironment, sayings: Sayings) -> Iterable[Finding]:
        yield Finding("it says x", (Evidence("a.log", "panic: x", 1),))

    def silent(environment: GoEnvironment, sayings: Sayings) -> Iterable[Finding]:
        return ()

    assert isinstance(outcome(of_machine), Unknown)
    assert isinstance(outcome(of_log), Found)
    assert isinstance(outcome(silent), Unknown)


def test_a_check_that_fails_does_not_end_the_run() -> None:
    def judge(crashes: Crashes) -> Iterable[Finding]:
        raise ValueError("no")

    assert isinstance(outcome(judge), Crashed)


def test_a_known_crash_is_named_with_its_fix() -> None:
    (crash,) = read(log("crashes/010-rename-redeclared-type-nil.log")).crashes

    assert crash.known
    assert crash.known[0].issue == "golang/go#70968"
    assert crash.signature


def test_goroutines_are_grouped_as_asked_and_chosen_ones_are_whole() -> None:
    text = "SIGQUIT: quit\n\n" + "\n".join(
        f"goroutine {at} [chan receive]:\nmain.f(0x{at:x})\n\t/src/m/main.go:5 +0x1d\n" for at in range(1, 41)
    )

    by_stack = read(text_log(text), choice=DumpChoice(ids=frozenset((7, 39)))).crashes[0]
    by_arguments = read(text_log(text), choice=DumpChoice(GroupingRule.ARGUMENTS)).crashes[0]

    assert (len(by_stack.buckets), len(by_arguments.buckets)) == (1, 40)
    assert [each.id for each in by_stack.chosen] == [7, 39]
    assert [each.stack.frames[0].arguments for each in by_stack.chosen] == ["0x7", "0x27"]
    assert [each.line for each in by_stack.chosen] == [27, 155]


def test_a_dump_loads_no_check_that_it_cannot_concern() -> None:
    script = (
        "import sys; from tests.unit.crash_samples import *\n"
        "report = read(text_log(dump_of(3)))\n"
        "assert report.crashes and report.outcomes\n"
        "print('\\n'.join(sys.modules))"
    )
    ended = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    modules = set(ended.stdout.split())

    assert ended.returncode == 0, ended.stderr
    assert "gopls_diag.checks.exits.goroutines_dumped" in modules
    assert "gopls_diag.checks.exits.gopls_panicked" not in modules
    assert {each for each in modules if each.startswith("gopls_diag.checks.env.")} == set()
    assert {"rich", "click", "psutil"} & modules == set()


def test_many_goroutines_are_one_crash() -> None:
    (crash,) = read(text_log(dump_of(2_000))).crashes

    assert crash.kind is EndKind.DUMP
    assert (crash.goroutines, len(crash.buckets)) == (2_000, 2_000)
