"""Which gopls is started and how, and that nothing of the launcher's own ever keeps it from being started."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import shutil
import signal
import struct
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from tests.real.launcher.conftest import FAKE, Launcher, await_that, is_gone, read_json

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="programs and folders as on Unix")


@pytest.mark.real
@pytest.mark.parametrize(
    "words",
    [
        "version",
        "version -json",
        "-v version",
        "help",
        "help serve",
        "-h",
        "serve -h",
        "api-json",
        "nosuch",
        "stats -h",
    ],
)
def test_commands_answer_as_without(launcher: Launcher, gopls: Callable[[str], str], words: str) -> None:
    found = launcher.knowing(Path(gopls("v0.24.0")), debug=True, otel=True, rpc_trace=True, gctrace=True)
    with_launcher = found.run(arguments=words.split())
    without = subprocess.run(
        [gopls("v0.24.0"), *words.split()], env=found.environment, capture_output=True, check=False
    )

    assert (with_launcher.returncode, with_launcher.stdout) == (without.returncode, without.stdout)
    assert with_launcher.stderr == without.stderr
    assert found.sessions() == []


@pytest.mark.parametrize(
    ("words", "is_session"),
    [
        ("", True),
        ("serve", True),
        ("-rpc.trace -logfile x serve -listen version", True),
        ("-remote=auto -logfile=version", True),
        ("-remote auto", True),
        ("-vv --debug :0", True),
        ("-logfile x version", False),
        ("--rpc.trace check a.go", False),
        ("mcp", False),
        ("-listen x -help", False),
        ("-- serve", False),
        ("-", False),
    ],
)
def test_what_is_a_session(launcher: Launcher, words: str, is_session: bool) -> None:
    done = launcher.run('echo "$@"; exit 21', words.split())

    assert (done.returncode, done.stdout.decode().split()) == (21, words.split())
    assert len(launcher.sessions()) == is_session


def test_words_arrive_unchanged(launcher: Launcher) -> None:
    words = ["", "a b", "é\n", "*", "$HOME", "-x=\t'\"", os.fsdecode(b"\xff\xfe")]
    for front in ("version", "-v"):
        done = launcher.run(r'printf "%s\0" "$0" "$@"', [front, *words])

        told = [launcher.gopls, front, *words]
        assert done.stdout == b"".join(os.fsencode(each) + b"\0" for each in told)


@pytest.mark.parametrize("arguments", [[], ["A=version"]], ids=["session", "command"])
@pytest.mark.parametrize("locale", [{}, {"LC_CTYPE": "C.UTF-8"}, {"LC_ALL": "C"}, {"GODEBUG": "gctrace=1"}])
def test_the_environment_arrives_unchanged(launcher: Launcher, locale: dict[str, str], arguments: list[str]) -> None:
    """But for the count of launchers; a shell, as every one does, adds PWD where there was none."""
    variables = {**launcher.environment, **locale, "PWD": str(Path.cwd()), "ODD": os.fsdecode(b"\xff")}
    env = shutil.which("env")
    assert env
    launcher.gopls.unlink()
    launcher.gopls.symlink_to(env)
    done = subprocess.run([launcher.program, *arguments], env=variables, capture_output=True, check=True)
    told = dict(line.split(b"=", 1) for line in done.stdout.splitlines())

    assert told.pop(b"GOPLS_DIAG_LAUNCHER_DEPTH") == b"1"
    assert told.pop(b"A", b"version") == b"version"
    assert len(launcher.sessions()) == (not arguments)
    assert told == {os.fsencode(name): os.fsencode(value) for name, value in variables.items()}
    assert done.stderr == b""


def test_limits_arrive_unchanged(launcher: Launcher) -> None:
    for front in ("", "version"):
        done = subprocess.run(
            ["sh", "-c", f'ulimit -Sn 321; ulimit -c 7; umask 027; exec "$0" {front}', launcher.program],
            env={**launcher.environment, "FAKE": "ulimit -Sn; ulimit -Hn; ulimit -c; umask"},
            capture_output=True,
            check=True,
        )
        hard = subprocess.run(["sh", "-c", "ulimit -Hn"], capture_output=True, check=True).stdout

        assert done.stdout == b"321\n" + hard + b"7\n0027\n"


def test_a_script_without_a_first_line(launcher: Launcher) -> None:
    launcher.gopls.write_text('eval "$FAKE"\n')

    assert launcher.run("exit 22").returncode == 22
    assert launcher.run("exit 23", ["version"]).returncode == 23


def test_no_gopls_anywhere(launcher: Launcher, tmp_path: Path) -> None:
    away = launcher.told(gopls=str(tmp_path / "away"), search=(str(tmp_path),))
    for words in ([], ["version"]):
        done = away.run(arguments=words, env={"PATH": "/nowhere"})

        assert (done.returncode, done.stdout) == (127, b"")
        first, second = done.stderr.decode().splitlines()
        assert first == f"gopls-diag: there is no gopls, neither at {tmp_path}/away nor on PATH nor in {tmp_path}"
        assert "go install golang.org/x/tools/gopls@latest" in second
    assert read_json(away.session() / "session.json")["gopls_pid"] is None
    assert away.end()["failure"].startswith("there is no gopls")


@pytest.mark.parametrize("content", [b"\x7fELF no program", b"#!/no/such/interpreter\n"])
def test_a_gopls_that_cannot_be_started(launcher: Launcher, content: bytes) -> None:
    launcher.gopls.write_bytes(content)
    done = launcher.run(env={"PATH": "/usr/bin:/bin"})

    # A shell runs whatever is no program, as execvp has it do.
    assert done.returncode in {126, 127}
    assert done.stderr
    assert launcher.session().is_dir()


def test_where_gopls_is_looked_for(launcher: Launcher, tmp_path: Path) -> None:
    places = {}
    for name in ("path", "search"):
        places[name] = tmp_path / name / "gopls"
        places[name].parent.mkdir()
        places[name].write_text(FAKE)
        places[name].chmod(0o755)
    paths = os.pathsep.join([".", "", str(launcher.folder), "/no/such", str(places["path"].parent), "/usr/bin", "/bin"])
    found = launcher.told(search=(str(places["search"].parent),))

    def first() -> Path:
        return Path(found.run('echo "$0"', env={"PATH": paths}, cwd=places["search"].parent).stdout.decode().strip())

    assert first() == launcher.gopls
    launcher.gopls.chmod(0o644 if os.geteuid() else 0o600)
    assert first() == places["path"]
    places["path"].unlink()
    places["path"].mkdir()
    assert first() == places["search"]


@pytest.mark.parametrize("kind", ["configured", "link", "copy", "script"])
def test_the_launcher_never_starts_itself(launcher: Launcher, tmp_path: Path, kind: str) -> None:
    odd = tmp_path / "odd" / "gopls"
    odd.parent.mkdir()
    if kind == "link":
        odd.symlink_to(launcher.program)
    elif kind == "copy":
        # Another installation, in front on PATH, which would in its turn find this one.
        shutil.copytree(launcher.folder, odd.parent, dirs_exist_ok=True)
    elif kind == "script":
        odd.write_text(f'#!/bin/sh\nexec {launcher.program} "$@"\n')
        odd.chmod(0o755)
    else:
        odd = Path(launcher.program)
    itself = launcher.told(gopls=str(odd))
    for words in ([], ["version"]):
        done = itself.run("exit 24", words, env={"PATH": f"{odd.parent}:{launcher.gopls.parent}:/usr/bin:/bin"})
        if kind == "script":
            assert done.returncode == 127
            assert b"starts this launcher again" in done.stderr
        else:
            assert done.returncode == 24


def test_a_link_to_the_launcher(launcher: Launcher, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(launcher.program)
    done = subprocess.run([link], env={**launcher.environment, "FAKE": "exit 25"}, check=False)

    assert done.returncode == 25
    assert len(launcher.sessions()) == 1


@pytest.mark.parametrize(
    "content", ["", "{", "[]", '{"state": 3, "search": 4, "gopls": [], "binary": "x", "otel": 7}', "\0" * 9]
)
def test_settings_that_are_broken(launcher: Launcher, content: str) -> None:
    (launcher.folder / "launcher.json").write_text(content)
    done = launcher.run("exit 26", env={"PATH": f"{launcher.gopls.parent}:/usr/bin:/bin"})

    assert (done.returncode, done.stderr) == (26, b"")


def test_settings_that_are_gone(launcher: Launcher) -> None:
    (launcher.folder / "launcher.json").unlink()
    done = launcher.run("exit 27", env={"PATH": f"{launcher.gopls.parent}:/usr/bin:/bin"})

    assert (done.returncode, done.stderr, launcher.sessions()) == (27, b"", [])


@pytest.mark.parametrize("python", ["/no/such/python", "/bin/false"])
@pytest.mark.parametrize("is_configured", [True, False])
def test_a_script_without_its_python(launcher: Launcher, python: str, *, is_configured: bool) -> None:
    if launcher.form == "go":
        pytest.skip("it needs none")
    text = Path(launcher.program).read_text()
    before, _, after = text.partition("\npython=")
    text = f"{before}\npython={python}\n{after.partition(chr(10))[2]}"
    if not is_configured:
        text = text.replace(str(launcher.gopls), "/no/such/gopls")
    Path(launcher.program).write_text(text)
    paths = f"{launcher.folder}:{launcher.gopls.parent}:/usr/bin:/bin"
    for words in (["version", "a b"], ["-v"]):
        done = launcher.run('printf "%s," "$@"; exit 37', words, env={"PATH": paths})

        assert (done.returncode, done.stdout.decode(), done.stderr) == (37, ",".join([*words, ""]), b"")


def test_nothing_can_be_written(launcher: Launcher, tmp_path: Path) -> None:
    blocked = launcher.told(state=str(tmp_path / "bin" / "gopls" / "record"))
    done = blocked.run("echo said >&2; exit 28")

    assert (done.returncode, done.stderr) == (28, b"said\n")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 64 KiB, full but for a page."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "none", place], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("no file system can be mounted here")
    yield place
    subprocess.run(["umount", place], check=True)


@pytest.mark.parametrize("filled", [0, 65536])
def test_a_full_disk(launcher: Launcher, small_disk: Path, filled: int) -> None:
    full = launcher.told(state=str(small_disk))
    (small_disk / "filler").write_bytes(bytes(filled))
    done = full.run("seq 1 100000 >&2; exit 29")

    assert (done.returncode, len(done.stderr)) == (29, 588895)
    assert not list(small_disk.rglob("*.part"))
    assert bool(full.sessions()) == (not filled)


def test_a_folder_that_may_only_be_read(launcher: Launcher, small_disk: Path) -> None:
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    done = launcher.told(state=str(small_disk)).run("seq 1 100000 >&2; exit 30")

    assert (done.returncode, len(done.stderr)) == (30, 588895)


def test_nobody_tidies(launcher: Launcher) -> None:
    for each in range(65):
        (launcher.state / "sessions" / str(each)).mkdir(parents=True)

    assert launcher.run("exit 31").returncode == 31
    assert len(launcher.sessions()) == 65


def test_a_recorder_is_asked_to_tidy(launcher: Launcher, recorder: Callable[[str], tuple[str, ...]]) -> None:
    """Where sessions pile up, as after a week without a recorder."""
    for each in range(65):
        (launcher.state / "sessions" / str(each)).mkdir(parents=True)
    told = launcher.state / "told"
    known = launcher.told(recorder=recorder(f"pathlib.Path({str(told)!r}).write_text(' '.join(sys.argv[1:]))"))

    assert known.run("exit 34").returncode == 34
    await_that(lambda: told.exists() and told.read_text(), "the recorder runs")
    assert told.read_text() == f"--tidy {launcher.state}"
    assert len(launcher.sessions()) == 65


def test_two_at_once(launcher: Launcher) -> None:
    both = [launcher.start(f"read line; echo $line >&2; exit {each}") for each in (32, 33)]
    ends = [(each.communicate(b"%d\n" % number, timeout=60)[1], each.returncode) for number, each in enumerate(both)]

    assert ends == [(b"0\n", 32), (b"1\n", 33)]
    assert sorted((each / "stderr-000001").read_bytes() for each in launcher.sessions()) == [b"0\n", b"1\n"]
    assert len((launcher.state / "ends.jsonl").read_text().splitlines()) == 2


@pytest.mark.parametrize("command", [("/no/such/program",), ("/dev/null",), ()])
def test_no_recorder(launcher: Launcher, command: tuple[str, ...]) -> None:
    known = launcher.knowing(launcher.gopls, recorder=command, otel=True)
    done = known.run('echo "$@"; exit 34', ["-v"])

    assert (done.returncode, done.stdout) == (34, b"-v\n")
    assert known.end()["exit_code"] == 34


def test_the_recorder_is_on_its_own(launcher: Launcher, recorder: Callable[[str], tuple[str, ...]]) -> None:
    """It has a session of its own, outlives the launcher, and its end is no news to gopls."""
    lines = """
