"""E21: go.mod lacks something that go wants to write."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.checks.env._heard import quote
from gopls_diag.checks.env._tidy import tidy
from gopls_diag.model.finding import Finding, Severity
from gopls_diag.model.outcome import Unknown
from gopls_diag.model.saying import Channel, Sayings
from gopls_diag.model.toolchain import GoEnvironment
from gopls_diag.model.workspace import Workspace

PATTERN = re.compile(r"updates to go\.mod needed(?:, disabled by -mod=\w{1,20})?")


@check(
    "E21",
    Severity.ERROR,
    why="go list refuses the module, so gopls loads no package of it.",
    explains=("E19", "E22", "E28", "W01", "W02", "W03", "W06", "W17"),
)
def go_mod_untidy(
    sayings: Sayings, environment: GoEnvironment | Unknown, workspace: Workspace | Unknown
) -> Iterator[Finding]:
    """go.mod is not complete, and go may not write it.

    What it means: A dependency asks for a newer version of another module than go.mod names, or the go line is too old
        for it. The go command would correct go.mod, but is not allowed to by itself.
    Why it matters: The go command refuses to list packages, so gopls has none.
    How to fix: Run go mod tidy in the folder of go.mod.
    When to ignore: Never while it is found.
    Source: golang/go src/cmd/go/internal/modload/init.go (errGoModDirty).
    """
    flags = environment.value("GOFLAGS") if isinstance(environment, GoEnvironment) else ""
    for heard in sayings.matching(PATTERN):
        # With -mod=mod go may write go.mod; it was this examination that kept it from that.
        if heard.saying.channel is Channel.GO and "-mod=mod" in flags:
            continue
        yield Finding(
            "go.mod has to be updated before go can list packages",
            evidence=(quote(heard),),
            remedies=(tidy(workspace, "Update go.mod"),),
        )
        return
