"""What fix prints, as the person who is stuck reads it; rewrite with pytest --update and read the difference."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest

from gopls_diag.model.change import ChangeKind, ChangeState, FileChange, KeptChange, KeptFile, PutBack
from gopls_diag.model.finding import Reach, SettingEdit, Severity
from gopls_diag.model.line_change import LineChange
from gopls_diag.model.repair import Comparison, Consent, Fate, Measure, Proposal, Repair
from gopls_diag.present import fix_json
from gopls_diag.present.fix_text import FixText, render_history, render_undo
from gopls_diag.present.wording import Places
from tests.unit.sample_reports import EVERY_OUTCOME, FOLDER, HOME, SETTINGS

GOLDENS = Path(__file__).parent / "goldens" / "fix"
SCHEMA = json.loads((Path(__file__).parent / "schemas" / "fix.schema.json").read_text(encoding="utf-8"))
PLACES = Places(FOLDER, HOME)
BEFORE = b'{\r\n\t// ours\r\n\t"go.goplsArgs": ["-rpc.trace"],\r\n\t"a": 1\r\n}\r\n'
AFTER = b'{\r\n\t// ours\r\n\t"a": 1\r\n}\r\n'

SETTING = Proposal(
    number=1,
    code="S01",
    check="settings/setting-unknown-to-extension",
    severity=Severity.WARNING,
    summary="go.goplsArgs does nothing: the Go extension has no such setting; the real one is go.languageServerFlags",
    title="Take go.goplsArgs out",
    reach=Reach.SETTINGS,
    consent=Consent.GIVEN,
    changes=(FileChange(SETTINGS, BEFORE, AFTER),),
    edits=(SettingEdit(SETTINGS, "go.goplsArgs", None, "remove"),),
)
NEW_FILE = replace(
    SETTING,
    number=2,
    code="",
    check="",
    severity=Severity.INFO,
    summary="a memory budget of 2 GiB",
    title="Set memoryLimit to 2147483648",
    changes=(FileChange(f"{HOME}/.config/zed/settings.json", None, b'{\n  "a": 1\n}\n'),),
)
GO_ENV = replace(
    SETTING,
    number=3,
    code="E04",
    severity=Severity.ERROR,
    summary="GOROOT is /usr/local/go1.22, which does not exist",
    title="Take GOROOT out of ~/.config/go/env line 2",
    reach=Reach.GO_ENV,
    changes=(),
    edits=(),
    command=("env", "GOROOT=/usr/local/go", "go", "env", "-u", "GOROOT"),
)
PROJECT = replace(
    GO_ENV,
    number=4,
    code="W09",
    summary="go.work uses ./billing, which does not exist",
    title="Take the line out of go.work",
    reach=Reach.PROJECT,
    consent=Consent.EACH,
    command=("go", "work", "edit", "-dropuse=./billing"),
    folder=f"{FOLDER}/nested",
    brings=("W10",),
)
BY_HAND = replace(
    SETTING,
    number=5,
    code="S03",
    summary="memoryMode does nothing: gopls has retired it",
    title="Take memoryMode out",
    consent=Consent.READER,
    changes=(),
    edits=(SettingEdit(f"{HOME}/.config/nvim/init.lua", "settings/gopls/memoryMode", None, "remove"),),
    lines=(
        LineChange(7, "      memoryMode = 'x', -- \x1b[2Jold", None),
        LineChange(8, None, "      staticcheck = true,"),
    ),
    reason="init.lua is a program of yours, so it is only shown",
    fate=Fate.BY_HAND,
)
CHANGE = KeptChange(
    id="20261123T021500Z-1a2b",
    state=ChangeState.DONE,
    kind=ChangeKind.FILES,
    made="2026-11-23T02:15:00Z",
    files=(KeptFile(SETTINGS, SETTINGS, "00", "11", 0o644),),
    titles=("S01 Take go.goplsArgs out",),
)


def _ended(*proposals: Proposal, **changes: object) -> Repair:
    return replace(Repair(before=EVERY_OUTCOME, proposals=proposals), **changes)  # type: ignore[arg-type]


EVERY_PROPOSAL = _ended(SETTING, NEW_FILE, GO_ENV, PROJECT, BY_HAND)
DONE = _ended(
    replace(SETTING, fate=Fate.APPLIED),
    replace(GO_ENV, fate=Fate.APPLIED),
    replace(PROJECT, fate=Fate.DECLINED),
    BY_HAND,
    kept=(CHANGE,),
    after=replace(EVERY_OUTCOME, findings=EVERY_OUTCOME.findings[1:]),
    comparison=Comparison(EVERY_OUTCOME.findings[:1], EVERY_OUTCOME.findings[1:], ()),
    measures=(
        Measure("memory at its highest", "bytes", 1_830_000_000, 920_000_000),
        Measure("time in garbage collection", "share", 0.02, None),
        Measure("processor time", "seconds", 33.5, 42.0),
    ),
    notes=("in an open VS Code window, run Developer: Reload Window",),
)
FAILED = _ended(replace(SETTING, fate=Fate.FAILED, reason=f"{SETTINGS} changed since it was read"))
LEFT = _ended(replace(PROJECT, fate=Fate.PROPOSED), replace(SETTING, consent=Consent.EACH, severity=Severity.INFO))
NOTHING = _ended()
REPAIRS = {"every-proposal": EVERY_PROPOSAL, "done": DONE, "failed": FAILED, "left": LEFT, "nothing": NOTHING}


def _whole(repair: Repair, screen: FixText, *, is_asked: bool) -> str:
    shown = "\n".join(screen.proposal(each) for each in repair.proposals)
    return f"{screen.head(repair.before)}\n{shown}\n{screen.end(repair, is_asked=is_asked)}"


@pytest.mark.parametrize("name", REPAIRS)
def test_prints_as_its_golden(name: str, golden: Callable[[Path, str], None]) -> None:
    repair = REPAIRS[name]
    golden(GOLDENS / f"{name}.txt", _whole(repair, FixText(PLACES), is_asked=name != "every-proposal"))
    golden(GOLDENS / f"{name}.colour.txt", _whole(repair, FixText(PLACES, 60, with_colour=True), is_asked=True))
    golden(GOLDENS / f"{name}.json", fix_json.render(repair, "0.1.0"))


def test_history_and_undo_print_as_their_goldens(golden: Callable[[Path, str], None]) -> None:
    states = [replace(CHANGE, state=each) for each in ChangeState]
    conflict = f"{SETTINGS} was changed by somebody else; what it held before is kept in {HOME}/.local/state/old"
    back = PutBack(CHANGE, (SETTINGS,), (f"{HOME}/.config/go/env",), (conflict,))

    golden(GOLDENS / "history.txt", render_history(states, PLACES) + "\n" + render_history([], PLACES))
    golden(GOLDENS / "undo.txt", render_undo(back, PLACES))
    golden(GOLDENS / "history.json", fix_json.render_history(states, "0.1.0"))
    golden(GOLDENS / "undo.json", fix_json.render_undo(back, "0.1.0"))


@pytest.mark.parametrize("name", REPAIRS)
def test_no_line_is_wider_than_the_screen_but_what_is_copied(name: str) -> None:
    for line in _whole(REPAIRS[name], FixText(PLACES, 80), is_asked=True).splitlines()[1:]:
        assert len(line) <= 80 or line.lstrip().startswith(("$", "-", "+", "Not done")), line


@pytest.mark.parametrize("name", REPAIRS)
def test_nothing_steers_the_terminal(name: str) -> None:
    assert "\x1b" not in _whole(REPAIRS[name], FixText(PLACES, 80), is_asked=True)


@pytest.mark.parametrize("name", REPAIRS)
def test_the_json_names_each_proposal_with_its_fate(name: str) -> None:
    document = json.loads(fix_json.render(REPAIRS[name], "0.1.0"))

    assert [each["fate"] for each in document["proposals"]] == [each.fate.value for each in REPAIRS[name].proposals]
    jsonschema.validate(document, SCHEMA)