import time
(session / "part").write_text(f"{os.getpid()} {os.getsid(0)}")
(session / "part").rename(session / "seen")
while not (session / "end.json").exists(): time.sleep(0.01)
(session / "over").touch()
"""
    known = launcher.told(recorder=recorder(lines))
    process = known.start("read line; exit 35")
    await_that(lambda: known.sessions() and (known.session() / "seen").exists(), "the recorder runs")
    pid, group = map(int, (known.session() / "seen").read_text().split())
    process.communicate(b"\n")

    assert pid == group
    assert process.returncode == 35
    await_that((known.session() / "over").exists, "the recorder has seen the end")
    await_that(lambda: is_gone(pid), "the recorder has ended")


def test_a_killed_recorder_is_cleared_away(launcher: Launcher, recorder: Callable[[str], tuple[str, ...]]) -> None:
    known = launcher.told(
        recorder=recorder('(session / "pid").write_text(str(os.getpid())); import time; time.sleep(300)')
    )
    process = known.start("read line; echo $line; exit 36")
    await_that(lambda: known.sessions() and (known.session() / "pid").exists(), "the recorder runs")
    await_that((known.session() / "pid").read_text, "the recorder says who it is")
    pid = int((known.session() / "pid").read_text())
    os.kill(pid, signal.SIGKILL)
    await_that(lambda: not psutil.pid_exists(pid), "no dead recorder is left")
    out, _ = process.communicate(b"still\n")

    assert (process.returncode, out) == (36, b"still\n")


def post(port: int, path: str, body: bytes) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("POST", path, body, {"Content-Type": "application/json"})
    status = connection.getresponse().status
    connection.close()
    return status


def otel_port(process: subprocess.Popen[bytes]) -> int:
    """Of a gopls that says what flags it has."""
    assert process.stdout
    flag, rest = process.stdout.readline().decode().split()
    assert rest == "serve"
    return int(flag.removeprefix("-otel=http://127.0.0.1:"))


def test_what_gopls_tells_is_heard(launcher: Launcher, recorder: Callable[[str], tuple[str, ...]]) -> None:
    """The launcher listens before gopls is started, answers, and hands a copy to the recorder."""
    lines = """
