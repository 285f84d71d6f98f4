"""Placeholders in an editor's settings: text with `${env:NAME}` and the like in, the text that a program gets out.

VS Code's Go extension replaces them in paths and in go.toolsEnvVars (vscode-go: util.ts, substituteEnv, resolvePath).
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_PLACEHOLDER_PATTERN = re.compile(r"\$\{(env:)?([^}$]{1,200})\}")


def fill_in(text: str, *, folder: str, home: str, environment: Mapping[str, str]) -> str:
    """The text with its placeholders replaced; one that is not known stays as it is.

    Args:
        text: the value of a setting.
        folder: the workspace folder.
        home: the home folder, for a leading `~`.
        environment: for `${env:NAME}`; a name that is not set gives nothing, as in the extension.
    """
    known = {
        "workspaceFolder": folder,
        "workspaceRoot": folder,
        "workspaceFolderBasename": re.split(r"[/\\]", folder.rstrip("/\\"))[-1],
        "userHome": home,
    }

    def value(found: re.Match[str]) -> str:
        name = found[2].strip()
        return environment.get(name, "") if found[1] else known.get(name, found[0])

    filled = _PLACEHOLDER_PATTERN.sub(value, text)
    if filled == "~" or filled.startswith(("~/", "~\\")):
        return home + filled[1:]
    return filled
