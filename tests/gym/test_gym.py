"""Every fault is found with its code, the verdict is right, and a healthy machine stays unaccused."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from tests.gym import catalogue
from tests.gym.play import Row, play
from tests.gym.setups import Setup


@pytest.mark.real
@pytest.mark.parametrize("setup", catalogue.ALL, ids=lambda setup: setup.name)
def test_the_doctor_is_right(setup: Setup, keep_row: Callable[[Row], None]) -> None:
    row = play(setup)
    keep_row(row)
    if row.skipped:
        pytest.skip(row.skipped)
    if row.result in {"ok", "WRONG VERDICT"}:
        return
    said = [f"{each['code']} {each['severity']} {each['summary']}" for each in row.report.get("findings", [])]
    unknown = [
        f"{each['check']}: {each['reason']}"
        for each in row.report.get("outcomes", [])
        if each["outcome"] in {"unknown", "crashed"} and "was not heard" not in each["reason"]
    ]
    pytest.fail(
        f"{row.result}: {setup.title}\n{row.problem}\nexpected {setup.codes or 'nothing'}, verdict {row.verdict}\n"
        + json.dumps({"said": said, "unknown": unknown}, indent=1),
        pytrace=False,
    )
