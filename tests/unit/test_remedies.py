"""Every remedy that edits settings is applied to the world of its case: its finding is gone, and nothing new is found.

Only the first remedy that a program can apply counts: it is the one that fix takes.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from gopls_diag.checks.registry import all_checks
from gopls_diag.edit.lua_lines import changed_program
from gopls_diag.edit.settings_file import edit_settings, is_editable
from gopls_diag.engines.fix.planning import judged, wish_of
from gopls_diag.model.change import CannotEdit
from gopls_diag.model.declaration import Declaration
from gopls_diag.model.finding import Reach, SettingEdit, Severity
from gopls_diag.model.report import Report, ReportedFinding
from gopls_diag.world import FileMissing
from gopls_diag.world.overlay import OverlayWorld
from gopls_diag.world.sketch import Scene, play, read_scenes
from tests.conftest import ROOT

CASES = ROOT / "tests" / "cases"
ABOUT_SETTINGS = tuple(each for each in all_checks() if each.id.split("/")[0] == "settings")
EXPECTED_TO_STAY = {
    "W12: GOFLAGS holds -mod=mod (set in": "the go env of the page answers the same whatever the editor gives it",
}
"""`CODE: beginning of the summary` to the reason why a remedy's finding may stay or another may come."""


def base_page(name: str) -> str:
    return (CASES / "base" / f"{name}.md").read_text(encoding="utf-8")


def check_of(page: Path) -> Declaration:
    name = str(page.relative_to(CASES).with_suffix("")).replace("_", "-")
    return next(each for each in all_checks() if each.id == name)


PAGES = [page for page in sorted(CASES.rglob("*.md")) if page.parent.name != "base"]


def edited(world: OverlayWorld, edits: tuple[SettingEdit, ...]) -> dict[str, bytes]:
    """The files of the edits as they would be."""
    planned: dict[str, bytes] = {}
    for path in dict.fromkeys(each.file for each in edits):
        try:
            content = world.read_bytes(path)
        except FileMissing:
            content = None
        own = [each for each in edits if each.file == path]
        planned[path] = edit_settings(path, content, own) if is_editable(path) else changed_program(content or b"", own)
    return planned


def loud(report: Report) -> set[tuple[str, str]]:
    return {(each.code, each.summary) for each in report.findings if each.severity is not Severity.INFO}


def problem_of(world: OverlayWorld, scene: Scene, check: Declaration, found: ReportedFinding) -> str:
    """Why the first remedy of a finding is not right; empty if it is."""
    wish = wish_of(found)
    if wish is None or wish.remedy.reach is not Reach.SETTINGS:
        return ""
    name = f"{scene.title}: {found.code}: {found.summary}: {wish.remedy.title}"
    try:
        planned = edited(world, wish.remedy.edits)
    except CannotEdit as refusal:
        return f"{name}: {refusal}"
    below = play(scene)
    after = judged(world.over(planned), below.request, (check,))
    if (found.code, found.summary) in {(each.code, each.summary) for each in after.findings}:
        return f"{name}: it is still found"
    brought = loud(judged(world.over(planned), below.request, ABOUT_SETTINGS))
    brought -= loud(judged(world, below.request, ABOUT_SETTINGS))
    had = {code for code, _ in loud(judged(world, below.request, ABOUT_SETTINGS))}
    fresh = [f"{code} {summary}" for code, summary in sorted(brought) if code not in had]
    return f"{name}: it brings {fresh}" if fresh else ""


@pytest.mark.parametrize("page", PAGES, ids=[str(page.relative_to(CASES).with_suffix("")) for page in PAGES])
def test_the_first_remedy_of_each_finding_ends_it(page: Path) -> None:
    check = check_of(page)
    problems = []
    for scene in read_scenes(page.read_text(encoding="utf-8"), base_page):
        if not scene.title.startswith("fires"):
            continue
        below = play(scene)
        world = OverlayWorld(below)
        for found in judged(world, below.request, (check,)).findings:
            problem = problem_of(world, scene, check, found)
            if problem and not any(f"{found.code}: {found.summary}".startswith(each) for each in EXPECTED_TO_STAY):
                problems.append(problem)

    assert not problems, "\n".join(problems)
