"""Every page under tests/cases is a test: worlds in which its check must fire, and worlds in which it must not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gopls_diag.checks.registry import all_checks
from gopls_diag.engines.doctor import Finished, examine
from gopls_diag.model.outcome import OUTCOME_NAMES, Crashed, Found, NotApplicable, Unknown
from gopls_diag.model.report import CheckOutcome, Report, ReportedFinding
from gopls_diag.world.sketch import Scene, play, read_scenes

CASES = Path(__file__).parent / "cases"
EXPECTED = re.compile(r'^([A-Z]\d\d) (error|warning|info)((?: "[^"]*")*)$')
OTHER = re.compile(r'^(quiet|unknown|not-applicable)((?: "[^"]*")*)$')


def base_page(name: str) -> str:
    return (CASES / "base" / f"{name}.md").read_text(encoding="utf-8")


def scenes() -> list[object]:
    found: list[object] = []
    for page in sorted(CASES.rglob("*.md")):
        if page.parent.name == "base":
            continue
        for scene in read_scenes(page.read_text(encoding="utf-8"), base_page):
            name = f"{page.relative_to(CASES).with_suffix('')}: {scene.title}"
            found.append(pytest.param(page, scene, id=name))
    return found


def examined(scene: Scene, chosen: str | None) -> Report:
    world = play(scene)
    checks = [each for each in all_checks() if chosen is None or each.id == chosen]
    assert checks, f"no check is called {chosen}"
    *_, last = examine(world, world.request, checks)
    assert isinstance(last, Finished)
    return last.report


def told(done: CheckOutcome) -> str:
    lines = [f"{OUTCOME_NAMES[type(done.outcome)]} {done.outcome.reason}"]
    if isinstance(done.outcome, Crashed):
        lines.append(done.outcome.trace)
    if isinstance(done.outcome, Found):
        lines += [repr(each) for each in done.outcome.findings]
    return "\n".join(lines)


def badly_said(report: Report) -> list[str]:
    """Sentences that are not as all others: a summary has no full stop, a reason has one, a remedy begins large."""
    return [
        words
        for each in report.findings
        for words in (each.summary, each.why, *(remedy.title for remedy in each.remedies))
        if (words == each.summary and words.endswith("."))
        or (words == each.why and not words.endswith("."))
        or (words not in (each.summary, each.why) and re.match(r"[a-z]", words))
    ]


@pytest.mark.parametrize(("page", "scene"), scenes())
def test_case(page: Path, scene: Scene) -> None:
    check = str(page.relative_to(CASES).with_suffix("")).replace("_", "-")
    report = examined(scene, check)
    (done,) = report.outcomes

    assert scene.expectations, "the scene says nothing of what must be found"
    assert badly_said(report) == []
    fired = 0
    for line in scene.expectations:
        wanted = EXPECTED.match(line)
        other = OTHER.match(line)
        assert wanted or other, f"not an expectation: {line}"
        if wanted:
            fired += 1
            words = re.findall(r'"([^"]*)"', wanted[3])
            assert any(
                each.code == wanted[1]
                and each.severity.value == wanted[2]
                and all(word in repr(each.finding).replace("\\\\", "\\") for word in words)
                for each in report.findings
            ), f"not found: {line}\n{told(done)}"
        elif other and other[1] != "quiet":
            kind = Unknown if other[1] == "unknown" else NotApplicable
            assert isinstance(done.outcome, kind), told(done)
            assert all(word in done.outcome.reason for word in re.findall(r'"([^"]*)"', other[2])), told(done)
        elif other:
            assert not report.findings, told(done)
            assert not isinstance(done.outcome, Crashed), told(done)
    if fired:
        assert len(report.findings) == fired, told(done)
    assert [each.finding for each in report.findings if ill_written(each)] == []


def ill_written(found: ReportedFinding) -> bool:
    """True unless the summary ends without a full stop, the reason with one, and each remedy begins with a capital."""
    titles = [each.title for each in found.remedies]
    return (
        found.summary.endswith(".")
        or not found.why.endswith(".")
        or "!" in found.summary + found.why
        or any(title[:1].islower() or title.endswith(".") for title in titles)
    )


@pytest.mark.parametrize("name", ["linux", "macos", "windows"])
def test_nothing_is_found_on_a_healthy_machine(name: str) -> None:
    (scene,) = read_scenes(base_page(name), base_page)
    report = examined(scene, None)
    crashed = [told(each) for each in report.outcomes if isinstance(each.outcome, Crashed)]

    assert not crashed, "\n".join(crashed)
    assert not [(each.code, each.summary) for each in report.findings]
