"""What checks of settings share: every setting that was written once, how it is quoted, which name it nearly is."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from gopls_diag.model.editor import Editors, EditorSetup, SettingsLayer, SettingValue
from gopls_diag.model.finding import Evidence, Remedy, Severity, advise, remove_setting, rename_setting, set_setting
from gopls_diag.model.outcome import DoesNotApply

_SHOWN = 100
_LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class Written:
    """One setting in one file of one editor."""

    editor: EditorSetup
    layer: SettingsLayer
    setting: SettingValue

    @property
    def severity(self) -> Severity | None:
        """None for the check's own; a file that does not hold here is only worth knowing."""
        return None if self.layer.is_applied else Severity.INFO

    @property
    def note(self) -> tuple[Evidence, ...]:
        """Why the file does not hold here, if it does not."""
        return () if self.layer.is_applied else (Evidence(self.setting.file, self.layer.note),)


def need_editors(editors: Editors) -> None:
    """DoesNotApply when no editor that is set up for Go was found."""
    if not editors.all:
        raise DoesNotApply("no editor that is set up for Go was found")


def written_settings(editors: Editors) -> Iterator[Written]:
    """Every `go.…` and `gopls` setting of VS Code and its forks; a file that several of them read is given once."""
    return _each_place_once(editors, lambda layer: layer.settings)


def written_for_gopls(editors: Editors) -> Iterator[Written]:
    """Every setting that some editor's file gives to gopls; each place once."""
    return _each_place_once(editors, lambda layer: layer.gopls)


def _each_place_once(
    editors: Editors, settings_of: Callable[[SettingsLayer], tuple[SettingValue, ...]]
) -> Iterator[Written]:
    seen: set[tuple[str, str, int, int]] = set()
    for editor in editors.all:
        for layer in editor.layers:
            for setting in settings_of(layer):
                place = (setting.file, setting.path, setting.line, setting.column)
                if place not in seen:
                    seen.add(place)
                    yield Written(editor, layer, setting)


def shown(value: Any, limit: int = _SHOWN) -> str:
    """A value as JSON, cut to the limit."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= limit else text[: limit - 1] + "…"


def quoted(setting: SettingValue) -> Evidence:
    """The setting as it stands in its file."""
    return Evidence(setting.file, f'"{setting.key}": {shown(setting.value)}', setting.line)


def is_editable(setting: SettingValue) -> bool:
    """True for a file in which one key can be changed by machine."""
    return setting.file.endswith((".json", ".code-workspace"))


# Presenters write the file behind the title of a change that is made by machine; advice must name it itself.


def removal(setting: SettingValue, name: str = "") -> Remedy:
    """Take the setting out."""
    title = f"Take {name or setting.key} out"
    if is_editable(setting):
        return remove_setting(setting.file, setting.path, title=title)
    return advise(f"{title} of {setting.file}, line {setting.line}")


def renaming(setting: SettingValue, new_key: str) -> Remedy:
    """Give the setting its other name."""
    title = f"Rename {setting.key} to {new_key}"
    if is_editable(setting):
        return rename_setting(setting.file, setting.path, new_key, title=title)
    return advise(f"{title} in {setting.file}, line {setting.line}")


def change(setting: SettingValue, value: Any) -> Remedy:
    """Give the setting another value."""
    title = f"Set {setting.key} to {shown(value)}"
    if is_editable(setting):
        return set_setting(setting.file, setting.path, value, title=title)
    return advise(f"{title} in {setting.file}, line {setting.line}")


def nearest(name: str, names: Iterable[str], cutoff: float = 0.75) -> str:
    """The name that is most like it, letter case apart; empty when none is like it."""
    if len(name) > _LONGEST_NAME:
        return ""
    by_lower = {each.lower(): each for each in names}
    found = get_close_matches(name.lower(), by_lower, n=1, cutoff=cutoff)
    return by_lower[found[0]] if found else ""
