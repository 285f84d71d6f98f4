"""S01: a setting name that the Go extension does not have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from gopls_diag.checks.declare import check
from gopls_diag.checks.settings._limit import limit_of_extension
from gopls_diag.checks.settings._meant import is_tracing
from gopls_diag.checks.settings._migration import FLAGS, Installed, above, as_flags, as_settings
from gopls_diag.checks.settings._values import extension_objection
from gopls_diag.checks.settings._written import (
    Written,
    asked,
    nearest,
    need_editors,
    quoted,
    removal,
    renaming,
    written_settings,
)
from gopls_diag.model.editor import DeclaredSetting, Editors
from gopls_diag.model.finding import Evidence, Finding, Remedy, SettingEdit, Severity, advise, change_settings
from gopls_diag.model.go_extension import DECLARED, MEANT, RETIRED
from gopls_diag.model.gopls import GoplsCommands
from gopls_diag.model.gopls_api import GoplsApi, GoplsFlags
from gopls_diag.model.outcome import Unknown

_SWITCH = "go.useLanguageServer"
_UPDATES = "go.toolsManagement.checkForUpdates"
_HARMLESS = ("go.coverageDecorator", "go.enableCodeLens", "go.survey.prompt", "go.showWelcome", "go.trace.server",
             "go.toolsManagement.autoUpdate", _UPDATES, "go.lintOnSave", "go.vetOnSave", "go.buildOnSave",
             "go.testTimeout", "go.formatTool", "go.lintTool", "go.diagnostic.vulncheck")  # fmt: skip
"""Settings that choose neither what is built nor which program runs: a slip in such a name is put right unasked."""


@check(
    "S01",
    Severity.WARNING,
    why="The Go extension never reads it, and VS Code says so nowhere but in the settings editor.",
)
def setting_unknown_to_extension(
    editors: Editors, commands: GoplsCommands | Unknown, api: GoplsApi | Unknown, flags: GoplsFlags | Unknown
) -> Iterator[Finding]:
    """A setting of a name that the Go extension does not have.

    What it means: A name such as go.goplsArgs or go.goplsSettings stands in a settings file, but the Go extension
        declares no such setting. Many pages on the web give such names. Settings of Go inside a "[go]" section are the
        same case: the extension asks for its settings by folder and never by language.
    Why it matters: It does nothing. No message, no log line: it is only greyed out in the settings editor.
    How to fix: Take it out, or use the real setting that is named here.
    When to ignore: When another extension reads that name.
    Source: golang/vscode-go extension/package.json of the installed version (else v0.57.2) and of every tag since
        v0.14.4; extension/src/config.ts getConfig; seen with VS Code 1.139.1 and the Go extension 0.56.0
        and 0.57.2.
    """
    need_editors(editors)
    installed = Installed(commands, api, flags)
    for written in written_settings(editors):
        setting, declared = written.setting, written.editor.declared or DECLARED
        if setting.language and written.editor.is_vscode:
            yield _in_section(written, declared, installed)
        elif setting.key.startswith("go.") and not _is_real(setting.key, declared):
            yield _unknown(written, declared, installed)


def _is_real(key: str, declared: Mapping[str, DeclaredSetting]) -> bool:
    # VS Code joins dotted names and objects into one tree, so both halves of a name may be written either way.
    return key in declared or any(
        each.startswith(f"{key}.") or (key.startswith(f"{each}.") and "object" in declared[each].types)
        for each in declared
    )


def _unknown(written: Written, declared: Mapping[str, DeclaredSetting], installed: Installed) -> Finding:
    setting = written.setting
    meant = MEANT.get(setting.key) or nearest(setting.key, declared, 0.8)
    last = RETIRED.get(setting.key)
    remedies: list[Remedy] = [_repair(written, meant, declared, installed)]
    is_removed = remedies[0].edits[0].action == "remove"
    if meant and is_removed and ";" not in remedies[0].title:
        remedies.append(advise(_real_one(meant)))
    elif not is_removed:
        remedies.append(removal(setting))
    if last:
        said = f"{setting.key} does nothing: the Go extension had it until {last}"
    else:
        said = f"{setting.key} does nothing: the Go extension has no such setting"
        if meant:
            said += f"; the real one is {meant}"
    return Finding(
        said,
        evidence=(quoted(setting), *written.note),
        remedies=tuple(remedies),
        # What an older release really had is a leftover, not a mistake.
        severity=Severity.INFO if last else written.severity,
    )


def _repair(written: Written, meant: str, declared: Mapping[str, DeclaredSetting], installed: Installed) -> Remedy:
    """What becomes of it: the real setting with the same value where that is one it takes, else nothing."""
    setting = written.setting
    limit = limit_of_extension(written, installed)
    if limit:
        return limit
    if meant == FLAGS:
        return as_flags(written, setting.value, installed)
    if meant == "gopls":
        return as_settings(written, setting.value, installed)
    is_there = meant in {each.key for each in written.layer.settings}
    if meant == _UPDATES:
        # goToolsInformation read true as the default, proxy, and false as local (vscode-go v0.39.1, util.ts).
        if setting.value is not False or is_there or setting.key not in RETIRED:
            return removal(setting)
        rename = SettingEdit(setting.file, setting.path, meant, "rename")
        value = SettingEdit(setting.file, above(setting) + meant, "local")
        return change_settings(rename, value, title=f'Make it "{meant}": "local", which says the same today')
    is_slip = bool(meant) and setting.key not in MEANT and meant != _SWITCH and not is_there
    if not is_slip or is_tracing(meant, setting.value) or extension_objection(declared[meant], setting.value):
        return removal(setting)
    return renaming(setting, meant) if meant in _HARMLESS else asked(renaming(setting, meant))


def _real_one(meant: str) -> str:
    examples = {
        "go.languageServerFlags": 'Put flags of gopls into "go.languageServerFlags", one an element: ["-rpc.trace"]',
        "gopls": 'Put settings of gopls into the object "gopls": {"ui.semanticTokens": true}',
        "go.toolsEnvVars": 'Put environment names into the object "go.toolsEnvVars": {"GOFLAGS": "-tags=integration"}',
        "go.alternateTools": 'Put paths of programs into the object "go.alternateTools": {"gopls": "/path/to/gopls"}',
    }
    return examples.get(meant, f"Use the real setting {meant}")


def _in_section(written: Written, declared: Mapping[str, DeclaredSetting], installed: Installed) -> Finding:
    setting = written.setting
    repair = _moved_out(written, declared, installed)
    others = [] if repair.edits[0].action == "remove" else [removal(setting)]
    return Finding(
        f'{setting.key} inside "[go]" does nothing: the Go extension reads its settings outside of it',
        evidence=(Evidence(setting.file, f'"[go]": {{"{setting.key}": …}}', setting.line), *written.note),
        remedies=(repair, *others),
        severity=written.severity,
    )


def _moved_out(written: Written, declared: Mapping[str, DeclaredSetting], installed: Installed) -> Remedy:
    """The setting outside of the section, unless it stands there already or would be wrong there too."""
    setting = written.setting
    meant = setting.key if _is_real(setting.key, declared) else MEANT.get(setting.key, "")
    if meant == FLAGS:
        return as_flags(written, setting.value, installed)
    if meant == "gopls":
        return as_settings(written, setting.value, installed)
    outside = {each.key for each in written.layer.settings if not each.language}
    declaration = declared.get(setting.key)
    is_wrong = declaration is None or bool(extension_objection(declaration, setting.value))
    is_wrong = is_wrong or is_tracing(meant, setting.value)
    if meant != setting.key or is_wrong or meant in outside or (meant == _SWITCH and setting.value is not True):
        return removal(setting)
    edit = SettingEdit(setting.file, setting.path, above(setting) + setting.key, "move")
    moved = change_settings(edit, title=f'Move {setting.key} out of "[go]"')
    return moved if setting.key in _HARMLESS else asked(moved)
