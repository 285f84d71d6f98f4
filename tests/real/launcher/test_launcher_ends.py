"""However gopls ends, the launcher ends so too; and whatever signal it gets, gopls gets."""

from __future__ import annotations

import functools
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from tests.real.launcher.conftest import Launcher, await_file, await_that, is_gone, read_json

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="signals and exit statuses as on Linux")

OWN = {signal.SIGCHLD, signal.SIGURG, signal.SIGPIPE, signal.SIGPROF, signal.SIGXFSZ}
"""Signals that tell the launcher of its own doings; no editor sends them."""
UNCATCHABLE = {signal.SIGKILL, signal.SIGSTOP}
STOPPING = {signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU}
IGNORED = {signal.SIGCHLD, signal.SIGURG, signal.SIGWINCH, signal.SIGCONT}
"""Those that end nobody who does not catch them."""
PASSED = sorted(set(signal.valid_signals()) - OWN - UNCATCHABLE - {34})

LISTENER = """\
import os, signal, sys
numbers = [each for each in signal.valid_signals() if each not in (9, 19)]
signal.pthread_sigmask(signal.SIG_BLOCK, numbers)
print("ready", flush=True)
while True:
    print(int(signal.sigwait(numbers)), flush=True)
"""

_BODY = b'{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"capabilities":{}}}'
INITIALIZE = b"Content-Length: %d\r\n\r\n%s" % (len(_BODY), _BODY)


def test_every_exit_code_is_mirrored(launcher: Launcher) -> None:
    codes = range(256) if launcher.form == "go" else [*range(0, 256, 16), 1, 2, 125, 126, 127, 129, 137, 255]
    quiet = launcher.told(state="")

    with ThreadPoolExecutor(4) as workers:
        ended = list(workers.map(lambda code: quiet.run(f"exit {code}").returncode, codes))

    assert ended == list(codes)


def test_every_deadly_signal_is_mirrored(launcher: Launcher) -> None:
    numbers = [each for each in sorted(signal.valid_signals()) if each not in {*IGNORED, *STOPPING, signal.SIGSTOP}]
    quiet = launcher.told(state="")

    with ThreadPoolExecutor(4) as workers:
        ended = list(workers.map(lambda number: quiet.run(f"kill -{int(number)} $$").returncode, numbers))

    assert ended == [-number for number in numbers]


def test_the_end_is_written(launcher: Launcher) -> None:
    launcher.run("exit 7")
    launcher.run("echo gone >&2; kill -9 $$", ["serve", "-v"])

    first, second = launcher.sessions()
    ends = (launcher.state / "ends.jsonl").read_text().splitlines()
    assert (read_json(first / "end.json")["exit_code"], read_json(first / "end.json")["signal"]) == (7, None)
    killed = read_json(second / "end.json")
    assert (killed["exit_code"], killed["signal"], killed["stderr_bytes"]) == (None, "SIGKILL", 5)
    assert killed["max_resident_bytes"] > 100_000 and killed["user_seconds"] >= 0
    begun = read_json(second / "session.json")
    assert begun["given_arguments"] == begun["arguments"] == ["serve", "-v"]
    assert begun["launcher"] == launcher.form and begun["gopls"] == str(launcher.gopls)
    assert second.name == begun["id"] and begun["id"].endswith(f"Z-{begun['launcher_pid']}")
    assert [
        f'"session":"{each.name}"' in line.replace(": ", ":") for each, line in zip([first, second], ends, strict=True)
    ]
    assert (second / "stderr-000001").read_bytes() == b"gone\n"
    assert not list(launcher.state.rglob("*.part"))


def test_every_signal_reaches_gopls(launcher: Launcher) -> None:
    script = launcher.folder.parent / "listener.py"
    script.write_text(LISTENER)
    process = launcher.start(f"exec {sys.executable} -I -S {script}")
    assert process.stdout
    process.stdout.readline()
    launcher.begun()

    came = []
    for number in PASSED:
        if number == signal.SIGTSTP:  # close behind SIGCONT it would not be passed on: their order would be in doubt
            time.sleep(0.2)
        process.send_signal(number)
        came.append(int(process.stdout.readline()))
    process.kill()
    process.communicate()

    assert came == PASSED


