"""Forwarders talk to a daemon of another gopls build."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.model.finding import Evidence, Finding, Severity, advise, run
from gopls_diag.model.gopls_process import GoplsProcesses, GoplsRole
from gopls_diag.model.outcome import Unknown
from gopls_diag.model.saying import Channel, Sayings

PATTERN = re.compile(r'forwarder: gopls path mismatch: forwarder is "([^"\n]{0,300})", remote is "([^"\n]{0,300})"')


@check(
    "R10",
    Severity.WARNING,
    why="The daemon answers, so the window works with its version, not with the one installed for it.",
)
def daemon_of_another_build(sayings: Sayings | Unknown, processes: GoplsProcesses | Unknown) -> Iterator[Finding]:
    """The gopls daemon is another build than the one that the editor starts.

    What it means: With -remote the editor's gopls only passes bytes on. The daemon that answers was started from
        another file, often an older version before an update.
    Why it matters: Settings and repairs of the new version are not in force.
    How to fix: End the daemon; with -remote=auto the next window starts a new one.
    When to ignore: When both are the same version in two places.
    Source: golang/tools gopls/internal/lsprpc/lsprpc.go; golang/go#37829.
    """
    if isinstance(sayings, Sayings):
        for heard in sayings.matching(PATTERN, Channel.LOG, Channel.STDERR):
            yield Finding(
                f"The daemon runs {heard.match[2]}, but the editor starts {heard.match[1]}",
                evidence=(Evidence(heard.saying.source, heard.words, heard.saying.line),),
                remedies=(advise("End the daemon; the next window starts a new one"),),
            )
            return
    rows = processes.all if isinstance(processes, GoplsProcesses) else ()
    daemons = [each for each in rows if each.role is GoplsRole.DAEMON and each.executable]
    forwarders = [each for each in rows if each.role is GoplsRole.FORWARDER and each.executable]
    # With several daemons the process table does not tell who talks to whom.
    if len(daemons) != 1:
        return
    for each in forwarders:
        if each.executable != daemons[0].executable:
            yield Finding(
                f"The daemon {daemons[0].pid} runs {daemons[0].executable}, but {each.owner} starts {each.executable}",
                evidence=(Evidence("process table", f"pid {each.pid}: {' '.join(each.command)}"),),
                remedies=(run("kill", str(daemons[0].pid), title="End the daemon; the next window starts a new one"),),
            )
            return
