"""One editor of the VS Code family as it is set up for Go, layered as VS Code layers it.

Order (microsoft/vscode src/vs/platform/configuration/common/configurationModels.ts): user (or profile), remote machine,
workspace file, folder. `[go]` sections are kept apart: the Go extension asks for its settings by folder and not by
language (golang/vscode-go extension/src/config.ts, getConfig), so `go.…` and `gopls` have no effect inside them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gopls_diag.facts.settings_layers import FLAGS_KEY, Reading, merge, read_layer, read_settings_file
from gopls_diag.facts.vscode_products import PRODUCTS, Places, Product, flatpak_places, places, program_files
from gopls_diag.facts.vscode_windows import Windows, read_windows, same_path, workspace_files_near, workspace_folders
from gopls_diag.model.editor import DeclaredSetting, EditorSetup, Scope
from gopls_diag.model.go_extension import DECLARED
from gopls_diag.world import World, WorldError

_EXTENSION_PATTERN = re.compile(r"golang\.go(?:-nightly)?-(\d{1,9})\.(\d{1,9})\.(\d{1,9})(?:[-+].*)?")
_ANCESTORS_LIMIT = 8


@dataclass(frozen=True, slots=True)
class _Extension:
    folder: str = ""
    version: str = ""
    declared: Mapping[str, DeclaredSetting] | None = None


def vscode_setups(world: World, folder: str, wanted: str | None) -> list[EditorSetup]:
    """Every editor of the family that has the Go extension, the likeliest first.

    An editor that was asked for by name is given even without the extension.
    """
    found: list[EditorSetup] = []
    seen: set[str] = set()
    for product in PRODUCTS:
        if wanted not in (None, product.name):
            continue
        for place in _all_places(world, product):
            extension = _extension(world, place.extensions_folders)
            # Two products may share one extensions folder; the one whose settings exist is the one in use.
            shares = place.extensions_folders[0] in seen and not _exists(world, place.user_folder)
            if (extension.folder or product.name == wanted) and not shares:
                seen.add(place.extensions_folders[0])
                found.append(_setup(world, product, place, extension, folder))
    if "VSCODE_IPC_HOOK_CLI" in world.environment:
        # A terminal of a remote window: that window's server is the editor at hand.
        found.sort(key=lambda each: "server" not in each.name and each.name != "codespaces")
    return found


def bare_setup(world: World, folder: str) -> EditorSetup | None:
    """VS Code by the folder's own settings alone, if they speak about Go."""
    product = PRODUCTS[0]
    place = places(world, product)
    reading = read_layer(world, world.join(folder, ".vscode", "settings.json"), Scope.FOLDER)
    if place is None or reading is None or not (reading.layer.settings or reading.layer.problems):
        return None
    return _setup(world, product, place, _Extension(), folder)


def _exists(world: World, folder: str) -> bool:
    try:
        return world.is_folder(folder)
    except WorldError:
        return False


def _all_places(world: World, product: Product) -> list[Places]:
    place = places(world, product)
    found = [place] if place else []
    if place and product.name == "vscode" and world.machine.os == "linux":
        found.append(flatpak_places(world))
    return found


def _extension(world: World, folders: tuple[str, ...]) -> _Extension:
    """The newest Go extension in those folders."""
    versions: list[tuple[tuple[int, ...], str]] = []
    for folder in folders:
        try:
            names = [each.name for each in world.list(folder)]
        except WorldError:
            continue
        gone = _obsolete(world, folder)
        for name in names:
            match = _EXTENSION_PATTERN.fullmatch(name)
            if match and name not in gone:
                version = tuple(int(part) for part in match.groups())
                versions.append((version, world.join(folder, name)))
    if not versions:
        return _Extension()
    numbers, path = max(versions)
    try:
        document = read_settings_file(world, world.join(path, "package.json"))
    except WorldError:
        document = None
    package = document.root.value if document and document.root else {}
    told = package.get("version") if isinstance(package, dict) else None
    return _Extension(path, str(told or ".".join(str(part) for part in numbers)), _declared(package))


def _obsolete(world: World, folder: str) -> frozenset[str]:
    """Names of extension folders that are only waiting to be deleted."""
    try:
        document = read_settings_file(world, world.join(folder, ".obsolete"))
    except WorldError:
        return frozenset()
    value = document.root.value if document and document.root else None
    return frozenset(value) if isinstance(value, dict) else frozenset()


def _declared(package: Any) -> dict[str, DeclaredSetting]:
    """The settings that a package.json contributes; none when it does not say."""
    contributes = package.get("contributes") if isinstance(package, dict) else None
    blocks = contributes.get("configuration") if isinstance(contributes, dict) else None
    found: dict[str, DeclaredSetting] = {}
    for block in blocks if isinstance(blocks, list) else [blocks]:
        properties = block.get("properties") if isinstance(block, dict) else None
        for name, schema in properties.items() if isinstance(properties, dict) else ():
            if isinstance(schema, dict):
                found[name] = _declared_setting(name, schema)
    return found


def _declared_setting(name: str, schema: Mapping[str, Any]) -> DeclaredSetting:
    kinds = schema.get("type", ())
    types = (kinds,) if isinstance(kinds, str) else tuple(each for each in kinds if isinstance(each, str))
    if types and "default" in schema and schema["default"] is None and "null" not in types:
        types = (*types, "null")
    choices = schema.get("enum", ())
    names = tuple(each for each in choices if isinstance(each, str)) if isinstance(choices, list) else ()
    return DeclaredSetting(name, types, names, str(schema.get("scope", "window")))


