"""Reads settings files into layers and merges layers as VS Code merges them.

Merging (microsoft/vscode src/vs/platform/configuration/common/configurationModels.ts, mergeContents): a stronger layer
replaces a value, but objects are merged key by key. So `gopls` and `go.toolsEnvVars` of the folder add to the user's.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from gopls_diag.model.editor import Scope, SettingsLayer, SettingsProblem, SettingValue
from gopls_diag.model.settings_tree import SettingsDocument, SettingsEntry, SettingsNode
from gopls_diag.parse.jsonc import parse_jsonc
from gopls_diag.world import FileDenied, FileMissing, NotRecorded, World, WorldError

FLAGS_KEY = "go.languageServerFlags"
_OBJECT_KEYS = ("go.alternateTools", "go.toolsEnvVars")
_LANGUAGE_SECTIONS = ("[go]", "[go.mod]", "[go.work]")


@dataclass(frozen=True, slots=True)
class Reading:
    """One layer with the inner keys and elements of the settings that are looked into."""

    layer: SettingsLayer
    inner: dict[str, tuple[SettingValue, ...]]
    """For `go.alternateTools`, `go.toolsEnvVars`, `gopls`: its keys; for the flags: its elements."""
    document: SettingsDocument

    def without_effect(self, note: str) -> Reading:
        """The same, marked as not applied."""
        return replace(self, layer=replace(self.layer, is_applied=False, note=note))


class Placer:
    """Makes settings out of entries of one file."""

    def __init__(self, document: SettingsDocument, file: str, scope: Scope) -> None:
        self.document, self.file, self.scope = document, file, scope

    def setting(self, entry: SettingsEntry, above: str = "", language: str = "") -> SettingValue:
        """The setting that an entry is; `above` is the path of the object that holds it, with its last slash."""
        line, column = self.document.lines.position(entry.start)
        value_line, _ = self.document.lines.position(entry.node.start)
        path = f"{above}{entry.key}"
        return SettingValue(
            entry.key, entry.node.value, self.file, line, column, self.scope, path, value_line, language
        )

    def element(self, key: str, node: SettingsNode, path: str) -> SettingValue:
        """One element of a list as a setting of the list's key."""
        line, column = self.document.lines.position(node.start)
        return SettingValue(key, node.value, self.file, line, column, self.scope, path, line)

    def problems(self) -> tuple[SettingsProblem, ...]:
        """Where the file does not parse."""
        lines = self.document.lines
        return tuple(
            SettingsProblem(self.file, each.line, each.column, each.message, lines.line_text(each.line))
            for each in self.document.problems
        )


def read_settings_file(world: World, path: str) -> SettingsDocument | None:
    """The tree of a JSONC file; None when it is missing or may not be read."""
    try:
        return parse_jsonc(world.read_bytes(path))
    except (FileMissing, FileDenied):
        return None


def read_layer(world: World, path: str, scope: Scope) -> Reading | None:
    """One settings file of VS Code (a `.code-workspace` file for that scope); None when it is missing.

    One that is there and cannot be read is a layer with a problem in line 0: the editor cannot read it either.
    """
    try:
        document = parse_jsonc(world.read_bytes(path))
    except FileMissing:
        return None
    except NotRecorded:
        raise
    except WorldError as reason:
        unread = SettingsProblem(path, 0, 0, str(reason).removeprefix(f"{path}: "))
        return Reading(SettingsLayer(scope, path, problems=(unread,)), {}, parse_jsonc(b""))
    if scope is Scope.WORKSPACE:
        holder = document.root.entry("settings") if document.root else None
        return layer_of(document, path, scope, holder.node if holder else None, "settings/")
    return layer_of(document, path, scope, document.root, "")


def layer_of(document: SettingsDocument, path: str, scope: Scope, root: SettingsNode | None, above: str) -> Reading:
    """What the entries of an object say about Go."""
    placer = Placer(document, path, scope)
    settings: list[SettingValue] = []
    inner: dict[str, tuple[SettingValue, ...]] = {}
    gopls: list[SettingValue] = []
    for entry in root.entries if root else ():
        if entry.key in _LANGUAGE_SECTIONS or entry.key.startswith("[go]"):
            inside = f"{above}{entry.key}/"
            settings += [placer.setting(each, inside, "go") for each in entry.node.entries if is_about_go(each.key)]
        elif is_about_go(entry.key):
            settings.append(placer.setting(entry, above))
            here = f"{above}{entry.key}"
            if entry.key in _OBJECT_KEYS or entry.key == "gopls":
                # A repeated key replaces the earlier one as a whole; what stands in both is told all the same.
                inner[entry.key] = tuple(placer.setting(each, f"{here}/") for each in entry.node.entries)
                gopls += inner[entry.key] if entry.key == "gopls" else ()
            elif entry.key.startswith("gopls.") and entry.key.count(".") == 1:
                # VS Code cuts the name at its dots into a tree, so this is the same as the key inside of `gopls`.
                placed = replace(settings[-1], key=entry.key.removeprefix("gopls."))
                inner["gopls"] = (*inner.get("gopls", ()), placed)
                gopls.append(placed)
            elif entry.key == FLAGS_KEY:
                inner[entry.key] = tuple(placer.element(entry.key, each, here) for each in entry.node.elements)
    layer = SettingsLayer(scope, path, tuple(settings), tuple(gopls), placer.problems())
    return Reading(layer, inner, document)


def is_about_go(key: str) -> bool:
    """True for the settings of the Go extension and of gopls."""
    return key == "gopls" or key.startswith(("go.", "gopls."))


@dataclass(frozen=True, slots=True)
class Merged:
    """What holds after all layers."""

    settings: dict[str, SettingValue]
    inner: dict[str, dict[str, SettingValue]]
    flags: tuple[SettingValue, ...]


def merge(readings: Iterable[Reading], ignored_in_folder: frozenset[str] = frozenset()) -> Merged:
    """What holds when these layers, weakest first, lie over one another.

    Args:
        readings: the layers; those that are not applied are passed over.
        ignored_in_folder: settings that a folder's file cannot give, since the window has several folders.
    """
    settings: dict[str, SettingValue] = {}
    inner: dict[str, dict[str, SettingValue]] = {}
    flags: tuple[SettingValue, ...] = ()
    for reading in readings:
        if not reading.layer.is_applied:
            continue
        for setting in reading.layer.settings:
            if setting.language or (reading.layer.scope is Scope.FOLDER and setting.key in ignored_in_folder):
                continue
            settings[setting.key] = replace(setting, value=_merged(settings.get(setting.key), setting.value))
            if setting.key == FLAGS_KEY:
                flags = reading.inner.get(FLAGS_KEY, ())
        for key, values in reading.inner.items():
            whole = settings.get(key)
            if key == "gopls" or (whole is not None and isinstance(whole.value, dict)):
                inner.setdefault(key, {}).update({each.key: each for each in values})
    return Merged(settings, inner, flags)


def _merged(below: SettingValue | None, value: Any) -> Any:
    if below is not None and isinstance(below.value, dict) and isinstance(value, dict):
        merged = dict(below.value)
        for key, inner in value.items():
            old = merged.get(key)
            merged[key] = {**old, **inner} if isinstance(old, dict) and isinstance(inner, dict) else inner
        return merged
    return value