assert os.environ["GOPLS_DIAG_OTEL_FD"] == "0"
heard = (session / "heard").open("wb", buffering=0)
while part := os.read(0, 1 << 16): heard.write(part)
(session / "over").touch()
"""
    known = launcher.knowing(launcher.gopls, recorder=recorder(lines), otel=True)
    process = known.start('echo "$@"; read line', ["serve"])
    port = otel_port(process)
    statuses = [
        post(port, "/v1/traces", b"spans"),
        post(port, "/v1/metrics", b"x" * 200_000),
        post(port, "/other", b"no"),
    ]
    told = b"t" + struct.pack(">I", 5) + b"spans" + b"m" + struct.pack(">I", 200_000) + b"x" * 200_000
    heard = known.begun() / "heard"
    await_that(lambda: heard.exists() and heard.stat().st_size >= len(told), "the recorder heard it")
    process.communicate(b"\n")
    await_that((known.session() / "over").exists, "the recorder heard that it is over")

    assert statuses == [200] * 3
    assert heard.read_bytes() == told


@pytest.mark.parametrize("lines", ["os.kill(os.getpid(), 9)", "os.kill(os.getpid(), 19)"], ids=["killed", "stopped"])
def test_gopls_is_answered_whatever_becomes_of_the_recorder(
    launcher: Launcher, recorder: Callable[[str], tuple[str, ...]], lines: str
) -> None:
    """A post that fails would have gopls write into the editor's log."""
    mark = '(session / "pid").write_text(str(os.getpid()))\n'
    known = launcher.knowing(launcher.gopls, recorder=recorder(mark + lines), otel=True)
    process = known.start('echo "$@"; read line', ["serve"])
    port = otel_port(process)
    statuses = [post(port, "/v1/traces", b"x" * 1_000_000) for _ in range(20)]
    pid = known.begun() / "pid"
    await_that(lambda: pid.exists() and pid.read_text(), "the recorder has run")
    process.communicate(b"\n")
    # Cleared away by its launcher if it was killed; let go if it was stopped.
    with contextlib.suppress(ProcessLookupError):
        os.kill(int(pid.read_text()), signal.SIGKILL)

    assert statuses == [200] * 20
    assert process.returncode == 0


