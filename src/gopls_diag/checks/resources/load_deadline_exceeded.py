"""The first load of the workspace took longer than gopls waits."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.model.finding import Evidence, Finding, Severity, advise, run
from gopls_diag.model.saying import Channel, Sayings

PATTERN = re.compile(r"initial workspace load(?: failed)?: [^\n]{0,200}?context deadline exceeded")


@check(
    "R23",
    Severity.ERROR,
    why="gopls gives up loading: it knows no packages.",
    explains=("W01", "W02", "W03", "W05", "W17"),
)
def load_deadline_exceeded(sayings: Sayings) -> Iterator[Finding]:
    """The first load of the workspace took longer than gopls waits.

    What it means: go list did not end within ten minutes, which is as long as gopls waits.
    Why it matters: No package is known: no completion, no jumps across packages.
    How to fix: See how long go list takes by itself. Usual causes: a workspace on a network disk or WSL's /mnt/c
        (P06), a module proxy that does not answer (E17), a huge repository (H12: directoryFilters).
    When to ignore: When the machine slept meanwhile.
    Source: golang/tools gopls/internal/cache/load.go and view.go (ten minutes; v0.23.0).
    """
    for heard in sayings.matching(PATTERN):
        yield Finding(
            "The first load of the workspace took longer than the ten minutes that gopls waits",
            evidence=(Evidence(heard.saying.source, heard.words, heard.saying.line),),
            remedies=(
                run("go", "list", "-e", "-deps", "./...", title="See how long it takes by itself"),
                advise('Narrow the workspace: "gopls": {"build.directoryFilters": ["-", "+the/part/you/need"]}'),
            ),
        )
        break
    sayings.need(Channel.LOG)
