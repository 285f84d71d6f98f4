"""What a recording keeps of a kernel's log and of what an editor remembers: what is read, in its place."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gopls_diag.model.request import Request
from gopls_diag.parse.kernel_log import cut_kernel_log, parse_kernel_log
from gopls_diag.parse.settings_blanking import blank_places
from gopls_diag.world.port import Answer, Question
from gopls_diag.world.redaction import redact
from tests.conftest import ROOT
from tests.growth import assert_linear

KERNEL_LOGS = sorted((ROOT / "tests" / "corpus" / "kernel").iterdir())
OTHER_LINES = (
    "[    3.101010] usb 1-2: SerialNumber: 0123456789SECRET",
    "2026-11-22T12:00:00.123+0100 burrow kernel: wlan0: associated with de:ad:be:ef:00:01",
)


def redacted(kind: str, arguments: dict[str, object], answer: Answer, folder: str = "/srv/shop") -> Answer:
    ((_, kept),), _, _ = redact(((Question(kind, arguments), answer),), Request(folder=folder))
    return kept


@pytest.mark.parametrize("path", KERNEL_LOGS, ids=lambda path: path.name)
def test_a_cut_kernel_log_tells_the_same_kills(path: Path) -> None:
    text = path.read_text(encoding="utf-8", errors="replace")
    mixed = "\n".join(each for line in text.split("\n") for each in (line, *OTHER_LINES))

    cut, removed = cut_kernel_log(mixed)

    assert removed >= 2 * len(text.split("\n"))
    assert "SECRET" not in cut
    assert "de:ad" not in cut
    assert parse_kernel_log(cut, source="x", boot_seconds=1.0, now_seconds=2e9) == parse_kernel_log(
        mixed, source="x", boot_seconds=1.0, now_seconds=2e9
    )


@given(st.text())
def test_cutting_keeps_the_number_of_lines(text: str) -> None:
    cut, _ = cut_kernel_log(text)

    assert cut.count("\n") == text.count("\n")
    assert bool(cut.strip()) == bool(text.strip())


@pytest.mark.parametrize(
    "command",
    [["dmesg"], ["/usr/bin/dmesg"], ["journalctl", "--lines=5", "_TRANSPORT=kernel", "+"], ["/usr/bin/log", "show"]],
)
def test_the_kernels_log_is_cut_in_a_recording(command: list[str]) -> None:
    kept = redacted("command", {"command": command}, {"exit_code": 0, "stdout": "\n".join(OTHER_LINES)})

    assert kept["stdout"] == "-\n-"


def test_an_editor_remembers_only_the_examined_folder() -> None:
    storage = {
        "telemetry.machineId": "0123456789",
        "profileAssociations": {"workspaces": {"file:///srv/shop": "abc", "file:///srv/secret": "abc"}},
        "windowsState": {
            "lastActiveWindow": {"folder": "file:///srv/shop"},
            "openedWindows": [
                {"folder": "file:///srv/secret"},
                {"workspaceIdentifier": {"configURIPath": "file:///srv/all.code-workspace"}},
            ],
        },
    }
    path = "/home/gopher/.config/Code/User/globalStorage/storage.json"

    kept = redacted("file.read", {"path": path}, {"text": json.dumps(storage)})["text"]

    assert "secret" not in kept
    assert "0123456789" not in kept
    assert len(kept) == len(json.dumps(storage))
    read = json.loads(kept)
    assert read["profileAssociations"]["workspaces"]["file:///srv/shop"] == "abc"
    assert read["windowsState"]["lastActiveWindow"] == {"folder": "file:///srv/shop"}
    assert "file:///srv/all.code-workspace" in kept


def test_an_examined_folder_is_known_by_its_uri_on_windows() -> None:
    text = json.dumps(
        {"backupWorkspaces": {"folders": [{"folderUri": "file:///c%3A/Work/Shop"}, "file:///c%3A/Other"]}}
    )
    path = r"C:\Users\gopher\AppData\Roaming\Code\User\globalStorage\storage.json"

    kept = redacted("file.read", {"path": path}, {"text": text}, folder=r"C:\work\shop")["text"]

    assert "file:///c%3A/Work/Shop" in kept
    assert "Other" not in kept


@given(st.text(), st.booleans())
def test_blanking_places_keeps_every_place(text: str, is_kept: bool) -> None:
    blanked, _ = blank_places(text, is_kept=lambda _: is_kept)

    assert len(blanked.encode("utf-8", "surrogatepass")) == len(text.encode("utf-8", "surrogatepass"))
    assert blanked.count("\n") == text.count("\n")


def test_both_are_linear() -> None:
    assert_linear(cut_kernel_log, lambda lines: ("Killed (" + "[ 1] 2 " * 100 + "\n") * lines, 250)
    assert_linear(lambda text: blank_places(text, is_kept=lambda _: False), lambda times: '"/\\' * times, 20_000)
