"""S06: a variable in a setting where nothing expands it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from gopls_diag.checks.declare import check
from gopls_diag.checks.settings._flags import Flag, written_flags
from gopls_diag.checks.settings._written import (
    Written,
    change,
    is_editable,
    need_editors,
    quoted,
    shown,
    written_for_gopls,
)
from gopls_diag.model.editor import Editors, EditorSetup, SettingValue
from gopls_diag.model.finding import Evidence, Finding, Remedy, Severity, advise

PATTERN = re.compile(r"\$\{[A-Za-z][A-Za-z0-9_.:]{0,80}\}")
SHELL_PATTERN = re.compile(r"\$(?:HOME|PATH|PWD|USER|GOPATH|GOROOT)\b|\$\{[A-Za-z][A-Za-z0-9_.:]{0,80}\}")
FILE_FLAGS = (
    "logfile",
    "remote.logfile",
    "profile.cpu",
    "profile.mem",
    "profile.trace",
    "profile.alloc",
    "profile.block",
)
EXPANDED = ("${workspaceFolder}", "${workspaceRoot}", "${workspaceFolderBasename}")


@check(
    "S06",
    Severity.WARNING,
    why="Nothing replaces it here, so gopls gets the characters as they stand.",
    explains=("R02", "X02", "X14", "X15", "X17", "X18"),
)
def variable_not_expanded(editors: Editors) -> Iterator[Finding]:
    """A variable such as ${workspaceFolder} stands where nothing expands it.

    What it means: VS Code itself expands no variables in settings; the Go extension does so in go.toolsEnvVars,
        go.alternateTools, go.gopath, go.goroot and go.toolsGopath, and there only ${workspaceFolder}, ${workspaceRoot},
        ${workspaceFolderBasename}, ${env:NAME} and a leading ~. Flags and gopls settings are passed on as they stand.
    Why it matters: A log file named ${workspaceFolder}/gopls.log cannot be created, and gopls ends at once. A filter or
        flag with such a name matches nothing.
    How to fix: Write the real path. For a log file: "-logfile=auto".
    When to ignore: When the text is meant to hold these characters.
    Source: golang/vscode-go extension/src/util.ts (resolvePath, substituteEnv), goEnv.ts, language/goLanguageServer.ts
        (flags are passed as they stand); seen with gopls v0.23.0: unable to create log file, exit code 2.
    """
    need_editors(editors)
    for editor in editors.all:
        yield from _in_flags(editor)
        if editor.is_vscode:
            for setting in editor.tools_environment.values():
                yield from _in_environment(setting)
    for written in written_for_gopls(editors):
        found = PATTERN.search(" ".join(_texts(written.setting.value)))
        if found:
            yield _in_setting(written, found[0])


def _in_flags(editor: EditorSetup) -> Iterator[Finding]:
    for flag in written_flags(editor.language_server_flags):
        found = PATTERN.search(flag.value or "") or PATTERN.search(flag.name)
        if found is None:
            continue
        is_file = flag.name in FILE_FLAGS and found[0] in (flag.value or "")
        evidence = Evidence(flag.setting.file, f"{flag.setting.key}: {shown(flag.setting.value)}", flag.setting.line)
        better = "Write -logfile=auto, or the whole path" if "logfile" in flag.name else "Write the whole path"
        if is_file and re.search(r"[/\\]", flag.value or ""):
            yield Finding(
                f"gopls will not start in {editor.label}: {found[0]} in -{flag.name} is not expanded, "
                "so the file cannot be created",
                (evidence,),
                (_corrected(editor, flag) or advise(f"{better}, in {flag.setting.key} of {flag.setting.file}"),),
                why="gopls ends with exit code 2 when it cannot create the file that a flag names.",
                severity=Severity.ERROR,
            )
        else:
            yield Finding(f"{found[0]} in the flag -{flag.name} is not expanded", (evidence,), (advise(better),))


def _corrected(editor: EditorSetup, flag: Flag) -> Remedy | None:
    """The flags with a log file that gopls names itself; None where only a person can say which file is meant."""
    setting = flag.setting
    if flag.name != "logfile" or not editor.is_vscode or not is_editable(setting) or "=" not in str(setting.value):
        return None
    words = ["-logfile=auto" if each is setting else str(each.value) for each in editor.language_server_flags]
    return change(setting, words)


def _in_environment(setting: SettingValue) -> Iterator[Finding]:
    text = setting.value if isinstance(setting.value, str) else ""
    for found in SHELL_PATTERN.finditer(text):
        if found[0] in EXPANDED or found[0].startswith("${env:"):
            continue
        yield Finding(
            f"{found[0]} in go.toolsEnvVars {setting.key} is not expanded",
            (quoted(setting),),
            (advise(f"Write ${{env:NAME}} or ${{workspaceFolder}}, or the whole path, in {setting.file}"),),
            why="The Go extension expands ${workspaceFolder}, ${env:NAME} and a leading ~ there, and hardly more.",
        )


def _in_setting(written: Written, name: str) -> Finding:
    setting = written.setting
    return Finding(
        f"{name} in the gopls setting {setting.key} is not expanded",
        (quoted(setting), *written.note),
        (advise(f"Write what {name} stands for, in {setting.file}"),),
        severity=written.severity,
    )


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)
    elif isinstance(value, dict):
        for key, each in value.items():
            yield str(key)
            yield from _texts(each)
