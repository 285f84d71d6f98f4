"""S04: a setting whose value has a wrong type, unit or word."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from gopls_diag.checks.declare import check
from gopls_diag.checks.settings._flags import first_mistake, without_mistake
from gopls_diag.checks.settings._meant import LOADING, SLOWS, is_tracing, is_tracing_flag
from gopls_diag.checks.settings._migration import Installed
from gopls_diag.checks.settings._values import IN_BYTES, extension_objection, extension_value, gopls_objection
from gopls_diag.checks.settings._written import (
    Written,
    asked,
    change,
    need_editors,
    quoted,
    removal,
    shown,
    written_for_gopls,
    written_settings,
)
from gopls_diag.model.editor import Editors, SettingValue
from gopls_diag.model.finding import Finding, Remedy, Severity, advise
from gopls_diag.model.go_extension import DECLARED
from gopls_diag.model.gopls import GoplsCommands
from gopls_diag.model.gopls_api import GoplsApi, GoplsFlags, GoplsOption
from gopls_diag.model.outcome import Unknown
from gopls_diag.model.version import GoplsVersion

FLAGS = "go.languageServerFlags"
SWITCH = "go.useLanguageServer"
"""S10 tells of this one: any value but true switches the language server off."""
_LOADING = ("go.buildFlags", "go.buildTags", "go.toolsEnvVars", "go.alternateTools")
"""Settings that decide what is built, or by which program."""


@check(
    "S04",
    Severity.WARNING,
    why="The value is not taken, so the setting has no effect.",
    explains=("W21", "X17"),
)
def setting_value_wrong(
    editors: Editors, commands: GoplsCommands | Unknown, api: GoplsApi | Unknown, flags: GoplsFlags | Unknown
) -> Iterator[Finding]:
    """A setting whose value has a wrong type, unit or word.

    What it means: The setting is real, but its value is not one that it takes: a text where true or false belongs, a
        time without its unit, a word that is none of the choices, a number of megabytes where bytes are counted.
    Why it matters: gopls refuses the value and shows "Invalid settings"; the rest goes on without it. Flags that are
        no list keep gopls from starting at all.
    How to fix: Write a value as it is described here.
    When to ignore: Never, as long as the editor is used for Go.
    Source: `gopls api-json` of the installed gopls; golang/tools gopls/internal/settings/settings.go (asBool,
        setDuration, asEnum, asBoolMap, setInt64); the Go extension's package.json; seen with VS Code 1.139.1 and
        the Go extension 0.57.2 (flags that are no list).
    """
    need_editors(editors)
    installed = Installed(commands, api, flags)
    for written in written_for_gopls(editors):
        setting = written.setting
        choice = commands.used(written.editor.name) if isinstance(commands, GoplsCommands) else None
        known = (
            api.at(choice.binary.path if choice and choice.binary else api.path) if isinstance(api, GoplsApi) else None
        )
        option = known.options.get(setting.short) if known else None
        said, better = _objection(option, setting.value, known) if option and known else ("", None)
        if said:
            yield Finding(
                _summary(written, said),
                (quoted(setting), *written.note),
                (_repair(setting, better),),
                severity=written.severity,
                why="gopls takes it, and has to work with far less than it needs." if IN_BYTES in said else None,
            )
    for written in written_settings(editors):
        finding = _of_extension(written, installed)
        if finding:
            yield finding


def _repair(setting: SettingValue, better: Any) -> Remedy:
    """The value that was meant where one is known; what decides what is loaded is for the reader to say."""
    if is_tracing(setting.short, better):
        return replace(removal(setting), title=f"Take {setting.key} out; {SLOWS.removeprefix('left out, since ')}")
    if setting.short not in LOADING:
        return change(setting, better) if better is not None else removal(setting)
    if better is not None:
        return asked(change(setting, better))
    return advise(f"Write {setting.key} as it takes it, or take it out")


def _objection(option: GoplsOption, value: Any, api: GoplsApi) -> tuple[str, Any]:
    version = GoplsVersion.parse(api.version)
    return gopls_objection(option, value, takes_numbers_in_env=version.is_known and version.is_before("v0.17.0"))


def _of_extension(written: Written, installed: Installed) -> Finding | None:
    setting = written.setting
    declared = (written.editor.declared or DECLARED).get(setting.key)
    said = extension_objection(declared, setting.value) if declared and setting.key != SWITCH else ""
    if setting.language or not said or (setting.key == "gopls" and not setting.value):
        return None
    if setting.key == FLAGS and written.layer.is_applied:
        remedies = (_as_list(written, installed),)
        return Finding(
            f"{FLAGS} is {shown(setting.value, 60)}, not a list: VS Code cannot start gopls",
            (quoted(setting),),
            remedies,
            why="Starting the language server fails with a TypeError, so there is no completion at all.",
            severity=Severity.ERROR,
        )
    better = extension_value(declared, setting.value) if declared else None
    is_better = better is not None and declared is not None and not extension_objection(declared, better)
    # The extension may make something of a value of the wrong type; taking it out is for the reader to say.
    remedy = change(setting, better) if is_better else asked(removal(setting))
    if setting.key in _LOADING or is_tracing(setting.key, better):
        remedy = asked(remedy)
    return Finding(_summary(written, said), (quoted(setting), *written.note), (remedy,), severity=written.severity)


def _as_list(written: Written, installed: Installed) -> Remedy:
    """The words as list elements, without those at which gopls would not start."""
    setting, known = written.setting, installed.flags_of(written.editor)
    if not isinstance(setting.value, str):
        return removal(setting)
    words = tuple(replace(setting, value=each) for each in setting.value.split())
    while known is not None and (wrong := first_mistake(words, known)):
        words = without_mistake(words, wrong, known)
    kept = [each.value for each in words if not is_tracing_flag(each.value)]
    remedy = change(setting, kept) if kept else removal(setting)
    tracing = ", ".join(str(each.value) for each in words if is_tracing_flag(each.value))
    return replace(remedy, title=f"{remedy.title}; {tracing} {SLOWS}") if tracing else remedy


def _summary(written: Written, said: str) -> str:
    return f"{written.setting.key} cannot be {shown(written.setting.value, 60)}: {said}"
