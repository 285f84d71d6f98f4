"""C04: cgo fails on a package."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.checks.env._heard import quote
from gopls_diag.model.finding import Finding, Severity, advise
from gopls_diag.model.saying import Channel, Sayings

PATTERN = re.compile(
    r"could not import C \((cgo preprocessing failed|no metadata for C)\)"
    r"|go list failed to return CompiledGoFiles(?: for \"([^\"\n]{1,200})\")?"
)


@check("C04", Severity.WARNING, why="The package is not type checked: names from C are errors, and completion is poor.")
def cgo_failing(sayings: Sayings) -> Iterator[Finding]:
    """cgo fails on a package.

    What it means: gopls lets the go command run cgo over files with import "C", and that ended in an error: a header
        is missing, the C code does not compile, or a packages driver (Bazel) does not do cgo.
    Why it matters: gopls does not see what cgo makes of the package.
    How to fix: Run go build in the package and repair what the C compiler says, such as a missing header.
    When to ignore: When the package is not worked on here.
    Source: golang/tools gopls/internal/cache/check.go; golang/go#38990, bazel-contrib/rules_go#4338.
    """
    for heard in sayings.matching(PATTERN):
        package = heard.match[2] or ""
        yield Finding(
            f"cgo failed{f' in package {package}' if package else ''}: {heard.words[:200]}",
            evidence=(quote(heard),),
            remedies=(advise("Run go build in the package and repair what the C compiler says"),),
        )
        return
    sayings.need(Channel.DIAGNOSTIC, Channel.LOG)
