"""E14: a package needs a newer Go than the one that built gopls or another tool."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.checks.env._heard import quote
from gopls_diag.model.finding import Finding, Severity, run
from gopls_diag.model.saying import Channel, Sayings

PATTERN = re.compile(r"package requires newer Go version (go\S{1,40}) \(application built with (go[^)\s]{1,40})\)")
TOOL_PATTERN = re.compile(
    r"uses version (go1\.\d{1,3}) of the source-processing packages but runs version (go1\.\d{1,3}) of 'go list'"
)
_GOPLS = "golang.org/x/tools/gopls@latest"


@check("E14", Severity.ERROR, why="The packages of the module are not type checked.", explains=("X10",))
def gopls_older_than_module(sayings: Sayings) -> Iterator[Finding]:
    """A package needs a newer Go than the one that built gopls.

    What it means: gopls type checks with the code of the Go that it was built with. go.mod asks for a newer one, so
        gopls refuses the package. Linters that were built with an older Go say it in other words.
    Why it matters: Packages that are refused have no completion, no hover and no diagnostics of their own.
    How to fix: Install gopls (or the tool) again with the newer Go.
    When to ignore: Never while it is found.
    Source: golang/go src/go/types (check.go); golang/tools go/packages/packages.go; golang/vscode-go#3982.
    """
    for heard in sayings.matching(PATTERN):
        wanted, builder = heard.match[1], heard.match[2]
        yield Finding(
            f"gopls was built with {builder}, and the module asks for {wanted}",
            evidence=(quote(heard),),
            remedies=(run("go", "install", _GOPLS, title="Build gopls again with the newer Go"),),
        )
        return
    for heard in sayings.matching(TOOL_PATTERN):
        yield Finding(
            f"A tool was built with {heard.match[1]} and runs {heard.match[2]}: build it again",
            evidence=(quote(heard),),
            remedies=(run("go", "install", _GOPLS, title="Build gopls again; the same for the linter that said it"),),
            severity=Severity.WARNING,
        )
        return
    sayings.need(Channel.DIAGNOSTIC, Channel.LOG, Channel.STDERR)
