"""What becomes of a session that has ended: an incident with its verdict, or nothing; never a loss."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from gopls_diag.engines.record import keeping
from gopls_diag.engines.record.keeping import adopt, keep
from gopls_diag.model.incident import IncidentEntry
from gopls_diag.model.recorded_session import EventKind, RecordedEvent
from gopls_diag.world.incident_store import store
from gopls_diag.world.record_folders import RecordFolders
from tests.conftest import ROOT
from tests.unit.sessions import ENDED, GOPLS, ID, MIB, SECRET, STARTED, climbing, machine, session

SCHEMA = json.loads((ROOT / "tests" / "unit" / "schemas" / "incident.schema.json").read_text(encoding="utf-8"))
KILLED = {"signal": "SIGKILL"}
PANIC = b"""panic: runtime error: index out of range [5] with length 3

goroutine 84 [running]:
golang.org/x/tools/gopls/internal/golang.hover(0xc000)
	/home/ada.l/go/pkg/mod/golang.org/x/tools/gopls@v0.24.0/internal/golang/hover.go:120 +0x1d
main.main()
	/home/ada.l/go/pkg/mod/golang.org/x/tools/gopls@v0.24.0/main.go:35 +0x1d
exit status 2
"""
WINDOWS_FAULT = (
    b"Exception 0xc0000005 0x0 0x10 0x47b5f1\nPC=0x47b5f1\n\nruntime.cgocall(0x1, 0x2)\n"
    b"\tC:/Program Files/Go/src/runtime/cgocall.go:167 +0x1 fp=0x1 sp=0x2 pc=0x3\n"
    b"main.main()\n\tC:/Users/ada.l/go/pkg/mod/golang.org/x/tools/gopls@v0.24.0/main.go:35 +0x33\n"
)
"""The form of golang/go#57455: Go prints the exception, then ends with code 2."""
TROUBLE = {"kind": "memory-near-limit", "began_seconds": 5.0, "ended_seconds": None, "words": "memory was 90 %"}
JETSAM = (
    "2026-11-22 13:00:00.123456+0100  localhost kernel[0]: memorystatus: killing_specific_process "
    f"pid {GOPLS} [gopls] (per-process-limit 0) 2097152KB - memorystatus_available_pages: 412"
)
OOM = f"""```file /proc/stat
btime 1795345154
```

```link /proc/self/ns/pid -> pid:[4026531836]
```

```command dmesg
[  3046.942193] gopls invoked oom-killer: gfp_mask=0x100cca(GFP_HIGHUSER_MOVABLE), order=0, oom_score_adj=0
[  3046.942381] memory: usage 163840kB, limit 163840kB, failcnt 680682
[  3046.942556] [  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents oom_score_adj name
[  3046.942558] [  {GOPLS}]     0  {GOPLS}   346398    44201   458752        0             0 gopls
[  3046.942601] [  22551]     0 22551   308879      881    98304        0             0 secretd
[  3046.942605] oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,mems_allowed=0,oom_memcg=/box,task_memcg=/box,task=gopls,pid={GOPLS},uid=0
[  3046.942650] Memory cgroup out of memory: Killed process {GOPLS} (gopls) total-vm:1385592kB, anon-rss:161152kB, file-rss:15652kB, shmem-rss:0kB, UID:0 pgtables:448kB oom_score_adj:0
[  3050.000000] usb 1-1: new device called of-nobodys-business
```
"""  # noqa: E501 - the kernel's lines


