"""W09: go.work uses a folder that holds no module."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.model.finding import Evidence, Finding, Severity, run, run_in_project
from gopls_diag.model.outcome import Unknown
from gopls_diag.model.saying import Sayings
from gopls_diag.model.workspace import Workspace

PATTERN = re.compile(
    r"cannot load module (\S{1,400}) listed in go\.work file: |directory (\S{1,400}) does not contain a module"
)


@check(
    "W09",
    Severity.ERROR,
    why="The go command stops at the first missing module, so no package of the whole workspace loads.",
    explains=("W01", "W02", "W03", "W04", "W05", "W06", "W13", "W17", "E07", "E16", "E22", "R23"),
)
def go_work_use_missing(workspace: Workspace, sayings: Sayings | Unknown) -> Iterator[Finding]:
    """go.work lists a folder that holds no module.

    What it means: A use line of go.work names a folder that does not exist or has no go.mod.
    Why it matters: Every go command in the workspace fails with "cannot load module … listed in go.work file", also for
        the modules that are there.
    How to fix: Drop the line with go work edit -dropuse, or bring the folder back (a submodule that is not checked out:
        git submodule update --init).
    When to ignore: Never; GOWORK=off is the way to work without the file.
    Source: golang/go src/cmd/go/internal/modload/init.go (loadModFile); seen with gopls v0.23.0.
    """
    if workspace.work is not None:
        for use in workspace.work.uses:
            if use.module is None:
                what = "has no go.mod" if use.is_there else "does not exist"
                yield Finding(
                    summary=f"go.work uses {use.path}, but {use.folder} {what}",
                    evidence=(Evidence(workspace.work.file, f"use {use.path}", use.line),),
                    remedies=(
                        run_in_project(
                            *("go", "work", "edit", f"-dropuse={use.path}", workspace.work.file),
                            folder=workspace.work.folder,
                            title="Take the line out of go.work",
                        ),
                    ),
                )
        return
    if isinstance(sayings, Sayings):
        for heard in sayings.matching(PATTERN):
            path = heard.match[1] or heard.match[2]
            yield Finding(
                summary=f"go.work uses {path}, but there is no module",
                evidence=(Evidence(heard.saying.source, heard.words, heard.saying.line),),
                remedies=(run("go", "work", "edit", f"-dropuse={path}", title="Take the line out of go.work"),),
            )
