"""gopls runs out of file descriptors."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.model.finding import Evidence, Finding, Severity, advise
from gopls_diag.model.gopls_process import GoplsProcesses
from gopls_diag.model.outcome import Unknown
from gopls_diag.model.saying import Channel, Sayings

PATTERN = re.compile(r"too many open files")
LIMIT = "Max open files"
NEAR = 0.9
"""Of the soft limit; Go programs raise theirs to the hard limit when they start (Go 1.19 and newer)."""

FEW = 256
"""Below it gopls fails at ordinary work: it reads packages side by side and keeps pipes to go commands."""


@check(
    "R03",
    Severity.WARNING,
    why="gopls cannot open files: packages look empty, and its cache is neither read nor written.",
    explains=("M10", "R19"),
)
def too_many_open_files(processes: GoplsProcesses | Unknown, sayings: Sayings | Unknown) -> Iterator[Finding]:
    """gopls runs out of file descriptors.

    What it means: The number of files that one process may have open (ulimit -n) is used up or nearly so.
    Why it matters: Reading a package or the cache fails with "too many open files"; gopls then works without them.
    How to fix: Raise the hard limit for the program that starts the editor: ulimit -Hn, LimitNOFILE=, limits.conf
        nofile; on macOS launchctl limit maxfiles. If gopls holds more than some thousands, look at what it watches
        (R04).
    When to ignore: When the words are about another program.
    Source: golang/go#33531; golang/go src/syscall/rlimit.go; seen with gopls v0.23.0 under a low `ulimit -n`.
    """
    found = False
    for each in processes.all if isinstance(processes, GoplsProcesses) else ():
        soft, hard = (each.limits or {}).get(LIMIT, (None, None))
        if soft is None or (soft >= FEW and (each.open_files or 0) < NEAR * soft):
            continue
        found = True
        now = "" if each.open_files is None else f" ({each.open_files} are)"
        yield Finding(
            f"gopls {each.pid} of {each.owner} may have {soft} files open{now}",
            evidence=(Evidence(f"/proc/{each.pid}/limits", f"{LIMIT} {soft} {'unlimited' if hard is None else hard}"),),
            remedies=(advise("Raise the limit where the editor is started: ulimit -n 65536"),),
        )
    if not found and isinstance(sayings, Sayings):
        for heard in sayings.matching(PATTERN, Channel.STDERR, Channel.LOG, Channel.GO, Channel.DIAGNOSTIC):
            yield Finding(
                "gopls or go may not open more files",
                evidence=(Evidence(heard.saying.source, heard.words, heard.saying.line),),
                remedies=(advise("Raise the limit where the editor is started: ulimit -n 65536"),),
            )
            return
