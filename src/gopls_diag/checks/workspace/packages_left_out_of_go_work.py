"""W13: the go command says that a folder's module is not in the workspace."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.model.finding import Evidence, Finding, Severity, run, run_in_project
from gopls_diag.model.outcome import Unknown
from gopls_diag.model.saying import Channel, Sayings
from gopls_diag.model.workspace import Workspace

PATTERN = re.compile(
    r"(?:directory (\S{1,400})|current directory)[^\n]{0,200}? is contained in a module"
    r" that is not one of the workspace modules listed in go\.work"
)

PREFIX_PATTERN = re.compile(r"directory prefix \S{1,400} does not contain modules listed in go\.work")


@check("W13", Severity.WARNING, why="The go command finds no packages there, and so gopls may find none.")
def packages_left_out_of_go_work(sayings: Sayings, workspace: Workspace | Unknown) -> Iterator[Finding]:
    """The go command says that the folder's module is not in go.work.

    What it means: The same as W04, in the words of the go command: the folder belongs to a module that no use line of
        go.work names.
    Why it matters: go list and go build find no packages there.
    How to fix: go work use FOLDER, or GOWORK=off for that module.
    When to ignore: For a module that is kept out of go.work on purpose.
    Source: golang/go src/cmd/go/internal/modload/load.go.
    """
    for heard in sayings.matching(PATTERN):
        folder = heard.match[1] or "."
        yield Finding(
            summary=f"The go command finds no packages in {folder}: its module is not listed in go.work",
            evidence=(Evidence(heard.saying.source, heard.words, heard.saying.line),),
            remedies=(run("go", "work", "use", folder, title="Add the module to go.work"),),
            because_of="W04",
        )
    # go list says only this of ./...; it says so too of a folder without any module, where nothing is wrong.
    if isinstance(workspace, Workspace) and workspace.module is not None and not workspace.is_in_work:
        for heard in sayings.matching(PREFIX_PATTERN):
            yield Finding(
                summary=f"go list finds no packages in {workspace.folder}: its module is not listed in go.work",
                evidence=(Evidence(heard.saying.source, heard.words, heard.saying.line),),
                remedies=(
                    run_in_project(
                        *("go", "work", "use", workspace.module.folder),
                        folder=workspace.root,
                        title="Add the module to go.work",
                    ),
                ),
                because_of="W04",
            )
            return
    sayings.need(Channel.GO, Channel.LOG)
