"""Output of programs that really crashed, under Go 1.16 to 1.27, on several processors and under Windows.

`labels.jsonl` tells of each file the exit code that its parent saw (null where nobody looked) and the ends that are in
it, made once and checked by reading. `exit_code` of an end is what the output proves: GOTRACEBACK=crash ends by a
signal, but prints the same as GOTRACEBACK=system unless threads follow.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from gopls_diag.model.crash import Crash
from tests.unit.crash_reading import read_with_rest

CORPUS = Path(__file__).parents[1] / "corpus" / "runtime"
LABELS = [json.loads(line) for line in (CORPUS / "labels.jsonl").read_text(encoding="utf-8").splitlines()]


def summary(crash: Crash) -> dict[str, Any]:
    return {
        "kind": crash.kind.value,
        "message": crash.message,
        "goroutines": crash.goroutines,
        "exit_code": crash.exit_code,
        "crashing": crash.crashing.id if crash.crashing else None,
        "top": crash.top_frame.function if crash.top_frame else None,
        "origin": crash.origin_frame.function if crash.origin_frame else None,
    }


@pytest.mark.parametrize("label", LABELS, ids=[each["file"] for each in LABELS])
def test_real_crashes_of_every_release(label: dict[str, Any]) -> None:
    text = (CORPUS / label["file"]).read_bytes().decode("utf-8", "backslashreplace")
    crashes, _ = read_with_rest(text)
    assert [summary(each) for each in crashes] == label["ends"]
    assert [each.not_understood for each in crashes if each.not_understood] == []


@pytest.mark.parametrize("label", LABELS, ids=[each["file"] for each in LABELS])
def test_labels_agree_with_the_files(label: dict[str, Any]) -> None:
    lines = (CORPUS / label["file"]).read_bytes().decode("utf-8", "backslashreplace").split("\n")
    headers = sum(line.startswith("goroutine ") and line.endswith(":") for line in lines)
    assert headers == sum(each["goroutines"] for each in label["ends"] if " profile: " not in each["message"])
    assert all(any(line.endswith(each["message"]) for line in lines) for each in label["ends"])
    if label["exit_code"] in (2, 66):
        assert label["ends"][-1]["exit_code"] == label["exit_code"]


def test_every_file_has_a_label() -> None:
    files = {path.relative_to(CORPUS).as_posix() for path in CORPUS.rglob("*.txt")}
    assert files == {each["file"] for each in LABELS}
