"""E27: go build cannot ask git for the state of the repository."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.checks.env._heard import quote
from gopls_diag.model.finding import Finding, Severity, advise, run
from gopls_diag.model.saying import Channel, Sayings

PATTERN = re.compile(r"error obtaining VCS status: ([^\n]{1,300})")


@check("E27", Severity.INFO, why="Builds fail in the folder; gopls itself is not touched.")
def vcs_status_failing(sayings: Sayings) -> Iterator[Finding]:
    """go build cannot ask git for the state of the repository.

    What it means: go build writes the commit into programs, for which it runs git. git is missing, or refuses since the
        folder belongs to somebody else, as happens with folders that are mounted into a container.
    Why it matters: Builds, tests and installs fail. gopls loads packages with -buildvcs=false and does not mind.
    How to fix: Tell git that the folder is safe, install git, or go without: go env -w GOFLAGS=-buildvcs=false.
    When to ignore: When only gopls matters here.
    Source: golang/go src/cmd/go/internal/load/pkg.go; golang/tools go/packages/golist.go (-buildvcs=false).
    """
    for heard in sayings.matching(PATTERN):
        folder = heard.saying.folder or "FOLDER"
        yield Finding(
            f"go cannot ask for the state of the repository: {heard.match[1].strip()}",
            evidence=(quote(heard),),
            remedies=(
                run(
                    "git", "config", "--global", "--add", "safe.directory", folder, title="Tell git to trust the folder"
                ),
                # To copy only: GOFLAGS may hold something already.
                advise("Or do without the commit in programs: add -buildvcs=false to GOFLAGS"),
            ),
        )
        return
    sayings.need(Channel.CLIENT, Channel.LOG, Channel.GO)
