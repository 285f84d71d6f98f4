"""What people see of incidents: the screen, the JSON of the list, the page and its drawing."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from gopls_diag.model.incident import Incident, IncidentEntry
from gopls_diag.present.incident_chart import thinned
from gopls_diag.present.incident_json import render_list
from gopls_diag.present.incident_page import render
from gopls_diag.present.incident_text import IncidentText
from gopls_diag.present.incident_words import is_blamed
from tests.unit.sample_incidents import DUMP, bad_flag, climb, flat, long_day, stuck

GOLDENS = Path(__file__).parent / "goldens" / "incidents"
HOSTILE = "</title></style></svg><script>alert(1)</script><img src=x onerror=alert(1)>\"'&\x1b[2J\u202e"
SAMPLES: dict[str, Callable[[], Incident]] = {
    "climb": climb,
    "flat": flat,
    "bad-flag": bad_flag,
    "stuck": stuck,
    "one-sample": lambda: flat(1),
    "three-samples": lambda: flat(3),
    "never-ended": lambda: replace(flat(), end=None, kind="lost"),
}


@pytest.mark.parametrize("name", SAMPLES)
def test_the_incident_on_the_screen_is_its_golden(name: str, golden: Callable[[Path, str], None]) -> None:
    text = IncidentText(home="/home/dev").shown(SAMPLES[name](), "/home/dev/state/incidents/x", "one\n\tpanic\n")
    golden(GOLDENS / f"{name}.txt", text)
    assert [line for line in text.splitlines() if len(line) > 80] == []


@pytest.mark.parametrize("name", ["climb", "bad-flag", "stuck"])
def test_the_page_is_its_golden(name: str, golden: Callable[[Path, str], None]) -> None:
    golden(GOLDENS / f"{name}.html", render(SAMPLES[name](), looks=_looks(), stderr="one\n"))


def test_where_go_printed_a_crash_its_beginning_is_shown_and_not_its_registers() -> None:
    stderr = "starting\npanic: no such thing\n\ngoroutine 1 [running]:\n" + "rax 0x0\n" * 90
    text = IncidentText().shown(flat(), "/x", stderr)
    assert "    panic: no such thing\n" in text


@pytest.mark.parametrize("name", SAMPLES)
def test_nothing_that_anybody_said_is_live_in_the_page(name: str) -> None:
    incident = _hostile(SAMPLES[name]())
    page = _Page()
    page.feed(render(incident, looks={each.file: f"{HOSTILE}\n{DUMP}" for each in incident.looks}, stderr=HOSTILE))
    assert page.tags.isdisjoint({"script", "img", "iframe", "object", "link", "base", "form"})
    assert [each for each in page.attributes if each.startswith("on") or each in ("src", "style")] == []
    assert all(each.startswith("#look-") for each in page.targets)
    assert not set("\x1b\u202e").intersection(page.words)
    assert "alert(1)" in page.words, "the hostile words are there to be read"


@pytest.mark.parametrize("name", SAMPLES)
def test_nothing_that_anybody_said_steers_the_terminal(name: str) -> None:
    text = IncidentText(is_verbose=True).shown(_hostile(SAMPLES[name]()), HOSTILE, HOSTILE)
    assert not set("\x1b\u202e").intersection(text)


def test_a_day_is_drawn_with_its_peak_in_a_page_that_is_small() -> None:
    incident = long_day()
    points = thinned(incident.samples, lambda each: each.resident_bytes)
    peak = max((each.resident_bytes or 0, each.at_seconds) for each in incident.samples)
    assert (peak[1], peak[0]) in points
    assert points == sorted(points)
    assert len(points) < 2_500
    assert len(render(incident, looks={})) < 1_000_000


def test_every_mark_of_a_look_leads_to_its_dump() -> None:
    page = _Page()
    page.feed(render(stuck(), looks=_looks()))
    assert page.targets == ["#look-1", "#look-2", "#look-3"]
    assert {each[1:] for each in page.targets} <= page.ids
    assert "server.Hover" in page.words.replace("(*server).", "server.")


def test_the_list_as_json_has_the_fields_of_the_contract() -> None:
    entry = IncidentEntry("id", "/p", "2026-11-23T06:24:12Z", "/f", "killed", "SIGKILL", None, None, 12)
    document = json.loads(render_list([entry]))
    assert document["schema"] == "gopls-diag/incidents/1"
    expected = {"id", "ended", "folder", "kind", "signal", "exit_code", "verdict", "path", "bytes"}
    assert set(document["incidents"][0]) == expected


def test_a_list_tells_when_where_and_what() -> None:
    entry = IncidentEntry("id", "/p", "2026-11-23T06:24:12Z", "/home/dev/shop", "killed", "SIGKILL", None, None, 12)
    text = IncidentText(home="/home/dev").listed([entry])
    assert text.splitlines()[:2] == ["id  2026-11-23 06:24:12 UTC  ~/shop", "    - gopls was killed"]


@pytest.mark.parametrize(
    ("report", "expected"),
    [
        (None, False),
        ({"verdict": None, "findings": []}, False),
        ({"verdict": {"code": "X30"}, "findings": [{"code": "X30", "severity": "info"}]}, False),
        ({"verdict": {"code": "X01"}, "findings": [{"code": "X30", "severity": "info"}, {"code": "X01"}]}, True),
        ({"verdict": {"code": "X01"}, "findings": "damaged"}, True),
    ],
)
def test_what_is_only_worth_knowing_is_no_blame(report: Any, expected: bool) -> None:
    assert is_blamed(report) is expected


def _looks() -> dict[str, str]:
    return {f"looks/{number:03d}-goroutines.txt": DUMP for number in (1, 2, 3)}


def _hostile(value: Any) -> Any:
    """The same with hostile words in every text; names of files keep their form, so that dumps are found."""
    if isinstance(value, Enum):
        return value
    if isinstance(value, str):
        return value if value in ("goroutines", "info", "error") or value.startswith("looks/") else value + HOSTILE
    if isinstance(value, tuple | list):
        return type(value)(_hostile(each) for each in value)
    if isinstance(value, dict):
        return {name: _hostile(each) for name, each in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{each.name: _hostile(getattr(value, each.name)) for each in fields(value)})
    return value


class _Page(HTMLParser):
    """What a browser would make of the page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[str] = []
        self.targets: list[str] = []
        self.ids: set[str] = set()
        self.words = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += [name for name, _ in attrs]
        self.targets += [value or "" for name, value in attrs if name in ("href", "xlink:href")]
        self.ids |= {value or "" for name, value in attrs if name == "id"}

    def handle_data(self, data: str) -> None:
        self.words += data
