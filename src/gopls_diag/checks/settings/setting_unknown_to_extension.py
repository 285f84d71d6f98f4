"""S01: a setting name that the Go extension does not have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from gopls_diag.checks.declare import check
from gopls_diag.checks.settings._written import (
    Written,
    nearest,
    need_editors,
    quoted,
    removal,
    renaming,
    written_settings,
)
from gopls_diag.model.editor import DeclaredSetting, Editors
from gopls_diag.model.finding import Evidence, Finding, Remedy, Severity, advise
from gopls_diag.model.go_extension import DECLARED, MEANT, RETIRED


@check(
    "S01",
    Severity.WARNING,
    why="The Go extension never reads it, and VS Code says so nowhere but in the settings editor.",
)
def setting_unknown_to_extension(editors: Editors) -> Iterator[Finding]:
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
    for written in written_settings(editors):
        setting, declared = written.setting, written.editor.declared or DECLARED
        if setting.language and written.editor.is_vscode:
            yield _in_section(written)
        elif setting.key.startswith("go.") and not _is_real(setting.key, declared):
            yield _unknown(written, declared)


def _is_real(key: str, declared: Mapping[str, DeclaredSetting]) -> bool:
    # VS Code joins dotted names and objects into one tree, so both halves of a name may be written either way.
    return key in declared or any(
        each.startswith(f"{key}.") or (key.startswith(f"{each}.") and "object" in declared[each].types)
        for each in declared
    )


def _unknown(written: Written, declared: Mapping[str, DeclaredSetting]) -> Finding:
    setting = written.setting
    meant = MEANT.get(setting.key) or nearest(setting.key, declared, 0.8)
    last = RETIRED.get(setting.key)
    remedies: list[Remedy] = [removal(setting)]
    if meant and setting.key not in MEANT and meant not in {each.key for each in written.layer.settings}:
        remedies.insert(0, renaming(setting, meant))
    elif meant:
        remedies.append(advise(_real_one(meant)))
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


def _real_one(meant: str) -> str:
    examples = {
        "go.languageServerFlags": 'Put flags of gopls into "go.languageServerFlags", one an element: ["-rpc.trace"]',
        "gopls": 'Put settings of gopls into the object "gopls": {"ui.semanticTokens": true}',
        "go.toolsEnvVars": 'Put environment names into the object "go.toolsEnvVars": {"GOFLAGS": "-tags=integration"}',
        "go.alternateTools": 'Put paths of programs into the object "go.alternateTools": {"gopls": "/path/to/gopls"}',
    }
    return examples.get(meant, f"Use the real setting {meant}")


def _in_section(written: Written) -> Finding:
    setting = written.setting
    return Finding(
        f'{setting.key} inside "[go]" does nothing: the Go extension reads its settings outside of it',
        evidence=(Evidence(setting.file, f'"[go]": {{"{setting.key}": …}}', setting.line), *written.note),
        remedies=(advise(f'Move {setting.key} out of "[go]" in {setting.file}'), removal(setting)),
        severity=written.severity,
    )