def test_flags_are_for_a_known_gopls_alone(launcher: Launcher) -> None:
    known = launcher.knowing(launcher.gopls, debug=True)
    shown = 'echo "$@"'

    assert known.run(shown, ["-v"]).stdout == b"-debug=127.0.0.1:0 -v\n"
    assert known.run(shown, ["-v", "serve", "-vv"]).stdout == b"-v serve -debug=127.0.0.1:0 -vv\n"
    assert known.run(shown, ["-debug", ":6060"]).stdout == b"-debug :6060\n"
    assert known.run(shown, ["--remote=auto"]).stdout == b"--remote=auto\n"
    launcher.gopls.write_text(FAKE + "\n")
    assert known.run(shown, ["-v"]).stdout == b"-v\n"


@pytest.mark.parametrize("before", [None, "x509sha1=1"])
def test_collections_are_told_of(launcher: Launcher, before: str | None) -> None:
    env = {"GODEBUG": before} if before else {}
    done = launcher.told(gctrace=True).run("echo $GODEBUG", env=env)

    assert done.stdout.decode().strip() == ("x509sha1=1,gctrace=1" if before else "gctrace=1")


def remedies(launcher: Launcher, *entries: dict[str, object]) -> None:
    always = {"gopls": str(launcher.gopls.resolve()), "folder": "", "until": "2999-01-01T00:00:00Z", "words": "changed"}
    content = [{"until": "nonsense"}, 3, *({**always, **each} for each in entries)]
    (launcher.state / "keep-alive.json").write_text(json.dumps({"entries": content}))


