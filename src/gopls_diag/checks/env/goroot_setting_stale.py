"""E25: VS Code's go.goroot leads nowhere, or stands in the way."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from gopls_diag.checks.declare import check
from gopls_diag.checks.env._heard import quote
from gopls_diag.model.finding import Evidence, Finding, Remedy, Severity, advise, remove_setting
from gopls_diag.model.go_folders import GoFolders
from gopls_diag.model.outcome import Unknown
from gopls_diag.model.saying import Sayings

PATTERN = re.compile(r"go\.goroot setting is ignored\. (.{1,300}?) is not a valid GOROOT directory")
SWITCHING_PATTERN = re.compile(r"Switching Go version when \"go\.goroot\" is set is unsupported")


@check("E25", Severity.WARNING, why="The setting has no effect: another Go is used than the one it names.")
def goroot_setting_stale(folders: GoFolders, sayings: Sayings | Unknown) -> Iterator[Finding]:
    """VS Code's go.goroot names a folder that is not there.

    What it means: The setting go.goroot names the folder of a Go installation that was removed or never was. The
        extension ignores it and takes the go that it finds otherwise.
    Why it matters: You may believe to work with another Go than you do, and the extension cannot switch versions.
    How to fix: Take the setting out. To choose a Go, use the command Go: Choose Go Environment.
    When to ignore: In settings that are shared with a machine on which the folder exists.
    Source: golang/vscode-go extension/src/goEnv.ts (setGOROOTEnvVar), goEnvironmentStatus.ts.
    """
    setting, state = folders.editor_goroot_setting, folders.editor_goroot
    remove: tuple[Remedy, ...] = (advise("Take go.goroot out of the settings"),)
    if setting is not None:
        remove = (remove_setting(setting.source, setting.setting_path, title="Take go.goroot out of the settings"),)
    if setting is not None and state is not None and not state.is_folder and not state.is_hidden:
        yield Finding(
            f'"go.goroot" is {setting.value}, which is not there, so the setting is ignored',
            evidence=(Evidence(setting.source, f'"go.goroot": "{setting.value}"', setting.line),),
            remedies=remove,
        )
        return
    if isinstance(sayings, Unknown):
        return
    for heard in sayings.matching(PATTERN):
        if setting is None:
            continue
        yield Finding(
            f'"go.goroot" was ignored: {heard.match[1]} is no Go installation',
            evidence=(quote(heard),),
            remedies=remove,
        )
        return
    for heard in sayings.matching(SWITCHING_PATTERN):
        yield Finding(
            'The Go version cannot be chosen in VS Code while "go.goroot" is set',
            evidence=(quote(heard),),
            # It has an effect: the reader may want that Go.
            remedies=tuple(replace(each, safe=False) for each in remove),
        )
        return
