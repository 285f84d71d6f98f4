"""What lowers gopls's need for memory besides a budget: fewer analyses, a smaller workspace."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from gopls_diag.engines.fix.planning import Wish
from gopls_diag.facts.gather import Gatherer
from gopls_diag.model.amount import size_text
from gopls_diag.model.budget import Weight
from gopls_diag.model.editor import EditorSetup
from gopls_diag.model.finding import SettingEdit, Severity, change_settings
from gopls_diag.model.request import Request
from gopls_diag.model.session import SessionScript
from gopls_diag.model.workspace import Workspace, WorkspaceFiles
from gopls_diag.world import World

_FOLDERS_TOLD = 3
_STATICCHECK = "staticcheck"


@dataclass(frozen=True, slots=True)
class Lever:
    """One thing to do, with what it was measured to bring."""

    wish: Wish
    taken_out: frozenset[str] = frozenset()
    """Names of settings as they are written."""

    def settings_of(self, script: SessionScript) -> Mapping[str, Any]:
        """The settings of a script with this done."""
        return {name: each for name, each in script.settings.items() if name not in self.taken_out}

    def measured(self, before: Weight, after: Weight) -> Lever:
        """The same, saying what it brought."""
        title = (
            f"{self.wish.remedy.title}: memory at its highest {size_text(after.peak_bytes or 0)} instead of "
            f"{size_text(before.peak_bytes or 0)}, processor time {after.cpu_seconds or 0:.1f} s instead of "
            f"{before.cpu_seconds or 0:.1f} s"
        )
        return replace(self, wish=replace(self.wish, remedy=replace(self.wish.remedy, title=title)))


def staticcheck_lever(editor: EditorSetup) -> Lever | None:
    """Take `staticcheck: true` out; None where it is not on.

    It changes what is diagnosed, so it needs a word of its own: unset, gopls runs a small part of it since v0.19.
    """
    given = [each for each in editor.gopls_settings.values() if each.short == _STATICCHECK]
    if not any(each.value is True for each in given):
        return None
    edits = tuple(SettingEdit(each.file, each.path or each.key, None, "remove") for each in given)
    summary = "staticcheck is on for all of its analyses, which is what costs most besides loading"
    remedy = change_settings(*edits, title="Take staticcheck out, so that fewer faults are diagnosed")
    return Lever(Wish("", "", Severity.INFO, summary, remedy), frozenset(each.key for each in given))


def narrower(world: World, request: Request) -> list[str]:
    """How to give gopls a smaller workspace, with its heaviest folders by name; words only, as only the user knows."""
    gatherer = Gatherer(world, request)
    gatherer.start([Workspace, WorkspaceFiles])
    workspace, files = gatherer.value(Workspace), gatherer.value(WorkspaceFiles)
    notes = []
    if isinstance(files, WorkspaceFiles):
        heavy = [(path, size) for path, _, size in files.usage.weighed.largest_folders if path != "."][:_FOLDERS_TOLD]
        if heavy:
            named = ", ".join(f"{path} ({size_text(size)} of Go)" for path, size in heavy)
            notes.append(
                f'a smaller workspace needs less: "build.directoryFilters": ["-{heavy[0][0]}"] leaves a folder out; '
                f"the heaviest here are {named}"
            )
    module = workspace.module if isinstance(workspace, Workspace) else None
    if module is not None and module.folder != request.folder:
        notes.append(
            f'gopls loads all of the module in {module.folder}; "build.expandWorkspaceToModule": false keeps it to '
            f"{request.folder}"
        )
    return notes