def test_a_remedy_is_followed_and_told_of(launcher: Launcher) -> None:
    kept = launcher.told(keep_alive=True)
    remedies(
        kept,
        {
            "environment": {"GOMEMLIMIT": "900MiB", "A=B": "", "N": 3},
            "arguments": ["-v"],
            "given_arguments": ["-nosuch"],
        },
    )
    done = kept.run('echo "$GOMEMLIMIT" "$@"', ["-nosuch"])
    begun = read_json(kept.session() / "session.json")

    assert done.stdout == b"900MiB -v\n"
    assert done.stderr == b"gopls-diag: changed\n"
    assert (begun["keep_alive"], begun["given_arguments"], begun["arguments"]) == ("changed", ["-nosuch"], ["-v"])


@pytest.mark.parametrize(
    "entry",
    [
        {"until": "2020-01-01T00:00:00Z"},
        {"gopls": "/another"},
        {"folder": "/another"},
        {"given_arguments": ["-x"]},
    ],
)
def test_a_remedy_for_another_case_is_not_followed(launcher: Launcher, entry: dict[str, object]) -> None:
    remedies(launcher, {"arguments": ["-v"], **entry})

    assert launcher.told(keep_alive=True).run('echo "$@"').stdout == b"\n"


def test_a_remedy_is_followed_only_if_asked_for(launcher: Launcher) -> None:
    remedies(launcher, {"arguments": ["-v"]})

    assert launcher.run('echo "$@"').stdout == b"\n"


@pytest.mark.parametrize(("fake", "code"), [("echo said >&2; exit 38", 38), ("echo said >&2; kill -ABRT $$", -6)])
def test_inside_gopls_diag(launcher: Launcher, fake: str, code: int) -> None:
    """`gopls-diag record -- gopls …` is the launcher without a launcher's folder."""
    if launcher.form == "go":
        pytest.skip("it is a program of its own")
    load = "import json, sys; from gopls_diag.world.launcher.launch import main"
    lines = f"{load}; main(sys.argv[2:], json.loads(sys.argv[1]))"
    settings = {"gopls": str(launcher.gopls), "state": str(launcher.state)}
    done = subprocess.run(
        [sys.executable, "-c", lines, json.dumps(settings), "serve"],
        env={**launcher.environment, "FAKE": fake, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        check=False,
    )

    assert (done.returncode, done.stdout, done.stderr) == (code, b"", b"said\n")
    assert (launcher.session() / "stderr-000001").read_bytes() == b"said\n"
    assert read_json(launcher.session() / "session.json")["given_arguments"] == ["serve"]
