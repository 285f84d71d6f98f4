"""The folder of incidents: listed, found, read, packed, removed, kept under its bytes; and incidents as inputs."""

from __future__ import annotations

import json
import os
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gopls_diag.cli.log_inputs import LogInputs
from gopls_diag.engines.crash import Finished, read_logs
from gopls_diag.facts.log_readings import log_readings
from gopls_diag.model.crash_report import CrashReport
from gopls_diag.model.incident import Incident
from gopls_diag.model.recorded_session import Sample, SessionEnd, SessionStart
from gopls_diag.model.request import Request
from gopls_diag.parse.incident import render_incident, render_timeline
from gopls_diag.world.incident_store import IncidentStore, NoIncident, store
from gopls_diag.world.live import LiveWorld

PRIVATE = b"Content-Length: 1\n\npackage secret"
START = SessionStart("", "2026-11-22T10:00:00Z", 1, 2, 3, "gopls")


def incident(name: str, hour: int = 12) -> Incident:
    end = SessionEnd(f"2026-11-22T{hour:02d}:00:00Z", 60.0, exit_code=2)
    return Incident(name, "exit", replace(START, id=name), end, samples=(Sample(1.0, 5), Sample(2.0, 6)))


def put(kept: IncidentStore, name: str, hour: int = 12, *, size: int = 0) -> Path:
    made = incident(name, hour)
    files = {
        "incident.json": render_incident(made),
        "timeline.tsv": render_timeline(made.samples),
        "stderr.log": b"flag provided but not defined: -x\n" + b"y" * size,
        "rpc.log": PRIVATE,
        "looks/001-goroutines.txt": b"goroutine 1 [running]:\nmain.main()\n\t/x.go:1 +0x1\n",
        "looks/002-heap.pb.gz": b"\x1f\x8bprofile",
    }
    return kept.write(name, files)


@pytest.fixture
def kept(tmp_path: Path) -> IncidentStore:
    made = store(tmp_path / "record")
    put(made, "20261122T120000.000Z-1", 12)
    put(made, "20261122T130000.000Z-2", 13)
    put(made, "20261122T130000.000Z-3", 14)
    return made


def judged(name: Path) -> CrashReport:
    inputs = LogInputs([str(name)])
    *_, last = read_logs(inputs, skipped=inputs.skipped)
    assert isinstance(last, Finished)
    return last.report


def test_the_newest_stands_first(kept: IncidentStore) -> None:
    assert [each.id[-1] for each in kept.list()] == ["3", "2", "1"]


@pytest.mark.parametrize(
    ("name", "found"),
    [("latest", "3"), ("20261122T12", "1"), ("20261122T130000.000Z-2", "2")],
)
def test_is_found_by_its_id_by_the_beginning_of_one_and_as_the_latest(
    name: str, found: str, kept: IncidentStore
) -> None:
    assert kept.find(name).name[-1] == found
    assert kept.read(name).samples == incident("").samples


@pytest.mark.parametrize(
    ("name", "words"), [("20261122T13", "beginning of 2"), ("nothing", "no incident nothing"), ("", "no incident")]
)
def test_what_is_named_wrongly_is_told(name: str, words: str, kept: IncidentStore) -> None:
    with pytest.raises(NoIncident, match=words):
        kept.find(name)


def test_is_found_by_path(kept: IncidentStore, tmp_path: Path) -> None:
    folder = kept.find("latest")
    packed = kept.pack("latest", tmp_path)

    for path in (folder, folder / "incident.json", packed):
        assert kept.read(str(path)).id == folder.name


def test_a_damaged_one_is_passed_over_in_the_list_and_told_of_when_named(kept: IncidentStore) -> None:
    (kept.folders.incidents / "20261122T150000.000Z-4").mkdir()
    (kept.folders.incidents / "20261122T150000.000Z-4" / "incident.json").write_bytes(b"{}")

    assert len(kept.list()) == 3
    with pytest.raises(NoIncident, match="is no incident"):
        kept.read(str(kept.folders.incidents / "20261122T150000.000Z-4"))


def test_what_was_cut_is_said(kept: IncidentStore) -> None:
    path = kept.find("latest") / "incident.json"
    path.write_bytes(path.read_bytes()[:-900])

    assert any("cut or damaged" in each for each in kept.read("latest").missing)


