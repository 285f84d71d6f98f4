"""E19: go.sum lacks lines that go needs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.checks.env._heard import quote
from gopls_diag.checks.env._tidy import tidy
from gopls_diag.model.finding import Evidence, Finding, Severity
from gopls_diag.model.outcome import Unknown
from gopls_diag.model.saying import Channel, Sayings
from gopls_diag.model.toolchain import GoEnvironment
from gopls_diag.model.workspace import Workspace

PATTERN = re.compile(
    r"missing go\.sum entry(?: for (?:go\.mod file|module providing package (\S{1,300})))?"
    r"|updates to go\.sum needed|go\.sum is out of sync with go\.mod"
)
_SHOWN = 5


@check(
    "E19",
    Severity.ERROR,
    why="Packages of those modules are unknown to gopls, or nothing loads at all.",
    explains=("E28", "W01", "W02", "W03", "W06", "W17"),
)
def go_sum_incomplete(
    sayings: Sayings, environment: GoEnvironment | Unknown, workspace: Workspace | Unknown
) -> Iterator[Finding]:
    """go.sum lacks lines that go needs.

    What it means: Go.sum holds the checksum of every module that is used. Lines are missing: it was not committed, or
        go.mod was edited by hand.
    Why it matters: The go command does not use a module without its checksum, and gopls does not add it by itself.
    How to fix: Run go mod tidy, or go mod download for what is already required; commit go.sum.
    When to ignore: Never while it is found.
    Source: golang/go src/cmd/go/internal/modload/import.go; golang/tools gopls/internal/cache/mod.go.
    """
    found: dict[str, Evidence] = {}
    flags = environment.value("GOFLAGS") if isinstance(environment, GoEnvironment) else ""
    for heard in sayings.matching(PATTERN):
        # With -mod=mod go may write go.sum; it was this examination that kept it from that.
        if heard.saying.channel is Channel.GO and "-mod=mod" in flags:
            continue
        if "overlay" not in heard.words:
            found.setdefault((heard.match[1] or "").rstrip(";:"), quote(heard))
    if not found:
        return
    packages = [each for each in found if each]
    shown = f": {', '.join(packages[:_SHOWN])}{' …' if len(packages) > _SHOWN else ''}" if packages else ""
    yield Finding(
        f"go.sum lacks checksums{shown}",
        evidence=tuple(list(found.values())[:_SHOWN]),
        remedies=(tidy(workspace, "Complete go.sum"),),
    )
