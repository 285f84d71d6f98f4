"""S06: a variable in a setting where nothing expands it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from gopls_diag.checks.declare import check
from gopls_diag.checks.settings._flags import Flag, with_flag, written_flags
from gopls_diag.checks.settings._written import (
    Written,
    asked,
    change,
    need_editors,
    quoted,
    shown,
    written_for_gopls,
)
from gopls_diag.model.editor import Editors, EditorSetup, Scope, SettingValue
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
_ENVIRONMENT = {
    **{f"${name}": f"${{env:{name}}}" for name in ("HOME", "PATH", "PWD", "USER", "GOPATH", "GOROOT")},
    "${userHome}": "${env:HOME}",
}
_PLACES = ("GOPATH", "GOBIN", "GOMODCACHE", "GOCACHE", "GOPLSCACHE", "GOTMPDIR", "GOROOT", "PATH")
"""Names whose value can only be a path: what was meant is beyond doubt."""
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
            corrected = _corrected(editor, flag)
            remedies = (corrected, advise(better)) if corrected else (advise(better),)
            yield Finding(f"{found[0]} in the flag -{flag.name} is not expanded", (evidence,), remedies)


def _corrected(editor: EditorSetup, flag: Flag) -> Remedy | None:
    """A log file that gopls names itself, else the real path; None where only a person can say what is meant."""
    if flag.name == "logfile":
        return with_flag(editor, flag, ("-logfile=auto",))
    path = with_folder(flag.value or "", editor, flag.setting)
    return with_flag(editor, flag, (f"-{flag.name}={path}",)) if path else None


def with_folder(text: str, editor: EditorSetup, setting: SettingValue) -> str:
    """The text with the path of the folder whose own settings file holds it; empty if variables are left."""
    folders = editor.workspace_folders
    if len(folders) == 1 and setting.scope in (Scope.FOLDER, Scope.WORKSPACE):
        for name in ("${workspaceFolder}", "${workspaceRoot}"):
            text = text.replace(name, folders[0])
        text = text.replace("${workspaceFolderBasename}", re.split(r"[/\\]", folders[0].rstrip("/\\"))[-1])
    return "" if PATTERN.search(text) else text


def _in_environment(setting: SettingValue) -> Iterator[Finding]:
    text = setting.value if isinstance(setting.value, str) else ""
    for found in SHELL_PATTERN.finditer(text):
        if found[0] in EXPANDED or found[0].startswith("${env:"):
            continue
        advice = advise(f"Write ${{env:NAME}} or ${{workspaceFolder}}, or the whole path, in {setting.file}")
        yield Finding(
            f"{found[0]} in go.toolsEnvVars {setting.key} is not expanded",
            (quoted(setting),),
            (*_in_words_of_extension(setting, text), advice),
            why="The Go extension expands ${workspaceFolder}, ${env:NAME} and a leading ~ there, and hardly more.",
        )


def _in_words_of_extension(setting: SettingValue, text: str) -> Iterator[Remedy]:
    """Names of the environment as the extension expands them; variables that it does not know stay for the reader."""
    better = SHELL_PATTERN.sub(lambda found: _ENVIRONMENT.get(found[0], found[0]), text)
    better = re.sub(r"\$\{(HOME|PATH|PWD|USER|GOPATH|GOROOT)\}", r"${env:\1}", better)
    if any(each[0] not in EXPANDED and not each[0].startswith("${env:") for each in SHELL_PATTERN.finditer(better)):
        return
    remedy = change(setting, better)
    yield remedy if setting.key in _PLACES else asked(remedy)


def _in_setting(written: Written, name: str) -> Finding:
    setting = written.setting
    better = _whole(setting.value, written)
    repair = (asked(change(setting, better)),) if better is not None else ()
    return Finding(
        f"{name} in the gopls setting {setting.key} is not expanded",
        (quoted(setting), *written.note),
        (*repair, advise(f"Write what {name} stands for, in {setting.file}")),
        severity=written.severity,
    )


def _whole(value: Any, written: Written) -> Any:
    """The value with the folder's path in it; filters are paths from that folder. None if variables are left."""
    setting = written.setting
    if isinstance(value, str):
        if setting.short == "directoryFilters":
            value = value.replace("${workspaceFolder}/", "").replace("${workspaceRoot}/", "")
        return with_folder(value, written.editor, setting) or None
    if isinstance(value, list):
        parts = [_whole(each, written) if isinstance(each, str) else each for each in value]
        return None if None in parts else parts
    if isinstance(value, dict):
        inner = {key: _whole(each, written) if isinstance(each, str) else each for key, each in value.items()}
        return None if None in inner.values() or PATTERN.search(" ".join(inner)) else inner
    return value


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
