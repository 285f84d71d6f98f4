"""E29: a replace line leads to a folder that is not there."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.checks.env._heard import quote
from gopls_diag.model.finding import Finding, Severity, advise, run
from gopls_diag.model.saying import Sayings

PATTERN = re.compile(
    r"([^\s@:()]{1,200})(?:@[^\s:()]{1,100})?: replacement directory ([^\n\"]{1,400}) does not exist"
    r"|([^\s@:()]{1,200})@[^\s:()]{1,100} \(replaced by ([^\n)]{1,400})\): reading "
)


@check(
    "E29",
    Severity.ERROR,
    why="go list cannot read that module, so gopls reports its imports as broken.",
    explains=("E16", "E22", "W01", "W02", "W03", "W05", "W06"),
)
def replacement_missing(sayings: Sayings) -> Iterator[Finding]:
    """A replace line leads to a folder that does not exist.

    What it means: go.mod (or go.work) replaces a module by a folder on this disk, and the folder is not there or holds
        no go.mod: it was moved, deleted, or never cloned on this machine.
    Why it matters: The module is needed, and a replaced module is never looked up anywhere else.
    How to fix: Put the folder there (clone it beside the workspace), correct the path, or take the replace line out
        with go mod edit -dropreplace.
    When to ignore: Never while a package of the workspace imports the module.
    Source: golang/go src/cmd/go/internal/modload/import.go and load.go ("replacement directory %s does not exist");
        seen with go1.26.8.
    """
    seen: set[str] = set()
    for heard in sayings.matching(PATTERN, holding=("replacement directory", "(replaced by ")):
        module, folder = heard.match[1] or heard.match[3], heard.match[2] or heard.match[4]
        if module in seen:
            continue
        seen.add(module)
        yield Finding(
            f"{module} is replaced by {folder}, which is not there",
            evidence=(quote(heard),),
            remedies=(
                advise(f"Put the module into {folder}, or correct the replace line"),
                run("go", "mod", "edit", f"-dropreplace={module}", title="Or use the published module again"),
            ),
        )
