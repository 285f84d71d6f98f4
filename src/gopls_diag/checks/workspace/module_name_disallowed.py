"""W14: a module name that gopls refuses."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.model.finding import Evidence, Finding, Severity, run
from gopls_diag.model.outcome import Unknown
from gopls_diag.model.saying import Sayings
from gopls_diag.model.workspace import Module, Workspace

PATTERN = re.compile(r"module name in ([^\n]{1,1000}?) contains \"command-line-arguments\"")
NAME = "command-line-arguments"


@check(
    "W14",
    Severity.ERROR,
    why="gopls refuses to load a module with this name.",
    explains=("W01", "W02", "W03", "W06"),
)
def module_name_disallowed(workspace: Workspace, sayings: Sayings | Unknown) -> Iterator[Finding]:
    """The module is named command-line-arguments.

    What it means: Go gives the name command-line-arguments to files that are listed one by one, and gopls takes every
        name that contains it for such a file.
    Why it matters: gopls stops loading with "load failed: module name … which is disallowed". The go command itself has
        no objection.
    How to fix: Give the module another path with go mod edit -module and correct its imports.
    When to ignore: Never.
    Source: golang/tools gopls/internal/cache/load.go; golang/go#61543; seen with gopls v0.23.0.
    """
    found = False
    for module in _held(workspace):
        if NAME in module.path and module.mod.module is not None:
            found = True
            yield Finding(
                summary=f"The module in {module.file} is named {module.path}, a name that gopls refuses",
                evidence=(Evidence(module.file, f"module {module.path}", module.mod.module.line),),
                remedies=(
                    run(
                        *("go", "mod", "edit", "-module=example.com/NAME", module.file),
                        title="Give the module another path",
                    ),
                ),
            )
    if not found and isinstance(sayings, Sayings):
        for heard in sayings.matching(PATTERN):
            yield Finding(
                summary=f"The module in {heard.match[1]} has {NAME} in its name, which gopls refuses",
                evidence=(Evidence(heard.saying.source, heard.words, heard.saying.line),),
                remedies=(run("go", "mod", "edit", "-module=example.com/NAME", title="Give the module another path"),),
            )


def _held(workspace: Workspace) -> tuple[Module, ...]:
    """The modules that gopls loads with the folder, each once."""
    used = [use.module for use in workspace.work.uses] if workspace.work else [workspace.module]
    return tuple(each for each in used if each is not None)
