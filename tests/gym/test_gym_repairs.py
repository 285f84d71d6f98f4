"""What the doctor finds, fix repairs: the fault is gone and nothing new is there, and undo brings it back.

`make gym` does this with every broken set-up, the tests of every day with one for each kind of remedy.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable

import pytest

from tests.gym import catalogue
from tests.gym.repairs import RepairRow, play_repair
from tests.gym.setups import Setup

EVERY_DAY = (
    "invented_names",
    "unknown_gopls_setting_probed",
    "unknown_in_helix",
    "unknown_in_neovim",
    "goroot_written",
    "used_folder_gone",
    "two_names",
)
"""One for each kind: a migration, gopls asked, TOML, lines that are only shown, go's environment, a project command."""
BROKEN = [
    each for each in catalogue.ALL if not each.is_healthy and (os.environ.get("GYM_ALL") or each.name in EVERY_DAY)
]


@pytest.mark.real
@pytest.mark.parametrize("setup", BROKEN, ids=lambda setup: setup.name)
def test_a_repair_ends_the_fault_and_can_be_taken_back(setup: Setup, keep_repair: Callable[[RepairRow], None]) -> None:
    row = play_repair(setup)
    keep_repair(row)
    if row.skipped:
        pytest.skip(row.skipped)
    if row.result in ("ok", "shown", "by hand"):
        return
    told = {
        name: value for name, value in row.result_of_stage.items() if name in ("runs", "proposals", "screen", "undone")
    }
    told |= {
        name: [f"{each['code']} {each['summary']}" for each in row.result_of_stage.get(name, {}).get("findings", [])]
        for name in ("before", "after", "again")
    }
    pytest.fail(
        f"{row.result}: {setup.title}\n{row.problem} {row.left} {row.new} {row.differ}\n{json.dumps(told, indent=1)}",
        pytrace=False,
    )
