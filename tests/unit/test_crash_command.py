"""The command line of `crash`: any mix of inputs, clear mistakes, exit codes that a script can rely on."""

from __future__ import annotations

import gzip
import json
import os
import pty
import re
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from gopls_diag.cli import log_telling
from gopls_diag.cli.file_kinds import kind_of
from gopls_diag.cli.main import run
from gopls_diag.cli.quick import plain_crash
from tests.conftest import ROOT
from tests.growth import HANG_SECONDS
from tests.unit.crash_samples import CORPUS, dump_of

PANIC = CORPUS / "crashes" / "010-rename-redeclared-type-nil.log"
UNREPORTED = CORPUS / "crashes" / "011-applyedit-null-reply-nil.log"
IDLE = CORPUS / "crashes" / "048-sigquit-idle-v016.log"
KILLED = CORPUS / "neovim" / "killed.log"
PROGRAM = Path(sys.executable).with_name("gopls-diag")
ELF = b"\x7fELF\x02\x01\x01" + b"\0" * 9 + b"\x03\0" + b"\0" * 200


def as_json(*words: str | Path, capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    run(["crash", "--format", "json", *map(str, words)])
    document = json.loads(capsys.readouterr().out)
    assert isinstance(document, dict)
    return document


def kinds(document: dict[str, object]) -> list[str]:
    crashes = document["crashes"]
    assert isinstance(crashes, list)
    return [each["kind"] for each in crashes]


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (["/no/such/log"], "/no/such/log does not exist"),
        (["--format", "yaml", str(PANIC)], "yaml"),
        (["--group", "colour", str(PANIC)], "colour"),
        (["--goroutine", "x", str(PANIC)], "'x' is not a valid integer"),
        (["--goroutine", "4711", str(PANIC)], "goroutine 4711 stands in none of the dumps"),
        (["--report", str(KILLED)], "no crash of gopls to report"),
        (["--html", "/no/such/folder/page.html", str(PANIC)], "/no/such/folder/page.html: No such file"),
        ([str(PANIC), "--nonsense"], "--nonsense"),
    ],
)
def test_a_mistake_of_the_user_is_named_in_two_lines(
    words: list[str], what: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code = run(["crash", *words])
    said = capsys.readouterr()

    assert code == 2
    assert said.out == ""
    assert what in said.err.splitlines()[0]
    assert len(said.err.splitlines()) == 2
    assert "Traceback" not in said.err


def test_a_file_that_is_no_log_is_called_what_it_looks_like(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "gopls.log").write_bytes(ELF)

    assert run(["crash", str(tmp_path / "gopls.log")]) == 2
    assert capsys.readouterr().err.splitlines()[0].endswith("gopls.log is no log: a program (ELF)")


def test_a_file_that_is_no_log_does_not_keep_others_from_being_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "core").write_bytes(ELF)

    document = as_json(tmp_path / "core", PANIC, capsys=capsys)

    assert kinds(document) == ["panic"]
    assert document["skipped"] == [{"file": str(tmp_path / "core"), "reason": "a program (ELF)", "count": 1}]


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (ELF[:16] + b"\x04\0", "a core dump (open it with dlv core)"),
        (b"\x89PNG\r\n\x1a\n", "a picture"),
        (b"\x28\xb5\x2f\xfd123", "packed with zstd (try: zstd -dc FILE | gopls-diag crash -)"),
        (b"LPKSHHRH\0\0", "a journal of systemd (give the output of journalctl)"),
        (bytes(range(256)) * 4 + b"\x01\x02\x03" * 400, "binary"),
        (b"a" * 257 + b"ustar\x0000", "a tar archive (unpack it and give the folder)"),
        (
            b"\n\x04\x08\x01\x10\x02\n\x04\x08\x03",
            "a profile (open it with go tool pprof; goroutine?debug=2 gives text)",
        ),
        (b"MZ\x90\0\x03\0\0\0", "a program of Windows"),
        (b"MZ is what this log begins with\n", ""),
        (b"go 1.22 is too old\n", ""),
        (b"", ""),
        (b"panic: x\n\xff\xfe\xfd\n", ""),
        ("panic: x\n".encode("utf-16"), ""),
        ("panic: x\n".encode("utf-16-le"), ""),
        (b"# telemetry/counter file v1\n\0\0\0\0" + b"\0" * 4000, ""),
        (b"\x1b[31mpanic:\x1b[0m x\n" * 20, ""),
        ("паника: ошибка 运行时错误\n".encode() * 50, ""),
    ],
)
def test_a_file_is_told_by_its_first_bytes(head: bytes, kind: str) -> None:
    assert kind_of(head) == kind


