"""W07: gopls refuses a folder that is spelled otherwise than the system lists it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.model.finding import Evidence, Finding, Severity, advise
from gopls_diag.model.outcome import Unknown
from gopls_diag.model.path_spelling import PathSpellings
from gopls_diag.model.saying import Sayings

PATTERN = re.compile(
    r"invalid workspace folder path: invalid path \"([^\"\n]{1,400})\":"
    r" component \"([^\"\n]{1,400})\" is listed by (macOS|Windows) as \"([^\"\n]{1,400})\""
)


@check(
    "W07",
    Severity.ERROR,
    why="gopls refuses the folder, so nothing of it works in the editor.",
    explains=("W01", "W02", "W03", "P03"),
)
def folder_spelled_otherwise(spellings: PathSpellings | Unknown, sayings: Sayings | Unknown) -> Iterator[Finding]:
    """The workspace folder is spelled otherwise than on the disk.

    What it means: On macOS and Windows gopls compares each part of the folder's path with the spelling that the system
        lists, and the letter case differs.
    Why it matters: gopls answers "invalid workspace folder path" and loads nothing.
    How to fix: Close the folder and open it again under the listed spelling; correct the path in recent folders,
        aliases and .code-workspace files.
    When to ignore: Never on macOS and Windows. Linux does not check it.
    Source: golang/tools gopls/internal/cache/os_darwin.go, os_windows.go; golang/vscode-go#2462, #3180;
        golang/go#47509.
    """
    if isinstance(spellings, PathSpellings) and spellings.os in ("darwin", "windows"):
        for each in spellings.all:
            if each.role == "the workspace folder":
                yield Finding(
                    summary=f"The folder is opened as {each.given}, but the disk spells it {each.on_disk}",
                    evidence=(Evidence(each.listed_in, f'lists "{each.listed_name}", not "{each.given_name}"'),),
                    remedies=(advise(f"Open {each.on_disk} in the editor instead"),),
                )
                return
    if isinstance(sayings, Sayings):
        for heard in sayings.matching(PATTERN):
            path, given, _, listed = heard.match.groups()
            yield Finding(
                summary=f'The folder {path} is opened with "{given}" in its path, but the disk spells it "{listed}"',
                evidence=(Evidence(heard.saying.source, heard.words, heard.saying.line),),
                remedies=(advise(f'Open the folder again with "{listed}" in its path'),),
            )
