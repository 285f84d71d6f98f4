"""What VS Code remembers about windows: which profile a folder has, which `.code-workspace` files are open.

Source: User/globalStorage/storage.json; microsoft/vscode src/vs/platform/userDataProfile/common/userDataProfile.ts
(userDataProfiles, profileAssociations) and windows/electron-main/windowsStateHandler.ts (windowsState).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from gopls_diag.facts.settings_layers import read_settings_file
from gopls_diag.model.settings_tree import SettingsDocument
from gopls_diag.world import World, WorldError

_ANCESTORS_LIMIT = 3
_DEFAULT_PROFILE = "__default__profile__"


@dataclass(frozen=True, slots=True)
class Windows:
    """What is remembered about the windows of one editor."""

    storage: Mapping[str, Any]

    def profile(self, world: World, path: str) -> tuple[str, bool]:
        """Folder name of the profile that a folder or workspace file opens with, and whether its settings are its own.

        An empty name is the default profile.
        """
        associations = _mapping(_mapping(self.storage.get("profileAssociations")).get("workspaces"))
        location = next(
            (str(name) for uri, name in associations.items() if same_path(world, from_uri(world, uri), path)), ""
        )
        if not location or location == _DEFAULT_PROFILE:
            return "", False
        for each in _sequence(self.storage.get("userDataProfiles")):
            profile = _mapping(each)
            # Older releases wrote the whole URI of the profile's folder, newer ones only its last part.
            if str(profile.get("location", "")).rstrip("/").rpartition("/")[2] == location:
                return location, not _mapping(profile.get("useDefaultFlags")).get("settings")
        return location, True

    def open_workspace_files(self, world: World) -> Iterator[str]:
        """`.code-workspace` files that are open, or were when the editor was last closed."""
        state = _mapping(self.storage.get("windowsState"))
        windows = [state.get("lastActiveWindow"), *_sequence(state.get("openedWindows"))]
        places = [_mapping(_mapping(each).get("workspaceIdentifier")) for each in windows]
        places += [
            _mapping(each) for each in _sequence(_mapping(self.storage.get("backupWorkspaces")).get("workspaces"))
        ]
        for place in places:
            uri = place.get("configURIPath")
            if isinstance(uri, str):
                yield from_uri(world, uri)

    def opens(self, world: World, folder: str) -> bool:
        """True if the folder itself is open in a window, or was when the editor was last closed."""
        state = _mapping(self.storage.get("windowsState"))
        windows = [_mapping(each) for each in (state.get("lastActiveWindow"), *_sequence(state.get("openedWindows")))]
        backups = _sequence(_mapping(self.storage.get("backupWorkspaces")).get("folders"))
        uris = [each.get("folder") for each in windows] + [_mapping(each).get("folderUri") for each in backups]
        return any(isinstance(uri, str) and same_path(world, from_uri(world, uri), folder) for uri in uris)


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _sequence(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def read_windows(world: World, user_folder: str) -> Windows:
    """What the editor remembers; nothing when its storage is missing or broken."""
    try:
        document = read_settings_file(world, world.join(user_folder, "globalStorage", "storage.json"))
    except WorldError:
        document = None
    return Windows(_mapping(document.root.value if document and document.root else None))


def from_uri(world: World, uri: str) -> str:
    """The path that a `file:` URI names; empty for another machine's."""
    if not uri.startswith("file://"):
        return ""
    path = unquote(uri.removeprefix("file://"))
    if world.machine.os == "windows":
        return path.lstrip("/").replace("/", "\\")
    return path


def same_path(world: World, one: str, other: str) -> bool:
    """True if both spell the same place, by the rules of the system; links are not followed."""
    norm = world.paths.normcase
    return bool(one) and norm(world.paths.normpath(one)) == norm(world.paths.normpath(other))


def workspace_folders(world: World, file: str, document: SettingsDocument) -> tuple[str, ...]:
    """The folders that a `.code-workspace` file names, as absolute paths."""
    holder = document.root.value if document.root else None
    found: list[str] = []
    for each in _sequence(_mapping(holder).get("folders")):
        folder = _mapping(each)
        path = folder.get("path")
        if not isinstance(path, str) and isinstance(folder.get("uri"), str):
            path = from_uri(world, folder["uri"])
        if isinstance(path, str) and path:
            found.append(world.paths.normpath(world.join(world.paths.dirname(file), path)))
    return tuple(found)


def workspace_files_near(world: World, folder: str) -> Iterator[str]:
    """`.code-workspace` files in the folder and a few folders above it."""
    for _ in range(_ANCESTORS_LIMIT):
        try:
            names = [each.name for each in world.list(folder)]
        except WorldError:
            names = []
        yield from (world.join(folder, name) for name in names if name.endswith(".code-workspace"))
        above = world.paths.dirname(folder)
        if above == folder or same_path(world, folder, world.home):
            return
        folder = above
