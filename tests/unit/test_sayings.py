"""What was said, and what silence means."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from gopls_diag.facts.log_readings import log_readings
from gopls_diag.facts.probe import file_to_open
from gopls_diag.facts.sayings import PROBE_SOURCE, sayings
from gopls_diag.model.go_list import GoList, ListedError
from gopls_diag.model.outcome import CannotTell, NotHeard, Unknown
from gopls_diag.model.request import Request
from gopls_diag.model.saying import Channel, Saying, Sayings
from gopls_diag.model.session import SessionTranscript, SessionUtterance
from gopls_diag.world.live import LiveWorld

NOTHING = Unknown("not asked")
FOLDER = "/home/gopher/src/shop"


def transcript(*utterances: tuple[str, str], start_error: str | None = None) -> SessionTranscript:
    said = tuple(SessionUtterance(channel, text) for channel, text in utterances)
    return SessionTranscript((), said, 0, None, None, None, start_error=start_error)


def listing(stderr: str = "", *errors: ListedError) -> GoList:
    return GoList(command="go list ./...", packages=(), stderr=stderr, errors=errors)


def test_strips_dates_and_keeps_a_crash_in_one_piece() -> None:
    heard = transcript(
        ("log", "2026/11/22 18:31:32 Created View (#1)\n\tdirectory=/x"),
        ("stderr", "serve.go:531: debug server listening\npanic: boom\n\ngoroutine 1 [running]:\nmain.main()"),
        ("exit", "exit code 2"),
    )

    said = sayings(Request(FOLDER, probe=True), heard, NOTHING, NOTHING)

    assert [(each.channel.value, each.text) for each in said.all] == [
        ("log", "Created View (#1)\n\tdirectory=/x"),
        ("stderr", "serve.go:531: debug server listening"),
        ("stderr", "panic: boom\n\ngoroutine 1 [running]:\nmain.main()"),
        ("exit", "exit code 2"),
    ]
    assert {(each.source, each.line, each.folder) for each in said.all} == {(PROBE_SOURCE, None, FOLDER)}


def test_gives_what_go_list_said() -> None:
    answer = listing("go: inconsistent vendoring\n", ListedError("import cycle not allowed", "a/a.go:3:8"))

    said = sayings(Request(FOLDER), NOTHING, answer, NOTHING)

    assert [each.text for each in said.all] == ["go: inconsistent vendoring", "a/a.go:3:8: import cycle not allowed"]
    assert said.heard(Channel.GO)
    assert not said.heard(Channel.LOG)


def test_reads_logs_with_their_lines_and_passes_over_those_it_cannot_read(tmp_path: Path) -> None:
    log = tmp_path / "gopls.log"
    log.write_text("2026/11/22 18:27:00 Created View (#1)\n\tdirectory=/x\npanic: boom\n")
    request = Request(FOLDER, logs=(str(tmp_path / "missing.log"), str(log)))

    said = sayings(request, NOTHING, NOTHING, log_readings(LiveWorld(), request))

    assert [(each.channel, each.line) for each in said.all] == [(Channel.LOG, 1), (Channel.STDERR, 3)]
    assert said.listened_at == (str(log),)


def test_a_huge_log_is_read_to_its_end(tmp_path: Path) -> None:
    log = tmp_path / "gopls.log"
    with log.open("wb") as file:
        file.truncate(70 * 1024 * 1024)
        file.seek(0, 2)
        file.write(b"\npanic: boom\n")
    request = Request(FOLDER, logs=(str(log),))

    said = sayings(request, NOTHING, NOTHING, log_readings(LiveWorld(), request))

    assert ("panic: boom", 2) in [(each.text, each.line) for each in said.all]


def test_says_what_is_needed_when_nobody_was_heard() -> None:
    with pytest.raises(NotHeard, match="run with --probe or --log FILE"):
        sayings(Request(FOLDER), NOTHING, NOTHING, NOTHING)


@pytest.mark.parametrize(
    ("channels", "asked_for", "why"),
    [
        ((Channel.LOG,), False, "gopls was not heard: needs --probe or --log FILE"),
        ((Channel.CLIENT,), False, "the editor was not heard: needs --log FILE"),
        ((Channel.CLIENT,), True, "the editor was not heard: needs --log FILE"),
        ((Channel.STDERR, Channel.LOG), True, "gopls was not heard: it could not be started (missing)"),
    ],
)
def test_silence_is_told_from_not_having_listened(channels: tuple[Channel, ...], asked_for: bool, why: str) -> None:
    broken = transcript(start_error="missing")

    said = sayings(Request(FOLDER, probe=asked_for), broken, listing(), NOTHING)

    with pytest.raises(CannotTell, match=re.escape(why)):
        said.need(*channels)
    said.need(Channel.GO, *channels)


def test_each_distinct_thing_said_is_given_once_with_its_line() -> None:
    text = "go: first\ngo: second\ngo: first"
    said = Sayings((Saying(Channel.GO, text, "a.log", 10), Saying(Channel.GO, "go: second", "b.log")), ("a.log",))

    heard = list(said.matching(re.compile(r"go: \w+"), Channel.GO))

    assert [(each.words, each.line) for each in heard] == [("go: first", 10), ("go: second", 11)]


Tree = Callable[[dict[str, str]], str]


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    def plant(files: dict[str, str]) -> str:
        for name, text in files.items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(text)
        return str(tmp_path)

    return plant


@pytest.mark.parametrize(
    ("files", "chosen"),
    [
        (("a.go", "main.go", "b_test.go"), "main.go"),
        (("go.mod", "cmd/main.go", "api/a.go"), "cmd/main.go"),
        (("vendor/x/x.go", "node_modules/y/y.go", ".git/z.go", "z/a.go"), "z/a.go"),
        (("a.pb.go", "doc.go", "real.go"), "real.go"),
        (("a_windows.go", "b_test.go"), "a_windows.go"),
        (("only_test.go",), "only_test.go"),
        (("README.md",), None),
    ],
)
def test_chooses_a_file_that_somebody_would_open(files: tuple[str, ...], chosen: str | None, tree: Tree) -> None:
    folder = tree(dict.fromkeys(files, "package a\n"))

    found = file_to_open(LiveWorld(), folder)

    assert found == (None if chosen is None else str(Path(folder) / chosen))


def test_passes_over_files_that_a_constraint_may_leave_out(tree: Tree) -> None:
    folder = tree({"a.go": "//go:build ignore\n\npackage a\n", "b.go": "package a\n"})

    assert file_to_open(LiveWorld(), folder) == str(Path(folder) / "b.go")