def test_exit_codes_tell_a_script_what_was_found(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    quiet = tmp_path / "quiet.log"
    quiet.write_text("hello\n")

    assert [run(["crash", str(each)]) for each in (PANIC, KILLED, IDLE, quiet)] == [1, 1, 0, 0]
    assert capsys.readouterr().err == ""


def test_a_folder_is_walked_oldest_log_first(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    inner = tmp_path / "logs" / "window1"
    inner.mkdir(parents=True)
    for name, source, age in (("b.log", PANIC, 50), ("a.log", KILLED, 10), ("c.log.1", UNREPORTED, 99)):
        shutil.copy(source, inner / name)
        os.utime(inner / name, (time.time() - age, time.time() - age))
    (inner / "settings.json").write_text("{}")
    (inner / "picture.png").write_bytes(b"\x89PNG")
    (inner / "empty.log").write_bytes(b"")

    document = as_json(tmp_path / "logs", capsys=capsys)

    inputs = document["inputs"]
    assert isinstance(inputs, list)
    assert [Path(each["file"]).name for each in inputs] == ["c.log.1", "b.log", "a.log"]
    assert kinds(document) == ["panic", "panic", "killed"]
    assert document["skipped"] == [{"file": str(tmp_path / "logs"), "reason": "no log by its name", "count": 2}]


def test_channels_of_other_extensions_are_not_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    host = tmp_path / "logs" / "window1" / "exthost"
    own = ("output_logging_20260801T100001/4-Go (server).log", "golang.go/gopls (server).log")
    others = ("output_logging_20260801T100001/3-rust-analyzer Language Server.log", "ms-python.python/Python.log")
    for name in (*own, *others):
        (host / name).parent.mkdir(parents=True, exist_ok=True)
        (host / name).write_text("[Error - 10:00:00 AM] Server process exited with code 1.\n")

    document = as_json(tmp_path / "logs", capsys=capsys)

    inputs = document["inputs"]
    assert isinstance(inputs, list)
    assert {str(Path(each["file"]).relative_to(host)) for each in inputs} == set(own)


def test_a_folder_without_logs_is_a_mistake(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "main.go").write_text("package main\n")

    assert run(["crash", str(tmp_path)]) == 2
    assert "holds no log" in capsys.readouterr().err


def test_packed_logs_are_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    packed = tmp_path / "gopls.log.gz"
    packed.write_bytes(gzip.compress(PANIC.read_bytes()) + gzip.compress(b"second member\n"))
    archive = tmp_path / "logs.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.write(UNREPORTED, "logs/server.log")
        file.writestr("logs/core.log", ELF)
        file.writestr("logs/readme.md", "x")

    document = as_json(packed, archive, capsys=capsys)

    assert kinds(document) == ["panic", "panic"]
    assert [each["reason"] for each in document["skipped"]] == ["a program (ELF)", "no log by its name"]  # type: ignore[attr-defined]


@pytest.mark.parametrize("kept", [0.5, 0.9])
def test_of_a_damaged_archive_the_good_part_is_read(
    kept: float, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    packed = gzip.compress(PANIC.read_bytes())
    (tmp_path / "cut.log.gz").write_bytes(packed[: int(len(packed) * kept)])
    (tmp_path / "damaged.zip").write_bytes(b"PK\x03\x04" + b"x" * 400)

    document = as_json(tmp_path / "cut.log.gz", tmp_path / "damaged.zip", capsys=capsys)

    assert kinds(document) == ["panic"]


def test_standard_input_is_read_as_it_comes() -> None:
    with subprocess.Popen([PROGRAM, "crash", "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for line in PANIC.read_bytes().splitlines(keepends=True):
            process.stdin.write(line)
            process.stdin.flush()
        process.stdin.close()
        out = process.stdout.read().decode()

    assert process.returncode == 1
    assert "golang.(*renamer).checkStructField" in out
    assert "Read standard input: 28 lines" in out


def test_without_a_file_standard_input_is_read() -> None:
    ended = subprocess.run([PROGRAM, "crash"], input=KILLED.read_bytes(), capture_output=True, check=False)

    assert ended.returncode == 1


def test_without_a_file_on_a_terminal_it_is_a_mistake() -> None:
    leader, follower = pty.openpty()
    ended = subprocess.run([PROGRAM, "crash"], stdin=follower, capture_output=True, text=True, check=False)
    os.close(leader)
    os.close(follower)

    assert ended.returncode == 2
    assert ended.stderr.splitlines()[0] == "gopls-diag: no log was given"


def test_ctrl_c_ends_it_without_a_word_of_python() -> None:
    with subprocess.Popen([PROGRAM, "crash", "-"], stdin=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stderr is not None
        # More than fits into the pipe, so that it is reading when this has been written.
        process.stdin.write(dump_of(20_000).encode())
        process.stdin.flush()
        process.send_signal(signal.SIGINT)
        process.wait(timeout=HANG_SECONDS)
        process.stdin.close()
        said = process.stderr.read().decode()

    assert process.returncode == 130
    assert said.strip() == ""


def test_one_goroutine_is_printed_whole(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["crash", "--goroutine", "137", str(PANIC)]) == 1
    out = capsys.readouterr().out

    assert out.splitlines()[:3] == [
        f"{PANIC}, line 4",
        "goroutine 137 [running]:",
        "golang.org/x/tools/gopls/internal/golang.(*renamer).checkStructField(0xc0000963f0, 0xc000255620)",
    ]
    assert "created by golang.org/x/tools/gopls/internal/protocol.Handlers.AsyncHandler.func2 in goroutine 78" in out


def test_the_report_is_an_issue_without_private_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = UNREPORTED.read_text().replace("/home/gopher/bin", "/Users/jane.doe/secret-project")
    (tmp_path / "x.log").write_text(text)

    assert run(["crash", "--report", str(tmp_path / "x.log")]) == 1
    said = capsys.readouterr()

    title, _, body = said.out.partition("\n\n")
    assert title == "x/tools/gopls: panic in server.(*commandHandler).ApplyFix.func1"
    assert "panic: runtime error: invalid memory address" in body
    assert "\tgopls/internal/server/command.go:225" in body
    assert "jane" not in body
    assert "secret-project" not in body
    assert "0xc0" not in body


def test_who_reports_what_is_known_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    run(["crash", "--report", str(PANIC)])

    assert capsys.readouterr().err.startswith("golang/go#70968 may be this very crash, fixed in v0.19.0")


def test_a_page_is_written_beside_the_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / "page.html"

    assert run(["crash", "--html", str(page), str(PANIC)]) == 1
    assert "X06" in capsys.readouterr().out
    assert page.read_text().startswith("<!doctype html>")


def test_a_log_twice_is_one_log(capsys: pytest.CaptureFixture[str]) -> None:
    assert kinds(as_json(PANIC, PANIC, capsys=capsys)) == ["panic"]


@pytest.mark.parametrize("redirection", ["| true", ">&-", "> /dev/full"])
def test_a_closed_or_full_output_gives_no_traceback(redirection: str) -> None:
    ended = subprocess.run(
        ["/bin/sh", "-c", f"{PROGRAM} crash --format json {PANIC} {redirection}"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert "Traceback" not in ended.stderr
    assert "Exception ignored" not in ended.stderr


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_it_prints_in_any_encoding(encoding: str) -> None:
    ended = subprocess.run(
        [PROGRAM, "crash", PANIC],
        capture_output=True,
        env={"PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"},
        check=False,
    )

    assert ended.returncode == 1, ended.stderr.decode(encoding)


def test_the_examples_of_the_page_are_what_is_printed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = (ROOT / "docs" / "crash.md").read_text(encoding="utf-8")
    examples = re.findall(r"(?ms)^```text\n\$ gopls-diag (crash [^\n]+)\n\n(.*?)^```", page)
    monkeypatch.chdir(ROOT)

    for words, shown in examples:
        run(words.split())
        assert capsys.readouterr().out == shown, "write it anew into docs/crash.md"

    assert len(examples) == 3


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["-"],
        ["a.log", "b.log"],
        ["-v", "a.log", "--all"],
        ["--format", "json", "a.log", "--group", "arguments"],
        ["a.log", "--html", "page.html", "--report", "--verbose"],
    ],
)
def test_a_plain_command_line_is_read_as_click_reads_it(words: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[tuple[list[str], dict[str, object]]] = []
    defaults = {"format_name": "text", "page": None, "report": False, "group": "stack", "goroutine": None}
    defaults |= {"all_stacks": False, "verbose": False}

    def note(files: tuple[str, ...], **options: object) -> int:
        calls.append((list(files), options))
        return 0

    monkeypatch.setattr(log_telling, "read_and_tell", note)
    run(["crash", *words])
    plain = plain_crash(["crash", *words])

    assert plain is not None
    assert calls == [(plain[0], {**defaults, **plain[1]})]


@pytest.mark.parametrize(
    "words",
    [
        *(["--format"], ["--format", "yaml"], ["--format=json"], ["--html"], ["--html", "-v"], ["--goroutine", "1"]),
        *(["-va"], ["--help"], ["--", "-a"], ["--nonsense"]),
    ],
)
def test_any_other_command_line_is_left_to_click(words: list[str]) -> None:
    assert plain_crash(["crash", "a.log", *words]) is None


def test_a_kill_of_another_program_is_no_fault_of_gopls(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = tmp_path / "dmesg.txt"
    log.write_text(
        "[ 2173.209131] Out of memory: Killed process 23256 (chrome) total-vm:680388kB, anon-rss:541824kB, "
        "file-rss:0kB, shmem-rss:0kB, UID:0 pgtables:612kB oom_score_adj:0\n"
    )

    assert run(["crash", str(log)]) == 0
    assert capsys.readouterr().out.lstrip().startswith("Nothing about gopls was found, but chrome ended")
