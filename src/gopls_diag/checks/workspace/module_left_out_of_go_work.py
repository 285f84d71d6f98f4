"""W04: the module that holds the folder is not in the go.work that is in force."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.model.finding import Evidence, Finding, Severity, advise, run, run_in_project
from gopls_diag.model.gopls import GoplsCommands
from gopls_diag.model.outcome import Unknown
from gopls_diag.model.saying import Sayings
from gopls_diag.model.workspace import Module, Workspace

PATTERN = re.compile(r"This file is within module \"([^\n]{0,1000}?)\", which is not included in your workspace\.")

ASIDE = frozenset({"testdata", "example", "examples", "tools", "_examples", "third_party", "vendor", "node_modules"})
"""Folders whose modules are usually kept out of go.work on purpose."""
FIRST_WITH_VIEWS = "v0.15.0"
"""Since then gopls opens a module that go.work leaves out on its own."""


@check(
    "W04",
    Severity.WARNING,
    why="The go command refuses to work in this module, and gopls before v0.15 finds no packages in it.",
    explains=("W03", "W06", "W13", "W17", "E22", "E07"),
)
def module_left_out_of_go_work(
    workspace: Workspace, commands: GoplsCommands | Unknown, sayings: Sayings | Unknown
) -> Iterator[Finding]:
    """The module is not listed in the go.work above it.

    What it means: A go.work file is in force for this folder, and its use lines do not name the module that holds it.
    Why it matters: go build and go list stop with "contained in a module that is not one of the workspace modules".
        gopls from v0.15 on opens such a module on its own, without the other modules of the go.work; older ones show
        "which is not included in your workspace" and nothing else.
    How to fix: Add the module with go work use, or switch the go.work off for it with GOWORK=off.
    When to ignore: For a module that is kept apart on purpose (examples, tools) and only looked at in the editor.
    Source: golang/tools gopls/internal/cache/snapshot.go and view.go (defineView); golang/go
        src/cmd/go/internal/modload/load.go; golang/vscode-go#2884, #2981; golang/go#53880.
    """
    module, work = workspace.module, workspace.work
    # A broken go.work says nothing of what it uses.
    is_left_out = module is not None and work is not None and not workspace.is_in_work
    if is_left_out and module is not None and work is not None and not work.work.problems:
        place = "" if workspace.gowork_setting is None else f" (GOWORK is set in {workspace.gowork_setting.place})"
        uses = ", ".join(use.path for use in work.uses) or "nothing"
        yield Finding(
            summary=f"Module {module.path or module.folder} is not listed in {work.file}{place}",
            evidence=(
                Evidence(work.file, f"uses {uses}", work.uses[0].line if work.uses else None),
                Evidence(module.file, f"module {module.path}", module.mod.module.line if module.mod.module else None),
            ),
            remedies=(
                run_in_project(
                    *("go", "work", "use", module.folder), folder=work.folder, title="Add the module to go.work"
                ),
                advise("Or set GOWORK=off for this folder, if the module is meant to stand alone"),
            ),
        )
        return
    yield from _beside(workspace, commands)
    if isinstance(sayings, Sayings):
        for heard in sayings.matching(PATTERN):
            yield Finding(
                summary=f"Module {heard.match[1]} is not included in the workspace",
                evidence=(Evidence(heard.saying.source, heard.words, heard.saying.line),),
                remedies=(run("go", "work", "use", heard.match[1], title="Add the module to go.work"),),
            )


def _beside(workspace: Workspace, commands: GoplsCommands | Unknown) -> Iterator[Finding]:
    """Modules below the folder that its go.work leaves out: go itself refuses to build them from there."""
    work = workspace.work
    if work is None or work.work.problems:
        return
    left = [each for each in workspace.modules if not workspace.is_used(each) and not _is_aside(each, workspace.folder)]
    if not left:
        return
    in_use = commands.in_use if isinstance(commands, GoplsCommands) else None
    is_old = in_use is not None and in_use.version.is_before(FIRST_WITH_VIEWS)
    names = ", ".join(each.path or each.folder for each in left[:3]) + (", …" if len(left) > 3 else "")
    yield Finding(
        summary=f"{work.file} leaves out {len(left)} of the modules in this folder: {names}",
        evidence=tuple(
            Evidence(each.file, f"module {each.path}", each.mod.module.line if each.mod.module else None)
            for each in left[:3]
        ),
        remedies=(
            run_in_project(
                *("go", "work", "use", *(each.folder for each in left)),
                folder=work.folder,
                title="Add it to go.work" if len(left) == 1 else "Add them to go.work",
            ),
        ),
        why=None if is_old else "go build refuses them from here; gopls opens each of them apart from the others.",
        severity=Severity.WARNING if is_old else Severity.INFO,
    )


def _is_aside(module: Module, folder: str) -> bool:
    parts = module.folder[len(folder) :].replace("\\", "/").split("/")
    return not ASIDE.isdisjoint(parts)
