"""docs/explanation/faults.md is the table of the faults that are proved here, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.conftest import ROOT
from tests.real.recording import test_record_faults_gopls as of_gopls
from tests.real.recording import test_record_faults_memory as of_memory
from tests.real.recording import test_record_faults_recorder as of_recorder
from tests.real.recording import test_record_faults_signals as of_signals
from tests.real.recording import test_record_faults_streams as of_streams
from tests.real.recording import test_record_faults_windows as of_windows
from tests.real.recording.fault import Fault

PARTS = {
    "Signals": of_signals.FAULTS,
    "Streams and answers": of_streams.FAULTS,
    "gopls's own ends": of_gopls.FAULTS,
    "Memory and threads": of_memory.FAULTS,
    "The recorder and its files": of_recorder.FAULTS,
    "Several windows": of_windows.FAULTS,
}
HEAD = """# What was done to the recorder, and what gopls noticed of it

Each row is played twice with the real gopls by `pytest tests/real/recording`: alone, and behind the launcher. What an
editor can tell must be the same: the end (exit code or signal), the answers, standard error. Afterwards no process may
live, no descriptor may be held, no file may lie outside the state folder; and the incident must be of the kind, with
the verdict, that stands here. A row that is proved for both forms of the launcher says `Go, script`. This page is
written from the rows (`pytest --update tests/real/recording/test_record_faults_table.py`).
"""
FORMS = {"go": "Go", "python": "script"}


def row(fault: Fault) -> str:
    ends = fault.ends if not fault.behind else f"{fault.ends}; behind the launcher {fault.behind}"
    kind = {"none": "no incident", "any": "what could be kept"}.get(fault.kind, f"`{fault.kind}`")
    verdict = f", {fault.verdict}" if fault.verdict not in (None, "any") and fault.kind not in ("none", "any") else ""
    note = f" ({fault.note})" if fault.note else ""
    forms = ", ".join(FORMS[each] for each in fault.forms)
    return f"| {fault.title}{note} | {ends} | {kind}{verdict} | {forms} |\n"


def page() -> str:
    text = HEAD
    for title, faults in PARTS.items():
        text += f"\n## {title}\n\n| what is done | gopls ends by | incident, verdict | launcher |\n|---|---|---|---|\n"
        text += "".join(map(row, faults))
    return text


def test_the_page_of_faults_is_the_table(golden: Callable[[Path, str], None]) -> None:
    golden(ROOT / "docs" / "explanation" / "faults.md", page())


def test_rows_have_names_of_their_own() -> None:
    names = [each.name for faults in PARTS.values() for each in faults]
    assert len(names) == len(set(names)) >= 40
