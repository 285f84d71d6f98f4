"""One recording with a world of its own: clocks that are set and stand, sources that fail, disks, the end."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from gopls_diag.engines.record.recorder_document import Known
from gopls_diag.engines.record.recording import Recording, Watched
from gopls_diag.engines.record.sampling import Machine
from gopls_diag.engines.record.session_time import SessionTime
from gopls_diag.engines.record.sources import Sources
from gopls_diag.model.record_settings import RecordSettings
from gopls_diag.model.recorded_session import EventKind, InFlight, RecordedEvent, Sample, SessionStart
from gopls_diag.parse.go_build_info import MAGIC, GoBuildInfo, parse_build_info
from gopls_diag.parse.recording_lines import parse_events, parse_samples
from gopls_diag.world.port import WorldError
from gopls_diag.world.process_samples import Child, Usage
from gopls_diag.world.program_version import read_build_info
from gopls_diag.world.record_start import age_of, kept_environment
from gopls_diag.world.recorder_clock import Moment
from gopls_diag.world.session_files import SessionFiles, StderrFollower
from gopls_diag.world.session_lock import lock_session
from gopls_diag.world.working_file import note_working

MIB = 1 << 20
GOPLS, LAUNCHER = 50, 40
START = SessionStart("s", "2026-11-23T06:15:00.000Z", LAUNCHER, GOPLS, 30, "/go/bin/gopls", is_debugged=True)
DUMP = b"goroutine 1 [running]:\nmain.main()\n"


class Play:
    """A world in which time passes only while the recording waits."""

    def __init__(self, folder: Path, lasts: float = 60.0) -> None:
        self.files = SessionFiles(folder)
        self.moment = Moment(1000.0, 1000.0, 1_700_000_000.0)
        self.lasts = lasts
        self.at: dict[float, Callable[[], None]] = {}
        self.pid = GOPLS
        self.problem = ""
        self.state = "S"
        self.resident = 100 * MIB
        self.available = 4000 * MIB
        self.children_seen: tuple[Child, ...] = ()
        self.failure: Exception | None = None
        self.launcher_lives = False
        self.pages_failure = ""
        self.asked: list[str] = []

    # Clocks and waiting.

    def clocks(self) -> Moment:
        return self.moment

    def pass_time(self, steady: float, awake: float, wall: float) -> None:
        self.moment = Moment(self.moment.steady + steady, self.moment.awake + awake, self.moment.wall + wall)

    @property
    def second(self) -> float:
        return self.moment.steady - 1000.0

    def wait(self, seconds: float) -> None:
        self.pass_time(seconds, seconds, seconds)
        for when in sorted(self.at):
            if when <= self.second:
                self.at.pop(when)()

    def has_ended(self, pid: int) -> bool:
        return self.second >= self.lasts and (pid == GOPLS or not self.launcher_lives)

    # gopls and its machine.

    def usage(self) -> Usage | None:
        if self.failure:
            raise self.failure
        return Usage(self.state, self.resident, 1 << 40, self.second / 10, 9, 12)

    def pss_bytes(self) -> int | None:
        return 7

    def children(self, boot_seconds: float) -> tuple[Child, ...]:
        return self.children_seen

    def address_space_limit(self) -> int | None:
        return None

    def goroutines(self) -> bytes:
        self.asked.append("goroutines")
        if self.pages_failure:
            raise WorldError(self.pages_failure)
        return DUMP

    def heap(self) -> bytes:
        self.asked.append("heap")
        return b"\x1f\x8bprofile"

    # The recording.

    def record(self, settings: RecordSettings | None = None, start: SessionStart = START) -> Recording:
        machine = Machine(lambda _: None, lambda: (8000 * MIB, self.available), lambda: 0.5)
        watched = Watched(self.files, self, self, None, self.clocks, machine, lambda _: self)
        recording = Recording(start, settings or RecordSettings(looks=0), watched, Known(), pid=99)
        recording.run()
        return recording

    @property
    def events(self) -> list[RecordedEvent]:
        return [row for name in self.files.names("events-") for row in parse_events(self.files.read(name) or b"")]

    @property
    def samples(self) -> list[Sample]:
        return [row for name in self.files.names("samples-") for row in parse_samples(self.files.read(name) or b"")]

    def of(self, kind: EventKind) -> list[tuple[str, str]]:
        return [(each.subject, each.detail) for each in self.events if each.kind is kind]

    @property
    def notes(self) -> dict[str, object]:
        found = self.files.read_json("recorder.json")
        assert isinstance(found, dict)
        return found


@pytest.fixture
def play(tmp_path: Path) -> Play:
    return Play(tmp_path)


def test_a_quiet_session_is_sampled_until_it_ends(play: Play) -> None:
    play.record()

    times = [each.at_seconds for each in play.samples]
    assert times == sorted(times)
    assert times[0] == 0.0 and times[-1] >= 58.0
    assert 20 + 25 <= len(times) <= 20 + 27, "half a second apart at the start, then two"
    assert [kind.value for kind in dict.fromkeys(each.kind for each in play.events)] == ["start", "source", "end"] or (
        play.events[0].kind is EventKind.START and play.events[-1].kind is EventKind.END
    )
    assert play.notes["is_complete"] is True
    assert play.notes["troubles"] == []


def test_a_wall_clock_that_is_set_moves_no_second(play: Play) -> None:
    play.at = {
        20.0: lambda: play.pass_time(0, 0, 86_400.0),
        40.0: lambda: play.pass_time(0, 0, -172_800.0),
    }
    play.record()

    gaps = [after.at_seconds - before.at_seconds for before, after in zip(play.samples, play.samples[1:], strict=False)]
    assert max(gaps) <= 2.0
    assert play.of(EventKind.SUSPENDED) == [
        (
            "wall clock",
            "the wall clock went ahead by 86400 s: it was set, or a virtual machine stood for that time",
        )
    ]
    assert ("wall clock", "it was set back by 172800 s; seconds of the session do not depend on it") in play.of(
        EventKind.SOURCE
    )


def test_a_machine_that_slept_is_told_of(play: Play) -> None:
    play.lasts = 8 * 3600.0 + 60
    play.at = {20.0: lambda: play.pass_time(8 * 3600.0, 0.0, 8 * 3600.0)}
    play.record()

    slept = [each for each in play.events if each.kind is EventKind.SUSPENDED]
    assert [(each.subject, each.elapsed_seconds) for each in slept] == [("machine", 28_800.0)]
    assert play.samples[-1].at_seconds > 28_800.0


def test_a_recorder_that_stood_says_so(play: Play) -> None:
    play.at = {20.0: lambda: play.pass_time(30.0, 30.0, 30.0)}
    play.record()

    assert [subject for subject, _ in play.of(EventKind.SUSPENDED)] == ["recorder"]


def test_nobody_waits_while_the_machine_sleeps() -> None:
    time = SessionTime(Moment(0.0, 0.0, 0.0), 0.0)
    time.see(Moment(100.0, 100.0, 100.0), 100.0)
    time.see(Moment(3700.0, 100.0, 3700.0), 0.0)

    waiting = (InFlight("a", 1, 3605.0, "x"), InFlight("b", 1, 50.0, "x"), InFlight("c", 1, None, "x"))
    found = time.without_sleep(waiting, 3703.0)

    assert [each.waited_seconds for each in found] == [5.0, 0.0, None]


def test_a_source_that_raises_is_written_down_and_the_rest_goes_on(play: Play) -> None:
    play.at = {20.0: lambda: setattr(play, "failure", PermissionError("not yours"))}
    play.record()

    (process,) = [each for each in play.notes["sources"] if each["name"] == "process"]  # type: ignore[attr-defined]
    assert (process["state"], process["why"]) == ("failed", "PermissionError: not yours")
    assert ("process", "failed: PermissionError: not yours") in play.of(EventKind.SOURCE)
    assert play.samples[-1].at_seconds <= 20.0
    assert play.events[-1].kind is EventKind.END


def test_a_source_that_comes_back_is_used_again() -> None:
    sources = Sources()
    answers: Iterator[int | OSError] = iter([1, OSError("a"), OSError("b"), 4])

    def ask() -> int:
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    sources.set("it", "on", at=0.0)
    got = [sources.ask("it", ask, -1, at=at) for at in (1.0, 2.0, 3.0, 30.0, 63.5)]

    assert got == [1, -1, -1, -1, 4], "after the second failure it is left alone for a minute"
    assert [each.detail for each in sources.drain()] == ["failed: OSError: a", "on"]
    assert sources.is_on("it")


def test_memory_near_its_limit_is_looked_at_and_the_dumps_are_kept(play: Play) -> None:
    play.files.append("stderr-000001", b"serve.go:531: debug server listening at http://127.0.0.1:44817\n")
    play.at = {
        20.0: lambda: setattr(play, "available", 10 * MIB),
        40.0: lambda: setattr(play, "available", 4000 * MIB),
    }
    play.record(RecordSettings())

    assert [each["kind"] for each in play.notes["troubles"]] == ["memory-near-limit"]  # type: ignore[attr-defined]
    assert play.asked == ["goroutines"], "no profile where 10 MiB are left"
    assert play.of(EventKind.LOOK) == [("goroutines", "looks/001-goroutines.txt")]
    assert play.files.read("looks/001-goroutines.txt") == DUMP
    assert [subject for subject, _ in play.of(EventKind.CALM)] == ["memory-near-limit"]


def test_a_look_that_fails_is_told_of(play: Play) -> None:
    play.files.append("stderr-000001", b"debug server listening at http://127.0.0.1:44817\n")
    play.pages_failure = "the debug server gave no answer for 10 s"
    play.at = {20.0: lambda: setattr(play, "available", 10 * MIB)}
    play.record(RecordSettings())

    assert play.of(EventKind.LOOK) == [("goroutines", "failed: the debug server gave no answer for 10 s")]


def test_without_a_debug_port_the_look_that_was_wanted_is_told_of(play: Play) -> None:
    play.at = {20.0: lambda: setattr(play, "available", 10 * MIB)}
    play.record(RecordSettings(), replace(START, is_debugged=False))

    (debug,) = [each for each in play.notes["sources"] if each["name"] == "debug"]  # type: ignore[attr-defined]
    assert debug["state"] == "off"
    assert debug["why"] == "a look was wanted; gopls was not asked to serve its debug pages"


def test_a_collector_that_gets_nowhere_is_a_trouble(play: Play) -> None:
    lines = "".join(
        f"gc {number} @{number * 0.5:.3f}s 45%: 0.1+480+0.1 ms clock, 0.2+300/400/10+0.1 ms cpu, "
        f"100->100->99 MB, 99 MB goal, 0 MB stacks, 0 MB globals, 1 P\n"
        for number in range(1, 41)
    )

    def thrash() -> None:
        play.files.append("stderr-000001", lines.encode())

    play.at = {20.0: thrash}
    play.record(RecordSettings(looks=0, gctrace=True))

    assert [each["kind"] for each in play.notes["troubles"]] == ["collector-thrashing"]  # type: ignore[attr-defined]
    cycles = play.of(EventKind.COLLECTION)
    assert 0 < len(cycles) <= 16
    assert cycles[-1] == ("gc 40", "100->99 MB of 99 MB, 45 %")


def test_the_end_is_told_as_the_launcher_tells_it(play: Play) -> None:
    play.launcher_lives = True

    def end() -> None:
        content = {"schema": "gopls-diag/end/1", "ended": "x", "elapsed_seconds": 61.0, "signal": "SIGKILL"}
        play.files.replace("end.json", json.dumps(content).encode())

    play.at = {62.0: end}
    play.record()

    assert play.of(EventKind.END) == [("gopls", "killed by SIGKILL")]


def test_a_launcher_that_never_tells_is_not_waited_for_for_ever(play: Play) -> None:
    play.launcher_lives = True
    play.record()

    assert play.of(EventKind.END) == [("gopls", "nobody saw how")]
    assert play.second < 60 + 700


def test_a_gopls_that_could_not_be_started_is_handed_over(tmp_path: Path) -> None:
    play = Play(tmp_path)
    content = {"schema": "gopls-diag/end/1", "ended": "x", "elapsed_seconds": 0.0, "failure": "no such file"}
    play.files.replace("end.json", json.dumps(content).encode())
    watched = Watched(play.files, play, None, None, play.clocks)
    Recording(replace(START, gopls_pid=None), RecordSettings(), watched, Known()).run()

    assert play.of(EventKind.END) == [("gopls", "it could not be started: no such file")]


def test_what_is_owed_is_done_though_gopls_ended_at_once(play: Play) -> None:
    play.lasts = 0.0
    done: list[str] = []
    machine = Machine(lambda _: None, lambda: (None, None), lambda: None)
    watched = Watched(play.files, play, play, None, play.clocks, machine)
    recording = Recording(START, RecordSettings(), watched, Known())
    recording.do_later(1.0, lambda: done.append("owed"), is_owed=True)
    recording.do_later(20.0, lambda: done.append("can wait"))
    recording.run()

    assert done == ["owed"]


def test_a_folder_that_cannot_be_written_ends_nothing(tmp_path: Path) -> None:
    play = Play(tmp_path / "gone")
    recording = play.record()

    (folder,) = [each for each in recording.sources.all if each.name == "session folder"]
    assert folder.state == "failed"
    assert "No such file" in folder.why


def test_the_ring_of_standard_error_is_followed_from_part_to_part(tmp_path: Path) -> None:
    files = SessionFiles(tmp_path)
    follower = StderrFollower(files)
    assert follower.lines() == []
    files.append("stderr-000001", b"one\ntw")
    assert follower.lines() == [b"one"]
    files.append("stderr-000001", b"o\nthree")
    files.append("stderr-000002", b" and more\n")
    assert follower.lines() + follower.lines() == [b"two", b"three and more"]
    assert follower.lines() == []
    files.remove("stderr-000001")
    files.remove("stderr-000002")
    files.append("stderr-000007", b"far later\n")
    assert follower.lines() == [b"far later"]


def test_one_process_at_a_time_has_a_session(tmp_path: Path) -> None:
    first = lock_session(tmp_path)
    assert first is not None
    assert lock_session(tmp_path) is None
    first.release()
    again = lock_session(tmp_path)
    assert again is not None
    again.release()
    assert lock_session(tmp_path / "gone") is None


def build_info(go: bytes, modules: bytes) -> bytes:
    head = MAGIC + b"\x08\x02" + bytes(16)
    mark = bytes(16)
    text = mark + modules + mark
    return head + bytes([len(go)]) + go + bytes([len(text) & 0x7F | 0x80, len(text) >> 7]) + text


INFO = build_info(b"go1.26.8", b"path\tgolang.org/x/tools/gopls\nmod\tgolang.org/x/tools/gopls\tv0.24.0\th1:x=\n" * 2)


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (INFO, GoBuildInfo("go1.26.8", "golang.org/x/tools/gopls", "v0.24.0")),
        (INFO[:60], GoBuildInfo("go1.26.8", "", "")),
        (build_info(b"go1.26.8", b""), GoBuildInfo("go1.26.8", "", "")),
        (build_info(b"words", b""), None),
        (MAGIC + b"\x08\x00" + INFO[18:], None),
        (INFO[:20], None),
        (b"", None),
        (MAGIC + b"\x08\x02" + b"\xff" * 60, None),
    ],
)
def test_build_info_is_read(content: bytes, found: GoBuildInfo | None) -> None:
    assert parse_build_info(content) == found


@pytest.mark.parametrize("before", [0, 16, (1 << 20) - 16, (1 << 20) - 32, 3 << 20])
def test_build_info_is_found_wherever_it_stands(tmp_path: Path, before: int) -> None:
    file = tmp_path / "gopls"
    # A copy of the magic at an odd place is a word of the program.
    file.write_bytes(b"x" + MAGIC.ljust(15, b"y") + b"z" * before + INFO + b"\0" * 100)

    found = read_build_info(file)

    assert found is not None and found.version == "v0.24.0"


def test_no_program_has_no_build_info(tmp_path: Path) -> None:
    assert read_build_info(tmp_path / "gone") is None
    assert read_build_info(tmp_path) is None
    (tmp_path / "script").write_text("#!/bin/sh\n")
    assert read_build_info(tmp_path / "script") is None


def test_the_age_of_a_session_does_not_trust_the_wall_clock() -> None:
    now = Moment(5000.0, 4000.0, 1_700_000_000.0)

    assert age_of("1999-01-01T00:00:00Z", now, 4990.0) == 10.0
    assert age_of("2023-11-14T22:13:15Z", now, None) == 5.0
    assert age_of("2033-11-14T22:13:15Z", now, None) == 0.0
    assert age_of("soon", now, None) == 0.0


def test_an_environment_is_kept_by_name_and_without_secrets() -> None:
    variables = {
        "GOFLAGS": "-mod=mod",
        "GOPROXY": "https://bob:hunter22@proxy.example/go",
        "GITHUB_TOKEN": "abc",
        "COMPANY": "secret plans",
        "GOPLS_API_KEY": "abc",
    }

    assert kept_environment(variables) == {"GOFLAGS": "-mod=mod", "GOPROXY": "https://xxx:xxxxxxxx@proxy.example/go"}
    assert kept_environment(None) == {}


def test_arguments_that_worked_are_noted_and_bounded(tmp_path: Path) -> None:
    file = tmp_path / "working.json"
    for number in range(250):
        assert note_working(file, "/go/bin/gopls", f"/src/{number}", ["serve"])
    found = json.loads(file.read_text())

    assert len(found) == 200
    assert found["/go/bin/gopls|/src/249"] == {"arguments": ["serve"], "environment": {}}
    file.write_text("damaged")
    assert note_working(file, "a", "b", [])
    assert list(json.loads(file.read_text())) == ["a|b"]
    assert not note_working(tmp_path / "gone" / "working.json", "a", "b", [])
