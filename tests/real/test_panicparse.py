"""Under panicparse's own rule our buckets hold the same goroutines as those that its library makes."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from gopls_diag.parse.go_crash.groups import GoroutineGroups, GroupingRule
from tests.conftest import ROOT

PROGRAMS = ROOT / ".tools" / "goroutines"
pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(
        not (PROGRAMS / "buckets").is_file(), reason="needs bench/goroutines: python3 tools/setup.py goroutines"
    ),
]


@pytest.mark.parametrize("form", ["stack", "quit"])
@pytest.mark.parametrize("goroutines", [10, 1_000, 4_000])
def test_the_same_goroutines_are_together(form: str, goroutines: int, tmp_path: Path) -> None:
    dump = tmp_path / "dump.txt"
    made = subprocess.run(
        [PROGRAMS / "dump", f"-n={goroutines}", f"-form={form}"],
        capture_output=True,
        check=False,
        env={**os.environ, "GOTRACEBACK": "system"},
    )
    dump.write_bytes(made.stdout or made.stderr)
    text = dump.read_text(encoding="utf-8")
    groups = GoroutineGroups(GroupingRule.ARGUMENTS)
    end = groups.take(text, text.find("goroutine "), 1)
    if text.startswith("goroutine ", end):
        header, _, body = text[end:].partition("\n")
        groups.add(header, body, 1)

    said = subprocess.run([PROGRAMS / "buckets", dump], capture_output=True, check=True).stdout
    expected = {
        tuple(sorted(each["ids"])): (each["state"], each["locked"], each["frames"]) for each in json.loads(said)
    }
    found = {
        tuple(sorted(each.ids)): (each.states[0][0], each.locked > 0, len(each.stack.frames))
        for each in groups.buckets()
    }

    assert groups.count >= goroutines
    assert found == expected
