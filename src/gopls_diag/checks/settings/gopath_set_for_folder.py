"""S08: GOPATH, GOBIN or GOMODCACHE set for one folder."""

from __future__ import annotations

from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.checks.settings._written import asked, need_editors, quoted, removal, without
from gopls_diag.model.editor import Editors, EditorSetup, Scope, SettingValue
from gopls_diag.model.finding import Finding, Severity, advise, change_settings

NAMES = ("GOPATH", "GOBIN", "GOMODCACHE")
COSTS = {
    "GOPATH": "modules are downloaded again into it, and tools installed elsewhere are not found",
    "GOBIN": "the Go extension looks for gopls and the other tools there first",
    "GOMODCACHE": "all modules are downloaded again into it",
}


@check(
    "S08",
    Severity.WARNING,
    why="The folder gets a module cache and tools of its own, apart from those of the shell.",
    explains=("W22", "X17"),
)
def gopath_set_for_folder(editors: Editors) -> Iterator[Finding]:
    """GOPATH, GOBIN or GOMODCACHE is set for one folder.

    What it means: The settings of the folder or of the workspace file move where Go keeps downloaded modules and tools,
        for this folder alone.
    Why it matters: Every module is downloaded again, gopls and other tools may not be found, and the shell and the
        editor see different modules. In a window of several folders whose go.gopath differ, the Go extension does not
        start gopls at all.
    How to fix: Take it out; one GOPATH serves all modules. Settings of the whole user are the place for it.
    When to ignore: When the folder is meant to be sealed off, with its own download cache.
    Source: golang/vscode-go extension/src/language/goLanguageServer.ts (allFoldersHaveSameGopath), util.ts
        (getCurrentGoPath), goEnv.ts; `go help environment`.
    """
    need_editors(editors)
    for editor in editors.all:
        if not editor.is_vscode:
            continue
        yield from _different_gopaths(editor)
        for name in NAMES:
            setting = editor.tools_environment.get(name)
            if not setting or not setting.value:
                continue
            is_everywhere = setting.scope not in (Scope.FOLDER, Scope.WORKSPACE)
            # ${workspaceFolder} is another place for each folder, wherever it is written.
            if not is_everywhere or "${workspace" in str(setting.value):
                yield Finding(
                    f"{name} is {'another in every folder' if is_everywhere else 'set for this folder alone'}: "
                    f"{COSTS[name]}",
                    (quoted(setting),),
                    (asked(removal(setting)), advise(f"To move it for all folders, run go env -w {name}=…")),
                    severity=_severity(editor, setting),
                )


def _severity(editor: EditorSetup, setting: SettingValue) -> Severity:
    """A warning where each folder would get its own; one fixed place that all share is a choice."""
    text = str(setting.value)
    is_own = "${workspace" in text or any(text.startswith(folder) for folder in editor.workspace_folders)
    return Severity.WARNING if is_own else Severity.INFO


def _different_gopaths(editor: EditorSetup) -> Iterator[Finding]:
    """A window of several folders, each with another go.gopath."""
    if len(editor.workspace_folders) < 2:
        return
    held = editor.settings.get("go.gopath")
    shared = held.value if held and held.scope is not Scope.FOLDER else ""
    found: dict[str, SettingValue] = {}
    for layer in editor.layers:
        for setting in layer.settings:
            if layer.scope is Scope.FOLDER and setting.key == "go.gopath" and not setting.language and setting.value:
                found.setdefault(str(setting.value), setting)
    values = set(found)
    if shared or len(found) < len(editor.workspace_folders):
        values.add(str(shared or ""))
    # ${workspaceFolder} is another place in each folder.
    if found and (len(values) > 1 or "${workspace" in next(iter(values))):
        yield Finding(
            f"{editor.label} starts no gopls: the folders of this window have different go.gopath",
            tuple(quoted(each) for each in found.values()),
            (asked(change_settings(*map(without, found.values()), title="Take go.gopath out of each folder")),),
            why='The Go extension says "not supported in a multi-root set-up with different GOPATHs" and stops.',
            severity=Severity.ERROR,
        )
