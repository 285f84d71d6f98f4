"""What is read of processes and control groups, from folders as /proc and /sys/fs/cgroup have them."""

from __future__ import annotations

from pathlib import Path

import pytest

from gopls_diag.engines.record.children import Children
from gopls_diag.engines.record.sampling import Machine, Sampling
from gopls_diag.model.record_settings import MIB, RecordSettings
from gopls_diag.parse.debug_address import port_in, port_of_flag
from gopls_diag.parse.process_texts import (
    parse_address_space_limit,
    parse_meminfo,
    parse_pressure,
    parse_process_stat,
    parse_pss,
    parse_statm,
)
from gopls_diag.parse.shown_command import LONGEST_COMMAND, shown_command
from gopls_diag.world.control_groups import GroupReading, control_group_of
from gopls_diag.world.process_samples import Child, ProcessSamples

V1_MOUNTS = (
    "35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory\n"
    "41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw\n"
)
V2_MOUNTS = "29 22 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate\n"
V2_NESTED = "/user.slice/user-1000.slice/user@1000.service/app.slice/app-code-7.scope"


def stat_line(pid: int, name: str = "gopls", state: str = "S", parent: int = 1, start: int = 1000) -> str:
    rest = ["0"] * 50
    rest[0:2] = [state, str(parent)]
    rest[11:13] = ["250", "50"]
    rest[17] = "17"
    rest[19] = str(start)
    return f"{pid} ({name}) {' '.join(rest)}\n"


