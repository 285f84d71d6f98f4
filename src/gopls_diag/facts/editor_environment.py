"""The environment that the editor in question gives to gopls and go."""

from __future__ import annotations

from gopls_diag.facts.declare import fact
from gopls_diag.model.editor import Editors, EditorSetup, SettingValue
from gopls_diag.model.outcome import Unknown
from gopls_diag.model.request import Request
from gopls_diag.model.toolchain import EditorEnvironment, GoSetting, Origin
from gopls_diag.parse.editor_variables import fill_in
from gopls_diag.world import World


@fact()
def editor_environment(world: World, request: Request, editors: Editors | Unknown) -> EditorEnvironment:
    """What the editor that was asked about, else the first that was found, adds to the environment of gopls.

    VS Code's `go.goroot` counts as GOROOT when that folder is there; when it is not, the extension ignores it
    (vscode-go: goEnv.ts, setGOROOTEnvVar).
    """
    editor = editor_in_question(editors, request)
    if editor is None:
        return EditorEnvironment("", "")
    settings = {
        name: _setting(world, request, name, each)
        for name, each in editor.tools_environment.items()
        if isinstance(each.value, str | int | float)
    }
    goroot = editor.settings.get("go.goroot")
    if editor.is_vscode and goroot and isinstance(goroot.value, str) and goroot.value:
        setting = _setting(world, request, "GOROOT", goroot)
        if world.is_folder(setting.value):
            settings.setdefault("GOROOT", setting)
    return EditorEnvironment(editor.name, editor.label, settings)


def editor_in_question(editors: Editors | Unknown, request: Request) -> EditorSetup | None:
    """The editor that the request names, else the likeliest of those found."""
    if isinstance(editors, Unknown):
        return None
    if request.editor:
        return editors.named(request.editor)
    return editors.all[0] if editors.all else None


def _setting(world: World, request: Request, name: str, found: SettingValue) -> GoSetting:
    value = fill_in(str(found.value), folder=request.folder, home=world.home, environment=world.environment)
    return GoSetting(name, value, Origin.EDITOR, found.file, found.line, found.path or found.key)
