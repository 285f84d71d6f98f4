"""E22: a package is imported that no required module provides."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.checks.env._heard import quote
from gopls_diag.checks.env._tidy import tidy
from gopls_diag.model.finding import Evidence, Finding, Severity, run
from gopls_diag.model.outcome import Unknown
from gopls_diag.model.saying import Channel, Sayings
from gopls_diag.model.workspace import Workspace

PATTERN = re.compile(r"no required module provides package \"?([^\s\";)]{1,300})")
_SHOWN = 5


@check(
    "E22",
    Severity.WARNING,
    why="The package is unknown to gopls: what it declares is an error where it is used.",
    is_about_code=True,
)
def import_not_required(sayings: Sayings, workspace: Workspace | Unknown) -> Iterator[Finding]:
    """A package is imported that no required module provides.

    What it means: The code imports a package, and none of the modules that go.mod requires has it: the requirement was
        never added, or the import path is mistyped.
    Why it matters: The import is an error, and gopls knows nothing of what the package declares.
    How to fix: Run go get with the import path, or go mod tidy; or correct the import.
    When to ignore: While you are writing the code; gopls offers go get as a quick fix.
    Source: golang/go src/cmd/go/internal/modload/import.go; seen with gopls v0.23.0.
    """
    found: dict[str, Evidence] = {}
    # gopls uses the same words for any package that it could not load; go list knows, where it was asked.
    channels = (Channel.GO,) if sayings.heard(Channel.GO) else ()
    for heard in sayings.matching(PATTERN, *channels):
        # Without a go.mod there is nothing that could require it: E07 tells of that.
        if "go.mod file not found" not in heard.words:
            found.setdefault(heard.match[1].rstrip(":"), quote(heard))
    if not found:
        return
    packages = list(found)
    shown = ", ".join(packages[:_SHOWN]) + (" …" if len(packages) > _SHOWN else "")
    yield Finding(
        f"No required module provides {shown}",
        evidence=tuple(list(found.values())[:_SHOWN]),
        remedies=(
            run("go", "get", packages[0], title="Require the module that has it"),
            tidy(workspace, "Require all that the code imports"),
        ),
    )
