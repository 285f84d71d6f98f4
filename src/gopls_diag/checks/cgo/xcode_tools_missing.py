"""C03: macOS has no command line tools, so the C compiler does not work."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.checks.env._heard import quote
from gopls_diag.model.finding import Evidence, Finding, Remedy, Severity, run
from gopls_diag.model.go_folders import CgoTools
from gopls_diag.model.outcome import Unknown
from gopls_diag.model.saying import Sayings
from gopls_diag.model.toolchain import GoEnvironment

PATTERN = re.compile(r"xcrun: error: invalid active developer path(?: \(([^)\n]{1,300})\))?")


@check(
    "C03",
    Severity.ERROR,
    why="Nothing with C in it can be built, so gopls cannot check such packages.",
    explains=("C01", "C04", "C05", "W06"),
)
def xcode_tools_missing(tools: CgoTools, environment: GoEnvironment, sayings: Sayings | Unknown) -> Iterator[Finding]:
    """macOS has no command line tools, so its C compiler does not work.

    What it means: /usr/bin/clang on a Mac only passes on to the developer folder, and that is not set or not there.
        An upgrade of macOS often leaves it so.
    Why it matters: cgo fails, and with it every package that holds C code.
    How to fix: xcode-select --install; if the tools are there: sudo xcode-select --reset.
    When to ignore: When no package with C in it is worked on.
    Source: golang/vscode-go#3103.
    """
    remedies: tuple[Remedy, ...] = (
        run("xcode-select", "--install", title="Install the command line tools"),
        run("sudo", "xcode-select", "--reset", title="Or find them again, if they are installed"),
    )
    if tools.developer_problem and environment.value("CGO_ENABLED") != "0":
        yield Finding(
            f"The command line tools of macOS are missing: {tools.developer_problem}",
            evidence=(Evidence("xcode-select -p", tools.developer_problem),),
            remedies=remedies,
        )
        return
    if isinstance(sayings, Unknown):
        return
    for heard in sayings.matching(PATTERN):
        place = f": {heard.match[1]} is not there" if heard.match[1] else ""
        yield Finding(
            f"The command line tools of macOS are missing{place}", evidence=(quote(heard),), remedies=remedies
        )
        return
