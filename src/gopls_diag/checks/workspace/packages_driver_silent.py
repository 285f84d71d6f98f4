"""W19: the packages driver printed nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.model.finding import Evidence, Finding, Severity, advise
from gopls_diag.model.saying import Channel, Sayings

PATTERN = re.compile(r"packages\.Load error: (?:unexpected end of JSON input|invalid character [^\n]{1,100})")


@check(
    "W19",
    Severity.ERROR,
    why="gopls gets no packages from the driver, so nothing loads.",
    explains=("W01", "W02", "W03", "W06", "W17"),
)
def packages_driver_silent(sayings: Sayings) -> Iterator[Finding]:
    """The packages driver answers with nothing, or with no JSON.

    What it means: The program in GOPACKAGESDRIVER exited without an error, but what it printed is no answer.
    Why it matters: gopls has no packages.
    How to fix: Run the driver by hand in the folder; with rules_go check that its version fits, and that progress lines
        go to standard error.
    When to ignore: Never.
    Source: golang/tools go/packages/external.go; bazel-contrib/rules_go#4248.
    """
    for heard in sayings.matching(PATTERN):
        yield Finding(
            summary=f"The packages driver gave no usable answer: {heard.match[0].partition(': ')[2]}",
            evidence=(Evidence(heard.saying.source, heard.words, heard.saying.line),),
            remedies=(
                advise("Run the driver by hand in the folder and read what it prints"),
                advise("Without Bazel, set GOPACKAGESDRIVER=off where the editor is started"),
            ),
        )
        return
    sayings.need(Channel.LOG, Channel.SHOW)
