"""Something rewrites go.mod while gopls loads."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.model.finding import Evidence, Finding, Severity, advise
from gopls_diag.model.saying import Channel, Sayings

PATTERN = re.compile(r"Load concurrency error, will retry serially")
OFTEN = 3


@check("R22", Severity.INFO, why="Loading is repeated one step at a time, which is slower.")
def module_files_rewritten_while_loading(sayings: Sayings) -> Iterator[Finding]:
    """Two go commands met on go.mod while gopls loaded.

    What it means: A go command of gopls found go.mod changed under it, and was run again by itself.
    Why it matters: Once it is harmless. Often, it means that another tool keeps rewriting go.mod, and every load is
        slow.
    How to fix: Look for a watcher or a formatter that runs go mod tidy on each save.
    When to ignore: When it comes now and then.
    Source: golang/tools internal/gocommand/invoke.go.
    """
    hits = [each for each in sayings.all if PATTERN.search(each.text) and each.channel is not Channel.KERNEL]
    if len(hits) >= OFTEN:
        yield Finding(
            f"Another program rewrote go.mod {len(hits)} times while gopls loaded",
            evidence=(Evidence(hits[-1].source, "Load concurrency error, will retry serially", hits[-1].line),),
            remedies=(advise("Look for a tool that runs go mod tidy on each save"),),
        )
    sayings.need(Channel.LOG)
