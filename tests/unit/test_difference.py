"""The diff that fix shows says exactly what changes, wherever it stands in the file."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gopls_diag.present.difference import unified

LINES = st.lists(
    st.sampled_from(["{", "}", '  "a": 1,', '  "b": 2', "", "  // why", "--- x", "+++ y", "@@ z"]), max_size=30
)


def patched(before: bytes, diff: list[str]) -> list[str]:
    """The file's lines after applying a diff, by the numbers in its headers; every context line is checked."""
    old = before.decode().split("\n")
    result: list[str] = []
    at = 0
    for line in diff[2:]:
        header = re.match(r"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@$", line)
        if header:
            start = int(header[1]) - (header[2] != "0")
            result += old[at:start]
            at = start
            assert int(header[3]) - (header[4] != "0") == len(result)
        elif line.startswith("\\"):
            continue
        elif line[0] == "+":
            result.append(line[1:])
        else:
            assert old[at] == line[1:]
            if line[0] == " ":
                result.append(line[1:])
            at += 1
    return result + old[at:]


@given(LINES, LINES, st.booleans())
def test_applied_to_the_old_file_it_gives_the_new_one(old: list[str], new: list[str], ends: bool) -> None:
    before = ("\n".join(old) + "\n" * ends).encode()
    after = ("\n".join(new) + "\n" * ends).encode()

    diff = unified("settings.json", before, after)

    if before == after:
        assert diff == []
    else:
        assert [each for each in patched(before, diff) if each] == [each for each in after.decode().split("\n") if each]


def test_a_new_file_comes_from_nowhere() -> None:
    assert unified("a.json", None, b"{}\n") == ["--- /dev/null", "+++ a.json", "@@ -0,0 +1 @@", "+{}"]


def test_a_missing_newline_is_said() -> None:
    assert unified("a", b"x", b"y\n") == ["--- a", "+++ a", "@@ -1 +1 @@", "-x", "\\ No newline at end of file", "+y"]


def test_line_ends_are_not_shown() -> None:
    assert unified("a", b"x\r\ny\r\n", b"x\r\nz\r\n")[3:] == [" x", "-y", "+z"]


@pytest.mark.parametrize("at", [0, 60_000, 119_999])
def test_a_change_in_a_file_of_5_mb_is_as_small_as_the_change(at: int) -> None:
    lines = [f'  "name of a setting {number}": "a value of it",' for number in range(120_000)]
    before = "\n".join(lines).encode()
    lines[at] = "  changed"

    diff = unified("a", before, "\n".join(lines).encode())

    assert len(diff) <= 12
    assert "+  changed" in diff
    assert any(each.startswith(f"@@ -{max(1, at - 2)},") for each in diff)
