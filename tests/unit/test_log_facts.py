"""What the logs that the user gave add to what is known of the machine."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gopls_diag.facts.crashes import crashes
from gopls_diag.facts.kernel_log import kernel_log
from gopls_diag.facts.log_readings import log_readings
from gopls_diag.facts.macos_reports import macos_reports
from gopls_diag.model.crash import EndKind
from gopls_diag.model.log_reading import LogReadings
from gopls_diag.model.outcome import CannotTell, DoesNotApply, NotHeard, Unknown
from gopls_diag.model.request import Request
from gopls_diag.model.session import SessionTranscript, SessionUtterance
from gopls_diag.world.live import LiveWorld

PANIC = "panic: boom\n\ngoroutine 1 [running]:\nmain.main()\n\t/src/main.go:7 +0x1d\n"
KILL = "[ 4315.876770] Out of memory: Killed process 20518 (gopls) total-vm:2909712kB, anon-rss:399076kB\n"
NOTHING = Unknown("not asked")


def readings(folder: Path, **logs: str) -> LogReadings:
    for name, text in logs.items():
        (folder / name).write_text(text)
    return log_readings(LiveWorld(), Request(str(folder), logs=tuple(str(folder / name) for name in logs)))


def transcript(*said: tuple[str, str]) -> SessionTranscript:
    return SessionTranscript((), tuple(SessionUtterance(*each) for each in said), 0, None, None, None)


def test_each_log_is_read_and_those_that_cannot_be_are_left_out(tmp_path: Path) -> None:
    request = Request(str(tmp_path), logs=(str(tmp_path / "missing"), str(tmp_path)))

    assert log_readings(LiveWorld(), request).all == ()
    assert [each.source for each in readings(tmp_path, one=PANIC, two=KILL).all] == [
        str(tmp_path / "one"),
        str(tmp_path / "two"),
    ]


def test_the_ends_of_all_logs_and_of_the_probe(tmp_path: Path) -> None:
    probed = transcript(("log", "Created View"), ("stderr", PANIC), ("exit", "exit code 2"))

    found = crashes(readings(tmp_path, one=PANIC, two="Killed\n"), probed).all

    assert [(each.kind, each.exit_code) for each in found] == [
        (EndKind.PANIC, 2),
        (EndKind.KILLED, None),
        (EndKind.PANIC, 2),
    ]
    assert found[2].source == "gopls (--probe)"


def test_silence_counts_only_where_somebody_listened() -> None:
    with pytest.raises(NotHeard, match="run with --probe or --log FILE"):
        crashes(LogReadings(()), NOTHING)
    with pytest.raises(CannotTell, match="too slow"):
        crashes(Unknown("too slow"), NOTHING)
    assert crashes(LogReadings(()), transcript()).all == ()


def test_kills_in_a_log_join_those_of_this_machine(tmp_path: Path) -> None:
    log = kernel_log(LiveWorld(), readings(tmp_path, one=KILL, two=PANIC))

    assert [each.process for each in log.events if each.source == str(tmp_path / "one")] == ["gopls"]
    assert log.given == (str(tmp_path / "one"),)


def test_a_report_of_macos_is_read_on_every_system(tmp_path: Path) -> None:
    head = {"app_name": "gopls", "timestamp": "2023-11-08 08:59:00.00 +0100", "bug_type": "309", "name": "gopls"}
    body = {"procName": "gopls", "termination": {"namespace": "CODESIGNING", "indicator": "Invalid Page"}}
    given = readings(tmp_path, report=f"{json.dumps(head)}\n{json.dumps(body, indent=2)}\n")

    assert macos_reports(LiveWorld(), given).reports[0].namespace == "CODESIGNING"


def test_without_a_report_macos_is_not_asked_for_elsewhere(tmp_path: Path) -> None:
    if LiveWorld().machine.os == "darwin":
        pytest.skip("this is macOS")

    with pytest.raises(DoesNotApply):
        macos_reports(LiveWorld(), readings(tmp_path, one=PANIC))
