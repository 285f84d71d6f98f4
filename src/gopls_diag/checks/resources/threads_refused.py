"""The system refuses gopls another thread."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.checks.exits._crashes import is_said_by_another, who_said
from gopls_diag.model.finding import Evidence, Finding, Severity, advise
from gopls_diag.model.log_reading import Crashes
from gopls_diag.model.outcome import Unknown
from gopls_diag.model.saying import Channel, Sayings

PATTERN = re.compile(
    r"runtime: failed to create new OS thread[^\n]{0,200}|pthread_create failed: Resource temporarily unavailable"
)


@check(
    "R18",
    Severity.ERROR,
    why="gopls ends when it may not have another thread.",
    explains=("X02", "X06", "X07", "X04", "H09"),
)
def threads_refused(sayings: Sayings, crashes: Crashes | Unknown) -> Iterator[Finding]:
    """The system refuses gopls another thread.

    What it means: The number of processes and threads of the user (ulimit -u) or of the container (pids limit) is
        reached.
    Why it matters: The Go runtime cannot go on without the thread: it ends with code 2.
    How to fix: Raise the limit: docker --pids-limit, TasksMax= of the unit, ulimit -u. Or find what else uses it up.
    When to ignore: Never.
    Source: golang/go src/runtime/os_linux.go; seen on Linux with a gopls with cgo under pids.max=12.
    """
    for heard in sayings.matching(PATTERN):
        if isinstance(crashes, Crashes) and is_said_by_another(crashes, heard.saying.source, heard.line):
            continue
        who = who_said(crashes, heard.saying.source, heard.line)
        yield Finding(
            f"The system refuses another thread to {who}: the limit of processes is reached",
            evidence=(Evidence(heard.saying.source, heard.words, heard.saying.line),),
            remedies=(advise("Raise the limit of processes (docker --pids-limit, TasksMax=, ulimit -u)"),),
        )
        break
    sayings.need(Channel.STDERR)
