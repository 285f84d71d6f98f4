"""Random histories of changes lose nothing of the user's."""

from __future__ import annotations

import sys

import pytest

from tests.property.change_history import play


@pytest.mark.skipif(sys.platform == "win32", reason="processes are killed by fork and signal here")
@pytest.mark.parametrize("first_seed", range(0, 40, 10))
def test_nothing_is_lost_in_any_history(first_seed: int) -> None:
    for seed in range(first_seed, first_seed + 10):
        play(seed)
