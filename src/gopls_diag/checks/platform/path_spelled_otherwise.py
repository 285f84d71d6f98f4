"""P03: a path that is spelled otherwise than on the disk, where the disk ignores letter case."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.model.finding import Evidence, Finding, Remedy, Severity, advise, run_in_project
from gopls_diag.model.path_spelling import PathSpelling, PathSpellings


@check(
    "P03",
    Severity.WARNING,
    why="One file then has two names: gopls loads its package twice, or finds no package for the open file.",
    explains=("W01", "W03", "W06"),
)
def path_spelled_otherwise(spellings: PathSpellings) -> Iterator[Finding]:
    """A path is spelled otherwise than on the disk.

    What it means: The volume ignores letter case, so the path works although the disk spells it in another way. The go
        command and gopls compare paths letter by letter.
    Why it matters: The editor's name of a file and go's name of it differ; diagnostics go to the wrong name, packages
        are loaded twice or not found. On macOS and Windows gopls refuses such a workspace folder outright.
    How to fix: Open the folder, and write replace and use lines, exactly as the disk spells them.
    When to ignore: Never for the workspace folder; a replace that works everywhere you build may stay, but breaks on
        Linux.
    Source: golang/tools gopls/internal/cache/os_darwin.go, os_windows.go; golang/go#47509, #61293;
        golang/vscode-go#2462.
    """
    for each in spellings.all:
        begin = f"The folder is opened as {each.given}"
        if each.file:
            begin = f"{each.role[0].upper()}{each.role[1:]} is written {each.written}"
        listed = Evidence(each.listed_in, f'lists "{each.listed_name}", not "{each.given_name}"')
        written = (Evidence(each.file, each.written, each.line),) if each.file else ()
        yield Finding(
            summary=f"{begin}, but the disk spells it {each.on_disk}",
            evidence=(*written, listed),
            remedies=(_remedy(each),),
        )


def _remedy(each: PathSpelling) -> Remedy:
    if not each.file:
        return advise(f"Open {each.on_disk} in the editor instead")
    right = _spelled_right(each)
    if each.file.endswith("go.work") and "go.work" in each.role:
        return run_in_project(
            *("go", "work", "edit", f"-dropuse={each.written}", f"-use={right}", each.file),
            folder=re.split(r"[/\\]go\.work$", each.file)[0],
            title="Write the use line as the disk spells it",
        )
    return advise(f"Write {right} in {each.file} line {each.line}")


def _spelled_right(each: PathSpelling) -> str:
    """The path as written, its letters taken from the disk; both have the same ending."""
    tail = each.written.lstrip("./\\")
    ending = each.on_disk[-len(tail) :] if tail else ""
    if ending.replace("\\", "/").casefold() == tail.replace("\\", "/").casefold():
        return each.written[: len(each.written) - len(tail)] + ending.replace("\\", "/")
    return each.on_disk