class Scene:
    """A /proc and a /sys/fs/cgroup in a folder."""

    def __init__(self, folder: Path) -> None:
        self.root = folder
        self.proc = folder / "proc"

    def put(self, path: str, text: str) -> None:
        file = self.root / path.lstrip("/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def process(self, pid: int, *, children: str = "", command: str = "gopls", **stat: object) -> None:
        self.put(f"proc/{pid}/stat", stat_line(pid, **stat))  # type: ignore[arg-type]
        self.put(f"proc/{pid}/statm", "500000 30000 9000 4000 0 90000 0\n")
        self.put(f"proc/{pid}/cmdline", command.replace(" ", "\0") + "\0")
        self.put(f"proc/{pid}/task/{pid}/children", "")
        self.put(f"proc/{pid}/task/{pid + 1}/children", children)
        (self.proc / str(pid) / "fd").mkdir(parents=True, exist_ok=True)

    def group(self, folder: str, version: int, *, used: int, limit: str, kills: int, cache: int = 0) -> None:
        names = {
            1: ("memory.usage_in_bytes", "memory.limit_in_bytes", "memory.oom_control", "total_inactive_file"),
            2: ("memory.current", "memory.max", "memory.events", "inactive_file"),
        }[version]
        self.put(f"{folder}/{names[0]}", f"{used}\n")
        self.put(f"{folder}/{names[1]}", f"{limit}\n")
        self.put(f"{folder}/{names[2]}", f"low 0\noom 3\noom_kill {kills}\n")
        self.put(f"{folder}/memory.stat", f"anon 5\n{names[3]} {cache}\n")


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene(tmp_path)


def test_a_process_and_its_children_are_read(scene: Scene) -> None:
    scene.process(50, children="60 70", start=2000)
    scene.process(60, command="/go/bin/go list -e -json ./...", parent=50, start=2500, children="80")
    scene.process(70, command="gopls", parent=50, start=2001)
    scene.put("proc/70/cmdline", "gopls\0** telemetry **\0")
    scene.process(80, command="compile -p main", parent=60, start=2600)

    process = ProcessSamples(50, proc=str(scene.proc))
    usage = process.usage()

    assert usage is not None
    assert (usage.state, usage.threads, usage.cpu_seconds) == ("S", 17, 3.0)
    assert usage.resident_bytes == 30000 * 4096
    assert process.started_seconds == 20.0
    children = process.children(30.0)
    assert [(each.command[0], each.age_seconds) for each in children] == [("/go/bin/go", 5.0), ("compile", 4.0)]


def test_another_process_under_the_same_pid_is_not_taken_for_it(scene: Scene) -> None:
    scene.process(50, start=2000)
    process = ProcessSamples(50, proc=str(scene.proc))
    assert process.is_alive()

    scene.process(50, start=9000)

    assert process.usage() is None
    assert not process.is_alive()


@pytest.mark.parametrize("state", ["Z", "X"])
def test_a_dead_process_nobody_waited_for_is_dead(scene: Scene, state: str) -> None:
    scene.process(50)
    process = ProcessSamples(50, proc=str(scene.proc))
    scene.process(50, state=state)

    assert process.usage() is None
    assert not process.is_alive()


def test_a_process_that_is_not_there_is_said_so(scene: Scene) -> None:
    assert ProcessSamples(51, proc=str(scene.proc)).problem


def test_version_two_has_its_nearest_limit_above_and_its_kills_in_its_own_group(scene: Scene) -> None:
    base = "sys/fs/cgroup"
    scene.put("proc/self/mountinfo", V2_MOUNTS)
    scene.put("proc/50/cgroup", f"0::{V2_NESTED}\n")
    scene.group(f"{base}{V2_NESTED}", 2, used=900, limit="max", kills=4)
    scene.put(
        f"{base}{V2_NESTED}/memory.pressure", "some avg10=12.50 avg60=1.00 avg300=0.10 total=9\nfull avg10=3.00\n"
    )
    scene.group(f"{base}/user.slice/user-1000.slice", 2, used=3000, limit="4000", kills=9, cache=500)
    scene.group(f"{base}/user.slice", 2, used=3000, limit="9000", kills=9)

    group = control_group_of(50, proc=str(scene.proc), root=str(scene.root))

    assert group is not None
    assert group.version == 2
    assert group.own.endswith(V2_NESTED)
    assert group.limiting.endswith("/user-1000.slice")
    assert group.read() == GroupReading(2500, 4000, 4, 12.5)


def test_version_one_beside_an_empty_version_two(scene: Scene) -> None:
    scene.put("proc/self/mountinfo", V1_MOUNTS)
    scene.put("proc/50/cgroup", "9:name=systemd:/x\n4:memory:/docker/abc\n0::/\n")
    scene.group("sys/fs/cgroup/memory/docker/abc", 1, used=700, limit="1000", kills=2, cache=100)
    scene.group("sys/fs/cgroup/memory", 1, used=9000, limit="9223372036854771712", kills=0)

    group = control_group_of(50, proc=str(scene.proc), root=str(scene.root))

    assert group is not None
    assert (group.version, group.own, group.own == group.limiting) == (
        1,
        f"{scene.root}/sys/fs/cgroup/memory/docker/abc",
        True,
    )
    assert group.read() == GroupReading(600, 1000, 2, None)


@pytest.mark.parametrize(
    ("mounts", "groups"),
    [("", ""), (V2_MOUNTS, ""), ("", "0::/a\n"), (V2_MOUNTS, "0::/gone\n"), ("\0\xff", "4:memory")],
)
def test_no_memory_controller_is_no_group(scene: Scene, mounts: str, groups: str) -> None:
    scene.put("proc/self/mountinfo", mounts)
    scene.put("proc/50/cgroup", groups)

    assert control_group_of(50, proc=str(scene.proc), root=str(scene.root)) is None


def test_a_group_that_goes_away_is_read_as_unknown(scene: Scene) -> None:
    scene.put("proc/self/mountinfo", V2_MOUNTS)
    scene.put("proc/50/cgroup", "0::/a\n")
    scene.group("sys/fs/cgroup/a", 2, used=1, limit="2", kills=0)
    group = control_group_of(50, proc=str(scene.proc), root=str(scene.root))
    assert group is not None

    for each in (scene.root / "sys/fs/cgroup/a").iterdir():
        each.unlink()

    assert group.read() == GroupReading()


def test_a_sample_has_the_nearest_of_all_limits_and_tells_of_kills(scene: Scene) -> None:
    scene.process(50)
    scene.put("proc/50/limits", "Max open files 1024 4096 files\nMax address space  4194304000 unlimited bytes\n")
    scene.put("proc/self/mountinfo", V2_MOUNTS)
    scene.put("proc/50/cgroup", "0::/a\n")
    scene.group("sys/fs/cgroup/a", 2, used=900 * MIB, limit=str(1000 * MIB), kills=0)
    proc = str(scene.proc)
    machine = Machine(
        lambda pid: control_group_of(pid, proc=proc, root=str(scene.root)),
        lambda: (8000 * MIB, 6000 * MIB),
        lambda: 1.5,
    )
    sampling = Sampling(ProcessSamples(50, proc=proc), RecordSettings(), machine)

    first = sampling.take(0.0, 30.0)
    scene.group("sys/fs/cgroup/a", 2, used=100 * MIB, limit=str(1000 * MIB), kills=2)
    second = sampling.take(2.0, 32.0)

    assert first is not None and first.limit is not None
    assert (first.limit.kind, round(first.limit.share, 3)) == ("control group", 0.9)
    assert (first.sample.group_bytes, first.sample.group_kills, first.sample.pressure_percent) == (900 * MIB, 0, 1.5)
    assert first.events == ()
    assert second is not None and second.limit is not None
    assert second.limit.kind == "address space"
    assert [each.subject for each in second.events] == ["oom_kill"]
    kinds = {each.kind: each.bytes for each in sampling.limits({"GOMEMLIMIT": "600MiB"})}
    assert kinds == {
        "control group": 1000 * MIB,
        "machine": 8000 * MIB,
        "GOMEMLIMIT": 600 * MIB,
        "address space": 4_194_304_000,
    }


def test_the_last_kill_is_counted_after_the_process_is_gone(scene: Scene) -> None:
    scene.process(50)
    scene.put("proc/self/mountinfo", V2_MOUNTS)
    scene.put("proc/50/cgroup", "0::/a\n")
    scene.group("sys/fs/cgroup/a", 2, used=9, limit="10", kills=7)
    proc = str(scene.proc)
    machine = Machine(
        lambda pid: control_group_of(pid, proc=proc, root=str(scene.root)), lambda: (None, None), lambda: None
    )
    sampling = Sampling(ProcessSamples(50, proc=proc), RecordSettings(), machine)
    sampling.take(0.0, 30.0)
    scene.group("sys/fs/cgroup/a", 2, used=1, limit="10", kills=8)
    scene.process(50, state="Z")

    assert sampling.take(2.0, 32.0) is None
    events = sampling.after_the_end(2.0)

    assert (sampling.kills_before, sampling.kills_after) == (7, 8)
    assert len(events) == 1 and "counts 8 kills" in events[0].detail


STATS = [
    pytest.param(stat_line(7, "go) S 1 (x"), "go) S 1 (x", id="a name with everything in it"),
    pytest.param(stat_line(7, ""), "", id="no name"),
    pytest.param("7 (gopls) S 1", None, id="cut"),
    pytest.param("", None, id="empty"),
    pytest.param("7 gopls S 1 " + "0 " * 50, None, id="no parentheses"),
    pytest.param("7 (gopls) S " + "x " * 50, None, id="no numbers"),
]


@pytest.mark.parametrize(("text", "name"), STATS)
def test_stat_is_read_whatever_the_name(text: str, name: str | None) -> None:
    found = parse_process_stat(text)

    assert (found.name if found else None) == name


def test_small_texts_of_the_kernel() -> None:
    assert parse_statm("765 427 399 5 0 123 0\n") == (765, 427)
    assert parse_statm("765") is None
    assert parse_pss("55bc-7ffc ---p 0 [rollup]\nRss: 1848 kB\nPss:   255 kB\nPss_Dirty: 116 kB\n") == 255 * 1024
    assert parse_meminfo("MemTotal: 8000 kB\nMemFree: 1 kB\nMemAvailable: 5000 kB\n") == (8000 * 1024, 5000 * 1024)
    assert parse_meminfo("MemTotal: 8000 kB\n") == (8000 * 1024, None)
    assert (
        parse_address_space_limit("Max address space         unlimited            unlimited            bytes\n") is None
    )
    assert parse_pressure("some avg10=0.05 avg60=0.00\n") == 0.05
    assert parse_pressure("some avg10=x avg60=0.00\n") is None


COMMANDS = [
    (["/usr/lib/go/bin/go", "list", "-e", "./..."], "go list -e ./..."),
    (["C:\\Go\\bin\\go.exe", "env"], "go.exe env"),
    (["go", "get", "--token", "hunter22", "x"], "go get --token xxxxxxxx x"),
    (["go", "--api-key=hunter22"], "go --api-key=xxxxxxxx"),
    (["GITHUB_TOKEN=abc", "go"], "GITHUB_TOKEN=xxx go"),
    (["git", "clone", "https://bob:hunter22@host.example/x"], "git clone https://xxx:xxxxxxxx@host.example/x"),
    (["go", "list", "-tags", "integration"], "go list -tags integration"),
    (["go", "a\nb", ""], "go a b ''"),
    ([], ""),
]


@pytest.mark.parametrize(("words", "line"), COMMANDS)
def test_a_command_is_shown_without_its_secrets(words: list[str], line: str) -> None:
    assert shown_command(words) == line


def test_a_long_command_is_cut() -> None:
    assert len(shown_command(["go", *["x" * 5000] * 500])) == LONGEST_COMMAND


def child(pid: int, age: float, resident: int = MIB) -> Child:
    return Child(pid, 1.0, ("/bin/go", "list", f"-p{pid}"), resident, age)


def test_children_are_told_of_when_they_are_gone() -> None:
    children = Children()

    assert children.see((child(1, 0.5, 3 * MIB), child(2, 4.0)), 10.0, is_told=False) == []
    events = children.see((child(2, 6.0),), 12.0, is_told=False)
    assert [(each.subject, each.elapsed_seconds, each.detail) for each in events] == [
        ("go list -p1", 0.5, "ended; most memory 3072 KiB")
    ]
    assert [each.subject for each in children.still_running(13.0)] == ["go list -p2"]


def test_where_gopls_tells_of_its_commands_only_long_ones_are_told_of_twice() -> None:
    children = Children()
    children.see((child(1, 0.5), child(2, 4.0)), 10.0, is_told=True)

    assert [each.subject for each in children.see((), 12.0, is_told=True)] == ["go list -p2"]


@pytest.mark.parametrize(
    ("stderr", "port"),
    [
        (b"serve.go:531: debug server listening at http://127.0.0.1:44817\n", 44817),
        (b"2026/11/22 18:26:55 serve.go:437: debug server listening at http://localhost:80\n", 80),
        (b"x http://[::1]:5 debug server listening at http://[::1]:9000/ ", 9000),
        (b"debug server listening at http://127.0.0.1:1\ndebug server listening at http://127.0.0.1:2\n", 2),
        (b"debug server listening at http://10.0.0.1:44817", None),
        (b"debug server listening at http://127.0.0.1:99999", None),
        (b"debug server listening at http://127.0.0.1:0", None),
        (b"", None),
    ],
)
def test_the_debug_port_is_found_behind_any_prefix(stderr: bytes, port: int | None) -> None:
    assert port_in(stderr) == port


@pytest.mark.parametrize(
    ("arguments", "port"),
    [
        (("-debug=localhost:6060",), 6060),
        (("serve", "--debug", "127.0.0.1:6060"), 6060),
        (("-debug=:6060",), 6060),
        (("-debug=127.0.0.1:0",), None),
        (("-debug=host.example:6060",), None),
        (("-debug",), None),
        (("-remote.debug=localhost:6060",), None),
        ((), None),
    ],
)
def test_the_debug_port_that_the_user_gave(arguments: tuple[str, ...], port: int | None) -> None:
    assert port_of_flag(arguments) == port
