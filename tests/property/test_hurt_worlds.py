"""Whatever the world answers, the doctor ends with a report: no check crashes, and every format tells it."""

from __future__ import annotations

import dataclasses
import json
import os
import random
import traceback
from typing import Any

import pytest

from gopls_diag.checks.registry import all_checks
from gopls_diag.engines.doctor import Finished, examine
from gopls_diag.facts.declare import FactDeclaration, all_facts
from gopls_diag.model.outcome import CannotTell, Crashed, DoesNotApply
from gopls_diag.present import json_report, markdown, sarif, text_report
from gopls_diag.world.sketch import Scene, play, read_scenes
from tests.growth import stopped_after
from tests.property.hurt_world import HurtWorld
from tests.test_cases import CASES, base_page

ROUNDS = int(os.environ.get("GOPLS_DIAG_HURT_ROUNDS", "30"))
"""Worlds a group; more of them for a longer search."""
GROUPS = 8


def every_scene() -> list[tuple[str, Scene]]:
    """The base worlds and all cases, by name."""
    found = []
    for page in sorted(CASES.rglob("*.md")):
        for scene in read_scenes(page.read_text(encoding="utf-8"), base_page):
            found.append((f"{page.relative_to(CASES)}: {scene.title}", scene))
    return found


def watched(failures: list[str]) -> dict[type, FactDeclaration]:
    """All facts; one that fails says so in `failures`, since checks that can do without it would hide it."""

    def watch(declaration: FactDeclaration) -> FactDeclaration:
        def ask(**values: Any) -> Any:
            try:
                return declaration.ask(**values)
            except (CannotTell, DoesNotApply):
                raise
            except Exception:
                failures.append(f"{declaration.name}\n{traceback.format_exc()}")
                raise

        return dataclasses.replace(declaration, ask=ask)

    return {type_: watch(each) for type_, each in all_facts().items()}


def complaints(scene: Scene, seed: str, share: float, *, probe: bool) -> list[str]:
    """What is wrong with the examination of the hurt scene."""
    world = play(scene)
    request = dataclasses.replace(world.request, probe=probe)
    found: list[str] = []
    *_, last = examine(HurtWorld(world, seed, share), request, all_checks(), watched(found))
    assert isinstance(last, Finished)
    report = last.report
    found += [
        f"{each.declaration.id}: {each.outcome.reason}\n{each.outcome.trace}"
        for each in report.outcomes
        if isinstance(each.outcome, Crashed)
    ]
    for width in (20, 80, 300):
        text_report.render(report, width=width, with_colour=width == 80, is_verbose=width != 80, home=world.home)
    markdown.render(report, "0").encode("utf-8", "backslashreplace")
    json.loads(json_report.render(report, "0"))
    json.loads(sarif.render(report, "0"))
    return found


@pytest.mark.parametrize("group", range(GROUPS))
def test_the_doctor_survives_hurt_worlds(group: int) -> None:
    scenes = every_scene()
    chance = random.Random(group)
    wrong = []
    for _ in range(ROUNDS):
        name, scene = chance.choice(scenes)
        seed, share = f"{chance.randrange(10**9)}", chance.choice([0.03, 0.1, 0.3, 0.7, 1.0])
        probe = chance.random() < 0.5
        try:
            with stopped_after():
                found = complaints(scene, seed, share, probe=probe)
        except Exception as problem:
            problem.add_note(f"complaints(scene {name!r}, {seed!r}, {share}, probe={probe})")
            raise
        wrong += [f"{name} seed={seed} share={share} probe={probe}\n{each}" for each in found]

    assert wrong == [], "\n".join(wrong)
