"""A tool of Go's could not be installed, because its folder may not be written to."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.model.finding import Evidence, Finding, Severity, advise, run
from gopls_diag.model.saying import Sayings

PATTERN = re.compile(
    r"(?:go (?:get|install|build)[^\n]{0,200}: |go: )?copying [^\n]{1,400}: open ([^\n]{1,300}): permission denied"
    r"|(?:go install|go build)[^\n]{0,200}: (?:mkdir|open) ([^\n]{1,300}): permission denied"
)


@check(
    "R24",
    Severity.ERROR,
    why="gopls stays missing, or as old as it is, however often the editor tries.",
    explains=("R20", "R21", "H01"),
)
def tool_not_installable(sayings: Sayings) -> Iterator[Finding]:
    """A tool of Go's could not be installed: its folder may not be written to.

    What it means: go install copies the finished program to GOBIN, or to the folder bin of GOPATH. This user may not
    write there: it belongs to root, often because GOBIN is set to the bin folder of Go itself.
    Why it matters: The tool is not installed and not upgraded. The network, which gets the blame, works.
    How to fix: Take GOBIN out of the environment (go env -u GOBIN), so that tools go to ~/go/bin, and put that on PATH;
    or give the folder to the user.
    When to ignore: When the tool was installed since that log was written.
    Source: golang/go src/cmd/go/internal/work/shell.go (moveOrCopyFile, CopyFile); cmd/go help environment (GOBIN).
    """
    for heard in sayings.matching(PATTERN, holding=(": permission denied",)):
        path = heard.match[1] or heard.match[2]
        yield Finding(
            f"A tool could not be installed: {path} may not be written to",
            evidence=(Evidence(heard.saying.source, heard.words, heard.line),),
            remedies=(
                run("go", "env", "GOBIN", "GOPATH", title="See where go installs tools"),
                advise("Unset GOBIN (go env -u GOBIN) so that tools go to ~/go/bin, or make that folder writable"),
            ),
        )
