"""gopls cannot start because there is no file descriptor left."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.model.finding import Evidence, Finding, Severity, advise
from gopls_diag.model.saying import Channel, Sayings

PATTERN = re.compile(
    r"fatal error: runtime: netpollinit failed|runtime: (?:pipe failed|netpollinit: \S{1,40} failed)[^\n]{0,120}"
)


@check("R19", Severity.ERROR, why="gopls ends at its start.", explains=("X02", "X14", "X04", "H09"))
def descriptors_gone_at_start(sayings: Sayings) -> Iterator[Finding]:
    """gopls cannot start because there is no file descriptor left.

    What it means: The Go runtime needs a few descriptors for itself and gets none: the table of the process or of the
        whole system is full.
    Why it matters: No Go program that uses the network or pipes starts.
    How to fix: Find who holds them (on macOS often a gopls mcp that watches too much, R04), end it, raise the limit.
    When to ignore: Never.
    Source: golang/go src/runtime/netpoll_kqueue.go and netpoll_epoll.go; golang/go#44941.
    """
    for heard in sayings.matching(PATTERN):
        yield Finding(
            "gopls could not start: no file descriptor was left",
            evidence=(Evidence(heard.saying.source, heard.words, heard.saying.line),),
            remedies=(advise("Find who holds them (lsof), end it, and raise ulimit -n"),),
        )
        break
    sayings.need(Channel.STDERR)
