"""W13: the go command says that a folder's module is not in the workspace."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.model.finding import Evidence, Finding, Severity, run
from gopls_diag.model.saying import Channel, Sayings

PATTERN = re.compile(
    r"(?:directory (\S+)|current directory)[^\n]{0,200}? is contained in a module"
    r" that is not one of the workspace modules listed in go\.work"
)


@check("W13", Severity.WARNING, why="The go command finds no packages there, and so gopls may find none.")
def packages_left_out_of_go_work(sayings: Sayings) -> Iterator[Finding]:
    """The go command says that the folder's module is not in go.work.

    What it means: the same as W04, in the words of the go command: the folder belongs to a module that no use line of
        go.work names.
    Why it matters: go list and go build find no packages there.
    How to fix: go work use FOLDER, or GOWORK=off for that module.
    When to ignore: for a module that is kept out of go.work on purpose.
    Source: cmd/go/internal/modload/load.go.
    """
    for heard in sayings.matching(PATTERN):
        folder = heard.match[1] or "."
        yield Finding(
            summary=f"The go command finds no packages in {folder}: its module is not listed in go.work",
            evidence=(Evidence(heard.saying.source, heard.words, heard.saying.line),),
            remedies=(run("go", "work", "use", folder, title="add the module to go.work"),),
            because_of="W04",
        )
    sayings.need(Channel.GO, Channel.LOG)
