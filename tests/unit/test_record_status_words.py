"""What `record status` says of an editor whose settings name the launcher, seen and not seen."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gopls_diag.engines.record.status import _problems
from gopls_diag.model.installation import EditorUse
from gopls_diag.model.launcher import Launcher
from gopls_diag.model.outcome import Unknown
from gopls_diag.present.record_text import RecordText
from gopls_diag.present.wording import Places

_FILE = "/home/u/.config/Code/User/settings.json"
_LAUNCHER = Launcher("/home/u/.local/state/gopls-diag/record/launcher/gopls", "", None, gopls="/home/u/go/bin/gopls")


@pytest.mark.parametrize(
    ("is_effective", "line", "problem"),
    [
        (True, "VS Code starts the launcher", ""),
        (False, "VS Code does not start it here", "for this folder VS Code starts another gopls"),
        (None, "VS Code is told to start the launcher, and was not seen here", "what it starts is not known"),
    ],
)
def test_that_another_gopls_is_started_is_said_only_of_an_editor_that_was_seen(
    is_effective: bool | None, line: str, problem: str
) -> None:
    use = EditorUse("vscode", "VS Code", _FILE, True, is_effective)
    said = list(_problems(Unknown(""), Unknown(""), _LAUNCHER, (use,), None))
    assert len(said) == bool(problem)
    assert all(each.endswith(problem) for each in said)
    text = RecordText(Places("/home/u/shop", "/home/u"), False)
    assert text._use(use) == f"{line}, by ~/.config/Code/User/settings.json"


def test_a_launcher_without_gopls_is_told_though_no_editor_was_seen() -> None:
    use = EditorUse("vscode", "VS Code", _FILE, True, None)
    said = list(_problems(Unknown(""), Unknown(""), replace(_LAUNCHER, gopls=""), (use,), None))
    assert said[0].startswith("the launcher finds no gopls to start")
