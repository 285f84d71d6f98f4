"""Edits of settings files: only what was named changes, and it means what was meant, however odd the file."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gopls_diag.edit.settings_file import edit_settings
from gopls_diag.model.finding import SettingEdit
from tests.conftest import ROOT
from tests.growth import assert_linear
from tests.property.jsonc_edit_promises import FILE, check_edit, check_round
from tests.property.jsonc_texts import at_path, meaning, mutated, paths

CORPUS = ROOT / "tests" / "corpus" / "settings"


@settings(max_examples=400, deadline=None)
@given(random=st.randoms(use_true_random=False))
def test_an_edit_changes_what_it_names_and_nothing_else(random: Random) -> None:
    check_round(random)


@pytest.mark.parametrize("name", sorted(each.name for each in CORPUS.iterdir()))
def test_each_setting_of_real_looking_files_can_be_edited(name: str) -> None:
    before = (CORPUS / name).read_bytes()
    value = meaning(before)

    for path in paths(value):
        key = "/".join(path)
        new = ["-rpc.trace", {"a": 1}]
        for edit in (
            SettingEdit(name, key, new),
            SettingEdit(name, key, mutated(Random(key), at_path(value, path))),
            *([] if "/" in path[-1] else [SettingEdit(name, f"{key}.new", new)]),
            SettingEdit(name, key, None, "remove"),
            SettingEdit(name, key, "renamed", "rename"),
            SettingEdit(name, key, "gopls/moved", "move"),
        ):
            edited_path = (*path[:-1], path[-1] + ".new") if edit.key != key else path
            check_edit(before, value, edited_path, edit)


def big_file(size_bytes: int) -> bytes:
    made = [b"{\n"]
    entry = b'    // setting %d\n    "extension.%d": {"a": [1, 2, "x"], "b": true}, // why %d\n'
    for number in range(size_bytes // 70):
        made.append(entry % (number, number, number))
    return b"".join((*made, b'    "gopls": {\n        "a": [\n            "x" // ex\n        ]\n    }\n}\n'))


EDITS = (
    SettingEdit(FILE, "gopls/a", ["x", "y"]),
    SettingEdit(FILE, "extension.2", None, "remove"),
    SettingEdit(FILE, "extension.5/b", "c", "rename"),
    SettingEdit(FILE, "go.new", True),
)


def test_a_file_of_five_megabytes_is_edited() -> None:
    before = big_file(5_000_000)

    after = edit_settings(FILE, before, EDITS)

    removed = b'    "extension.2": {"a": [1, 2, "x"], "b": true}, // why 2\n'
    renamed = b'"extension.5": {"a": [1, 2, "x"], "%s": true}'
    expected = before.replace(removed, b"").replace(renamed % b"b", renamed % b"c")
    end = b'"x" // ex\n        ]\n    }\n}\n'
    assert expected.endswith(end)
    grown = b'"x", // ex\n            "y"\n        ]\n    },\n    "go.new": true\n}\n'
    assert after == expected.removesuffix(end) + grown


def test_edits_take_time_in_proportion() -> None:
    assert_linear(lambda content: edit_settings(FILE, content, EDITS), big_file, 4_000)
