"""`fix --memory` on worlds whose gopls is played: where the budget is written, and when it is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Any

import pytest

from gopls_diag.edit.settings_file import edit_settings
from gopls_diag.engines.fix.budget_place import SETTING, VARIABLE
from gopls_diag.engines.fix.memory import BudgetPlan, BudgetRefused, measure_again, plan_budget
from gopls_diag.model.amount import GIB, MIB
from gopls_diag.model.finding import Severity
from gopls_diag.model.request import Request
from gopls_diag.model.session import SessionScript, SessionStep, SessionTranscript, SessionUtterance
from gopls_diag.parse.byte_count import parse_memory_limit
from gopls_diag.world import World, sketch
from gopls_diag.world.port import Answer, Question
from tests.conftest import ROOT

CASES = ROOT / "tests" / "cases"
FOLDER = "/home/gopher/src/shop"
USER = "/home/gopher/.config/Code/User/settings.json"
HELIX = "/home/gopher/.config/helix/languages.toml"
ZED = "/home/gopher/.config/zed/settings.json"
NEOVIM = "/home/gopher/.config/nvim/lsp/gopls.lua"
WITH_SETTING = json.dumps({"Options": {"User": [{"Name": "memoryLimit", "Type": "int64"}]}})
LIVE_MB = 300


def limit_in(script: SessionScript) -> int | None:
    """What bounds a played gopls, as Go would take it."""
    if isinstance(script.settings.get("memoryLimit"), int):
        return int(script.settings["memoryLimit"])
    return parse_memory_limit(str(script.environment.get("GOMEMLIMIT") or ""))


def played(script: SessionScript, *, cpu_seconds: float = 4.0) -> SessionTranscript:
    """A gopls with 300 MB live: unbounded it grows to twice that, below 350 MiB it only collects."""
    limit = limit_in(script)
    words = str(script.environment.get("GOMEMLIMIT") or "")
    if words and limit is None:
        return SessionTranscript((SessionStep("start", 0.1, None, "ended", False),), (), 2, None, None, None)
    assert "gctrace=1" in str(script.environment["GODEBUG"])
    is_tight = limit is not None and limit < 350 * MIB
    goal = LIVE_MB if is_tight else 600
    cycle = "gc {} @{}.0s 1%: 0.1+20+0.01 ms clock, 0.1+0/{}/0+0.0 ms cpu, 310->310->{} MB, {} MB goal, 2 P{}"
    lines = [cycle.format(n + 1, n, 900 if is_tight else 50, LIVE_MB, goal, "") for n in range(30 if is_tight else 3)]
    lines.append(cycle.format(99, 99, 50, LIVE_MB, goal, " (forced)"))
    steps = tuple(SessionStep(name, 2.0, 1, "done") for name in ("load", "diagnostics", "collection", "shutdown"))
    peak = 620 if limit is None else max(340, limit // MIB * 9 // 10)
    heavy = 1.5 if script.settings.get("staticcheck") else 1.0
    said = (SessionUtterance("stderr", "\n".join(lines)),)
    return SessionTranscript(steps, said, 0, None, int(peak * heavy) * MIB, cpu_seconds)


class Machine(World):
    """A sketched machine with a gopls that is played."""

    def __init__(self, *files: tuple[str, str], has_setting: bool = True) -> None:
        self.files = dict(files)
        self.has_setting = has_setting
        self.play: Callable[[SessionScript], SessionTranscript] = played
        self.scripts: list[SessionScript] = []
        self._sketched()

    def _sketched(self) -> None:
        blocks = "".join(f"```file {path}\n{text}\n```\n" for path, text in self.files.items())
        page = f"base: linux\n\n## fires: here\n\n{blocks}\n```expect\nS01\n```\n"
        (scene,) = sketch.read_scenes(page, lambda name: (CASES / "base" / f"{name}.md").read_text(encoding="utf-8"))
        self.below = sketch.play(scene)

    def ask(self, question: Question) -> Answer:
        if question.kind == "session":
            script = SessionScript(**question.arguments["script"])
            self.scripts.append(script)
            return {"transcript": asdict(self.play(script))}
        if question.kind == "command" and question.arguments["command"][1:] == ["api-json"]:
            text = WITH_SETTING if self.has_setting else '{"Options": {"User": []}}'
            return {"exit_code": 0, "stdout": text, "stderr": ""}
        return self.below.ask(question)

    def write(self, plan: BudgetPlan) -> None:
        """Do what the plan wishes."""
        for edit in (each for wish in plan.wishes for each in wish.remedy.edits):
            old = self.files.get(edit.file)
            self.files[edit.file] = edit_settings(edit.file, old.encode() if old else None, [edit]).decode()
        self._sketched()


def plan(machine: Machine, budget: int = GIB, **more: Any) -> BudgetPlan:
    return plan_budget(lambda: machine, replace(Request(FOLDER), **more), budget, lambda _: None)


def refusal(machine: Machine, budget: int, **more: Any) -> BudgetRefused:
    with pytest.raises(BudgetRefused) as found:
        plan(machine, budget, **more)
    return found.value


def edits(made: BudgetPlan) -> list[tuple[str, str, Any, str]]:
    return [(e.file, e.key, e.value, e.action) for wish in made.wishes for e in wish.remedy.edits]


def test_a_gopls_with_the_setting_gets_it_in_bytes() -> None:
    machine = Machine((USER, '{"editor.fontSize": 14}'))

    made = plan(machine)

    assert edits(made) == [(USER, "gopls/memoryLimit", GIB, "set")]
    assert [limit_in(each) for each in machine.scripts] == [None, GIB]
    assert {each.name: (each.before, each.after) for each in made.measures}["memory at its highest"] == (
        620 * MIB,
        921 * MIB,
    )


def test_an_older_gopls_gets_the_variable_with_its_reach_told() -> None:
    machine = Machine((USER, "{}"), has_setting=False)

    made = plan(machine, 2560 * MIB)

    assert edits(made) == [(USER, "go.toolsEnvVars/GOMEMLIMIT", "2560MiB", "set")]
    assert limit_in(machine.scripts[-1]) == 2560 * MIB
    assert any("delve and tests" in each for each in made.notes)


@pytest.mark.parametrize(
    ("text", "has_setting", "expected"),
    [
        (
            '{"gopls": {"memoryLimit": 5}, "go.toolsEnvVars": {"GOMEMLIMIT": "3GB"}}',
            True,
            [(USER, "gopls/memoryLimit", GIB, "set"), (USER, "go.toolsEnvVars/GOMEMLIMIT", None, "remove")],
        ),
        (
            '{"gopls": {"memoryLimit": 5}, "go.toolsEnvVars": {"GOMEMLIMIT": "3GB"}}',
            False,
            [(USER, "go.toolsEnvVars/GOMEMLIMIT", "1GiB", "set"), (USER, "gopls/memoryLimit", None, "remove")],
        ),
        ('{"gopls.memoryLimit": 5}', True, [(USER, "gopls.memoryLimit", GIB, "set")]),
        (
            '{"gopls": {"ui.memoryLimit": 5, "memoryLimit": 6}}',
            True,
            [(USER, "gopls/memoryLimit", GIB, "set"), (USER, "gopls/ui.memoryLimit", None, "remove")],
        ),
        (f'{{"gopls": {{"memoryLimit": {GIB}}}}}', True, []),
        ('{"go.toolsEnvVars": {"GOMEMLIMIT": "1024MiB"}}', False, []),
    ],
)
def test_what_stands_there_already_is_changed_in_its_place(
    text: str, has_setting: bool, expected: list[tuple[str, str, Any, str]]
) -> None:
    machine = Machine((USER, text), has_setting=has_setting)

    made = plan(machine)

    assert edits(made) == expected
    machine.write(made)
    assert edits(plan(machine)) == []


def test_a_limit_of_the_folder_stays_in_the_folder() -> None:
    file = f"{FOLDER}/.vscode/settings.json"

    assert edits(plan(Machine((USER, "{}"), (file, '{"gopls": {"memoryLimit": 5}}')))) == [
        (file, "gopls/memoryLimit", GIB, "set")
    ]


@pytest.mark.parametrize(
    ("editor", "file", "text", "setting", "variable"),
    [
        (
            "helix",
            HELIX,
            "[language-server.gopls.config]\nstaticcheck = false\n",
            "language-server/gopls/config/memoryLimit",
            "language-server/gopls/environment/GOMEMLIMIT",
        ),
        (
            "helix",
            HELIX,
            "[language-server.gopls.config.gopls]\nstaticcheck = false\n",
            "language-server/gopls/config/gopls/memoryLimit",
            "language-server/gopls/environment/GOMEMLIMIT",
        ),
        (
            "zed",
            ZED,
            '{"lsp": {"gopls": {"initialization_options": {}}}}',
            "lsp/gopls/initialization_options/memoryLimit",
            "lsp/gopls/binary/env/GOMEMLIMIT",
        ),
        (
            "neovim",
            NEOVIM,
            'return {\n  cmd = { "gopls" },\n  settings = { gopls = { staticcheck = false } },\n}',
            "settings/gopls/memoryLimit",
            "cmd_env/GOMEMLIMIT",
        ),
    ],
)
def test_other_editors_have_places_of_their_own(editor: str, file: str, text: str, setting: str, variable: str) -> None:
    for has_setting, key, value in ((True, setting, GIB), (False, variable, "1GiB")):
        machine = Machine((file, text), has_setting=has_setting)

        assert edits(plan(machine, editor=editor)) == [(file, key, value, "set")]
        assert limit_in(machine.scripts[-1]) == GIB


def test_below_the_live_heap_nothing_is_tried_and_the_least_is_named() -> None:
    machine = Machine((USER, "{}"))

    told = refusal(machine, 20 * MIB)

    assert "20 MiB is too little: gopls holds 300 MiB of live heap at rest" in str(told)
    assert str(told).endswith("it takes at least 450MiB")
    assert len(machine.scripts) == 1
    assert told.measures[0].before == 620 * MIB


def test_a_run_that_thrashes_is_refused() -> None:
    told = refusal(Machine((USER, "{}")), 340 * MIB)

    assert "340 MiB is too little: with it gopls collected garbage for" in str(told)
    assert [each.after is None for each in told.measures] == [False] * len(told.measures)


def test_what_it_needs_is_measured_without_a_limit_that_is_too_tight() -> None:
    machine = Machine((USER, f'{{"gopls": {{"memoryLimit": {330 * MIB}}}}}'))

    told = refusal(machine, 340 * MIB)

    assert [limit_in(each) for each in machine.scripts] == [330 * MIB, None, 340 * MIB]
    assert "collected garbage" in str(told)


def test_a_malformed_variable_that_keeps_gopls_from_starting_is_repaired_in_the_same_go() -> None:
    machine = Machine((USER, '{"go.toolsEnvVars": {"GOMEMLIMIT": "3GB"}}'), has_setting=False)

    made = plan(machine)

    assert edits(made) == [(USER, "go.toolsEnvVars/GOMEMLIMIT", "1GiB", "set")]
    assert made.before.peak_bytes == 620 * MIB
    assert any("measured without limit" in each for each in made.notes)


def test_a_first_run_that_fills_the_cache_is_not_compared_with() -> None:
    machine = Machine((USER, "{}"))
    machine.play = lambda script: played(script, cpu_seconds=20.0 if len(machine.scripts) == 1 else 2.0)

    made = plan(machine)

    assert len(machine.scripts) == 3
    assert made.before.cpu_seconds == 2.0
    assert any("20.0 s of processor time" in each for each in made.notes)


def test_a_cold_run_is_what_was_asked_for() -> None:
    machine = Machine((USER, "{}"))
    machine.play = lambda script: played(script, cpu_seconds=20.0 if len(machine.scripts) == 1 else 2.0)

    plan(machine, cold=True)

    assert [each.cold for each in machine.scripts] == [True, True]


def test_staticcheck_is_proposed_with_its_effect_where_the_goal_is_missed() -> None:
    machine = Machine((USER, '{"gopls": {"ui.diagnostic.staticcheck": true}}'))
    machine.play = lambda script: (
        replace(played(script), peak_resident_bytes=900 * MIB)
        if "ui.diagnostic.staticcheck" in script.settings
        else played(script)
    )

    budget, lever = plan(machine, 700 * MIB).wishes

    assert budget.severity is Severity.WARNING
    assert lever.severity is Severity.INFO
    assert "630 MiB instead of 900 MiB" in lever.remedy.title
    assert [(e.key, e.action) for e in lever.remedy.edits] == [("gopls/ui.diagnostic.staticcheck", "remove")]


def test_what_is_missing_is_said_in_a_sentence() -> None:
    assert "no editor that is set up for Go" in str(refusal(Machine((USER, "{}")), GIB, editor="emacs"))
    dead = Machine((USER, "{}"))
    dead.play = lambda _: SessionTranscript(
        (SessionStep("start", 0.0, None, "", False),), (), None, None, None, None, start_error="missing"
    )
    assert "could not be started (missing): what it needs cannot be measured" in str(refusal(dead, GIB))


def test_after_writing_it_is_measured_as_it_then_is() -> None:
    machine = Machine((USER, "{}"))
    made = plan(machine)
    machine.write(made)
    machine.scripts.clear()

    measures = measure_again(machine, Request(FOLDER), made)

    assert [limit_in(each) for each in machine.scripts] == [GIB]
    assert measures[0].before == 620 * MIB
    assert measures[0].after == 921 * MIB


def test_the_names_are_those_of_gopls_and_of_go() -> None:
    assert (SETTING, VARIABLE) == ("memoryLimit", "GOMEMLIMIT")


def test_a_first_run_that_fills_the_cache_is_no_reason_to_refuse() -> None:
    machine = Machine((USER, "{}"))

    def play(script: SessionScript) -> SessionTranscript:
        heard = played(script, cpu_seconds=20.0 if len(machine.scripts) == 1 else 2.0)
        if len(machine.scripts) > 1:
            return heard
        said = heard.utterances[0].text.replace("->300 MB", "->800 MB")
        return replace(heard, utterances=(SessionUtterance("stderr", said),))

    machine.play = play

    made = plan(machine, 500 * MIB)

    assert [limit_in(each) for each in machine.scripts] == [None, None, 500 * MIB]
    assert made.before.live_bytes == 300 * MIB
    assert any("had to fill the cache" in each for each in made.notes)
