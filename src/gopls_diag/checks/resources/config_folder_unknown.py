"""There is no folder for gopls's configuration, because HOME is not set."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.model.finding import Evidence, Finding, Severity, advise
from gopls_diag.model.saying import Channel, Sayings

PATTERN = re.compile(r"telemetry prompt failed: unable to determine user config dir[^\n]{0,300}")


@check(
    "R15",
    Severity.INFO,
    why="Programs that need a home folder fail one after the other; go's build cache is the first that matters.",
)
def config_folder_unknown(sayings: Sayings) -> Iterator[Finding]:
    """There is no folder for gopls's configuration, because HOME is not set.

    What it means: gopls was started without HOME (or XDG_CONFIG_HOME; AppData on Windows), as by a service manager or
    in a container. It cannot tell whether it asked about telemetry before.
    Why it matters: By itself not at all. It shows that HOME is missing, and then go has no place for its build cache
    either, unless GOCACHE is set (E08).
    How to fix: Set HOME where the editor or its server is started.
    When to ignore: When GOCACHE, GOPATH and GOPLSCACHE are all set.
    Source: golang/tools gopls/internal/server/prompt.go; os.UserConfigDir in Go; seen with gopls v0.23.0.
    """
    for heard in sayings.matching(PATTERN):
        yield Finding(
            "gopls was started without HOME: it has no configuration folder",
            evidence=(Evidence(heard.saying.source, heard.words, heard.line),),
            remedies=(advise("Set HOME in the environment that the editor is started with"),),
        )
    sayings.need(Channel.LOG, Channel.STDERR)
