"""Edits of settings files: only what was named changes, and it means what was meant, however odd the file."""

from __future__ import annotations

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.property.jsonc_edit_promises import check_round


@settings(max_examples=400, deadline=None)
@given(random=st.randoms(use_true_random=False))
def test_an_edit_changes_what_it_names_and_nothing_else(random: Random) -> None:
    check_round(random)