def kept(place: Path) -> dict[str, Any]:
    """What was kept of the only session, checked against the schema."""
    (path,) = (place.parent.parent / "incidents").iterdir()
    document: dict[str, Any] = json.loads((path / "incident.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(SCHEMA).validate(document)
    assert not place.exists()
    assert [each["name"] for each in document["files"]] == sorted(
        each.relative_to(path).as_posix() for each in path.rglob("*") if each.is_file() and each.name != "incident.json"
    )
    return document


def verdict(document: dict[str, Any]) -> str | None:
    found = document["report"]["verdict"]
    return found["code"] if found else None


ROWS: dict[str, tuple[dict[str, Any] | None, dict[str, Any], str, str, str | None]] = {
    "kill": (KILLED, {}, "linux", "killed", "X01"),
    "kill that the group counted": (
        KILLED,
        {"notes": {"kills_before": 1, "kills_after": 2}, "samples": climbing(500 * MIB, 512 * MIB)},
        "linux",
        "killed",
        "M02",
    ),
    "kill that the group did not count": (
        KILLED,
        {"notes": {"kills_before": 1, "kills_after": 1}, "samples": climbing(100 * MIB, 512 * MIB)},
        "linux",
        "killed",
        "X01",
    ),
    "kill of the machine's memory": (
        KILLED,
        {"notes": {"kills_before": 0, "kills_after": 1}, "samples": climbing(500 * MIB, None, available_bytes=MIB)},
        "linux",
        "killed",
        "M01",
    ),
    "kill after a shutdown without an answer": (
        KILLED,
        {"notes": {"in_flight": [{"method": "shutdown", "count": 1, "waited_seconds": 4.0, "how_known": "counts"}]}},
        "linux",
        "killed",
        "X24",
    ),
    "asked to stop": (
        {"signal": "SIGTERM", "signals": [{"name": "SIGTERM", "at": ENDED}]},
        {},
        "linux",
        "stopped",
        None,
    ),
    "sent SIGTERM itself": ({"signal": "SIGTERM"}, {}, "linux", "killed", "X30"),
    "panic": ({"exit_code": 2}, {"stderr": PANIC}, "linux", "panic", "X06"),
    "abort": (
        {"exit_code": 2},
        {"stderr": b"SIGABRT: abort\nPC=0x1 m=0 sigcode=0\n\n" + PANIC[61:]},
        "linux",
        "signal",
        "X22",
    ),
    "flag": ({"exit_code": 2}, {"stderr": b"flag provided but not defined: -x\n"}, "linux", "exit", "X05"),
    "not started": ({"failure": "exec format error"}, {}, "linux", "start", "X16"),
    "trouble": ({"exit_code": 0}, {"notes": {"troubles": [TROUBLE]}}, "linux", "trouble", "M13"),
    "launcher gone": (None, {}, "linux", "lost", "X31"),
    "other boot": (None, {"start": {"boot_id": "11111111-1111-1111-1111-111111111111"}}, "linux", "lost", None),
    "Windows, access violation": ({"exit_code": 3221225477}, {}, "windows", "exit", None),
    "Windows, access violation of Go": ({"exit_code": 2}, {"stderr": WINDOWS_FAULT}, "windows", "signal", "X07"),
    "macOS, kill": (KILLED, {}, "macos", "killed", "X01"),
}


@pytest.mark.parametrize("name", ROWS)
def test_an_end_becomes_an_incident_with_its_verdict(name: str, tmp_path: Path) -> None:
    end, more, system, kind, code = ROWS[name]
    place = session(tmp_path, end, **more)
    entry = keep(place, world=machine(system))
    document = kept(place)

    assert isinstance(entry, IncidentEntry)
    assert (document["kind"], verdict(document)) == (kind, code)
    assert entry.verdict == document["report"]["verdict"]


@pytest.mark.parametrize("end", [{"exit_code": 0}])
def test_a_clean_end_without_trouble_leaves_nothing(end: dict[str, Any], tmp_path: Path) -> None:
    place = session(tmp_path, end, notes={}, stderr=b"2026/11/22 serve.go:531: debug server\n")

    assert keep(place, world=machine()) is None
    assert not place.exists()
    assert store(tmp_path).list() == ()


def test_jetsam_is_told_by_the_log_of_macos(tmp_path: Path) -> None:
    place = session(tmp_path, KILLED)
    keep(place, world=machine("macos", f"```command /usr/bin/log show *\n{JETSAM}\n```\n"))

    assert verdict(kept(place)) == "K03"


def test_only_lines_of_the_kernel_that_concern_it_are_kept(tmp_path: Path) -> None:
    clock = "```clock 2026-11-22T12:30:00+00:00\n```\n\n"
    times = {"started": "2026-11-22T10:00:00Z"}
    place = session(tmp_path, {**KILLED, "ended": "2026-11-22T11:50:01Z"}, start=times)
    keep(place, world=machine("linux", clock + OOM))
    document = kept(place)
    lines = (tmp_path / "incidents" / ID / "kernel.log").read_text()

    assert verdict(document) == "M02"
    assert f"Killed process {GOPLS} (gopls)" in lines
    assert "limit 163840kB" in lines
    assert "secretd" not in lines
    assert "nobodys-business" not in lines


def test_another_goplss_kill_is_not_taken_for_its_own(tmp_path: Path) -> None:
    place = session(tmp_path, KILLED, start={"gopls_pid": GOPLS + 1, "started": "2026-11-22T10:00:00Z"})
    keep(place, world=machine("linux", OOM))

    assert verdict(kept(place)) == "X01"


def test_private_words_are_in_no_file(tmp_path: Path) -> None:
    place = session(
        tmp_path,
        {"exit_code": 2},
        start={"given_arguments": ["-header", "--token", SECRET], "folder": "/home/ada.l/src/bank"},
        notes={
            "environment": {"HOME": "/home/ada.l", "GOFLAGS": "-mod=mod", "AWS_REGION": "moon-1", "GH_TOKEN": SECRET},
            "editor": "VS Code of ada.l",
        },
        stderr=f"open /home/ada.l/src/bank/main.go: {SECRET} ada.l@mail.example\n".encode() + PANIC,
        events=[RecordedEvent(1.0, EventKind.CHILD, f"git fetch https://ada:{SECRET}@host.example/x", 0.5)],
        looks={"001-goroutines.txt": b"goroutine 1 [running]:\nmain.main()\n\t/home/ada.l/x.go:1 +0x1\n"},
    )
    keep(place, world=machine())
    document = kept(place)
    everything = b"".join(each.read_bytes() for each in (tmp_path / "incidents").rglob("*") if each.is_file())

    assert SECRET.encode() not in everything
    assert b"ada.l" not in everything
    assert b"moon-1" not in everything
    assert document["environment"].keys() == {"HOME", "GOFLAGS"}
    assert document["start"]["folder"].endswith("/src/bank")


def test_the_ring_is_put_together_and_what_is_missing_is_said(tmp_path: Path) -> None:
    place = session(tmp_path, {"exit_code": 2, "stderr_bytes": 5_000_000})
    (place / "stderr-000007").write_bytes(PANIC[:100])
    (place / "stderr-000008").write_bytes(PANIC[100:])
    keep(place, world=machine())
    document = kept(place)

    assert document["kind"] == "panic"
    assert any(f"the first {5_000_000 - len(PANIC)} bytes of standard error" in each for each in document["missing"])
    assert any("the recorder left nothing" in each for each in document["missing"])


@pytest.mark.parametrize("share", [0.2, 0.5, 0.8, 0.97])
def test_files_that_are_cut_give_what_is_left(share: float, tmp_path: Path) -> None:
    place = session(
        tmp_path, KILLED, notes={"kills_before": 0, "kills_after": 0}, samples=climbing(MIB, None), stderr=PANIC
    )
    for path in place.iterdir():
        content = path.read_bytes()
        path.write_bytes(content[: int(len(content) * share)])
    entry = keep(place, world=machine())
    document = kept(place)

    assert entry is not None
    assert entry.id == ID
    assert document["missing"]


@pytest.mark.parametrize("names", [(), ("session.json", "stderr-000001")])
def test_a_folder_with_nothing_in_it_is_removed(names: tuple[str, ...], tmp_path: Path) -> None:
    place = tmp_path / "sessions" / ID
    place.mkdir(parents=True)
    for each in names:
        (place / each).touch()

    assert keep(place, world=machine()) is None
    assert not place.exists()


def test_a_session_without_its_beginning_is_named_by_its_folder(tmp_path: Path) -> None:
    place = session(tmp_path, KILLED)
    (place / "session.json").unlink()
    keep(place, world=machine())
    document = kept(place)

    assert (document["start"]["started"], document["start"]["launcher_pid"]) == (STARTED, 4711)


def test_what_fails_is_tried_three_times_and_then_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("a defect of ours")

    monkeypatch.setattr(keeping, "compose", broken)
    place = session(tmp_path, KILLED)
    for _ in range(keeping.MOST_TRIES - 1):
        assert keep(place, world=machine()) is None
        assert (place / "end.json").is_file()
    entry = keep(place, world=machine())

    assert entry is not None
    assert entry.signal == "SIGKILL"
    assert store(tmp_path).read(ID).missing == ("everything else: RuntimeError: a defect of ours",)
    assert not place.exists()


def test_one_that_is_killed_at_it_each_time_is_told_of_at_last(tmp_path: Path) -> None:
    place = session(tmp_path, KILLED)
    (place / "keep-tries").write_bytes(b"...")
    entry = keep(place, world=machine())

    assert entry is not None
    assert "killed at it" in store(tmp_path).read(ID).missing[0]


def test_a_folder_that_cannot_be_written_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    place = session(tmp_path, KILLED)
    for _ in range(keeping.MOST_TRIES + 2):
        with monkeypatch.context() as now:
            now.setattr("gopls_diag.world.incident_store.os.open", full)
            assert keep(place, world=machine()) is None
        assert (place / "end.json").is_file()
    assert keep(place, world=machine()) is not None


def test_a_watched_gopls_that_just_went_is_no_incident(tmp_path: Path) -> None:
    place = session(tmp_path, None, start={"launcher": "watch"}, notes={})

    assert keep(place, world=machine()) is None
    assert not place.exists()


def test_a_watched_gopls_that_the_kernel_counted_is_one(tmp_path: Path) -> None:
    place = session(tmp_path, None, start={"launcher": "watch"}, notes={"kills_before": 0, "kills_after": 1})
    keep(place, world=machine())

    assert kept(place)["lost"] == "watched"


def test_sessions_of_dead_launchers_are_adopted_and_those_of_live_ones_not(tmp_path: Path) -> None:
    live = session(tmp_path / "live", None, start={"launcher_pid": os.getpid(), "started": "2026-11-22T11:50:00Z"})
    dead = session(tmp_path / "dead", KILLED, start={"launcher_pid": 2**22 - 1, "gopls_pid": 2**22 - 2})
    for each in dead.iterdir():
        os.utime(each, (1, 1))
    os.utime(dead, (1, 1))

    assert adopt(RecordFolders(tmp_path / "live"), world=machine()) == ()
    assert live.is_dir()
    assert [each.id for each in adopt(RecordFolders(tmp_path / "dead"), world=machine())] == [ID]
    assert not dead.exists()


def test_an_incident_that_was_made_already_is_not_made_anew(tmp_path: Path) -> None:
    keep(session(tmp_path, KILLED), world=machine())
    before = (tmp_path / "incidents" / ID / "incident.json").read_bytes()
    entry = keep(session(tmp_path, {"exit_code": 1}), world=machine())

    assert entry is not None
    assert (tmp_path / "incidents" / ID / "incident.json").read_bytes() == before


def test_more_than_an_incident_has_room_for_is_cut_and_told(tmp_path: Path) -> None:
    place = session(
        tmp_path,
        {"exit_code": 2},
        notes={"settings": {"incident_bytes": 2 * MIB}},
        stderr=b"x" * (3 * MIB) + b"\n" + PANIC,
        looks={"001-heap.pb.gz": b"\x1f\x8b" + b"0" * (2 * MIB)},
    )
    keep(place, world=machine())
    document = kept(place)

    assert document["kind"] == "panic"
    assert verdict(document) == "X06"
    assert store(tmp_path).list()[0].bytes < 2 * MIB
    assert any("001-heap.pb.gz" in each for each in document["missing"])