def _editor_version(world: World, product: Product) -> str:
    for path in program_files(world, product):
        try:
            document = read_settings_file(world, path)
        except WorldError:
            continue
        value = document.root.value if document and document.root else None
        if isinstance(value, dict) and isinstance(value.get("version"), str):
            return str(value["version"])
    return ""


def _setup(world: World, product: Product, place: Places, extension: _Extension, folder: str) -> EditorSetup:
    readings, folders = _readings(world, place, folder)
    declared = extension.declared or {}
    window_settings = frozenset(name for name, each in (declared or DECLARED).items() if each.scope == "window")
    merged = merge(readings, window_settings if len(folders) > 1 else frozenset())
    uses = merged.settings.get("go.useLanguageServer")
    return EditorSetup(
        name=product.name,
        label=product.label,
        version=_editor_version(world, product),
        extension_version=extension.version,
        extension_folder=extension.folder,
        layers=tuple(each.layer for each in readings),
        settings=merged.settings,
        gopls_settings=merged.inner.get("gopls", {}),
        alternate_tools=merged.inner.get("go.alternateTools", {}),
        tools_environment=merged.inner.get("go.toolsEnvVars", {}),
        language_server_flags=merged.flags if FLAGS_KEY in merged.settings else (),
        uses_language_server=uses is None or uses.value is True,
        declared=declared,
        workspace_folders=folders,
        user_settings_file=world.join(place.user_folder, "settings.json"),
    )


def _readings(world: World, place: Places, folder: str) -> tuple[list[Reading], tuple[str, ...]]:
    """The layers, weakest first, and the folders of the window."""
    windows = read_windows(world, place.user_folder)
    workspace, folders = _workspace(world, windows, folder)
    opened = next((each.layer.file for each in workspace if each.layer.is_applied), folder)
    location, has_own_settings = windows.profile(world, opened)
    user = read_layer(world, world.join(place.user_folder, "settings.json"), Scope.USER)
    found: list[Reading] = []
    if location and has_own_settings:
        if user:
            found.append(user.without_effect(f"this folder is opened with the profile in profiles/{location}"))
        profile = world.join(place.user_folder, "profiles", location, "settings.json")
        found += [each for each in (read_layer(world, profile, Scope.PROFILE),) if each]
    elif user:
        found.append(user)
    if place.machine_folder:
        machine = read_layer(world, world.join(place.machine_folder, "settings.json"), Scope.REMOTE)
        found += [machine] if machine else []
    return [*found, *workspace, *_folder_readings(world, folder, folders)], folders


def _workspace(world: World, windows: Windows, folder: str) -> tuple[list[Reading], tuple[str, ...]]:
    """`.code-workspace` files that name the folder, and the folders of the one in use (else the folder alone).

    In use is the file that is known to be open, or the only one that lies in the folder, unless the folder itself is
    known to be open.
    """
    opened = list(windows.open_workspace_files(world))
    folders: tuple[str, ...] = (folder,)
    unused: list[Reading] = []
    used: list[Reading] = []
    near = tuple(workspace_files_near(world, folder))
    inside = [each for each in near if same_path(world, world.paths.dirname(each), folder)]
    if len(inside) == 1 and not windows.opens(world, folder):
        opened += inside
    for path in dict.fromkeys((*opened, *near)):
        reading = read_layer(world, path, Scope.WORKSPACE) if path else None
        if reading is None:
            continue
        named = workspace_folders(world, path, reading.document)
        if not any(same_path(world, each, folder) for each in named):
            continue
        if not used and any(same_path(world, each, path) for each in opened):
            used.append(reading)
            folders = named
        else:
            unused.append(reading.without_effect("it is not known whether the folder is opened through this file"))
    return [*unused, *used], folders


def _folder_readings(world: World, folder: str, folders: tuple[str, ...]) -> list[Reading]:
    """The folder's own settings last; before them those of its neighbours and of a folder above, which do not hold."""
    found: list[Reading] = []
    for other in folders:
        reading = None
        if not same_path(world, other, folder):
            reading = read_layer(world, world.join(other, ".vscode", "settings.json"), Scope.FOLDER)
        if reading:
            found.append(reading.without_effect("it is that of another folder of the window"))
    own = read_layer(world, world.join(folder, ".vscode", "settings.json"), Scope.FOLDER)
    if own:
        return [*found, own]
    above = _above(world, folder)
    return [*found, *([above] if above else [])]


def _above(world: World, folder: str) -> Reading | None:
    """The settings of the nearest folder above that has some, within the repository."""
    for _ in range(_ANCESTORS_LIMIT):
        try:
            if world.stat(world.join(folder, ".git")) is not None:
                return None
        except WorldError:
            return None
        parent = world.paths.dirname(folder)
        if parent == folder or same_path(world, parent, world.home):
            return None
        reading = read_layer(world, world.join(parent, ".vscode", "settings.json"), Scope.FOLDER)
        if reading:
            return reading.without_effect(f"it holds when {parent} is the folder that is opened")
        folder = parent
    return None