def test_signals_that_were_passed_on_are_written(launcher: Launcher) -> None:
    process = launcher.start("trap 'exit 3' TERM; trap : USR1; echo ready; while :; do sleep 0.05; done")
    assert process.stdout
    process.stdout.readline()
    process.send_signal(signal.SIGUSR1)
    process.send_signal(signal.SIGTERM)
    process.communicate()

    assert process.returncode == 3
    assert sorted(each["name"] for each in launcher.end()["signals"]) == ["SIGTERM", "SIGUSR1"]


@pytest.mark.real
@pytest.mark.parametrize("number", ["HUP", "INT", "TERM", "QUIT", "ABRT", "SEGV", "BUS", "ILL", "SYS", "USR1", "XCPU"])
def test_the_real_gopls_ends_as_without(launcher: Launcher, gopls: Callable[[str], str], number: str) -> None:
    """The last two end none: its input does."""
    ends = []
    for program in (gopls("v0.24.0"), launcher.told(gopls=gopls("v0.24.0")).program):
        with (launcher.state / "said").open("w+b") as said:
            process = subprocess.Popen(
                [program],
                env={**launcher.environment, "GOPLSCACHE": str(launcher.state / "cache")},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=said,
            )
            assert process.stdin and process.stdout
            process.stdin.write(INITIALIZE)
            process.stdin.flush()
            process.stdout.readline()
            process.send_signal(getattr(signal, f"SIG{number}"))
            if number in {"USR1", "XCPU"}:
                process.stdin.close()
            ended = process.wait(60)
            process.stdin.close()
            process.stdout.close()
            said.seek(0)
            ends.append((ended, b"goroutine " in said.read()))

    assert ends[0] == ends[1]


@pytest.mark.parametrize("before", ["", "sleep 300 &"])
def test_no_orphan_when_the_launcher_is_killed(launcher: Launcher, before: str) -> None:
    process = launcher.start(f"{before} echo $$; exec sleep 300")
    assert process.stdout
    pid = int(process.stdout.readline())
    others = [each.pid for each in psutil.Process(pid).children()]
    process.kill()
    process.wait()

    await_that(lambda: is_gone(pid), "gopls ended with its launcher")
    for each in others:
        # What gopls itself started lives on without the launcher too.
        assert not is_gone(each)
        os.kill(each, signal.SIGKILL)
    process.communicate()


@pytest.mark.real
def test_the_real_gopls_leaves_no_orphan(launcher: Launcher, gopls: Callable[[str], str]) -> None:
    known = launcher.knowing(Path(gopls("v0.24.0")), debug=True, rpc_trace=True)
    process = known.start()
    known.begun()
    pid = read_json(known.session() / "session.json")["gopls_pid"]
    process.kill()
    process.communicate()

    await_that(lambda: is_gone(pid), "gopls ended with its launcher")


@pytest.mark.real
@pytest.mark.parametrize("version", ["v0.16.2", "v0.24.0"])
def test_a_flag_that_gopls_does_not_know(launcher: Launcher, gopls: Callable[[str], str], version: str) -> None:
    known = launcher.knowing(Path(gopls(version)), debug=True)
    with_launcher = known.run(arguments=["-nosuchflag"])
    without = subprocess.run(
        [gopls(version), "-nosuchflag"], env={**launcher.environment}, capture_output=True, check=False
    )

    assert with_launcher.returncode == without.returncode == 2
    assert with_launcher.stderr == without.stderr
    assert '"is_flag_error":true' in (known.state / "ends.jsonl").read_text().replace(": ", ":")


def test_closed_input_ends_both(launcher: Launcher) -> None:
    process = launcher.start("cat; exit 5")
    assert process.stdin
    process.stdin.close()

    assert process.wait(60) == 5


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_streams_that_are_closed_from_the_start(launcher: Launcher, closed: str) -> None:
    done = subprocess.run(
        ["sh", "-c", f'"$0" {closed}', launcher.program],
        env={**launcher.environment, "FAKE": "echo hello; echo there >&2; exit 6"},
        capture_output=True,
        check=False,
        timeout=60,
    )

    assert done.returncode == 6
    assert (launcher.session() / "stderr-000001").read_bytes().endswith(b"there\n")
    assert not any(each.name.startswith("hello") for each in launcher.session().iterdir())


