"""Remedies that make of a setting which nothing reads what it was meant to be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from gopls_diag.checks.settings._flags import flag_name
from gopls_diag.checks.settings._meant import SLOWS, MeantSettings, meant_flags, meant_settings
from gopls_diag.checks.settings._written import Written, removal, shown, without
from gopls_diag.model.editor import EditorSetup, SettingValue
from gopls_diag.model.finding import Remedy, SettingEdit, change_settings
from gopls_diag.model.gopls import GoplsCommands
from gopls_diag.model.gopls_api import GoplsApi, GoplsFlags
from gopls_diag.model.outcome import Unknown

FLAGS = "go.languageServerFlags"
_NAMES_SHOWN = 4


@dataclass(frozen=True, slots=True)
class Installed:
    """What the gopls that each editor starts takes, as far as it is known."""

    commands: GoplsCommands | Unknown
    api: GoplsApi | Unknown
    flags: GoplsFlags | Unknown

    def path(self, editor: EditorSetup) -> str | None:
        """Of the gopls that the editor starts; None for the one in use."""
        choice = self.commands.used(editor.name) if isinstance(self.commands, GoplsCommands) else None
        return choice.binary.path if choice and choice.binary else None

    def api_of(self, editor: EditorSetup) -> GoplsApi | None:
        return self.api.at(self.path(editor) or self.api.path) if isinstance(self.api, GoplsApi) else None

    def flags_of(self, editor: EditorSetup) -> GoplsFlags | None:
        return self.flags.at(self.path(editor) or self.flags.path) if isinstance(self.flags, GoplsFlags) else None


def above(setting: SettingValue) -> str:
    """What stands before every setting of the file: `settings/` in a .code-workspace file."""
    return "settings/" if setting.file.endswith(".code-workspace") else ""


def as_flags(written: Written, value: Any, installed: Installed) -> Remedy:
    """Put arguments where the editor reads them; what this gopls does not have is left out and named."""
    setting, known = written.setting, installed.flags_of(written.editor)
    if known is None or not written.editor.is_vscode or not written.layer.is_applied:
        return removal(setting)
    meant = meant_flags(value, known)
    gopls = f"gopls {known.version}" if known.version else "this gopls"
    held = _flags_that_hold(written)
    if held is not None and not isinstance(held.value, list):
        return removal(setting)
    before = list(held.value) if held is not None else []
    names = {flag_name(each) for each in before if isinstance(each, str)}
    new = [each for each in meant.words if flag_name(each) not in names]
    # What stands after the word serve is read otherwise.
    after = [*new, *before] if "serve" in before else [*before, *new]
    tracing = [each for each in meant.tracing if flag_name(each) not in names]
    left = _left_out(gopls, meant.unknown, meant.unfit, tracing)
    if not new:
        doubled = [each for each in (*meant.words, *meant.tracing) if flag_name(each) in names]
        there = "; ".join(
            [*([f"{FLAGS} has {_listed(doubled)} already"] if doubled else []), *([left] if left else [])]
        )
        title = f"Take {setting.key} out" + (f"; {there}" if there else "")
        return change_settings(without(setting), title=title)
    title = f"Put {shown(new)} into {FLAGS}" + (f"; {left}" if left else "")
    return change_settings(*_placed_list(written, held, after), title=title)


def _placed_list(written: Written, held: SettingValue | None, words: Sequence[Any]) -> tuple[SettingEdit, ...]:
    setting = written.setting
    file = setting.file
    own = held if held is not None and held.file == file else None
    target = own.path if own is not None else f"{above(setting)}{FLAGS}"
    value = list(words)
    if own is None and isinstance(setting.value, list) and not setting.language and "/" not in _inside(setting):
        # The list goes on under its new name, with the comments in it.
        renamed = SettingEdit(file, setting.path, FLAGS, "rename")
        return (renamed,) if value == setting.value else (renamed, SettingEdit(file, target, value))
    return (SettingEdit(file, target, value), without(setting))


def _inside(setting: SettingValue) -> str:
    return setting.path.removeprefix(above(setting))


def _flags_that_hold(written: Written) -> SettingValue | None:
    """The list as the same file gives it, else as a weaker one does: a list of this file would take its place."""
    held: SettingValue | None = None
    for layer in written.editor.layers:
        if layer.is_applied:
            held = next((each for each in reversed(layer.settings) if each.key == FLAGS and not each.language), held)
        if layer.file == written.setting.file:
            break
    return held


def _left_out(gopls: str, unknown: Sequence[str], unfit: Sequence[str], tracing: Sequence[str]) -> str:
    said = []
    if unknown:
        said.append(f"{gopls} has no {_listed(unknown)}")
    if unfit:
        said.append(f"{_listed(unfit)} left out: not for an editor")
    if tracing:
        said.append(f"{_listed(tracing)} {SLOWS}")
    return "; ".join(said)


def _listed(names: Sequence[str]) -> str:
    more = "" if len(names) <= _NAMES_SHOWN else ", …"
    return ", ".join(each[:60] for each in names[:_NAMES_SHOWN]) + more


def as_settings(written: Written, value: Any, installed: Installed) -> Remedy:
    """Put the entries of an object into `gopls`, one by one; what stands there already is kept."""
    setting, api = written.setting, installed.api_of(written.editor)
    if api is None or not isinstance(value, dict) or not written.editor.is_vscode:
        return removal(setting)
    present = {each.short for each in written.layer.gopls} | {
        each.short for each in written.editor.gopls_settings.values() if written.layer.is_applied
    }
    meant = meant_settings(value, api, present)
    gopls = f"gopls {api.version}" if api.version else "this gopls"
    left = f"{gopls} does not take {_listed(meant.left)}" if meant.left else ""
    if meant.tracing:
        left = "; ".join([*([left] if left else []), f"{_listed(meant.tracing)} {SLOWS}"])
    if not meant.entries:
        there = left or (f"gopls has {_listed(meant.present)} already" if meant.present else "")
        return change_settings(without(setting), title=f"Take {setting.key} out" + (f"; {there}" if there else ""))
    title = f"Put {_listed(list(meant.entries))} into gopls" + (f"; {left}" if left else "")
    remedy = change_settings(*_placed_entries(written, meant), title=title)
    return remedy if meant.is_harmless else replace(remedy, safe=False)


def _placed_entries(written: Written, meant: MeantSettings) -> tuple[SettingEdit, ...]:
    setting = written.setting
    here = f"{above(setting)}gopls"
    has_object = any(each.key == "gopls" and not each.language for each in written.layer.settings)
    if not has_object and meant.entries == setting.value:
        action = "move" if setting.language or "/" in _inside(setting) else "rename"
        return (SettingEdit(setting.file, setting.path, here if action == "move" else "gopls", action),)
    return (
        *(SettingEdit(setting.file, f"{here}/{name}", value) for name, value in meant.entries.items()),
        without(setting),
    )
