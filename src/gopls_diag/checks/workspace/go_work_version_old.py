"""W10: the go line of go.work is older than that of a module it uses."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.model.finding import Evidence, Finding, Severity, run, run_in_project
from gopls_diag.model.outcome import Unknown
from gopls_diag.model.saying import Sayings
from gopls_diag.model.toolchain import GoEnvironment
from gopls_diag.model.version import GoVersion
from gopls_diag.model.workspace import Workspace

PATTERN = re.compile(
    r"module (\S{1,400}) listed in go\.work file requires go >= (\S{1,100}), "
    r"but go\.work (?:lists|implicitly requires) go (\S{1,100}?);"
)
IMPLICIT = "1.18"
"""What a go.work without a go line stands for (cmd/go/internal/gover)."""
FIRST_TO_REFUSE = "go1.21"
STRICT = GoVersion.parse("1.21")
"""Go lines of modules below it are not compared with that of go.work (cmd/go/internal/gover, GoStrictVersion)."""


@check(
    "W10",
    Severity.ERROR,
    why="The go command refuses the whole workspace, so gopls loads no package of it.",
    explains=("W01", "W02", "W03", "W04", "W05", "W06", "W13", "W17", "E07", "E10", "E22"),
)
def go_work_version_old(
    workspace: Workspace, environment: GoEnvironment | Unknown, sayings: Sayings | Unknown
) -> Iterator[Finding]:
    """The go line of go.work is older than a module asks for.

    What it means: Since Go 1.21 the go line of go.work must be at least that of every module it uses whose own line is
        1.21 or newer. Without a go line go.work stands for go 1.18.
    Why it matters: Every go command in the workspace fails with "listed in go.work file requires go >= …".
    How to fix: go work use (without arguments) raises the line to what the modules ask for.
    When to ignore: Never with Go 1.21 or newer.
    Source: golang/go src/cmd/go/internal/modload/init.go (errWorkTooOld) and gover/version.go (GoStrictVersion); seen
        with gopls v0.23.0.
    """
    is_old_go = isinstance(environment, GoEnvironment) and environment.version.is_known
    if is_old_go and isinstance(environment, GoEnvironment) and environment.version < GoVersion.parse(FIRST_TO_REFUSE):
        return
    work = workspace.work
    if work is not None:
        has = work.work.go.value if work.work.go else IMPLICIT
        said = f"lists go {has}" if work.work.go else f"has no go line and so stands for go {has}"
        for use in work.uses:
            wanted = use.module.mod.go if use.module else None
            version = GoVersion.parse(wanted.value) if wanted else None
            if use.module and wanted and version and version > GoVersion.parse(has) and version >= STRICT:
                yield Finding(
                    summary=f"go.work {said}, but module {use.path} requires go {wanted.value}",
                    evidence=(
                        Evidence(work.file, f"go {has}", work.work.go.line if work.work.go else None),
                        Evidence(use.module.file, f"go {wanted.value}", wanted.line),
                    ),
                    remedies=(run_in_project("go", "work", "use", folder=work.folder, title="Raise the go line"),),
                )
                return
        return
    if isinstance(sayings, Sayings):
        for heard in sayings.matching(PATTERN):
            yield Finding(
                summary=f"go.work lists go {heard.match[3]}, but module {heard.match[1]} requires go {heard.match[2]}",
                evidence=(Evidence(heard.saying.source, heard.words, heard.saying.line),),
                remedies=(run("go", "work", "use", title="Raise the go line of go.work"),),
            )
