"""What checks of settings share: every setting that was written once, how it is quoted, which name it nearly is."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Any

from gopls_diag.model.editor import Editors, EditorSetup, SettingsLayer, SettingValue
from gopls_diag.model.finding import (
    Evidence,
    Remedy,
    SettingEdit,
    Severity,
    change_settings,
    remove_setting,
    rename_setting,
    set_setting,
)
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


# Presenters write the file behind the title of a change. Files of Neovim and Emacs are programs: fix only shows the
# lines of such a change, so the same data serves for them.


def removal(setting: SettingValue, name: str = "") -> Remedy:
    """Take the setting out."""
    return remove_setting(setting.file, setting.path, title=f"Take {name or setting.key} out")


def beside(setting: SettingValue, name: str) -> str:
    """The path of another name in the same object."""
    above = setting.path[: len(setting.path) - len(setting.key)]
    # `gopls.staticcheck` is one key of the file; with a dotted name behind it VS Code would read another one.
    return f"{above.removesuffix('gopls.')}gopls/{name}" if above.endswith("gopls.") and "." in name else above + name


def renaming(setting: SettingValue, new_key: str) -> Remedy:
    """Give the setting its other name."""
    title = f"Rename {setting.key} to {new_key}"
    there = beside(setting, new_key)
    if there.count("/") != setting.path.count("/"):
        return change_settings(SettingEdit(setting.file, setting.path, there, "move"), title=title)
    end = there.rsplit("/", 1)[-1]
    return rename_setting(setting.file, setting.path, end, title=title)


def without(setting: SettingValue) -> SettingEdit:
    """The edit that takes a setting out."""
    return SettingEdit(setting.file, setting.path, None, "remove")


def change(setting: SettingValue, value: Any) -> Remedy:
    """Give the setting another value."""
    return set_setting(setting.file, setting.path, value, title=f"Set {setting.key} to {shown(value)}")


def asked(remedy: Remedy) -> Remedy:
    """The same, for something that has an effect today: fix does it only when the reader says so."""
    return replace(remedy, safe=False)


def nearest(name: str, names: Iterable[str], cutoff: float = 0.75) -> str:
    """The name that is most like it, letter case apart; empty when none is like it."""
    if len(name) > _LONGEST_NAME:
        return ""
    by_lower = {each.lower(): each for each in names}
    found = get_close_matches(name.lower(), by_lower, n=1, cutoff=cutoff)
    return by_lower[found[0]] if found else ""
