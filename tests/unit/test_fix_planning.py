"""Repairs are worked out on an overlay: tried before they are asked for, one after another, nothing written."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from gopls_diag.checks.registry import all_checks
from gopls_diag.engines.fix.planning import Planner, Wish, compare, judged
from gopls_diag.model.declaration import Declaration
from gopls_diag.model.finding import Finding, Reach, Severity, change_settings, run, run_in_project, set_setting
from gopls_diag.model.finding import SettingEdit as Edit
from gopls_diag.model.repair import Consent, Decision, Fate, Proposal
from gopls_diag.world import sketch
from gopls_diag.world.overlay import OverlayWorld
from tests.conftest import ROOT

CASES = ROOT / "tests" / "cases"
FOLDER = "/home/gopher/src/shop"
WORKSPACE_SETTINGS = f"{FOLDER}/.vscode/settings.json"
USER_SETTINGS = "/home/gopher/.config/Code/User/settings.json"
LINKED_SETTINGS = "/home/gopher/dotfiles/settings.json"


def world(*files: tuple[str, str]) -> sketch.SketchedWorld:
    blocks = "".join(f"```file {path}\n{text}\n```\n" for path, text in files)
    page = f"base: linux\n\n## fires: here\n\n{blocks}\n```expect\nS01\n```\n"
    (scene,) = sketch.read_scenes(page, lambda name: (CASES / "base" / f"{name}.md").read_text(encoding="utf-8"))
    return sketch.play(scene)


class Answers:
    """Answers proposals and keeps them."""

    def __init__(self, answer: Callable[[Proposal], Decision] = lambda _: Decision.YES) -> None:
        self.seen: list[Proposal] = []
        self._answer = answer

    def __call__(self, proposal: Proposal) -> Decision:
        self.seen.append(proposal)
        return self._answer(proposal)


def plan(
    files: list[tuple[str, str]],
    answer: Callable[[Proposal], Decision] = lambda _: Decision.YES,
    *,
    codes: frozenset[str] | None = None,
    wishes: tuple[Wish, ...] = (),
    checks: tuple[Declaration, ...] | None = None,
) -> tuple[Planner, Answers]:
    below = world(*files)
    overlay = OverlayWorld(below)
    chosen = all_checks() if checks is None else checks
    answers = Answers(answer)
    planner = Planner(overlay, below.request, chosen, codes)
    planner.run(judged(overlay, below.request, chosen), wishes, answers)
    return planner, answers


BAD_SETTINGS = '{\n  // ours\n  "gopls": {"memoryMode": "DegradeClosed", "nosuch": 1}\n}'


def test_each_accepted_repair_is_seen_by_the_next() -> None:
    planner, answers = plan([(USER_SETTINGS, BAD_SETTINGS)])

    assert {each.code for each in answers.seen} == {"S03", "S02"}
    assert planner.planned == {USER_SETTINGS: b'{\n  // ours\n  "gopls": {}\n}\n'}
    assert planner.originals == {USER_SETTINGS: BAD_SETTINGS.encode() + b"\n"}
    first, second = answers.seen
    assert second.changes[0].before == first.changes[0].after


def test_what_is_declined_is_not_done_and_not_asked_again() -> None:
    planner, answers = plan(
        [(USER_SETTINGS, BAD_SETTINGS)], lambda each: Decision.NO if each.code == "S03" else Decision.YES
    )

    assert [each.code for each in answers.seen].count("S03") == 1
    assert b"memoryMode" in planner.planned[USER_SETTINGS]
    assert b"nosuch" not in planner.planned[USER_SETTINGS]


def test_quit_keeps_what_was_accepted_before() -> None:
    planner, answers = plan(
        [(USER_SETTINGS, BAD_SETTINGS)],
        lambda each: Decision.YES if each.number == 1 else Decision.QUIT,
    )

    assert len(answers.seen) == 2
    assert [each.fate for each in planner.proposals] == [Fate.ACCEPTED, Fate.DECLINED]


def test_only_findings_of_the_chosen_codes_are_repaired() -> None:
    _, answers = plan([(USER_SETTINGS, BAD_SETTINGS)], codes=frozenset({"S02"}))

    assert [each.code for each in answers.seen] == ["S02"]


def test_what_is_only_worth_knowing_needs_a_word_of_its_own() -> None:
    _, answers = plan([(USER_SETTINGS, '{"go.useCodeSnippetsOnFunctionSuggest": true}')])

    assert [(each.severity, each.consent) for each in answers.seen] == [(Severity.INFO, Consent.EACH)]


def test_a_file_that_does_not_parse_is_left_to_the_reader() -> None:
    planner, answers = plan([(USER_SETTINGS, '{"gopls": {"memoryMode": "x" "nosuch": 1}}')])

    assert planner.planned == {}
    assert all(each.consent is Consent.READER for each in answers.seen)


def _check_of(remedy_for: Callable[[], Finding]) -> Declaration:
    """A check that always finds the same."""

    def judge() -> list[Finding]:
        return [remedy_for()]

    return Declaration(
        code="S99", id="settings/always", severity=Severity.WARNING, title="Always", why="Because.", page=(),
        explains=(), cost=all_checks()[0].cost, os=(), since="0", judge=judge,
    )  # fmt: skip


def test_a_repair_that_does_not_help_is_not_offered() -> None:
    remedy = set_setting(USER_SETTINGS, "gopls/ui.semanticTokens", True, title="Set it")
    planner, answers = plan([], checks=(_check_of(lambda: Finding("it stays", remedies=(remedy,))),))

    assert [(each.consent, each.fate) for each in planner.proposals] == [(Consent.READER, Fate.BY_HAND)]
    assert "tried on a copy" in answers.seen[0].reason
    assert planner.planned == {}


def test_the_same_fault_in_two_files_is_repaired_in_both() -> None:
    bad = '{"gopls": {"nosuch": 1}}'
    planner, answers = plan([(USER_SETTINGS, bad), (WORKSPACE_SETTINGS, bad)])

    assert [each.consent for each in answers.seen] == [Consent.GIVEN, Consent.GIVEN]
    assert planner.planned == dict.fromkeys((USER_SETTINGS, WORKSPACE_SETTINGS), b'{"gopls": {}}\n')


def test_a_repair_that_feeds_itself_comes_to_an_end() -> None:
    count = iter(range(10_000))

    def again() -> Finding:
        number = next(count)
        remedy = set_setting(USER_SETTINGS, f"gopls/a{number}", True, title=f"Set {number}")
        return Finding(f"number {number}", remedies=(remedy,))

    planner, _ = plan([], checks=(_check_of(again),))

    assert len(planner.proposals) == 200


def test_a_wish_comes_before_the_findings() -> None:
    edit = Edit(USER_SETTINGS, "gopls/memoryLimit", 2 * 1024**3)
    wish = Wish("", "", Severity.INFO, "a budget of 2 GiB", change_settings(edit, title="Set memoryLimit"))
    planner, answers = plan([], wishes=(wish,), codes=frozenset())

    assert answers.seen[0].summary == "a budget of 2 GiB"
    assert planner.planned == {USER_SETTINGS: b'{\n    "gopls": {\n        "memoryLimit": 2147483648\n    }\n}\n'}


def test_commands_are_proposed_without_a_file() -> None:
    remedy = run("go", "env", "-u", "GOWORK", title="Take it out", safe=True)
    _, answers = plan([], checks=(_check_of(lambda: Finding("it is set", remedies=(remedy,))),))

    assert [(each.reach, each.consent, each.changes) for each in answers.seen] == [(Reach.GO_ENV, Consent.GIVEN, ())]


def test_comparison_knows_a_finding_by_code_and_words() -> None:
    below = world((USER_SETTINGS, BAD_SETTINGS))
    before = judged(below, below.request, all_checks())
    after_below = world((USER_SETTINGS, '{"gopls": {"nosuch": 1}}'), (WORKSPACE_SETTINGS, '{"go.goplsArgs": []}'))
    after = judged(after_below, after_below.request, all_checks())

    compared = compare(before, after)

    assert {each.code for each in compared.gone} >= {"S03"}
    assert {each.code for each in compared.left} == {"S02"}
    assert {each.code for each in compared.new} == {"S01"}
    assert Path(WORKSPACE_SETTINGS).name == "settings.json"


def test_the_same_command_in_another_module_is_another_repair() -> None:
    findings = [
        Finding(f"{folder} is untidy", remedies=(run_in_project("go", "mod", "tidy", folder=folder, title="Tidy it"),))
        for folder in ("/home/gopher/src/shop", "/home/gopher/src/shop/tools")
    ]
    check = replace(_check_of(lambda: findings[0]), judge=lambda: findings)
    _, answers = plan([], checks=(check,))

    assert [each.folder for each in answers.seen] == ["/home/gopher/src/shop", "/home/gopher/src/shop/tools"]


def test_what_stands_there_already_is_not_offered() -> None:
    remedy = set_setting(USER_SETTINGS, "gopls/staticcheck", False, title="Set it")
    check = _check_of(lambda: Finding("it stays", remedies=(remedy,)))
    planner, answers = plan([(USER_SETTINGS, '{"gopls": {"staticcheck": false}}')], checks=(check,))

    assert planner.planned == {}
    assert "nothing would change" in answers.seen[0].reason


def test_two_names_of_one_file_are_one_change() -> None:
    wishes = tuple(
        Wish("", "", Severity.WARNING, key, change_settings(Edit(file, f"gopls/{key}", True), title=f"Set {key}"))
        for file, key in ((USER_SETTINGS, "a"), (LINKED_SETTINGS, "b"), (USER_SETTINGS, "c"))
    )
    below = world((USER_SETTINGS, "{}"))
    below.files.add("link", f"{LINKED_SETTINGS} -> {USER_SETTINGS}", "")
    below.files.settle("linux")
    planner = Planner(OverlayWorld(below), below.request, (), None)
    planner.run(judged(below, below.request, ()), wishes, Answers())

    assert planner.originals == {USER_SETTINGS: b"{}\n"}
    assert json.loads(planner.planned[USER_SETTINGS]) == {"gopls": {"a": True, "b": True, "c": True}}


def test_quit_at_a_wish_ends_it_too() -> None:
    wishes = tuple(
        Wish("", "", Severity.WARNING, key, change_settings(Edit(USER_SETTINGS, key, True), title=f"Set {key}"))
        for key in ("go.a", "go.b")
    )
    _, answers = plan([(USER_SETTINGS, BAD_SETTINGS)], lambda _: Decision.QUIT, wishes=wishes)

    assert [each.summary for each in answers.seen] == ["go.a"]
