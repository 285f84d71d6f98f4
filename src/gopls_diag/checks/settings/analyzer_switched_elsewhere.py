"""S18: gopls analyzers switched in a place that never reaches gopls."""

from __future__ import annotations

from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.model.finding import Confidence, Evidence, Finding, Severity, advise
from gopls_diag.model.golangci import GolangciConfiguration

GOPLS_ALONE = frozenset(
    {"fillreturns", "nonewvars", "noresultvalues", "unusedparams", "unusedvariable", "unusedfunc", "infertypeargs",
     "simplifycompositelit", "simplifyrange", "simplifyslice", "fillstruct", "undeclaredname", "stubmethods", "yield"}
)  # fmt: skip
"""Analyzers of gopls whose names no linter of golangci-lint bears; others, such as modernize, are linters too."""


@check("S18", Severity.WARNING, why="gopls never reads that file, so its analyzers stay as they are.")
def analyzer_switched_elsewhere(configuration: GolangciConfiguration) -> Iterator[Finding]:
    """gopls analyzers are switched in the configuration of golangci-lint.

    What it means: The linters that .golangci.yml enables or disables include names of gopls analyzers, which
        golangci-lint does not have.
    Why it matters: gopls does not read the file, and golangci-lint stops with "unknown linters".
    How to fix: Switch analyzers of gopls in its own settings: "gopls": {"ui.diagnostic.analyses": {"name": false}}.
    When to ignore: When a plugin of golangci-lint bears that name.
    Source: golang/tools gopls/doc/analyzers.md; `golangci-lint linters`.
    """
    for linter in configuration.linters:
        if linter.name in GOPLS_ALONE:
            state = "true" if linter.is_on else "false"
            word = "enable" if linter.is_on else "disable"
            yield Finding(
                f"{linter.name} in {word} of {linter.file} does nothing: it is an analyzer of gopls",
                (Evidence(linter.file, f"linters: {word}: {linter.name}", linter.line),),
                (
                    advise(
                        f'Switch it in the editor: "gopls": {{"ui.diagnostic.analyses": {{"{linter.name}": {state}}}}}'
                    ),
                ),
                confidence=Confidence.LIKELY,
            )
