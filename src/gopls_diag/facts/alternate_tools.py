"""Whether the programs that editors' settings name are there."""

from __future__ import annotations

from gopls_diag.facts.declare import fact
from gopls_diag.model.alternate_tool import AlternateTool, AlternateTools
from gopls_diag.model.editor import Editors, EditorSetup, SettingValue
from gopls_diag.model.outcome import Unknown
from gopls_diag.model.request import Request
from gopls_diag.model.toolchain import GoEnvironment
from gopls_diag.parse.editor_variables import fill_in
from gopls_diag.world import World, WorldError


@fact(limit_seconds=10.0)
def alternate_tools(
    world: World, request: Request, editors: Editors, environment: GoEnvironment | Unknown
) -> AlternateTools:
    """Every entry of `go.alternateTools` (and the gopls commands of other editors) that holds, looked up."""
    folders: list[str] = []
    if isinstance(environment, GoEnvironment):
        values = environment.values
        folders.append(values.get("GOBIN", ""))
        separator = ";" if world.machine.os == "windows" else ":"
        folders += [world.join(each, "bin") for each in values.get("GOPATH", "").split(separator) if each]
        folders += [world.join(each, "bin") for each in (values.get("GOROOT", ""),) if each]
    found: list[AlternateTool] = []
    for editor in editors.all:
        for tool, setting in editor.alternate_tools.items():
            # An entry that repeats the tool's own name changes nothing.
            if isinstance(setting.value, str) and setting.value.strip() not in ("", tool):
                found.append(_look(world, request, editor, tool, setting, folders))
    return AlternateTools(tuple(found))


def _look(
    world: World, request: Request, editor: EditorSetup, tool: str, setting: SettingValue, folders: list[str]
) -> AlternateTool:
    path = fill_in(setting.value.strip(), folder=request.folder, home=world.home, environment=world.environment)
    is_bare = "/" not in path and "\\" not in path
    if not is_bare:
        whole = path if world.paths.isabs(path) else world.join(request.folder, path)
        is_folder = _is(world, whole, folder=True)
        is_there = _is(world, whole, folder=False) or _is(world, whole + ".exe", folder=False)
        return AlternateTool(editor.name, editor.label, tool, setting, path, is_there, False, is_folder)
    separator = ";" if world.machine.os == "windows" else ":"
    search = separator.join([each for each in folders if each] + [world.environment.get("PATH", "")])
    is_there = bool(world.find_program(path, search=search))
    return AlternateTool(editor.name, editor.label, tool, setting, path, is_there, True)


def _is(world: World, path: str, *, folder: bool) -> bool:
    try:
        return world.is_folder(path) if folder else world.is_file(path)
    except WorldError:
        # What may not be looked at must not be called missing.
        return not folder