def test_one_core_is_enough(launcher: Launcher, tmp_path: Path) -> None:
    if not Path("/proc/sys/kernel/core_pattern").read_text().startswith("core"):
        pytest.skip("cores go elsewhere")
    folder = tmp_path / "cores"
    folder.mkdir()
    done = subprocess.run(
        ["sh", "-c", 'ulimit -c unlimited; exec "$0"', launcher.program],
        env={**launcher.environment, "FAKE": "kill -ABRT $$"},
        cwd=folder,
        check=False,
    )

    assert done.returncode == -signal.SIGABRT
    assert len(list(folder.iterdir())) == 1
    assert launcher.end()["is_core_dumped"] is True


def test_a_signal_ignored_from_the_start_stays_ignored(launcher: Launcher) -> None:
    process = subprocess.Popen(
        ["nohup", launcher.program],
        env={
            **launcher.environment,
            "FAKE": "trap 'exit 8' USR1; grep SigIgn /proc/self/status; while :; do sleep 0.02; done",
        },
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdin and process.stdout
    ignored = int(process.stdout.readline().split()[1], 16)
    process.send_signal(signal.SIGHUP)
    process.send_signal(signal.SIGUSR1)
    process.communicate()

    assert process.returncode == 8
    assert ignored & 1 << (signal.SIGHUP - 1)
    assert [each["name"] for each in launcher.end()["signals"]] == ["SIGUSR1"]


def test_stopping_and_going_on(launcher: Launcher) -> None:
    process = launcher.start("echo $$; while read line; do echo $line; done; exit 9", process_group=0)
    assert process.stdin and process.stdout
    both = [psutil.Process(int(process.stdout.readline())), psutil.Process(process.pid)]
    process.send_signal(signal.SIGTSTP)
    await_that(lambda: all(each.status() == psutil.STATUS_STOPPED for each in both), "both are stopped")
    process.send_signal(signal.SIGCONT)
    process.stdin.write(b"more\n")
    process.stdin.flush()

    assert process.stdout.readline() == b"more\n"
    process.communicate()
    assert process.returncode == 9


def test_gopls_stopped_by_another_does_not_stop_the_launcher(launcher: Launcher) -> None:
    process = launcher.start("echo $$; while read line; do echo $line >&2; done; exit 9")
    assert process.stdin and process.stdout
    child = psutil.Process(int(process.stdout.readline()))
    child.suspend()
    await_that(lambda: child.status() == psutil.STATUS_STOPPED, "gopls is stopped")
    assert psutil.Process(process.pid).status() != psutil.STATUS_STOPPED
    child.resume()
    _, said = process.communicate(b"on\n", timeout=60)

    assert (process.returncode, said) == (9, b"on\n")


def test_an_early_signal_is_not_lost(launcher: Launcher) -> None:
    """At any moment of its start the launcher ends by SIGTERM, and no gopls is left."""
    pids = launcher.folder.parent / "pids"
    for delay in range(0, 40, 2):
        process = launcher.start(f"echo $$ >> {pids}; exec sleep 300")
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(delay / 1000)
        process.terminate()
        process.communicate(timeout=60)
        assert process.returncode == -signal.SIGTERM

    for each in pids.read_text().split() if pids.exists() else ():
        await_that(functools.partial(is_gone, int(each)), "no gopls is left")


def test_children_that_a_shell_left_behind(launcher: Launcher) -> None:
    done = subprocess.run(
        ["sh", "-c", 'sleep 0.01 & (exit 3) & exec "$0"', launcher.program],
        env={**launcher.environment, "FAKE": "sleep 0.1; exit 4"},
        check=False,
        timeout=60,
    )

    assert done.returncode == 4


def test_who_ignores_ended_children_learns_how_gopls_ended(launcher: Launcher) -> None:
    script = (
        "import os, signal, sys; signal.signal(signal.SIGCHLD, signal.SIG_IGN); os.execv(sys.argv[1], sys.argv[1:])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, launcher.program], env={**launcher.environment, "FAKE": "exit 11"}, check=False
    )

    assert done.returncode == 11


def test_the_list_of_ends_stays_short(launcher: Launcher) -> None:
    ends = launcher.state / "ends.jsonl"
    ends.write_text("".join(f'{{"session": "old-{each}"}}\n' for each in range(100)))
    launcher.run("exit 1")
    kept = ends.read_text().splitlines()

    assert len(kept) == 50
    assert kept[0] == '{"session": "old-51"}' and launcher.session().name in kept[-1]
    assert await_file(ends)
