"""VS Code says that the gopls that crashed is out of date."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.model.finding import Evidence, Finding, Severity, run
from gopls_diag.model.gopls_package import GOPLS_PACKAGE
from gopls_diag.model.saying import Channel, Sayings

PATTERN = re.compile(r"gopls has crashed, but you are using an outdated version[^\n]{0,300}")


@check(
    "R20",
    Severity.WARNING,
    why="gopls crashed five times in that window and is not started again until the window or the server is restarted.",
)
def gopls_outdated_when_crashed(sayings: Sayings) -> Iterator[Finding]:
    """VS Code says that the gopls that crashed is out of date.

    What it means: The Go extension gave gopls up after its fifth crash in one window, and knows of a newer gopls.
    Why it matters: Crashes of old versions are not looked at; the newer one may have the repair.
    How to fix: Upgrade gopls, then restart the server with the command `Go: Restart Language Server`.
    When to ignore: When gopls was upgraded since.
    Source: golang/vscode-go extension/src/goInstallTools.ts and language/goLanguageServer.ts.
    """
    for heard in sayings.matching(PATTERN):
        yield Finding(
            "VS Code gave up an outdated gopls after its crashes",
            evidence=(Evidence(heard.saying.source, heard.words, heard.line),),
            remedies=(run("go", "install", f"{GOPLS_PACKAGE}@latest", title="Upgrade gopls"),),
        )
    sayings.need(Channel.CLIENT, Channel.SHOW)