def test_the_file_to_send_depends_on_the_incident_alone_and_holds_nothing_private(
    kept: IncidentStore, tmp_path: Path
) -> None:
    first, second = kept.pack("latest", tmp_path / "a.zip"), kept.pack("latest", tmp_path / "b.zip")
    whole = kept.pack("latest", tmp_path / "c.zip", with_private=True)

    assert first.read_bytes() == second.read_bytes()
    names = {each.split("/", 1)[1] for each in zipfile.ZipFile(first).namelist()}
    assert names == {"incident.json", "timeline.tsv", "stderr.log", "looks/001-goroutines.txt"}
    assert len(zipfile.ZipFile(whole).namelist()) == 6
    with pytest.raises(FileExistsError):
        kept.pack("latest", tmp_path / "a.zip")


def test_foreign_files_in_its_folder_are_not_sent(kept: IncidentStore, tmp_path: Path) -> None:
    (kept.find("latest") / "id_rsa").write_bytes(b"private")

    assert not [each for each in zipfile.ZipFile(kept.pack("latest", tmp_path)).namelist() if "id_rsa" in each]


def test_the_oldest_go_when_there_is_no_room_and_the_newest_stays(kept: IncidentStore) -> None:
    each = kept.list()[0].bytes

    assert [name[-1] for name in kept.prune(2 * each + each // 2)] == ["1"]
    assert [name[-1] for name in kept.prune(0)] == ["2"]
    assert [name.id[-1] for name in kept.list()] == ["3"]


def test_sessions_count_and_are_never_taken(kept: IncidentStore) -> None:
    session = kept.folders.sessions / "live"
    session.mkdir(parents=True)
    (session / "stderr-000001").write_bytes(b"x" * 100_000)
    each = kept.list()[0].bytes

    assert kept.prune(100_000 + 3 * each) == ()
    assert len(kept.prune(100_000 + each)) == 2
    assert (session / "stderr-000001").stat().st_size == 100_000


def test_an_incident_is_there_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = store(tmp_path)
    written: list[str] = []
    real = os.open

    def failing(path: Path, *more: Any, **others: Any) -> int:
        written.append(str(path))
        if len(written) == 4:
            raise OSError(28, "No space left on device")
        return real(path, *more, **others)

    monkeypatch.setattr("gopls_diag.world.incident_store.os.open", failing)
    with pytest.raises(OSError, match="No space left"):
        put(kept, "20261122T120000.000Z-1")

    assert kept.list() == ()
    assert list(kept.folders.incidents.iterdir()) == []


def test_removes_only_what_is_its_own(kept: IncidentStore, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    kept.find("latest").rename(elsewhere)
    with pytest.raises(NoIncident, match="none of ours"):
        kept.remove(str(elsewhere))
    kept.remove("latest")

    assert [each.id[-1] for each in kept.list()] == ["1"]
    assert elsewhere.is_dir()


def test_folder_and_file_to_send_are_judged_alike(kept: IncidentStore, tmp_path: Path) -> None:
    folder = kept.find("latest")
    reports = [judged(each) for each in (folder, kept.pack("latest", tmp_path), kept.folders.incidents)]

    assert {each.verdict.code for each in reports if each.verdict} == {"X05"}
    assert [len(each.crashes) for each in reports[:2]] == [2, 2]
    assert [each.skipped for each in reports[:2]] == [(), ()]
    assert reports[0].crashes[0].exit_code == 2
    alone = judged(folder / "incident.json")
    assert alone.verdict is not None
    assert alone.verdict.code == "X02"


def test_doctor_reads_the_same_of_folder_and_file_to_send(kept: IncidentStore, tmp_path: Path) -> None:
    folder, packed = kept.find("latest"), kept.pack("latest", tmp_path)
    found = [log_readings(LiveWorld(), Request(folder="", logs=(str(each),))).all for each in (folder, packed)]

    assert [each.formats for each in found[0]] == [each.formats for each in found[1]]
    assert [one[0].recorded is not None for one in found] == [True, True]
    assert not [each for one in found for each in one if "rpc" in each.source]


def test_a_zip_with_hostile_names_is_harmless(tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a/incident.json", json.dumps({"schema": "gopls-diag/incident/1", "id": "x"}))
        archive.writestr("a/../../stderr.log", b"y")
        archive.writestr("a/looks/../../x", b"y")

    assert store(tmp_path).read(str(path)).id == "x"
    assert [each.name for each in tmp_path.iterdir()] == ["x.zip"]
