"""E12: go.mod or go.work does not parse."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.checks.env._heard import quote
from gopls_diag.model.finding import Confidence, Evidence, Finding, Severity, advise
from gopls_diag.model.outcome import Unknown
from gopls_diag.model.saying import Channel, Sayings
from gopls_diag.model.toolchain import GoEnvironment
from gopls_diag.model.workspace import Module, Workspace

PATTERN = re.compile(
    r"(?:^|[\s/\\:])(go\.mod|go\.work):(\d{1,7}):(?:\d{1,7}:)? (?:syntax: )?([^\n\"]{1,300})", re.MULTILINE
)
_WORDS = re.compile(
    r"unknown directive|invalid go version|must match format|malformed|usage: |unexpected |invalid (?:quoted|module|"
    r"toolchain)|repeated |unterminated|mismatched|syntax error|unknown block|no such|newline in"
)


@check(
    "E12",
    Severity.ERROR,
    why="go list refuses the module, so gopls loads no package of it.",
    explains=("E07", "E22", "E28", "W01", "W02", "W03", "W05", "W06", "W17", "H12"),
)
def go_mod_malformed(
    workspace: Workspace, environment: GoEnvironment | Unknown, sayings: Sayings | Unknown
) -> Iterator[Finding]:
    """go.mod or go.work does not parse.

    What it means: A line of the file is no directive that this Go knows, or its value has a form that Go does not take:
        a merge conflict, a slip, or a directive of a newer Go (toolchain since 1.21, tool since 1.24, ignore since
        1.25) in the hands of an older one.
    Why it matters: The go command refuses to work in the module, and gopls with it.
    How to fix: Correct the line that is named, or use the Go that go.mod was written for.
    When to ignore: While you are typing in go.mod.
    Source: golang.org/x/mod/modfile; seen with gopls v0.23.0 and go1.27.3.
    """
    is_judged_by_go = False
    if not isinstance(sayings, Unknown):
        is_judged_by_go = sayings.heard(Channel.GO)
        for heard in sayings.matching(PATTERN, holding=("go.mod:", "go.work:")):
            line, words = int(heard.match[2]), heard.match[3].strip()
            if not _WORDS.search(words):
                continue
            file = _file(workspace, heard.match[1])
            yield Finding(
                f"{file} line {line}: {words}",
                evidence=(Evidence(file, words, line), quote(heard)),
                remedies=(advise(f"Correct line {line} of {file}"),),
            )
            return
    module = workspace.module
    if is_judged_by_go or module is None or not module.mod.problems:
        return
    yield _own_judgement(module, environment)


def _file(workspace: Workspace, name: str) -> str:
    """The path of the file that go names; go leaves its folder out."""
    if name == "go.work":
        return workspace.work.file if workspace.work else name
    return workspace.module.file if workspace.module else name


def _own_judgement(module: Module, environment: GoEnvironment | Unknown) -> Finding:
    """What the file itself shows, when go could not be asked; an old Go may know less, so nothing is certain."""
    problem = module.mod.problems[0]
    running = environment.version.name if isinstance(environment, GoEnvironment) and environment.is_known else "go"
    return Finding(
        f"{module.file} line {problem.line}: {problem.text}",
        evidence=(Evidence(module.file, problem.text, problem.line),),
        remedies=(advise(f"Correct line {problem.line} of {module.file}, or see whether {running} knows it"),),
        confidence=Confidence.LIKELY,
    )
