"""gopls was built with a Go that is too old for this module."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.model.finding import Evidence, Finding, Severity, run
from gopls_diag.model.gopls_package import GOPLS_PACKAGE
from gopls_diag.model.saying import Channel, Sayings

PATTERN = re.compile(r"panic: invalid Go version \"?(go[^\s\"]{1,40})")


@check(
    "X10",
    Severity.ERROR,
    why="gopls panics as soon as it type checks the module.",
    explains=("X02", "X14", "X15", "X17", "X18", "X06"),
)
def gopls_built_by_old_go(sayings: Sayings) -> Iterator[Finding]:
    """gopls was built with a Go that is too old for this module.

    What it means: go.mod names a Go version in a form (three numbers) that go/types before Go 1.21 does not know, and
    this gopls was built with such a Go.
    Why it matters: gopls ends at every start in this module.
    How to fix: Install gopls anew with a current Go.
    When to ignore: When gopls was installed anew since.
    Source: golang/go#66553; golang/vscode-go#3276; golang/tools gopls/internal/cache/check.go (validGoVersion).
    """
    for heard in sayings.matching(PATTERN, Channel.STDERR):
        yield Finding(
            f"gopls was built with a Go that does not know the version {heard.match[1]}",
            evidence=(Evidence(heard.saying.source, heard.words, heard.line),),
            remedies=(run("go", "install", f"{GOPLS_PACKAGE}@latest", title="Install gopls anew with a current Go"),),
        )
    sayings.need(Channel.STDERR)
