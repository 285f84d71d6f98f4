"""Where each editor looks for gopls, in its order.

VS Code (golang/vscode-go v0.57.2, the same in v0.56.0): extension/src/util.ts getBinPathWithExplanation and
extension/src/utils/pathUtils.ts getBinPathWithPreferredGopathGorootWithExplanation: `go.alternateTools` if it is an
absolute path of an executable file; then the name in GOBIN, `go.toolsGopath`/bin, GOPATH/bin, GOROOT/bin, PATH. GOBIN,
GOPATH and GOROOT are the extension host's, or where that has none what `go env` says (goInstallTools.ts,
updateGoVarsFromConfig).
Zed (zed-industries/zed crates/languages/src/go.rs): PATH, then its own `languages/gopls/gopls_VERSION_go_VERSION`.
Neovim with mason.nvim (lua/mason/settings.lua): its bin folder is put in front of PATH. Others: PATH.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gopls_diag.model.editor import EditorSetup, SettingValue
from gopls_diag.model.gopls_process import GoplsProcess
from gopls_diag.parse.editor_variables import fill_in
from gopls_diag.world import World, WorldError


@dataclass(frozen=True, slots=True)
class Place:
    """One place at which somebody looks for gopls."""

    rule: str
    folder: str
    """Empty when `name` is a whole path."""
    name: str = "gopls"

    def path(self, world: World) -> str:
        """What is looked for, for people."""
        return world.join(self.folder, self.name) if self.folder else self.name

    def candidates(self, world: World) -> tuple[str, ...]:
        """The paths that are tried."""
        path = self.path(world)
        if world.machine.os == "windows" and not path.lower().endswith((".exe", ".bat", ".cmd")):
            return (path + ".exe",)
        return (path,)


def places_of(
    world: World,
    folder: str,
    editor: EditorSetup | None,
    go_values: Mapping[str, str],
    running: GoplsProcess | None,
) -> list[Place]:
    """The places in their order.

    Args:
        world: the world.
        folder: the workspace folder, for `${workspaceFolder}`.
        editor: None asks for the shell's: PATH, then the places of `go install`, which a shell does not search.
        go_values: `go env`.
        running: a gopls of this editor, whose environment is the editor's.
    """
    own = dict(running.environment) if running and running.is_environment_known else dict(world.environment)
    path = [Place("PATH", each) for each in _entries(world, own.get("PATH", ""))]
    if editor is None:
        return path + _go_places(world, own, go_values, None, folder, "gopls")
    setting = editor.alternate_tools.get("gopls")
    configured = _expanded(world, folder, setting) if setting else ""
    first: list[Place] = []
    name = "gopls"
    if configured and world.paths.isabs(configured):
        first = [Place(setting.key if setting else "", "", configured)]
    elif configured:
        name = configured
    if editor.is_vscode:
        first = [Place("go.alternateTools.gopls", each.folder, each.name) for each in first]
        path = [Place(each.rule, each.folder, name) for each in path]
        return first + _go_places(world, own, go_values, editor, folder, name) + path
    # Other editors start the configured program and nothing else: they do not fall back.
    if first:
        return first
    path = [Place(each.rule, each.folder, name) for each in path]
    if editor.name == "neovim":
        path = _mason_places(world) + path
    if editor.name == "zed":
        path += _zed_places(world)
    return path


def _go_places(
    world: World,
    own: Mapping[str, str],
    go_values: Mapping[str, str],
    editor: EditorSetup | None,
    folder: str,
    name: str,
) -> list[Place]:
    places: list[Place] = []
    gobin = own.get("GOBIN") or go_values.get("GOBIN", "")
    places += [Place("GOBIN", each, name) for each in _entries(world, gobin)]
    if editor and "go.toolsGopath" in editor.settings:
        tools = _expanded(world, folder, editor.settings["go.toolsGopath"])
        places += [Place("go.toolsGopath/bin", world.join(each, "bin"), name) for each in _entries(world, tools)]
    gopath = _expanded(world, folder, editor.settings["go.gopath"]) if editor and "go.gopath" in editor.settings else ""
    gopath = gopath or own.get("GOPATH") or go_values.get("GOPATH") or world.join(world.home, "go")
    places += [Place("GOPATH/bin", world.join(each, "bin"), name) for each in _entries(world, gopath)]
    goroot = go_values.get("GOROOT") or own.get("GOROOT", "")
    if editor and goroot:
        places.append(Place("GOROOT/bin", world.join(goroot, "bin"), name))
    return places


def _entries(world: World, value: str) -> list[str]:
    separator = ";" if world.machine.os == "windows" else ":"
    return list(dict.fromkeys(each for each in value.split(separator) if each and world.paths.isabs(each)))


def _expanded(world: World, folder: str, setting: SettingValue) -> str:
    if not isinstance(setting.value, str):
        return ""
    return fill_in(setting.value, folder=folder, home=world.home, environment=world.environment)


def _mason_places(world: World) -> list[Place]:
    if world.machine.os == "windows":
        data = world.join(world.environment.get("LOCALAPPDATA", ""), "nvim-data")
    else:
        data = world.join(world.environment.get("XDG_DATA_HOME") or world.join(world.home, ".local", "share"), "nvim")
    folder = world.join(data, "mason", "bin")
    return [Place("mason.nvim", folder)] if world.paths.isabs(folder) else []


def _zed_places(world: World) -> list[Place]:
    """Zed's own gopls, the newest first; none before Zed has installed one."""
    if world.machine.os == "windows":
        data = world.join(world.environment.get("LOCALAPPDATA", ""), "Zed")
    elif world.machine.os == "darwin":
        data = world.join(world.home, "Library", "Application Support", "Zed")
    else:
        data = world.join(world.environment.get("XDG_DATA_HOME") or world.join(world.home, ".local", "share"), "zed")
    folder = world.join(data, "languages", "gopls")
    try:
        names = [each.name for each in world.list(folder) if each.name.startswith("gopls_")]
    except WorldError:
        return []
    return [Place("Zed's own", folder, each) for each in sorted(names, reverse=True)]
