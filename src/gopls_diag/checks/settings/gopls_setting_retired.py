"""S03: a retired or renamed gopls setting."""

from __future__ import annotations

from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.checks.settings._names import modern
from gopls_diag.checks.settings._written import (
    Written,
    asked,
    beside,
    need_editors,
    quoted,
    removal,
    renaming,
    shown,
    without,
    written_for_gopls,
)
from gopls_diag.model.editor import Editors
from gopls_diag.model.finding import Finding, Remedy, SettingEdit, Severity, advise, change_settings
from gopls_diag.model.gopls import GoplsCommands
from gopls_diag.model.gopls_api import GoplsApi
from gopls_diag.model.gopls_names import RENAMED, RETIRED, STILL_WORKING
from gopls_diag.model.outcome import Unknown
from gopls_diag.model.version import GoplsVersion

OTHERWISE = {
    "memoryMode": 'To use less memory, set "go.toolsEnvVars": {"GOMEMLIMIT": "3GiB"}, or narrow build.directoryFilters',
    "disableDeepCompletion": 'Write "deepCompletion": false where it was true',
    "disableFuzzyMatching": 'Write "ui.completion.matcher": "CaseInsensitive" where it was true',
    "fuzzyMatching": 'Write "ui.completion.matcher": "CaseInsensitive" where it was false',
    "caseSensitiveCompletion": 'Write "ui.completion.matcher": "CaseSensitive" where it was true',
    "experimentalDisabledAnalyses": 'Write "ui.diagnostic.analyses": {"name": false} for each name',
    "noSemanticString": 'Write "ui.semanticTokenTypes": {"string": false}',
    "noSemanticNumber": 'Write "ui.semanticTokenTypes": {"number": false}',
    "experimentalWorkspaceModule": "Put nothing in its place: gopls finds the modules of a window by itself",
}


@check(
    "S03",
    Severity.WARNING,
    why="gopls no longer reads it and shows an error, Invalid settings, at every start.",
    explains=("M07", "W21"),
)
def gopls_setting_retired(
    editors: Editors, commands: GoplsCommands | Unknown, api: GoplsApi | Unknown
) -> Iterator[Finding]:
    """A gopls setting that was retired or renamed.

    What it means: gopls had this setting once. It knows the name only to say that it is gone, or what it is called now.
    Why it matters: The value is not used, and "Invalid settings: … this setting is deprecated" comes at every start. A
        few old names still work and are only told for the day when they stop.
    How to fix: Take it out, or write the new name.
    When to ignore: When the file serves machines with a gopls of that time.
    Source: golang/tools gopls/internal/settings/settings.go, "deprecated and renamed settings" of setOne, v0.16 to
        v0.24; `gopls api-json`, DeprecationMessage.
    """
    need_editors(editors)
    for written in written_for_gopls(editors):
        name = written.setting.short
        choice = commands.used(written.editor.name) if isinstance(commands, GoplsCommands) else None
        used = (
            api.at(choice.binary.path if choice and choice.binary else api.path) if isinstance(api, GoplsApi) else None
        )
        option = used.options.get(name) if used else None
        is_noted = bool(option and option.deprecation)
        if name in RENAMED or name in RETIRED or is_noted or _is_of_its_time(name, used):
            yield _finding(written, used)


def _is_of_its_time(name: str, api: GoplsApi | None) -> bool:
    """True for the two names whose retirement depends on the release: settings.go at each tag."""
    version = GoplsVersion.parse(api.version) if api else None
    if api is None or version is None or not version.is_known:
        return False
    if name == "annotations":
        return name not in api.options and version.is_at_least("v0.18.0")
    return name == "importsSource" and version.is_at_least("v0.22.0")


def _finding(written: Written, api: GoplsApi | None) -> Finding:
    setting, name = written.setting, written.setting.short
    new_name = RENAMED.get(name, "")
    works = name in STILL_WORKING
    is_gone = name in RETIRED or new_name != "" or name == "annotations"
    remedies: list[Remedy] = list(_as_today(written, api))
    # What gopls still reads has an effect that taking it out would end.
    remedies.append(removal(setting) if is_gone and not works else asked(removal(setting)))
    if name in OTHERWISE and len(remedies) == 1:
        remedies.append(advise(OTHERWISE[name]))
    if works:
        said = f"{setting.key} is deprecated; gopls still reads it"
    elif new_name:
        said = f"{setting.key} does nothing: gopls calls it {new_name} now"
    else:
        said = f"{setting.key} does nothing: gopls has retired it"
    severity = Severity.INFO if works else written.severity
    why = "gopls takes it today, and may stop taking it in a later release." if works else None
    return Finding(said, (quoted(setting), *written.note), tuple(remedies), severity=severity, why=why)


def _as_today(written: Written, api: GoplsApi | None) -> Iterator[Remedy]:
    """The setting under its name of today with the value that says the same, where it says anything."""
    setting = written.setting
    today = modern(setting.short, setting.value, api)
    held = {each.short: each for each in written.layer.gopls}
    if today is None:
        return
    name, value = today
    if name not in held:
        if value == setting.value:
            yield renaming(setting, name)
            return
        edits = (without(setting), SettingEdit(setting.file, beside(setting, name), value))
        yield change_settings(*edits, title=f"Make it {name}: {shown(value, 60)}")
    elif isinstance(value, dict) and isinstance(held[name].value, dict):
        new = {key: each for key, each in value.items() if key not in held[name].value}
        added = (SettingEdit(setting.file, f"{held[name].path}/{key}", each) for key, each in new.items())
        title = f"Add {shown(new, 60)} to {held[name].key} instead" if new else f"Take {setting.key} out"
        yield change_settings(*added, without(setting), title=title)
