"""The page of an incident in a real browser: it fetches nothing, complains of nothing, and no two labels overlap."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from gopls_diag.model.incident import Incident, KnownLimit
from gopls_diag.present.incident_page import render
from tests.unit.sample_incidents import DUMP, bad_flag, climb, flat, long_day, stuck

LABELS = """() => [...document.querySelectorAll('svg.chart text')].map(each => {
  const box = each.getBoundingClientRect(), chart = each.ownerSVGElement.getBoundingClientRect()
  return {words: each.textContent, left: box.left, right: box.right, top: box.top, bottom: box.bottom,
    outside: box.left < chart.left - 1 || box.right > chart.right + 1 || box.top < chart.top - 1
      || box.bottom > chart.bottom + 1}
})"""
SAMPLES: dict[str, Callable[[], Incident]] = {
    "climb": climb,
    "flat": flat,
    "bad-flag": bad_flag,
    "stuck": stuck,
    "day": long_day,
    "one": lambda: flat(1),
}


def _near_limits() -> Incident:
    """Limits that lie so close that their labels would stand in each other."""
    incident = climb()
    near = KnownLimit("GOMEMLIMIT", incident.limits[0].bytes - (20 << 20))
    return replace(incident, limits=(*incident.limits, near))


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", [*SAMPLES, "near-limits"])
def test_the_page_is_quiet_and_its_labels_stand_apart(
    name: str, scheme: str, width: int, browser: Any, tmp_path: Path
) -> None:
    incident = _near_limits() if name == "near-limits" else SAMPLES[name]()
    file = tmp_path / "incident.html"
    file.write_text(render(incident, looks={each.file: DUMP for each in incident.looks}), encoding="utf-8")
    page = browser.new_page(color_scheme=scheme, viewport={"width": width, "height": 900})
    said: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda problem: said.append(str(problem)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(file.as_uri())
    labels = page.evaluate(LABELS)
    overflow = page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
    page.close()
    assert said == []
    assert asked == [file.as_uri()]
    assert overflow <= 0, "the page itself scrolls sideways"
    assert len(labels) > 4
    assert [each["words"] for each in labels if each["outside"]] == []
    assert [(one["words"], other["words"]) for one, other in combinations(labels, 2) if _overlap(one, other)] == []


def _overlap(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """True if the boxes share more than a border of two pixels; a line of text has so much air."""
    across = min(one["right"], other["right"]) - max(one["left"], other["left"])
    down = min(one["bottom"], other["bottom"]) - max(one["top"], other["top"])
    return bool(across > 2 and down > 2)
