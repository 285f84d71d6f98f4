"""gopls did not stop in time, and the editor ended it."""

from __future__ import annotations

from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.checks.exits._kills import stops
from gopls_diag.checks.exits._recorded import slow_shutdown
from gopls_diag.model.finding import Confidence, Finding, Severity, advise
from gopls_diag.model.outcome import Unknown
from gopls_diag.model.recorded_end import RecordedEnds
from gopls_diag.model.saying import Channel, Sayings


@check(
    "X24",
    Severity.WARNING,
    why="The SIGKILL that follows is the editor's own, sent because gopls was still at work; it is no crash.",
)
def shutdown_timed_out(sayings: Sayings, ends: RecordedEnds | Unknown) -> Iterator[Finding]:
    """gopls did not stop in time, and the editor ended it.

    What it means: The editor asked gopls to shut down, for a restart or because the window was closed. gopls did not
    answer within two seconds; about two seconds later VS Code's client kills the process.
    Why it matters: The SIGKILL that the log shows has this reason. gopls was busy, or it hung.
    Where `gopls-diag record` watched and gopls tells of its requests, the finding is about a `shutdown` that had no
    answer when SIGKILL came.
    How to fix: Nothing, if it happened while gopls loaded a workspace. If it happens each time, gopls hangs: get a
    dump of its goroutines with kill -QUIT before you restart it, and read it with `gopls-diag crash`.
    When to ignore: When it was once, during a load.
    Source: microsoft/vscode-languageserver-node client/src/common/client.ts (stop) and client/src/node/main.ts
    (checkProcessDied); seen with VS Code 1.139.1 and the Go extension 0.57.2, gopls being stopped by SIGSTOP.
    """
    slow = [each for each in stops(sayings) if each.timed_out]
    if slow:
        shown = next((each for each in slow if each.killed), slow[0])
        yield Finding(
            "gopls did not stop in time, and the editor killed it" if shown.killed else "gopls did not stop in time",
            evidence=tuple(each for each in shown if each is not None),
            remedies=(advise("If it happens each time: kill -QUIT the gopls that hangs, and read the log again"),),
            severity=None if shown.killed else Severity.INFO,
            why=None if shown.killed else "gopls was still at work, or it hung; no kill is told after it.",
        )
    recorded = ends.all if isinstance(ends, RecordedEnds) else ()
    for end in recorded:
        waited = slow_shutdown(end)
        if waited:
            yield Finding(
                f"gopls had not answered `shutdown` for {waited.waited_seconds:.0f} s when it was killed",
                evidence=(end.proof("in_flight", f"shutdown without an answer ({waited.how_known})"),),
                remedies=(advise("If it happens each time: kill -QUIT the gopls that hangs, and read its dump"),),
                confidence=Confidence.LIKELY,
            )
    if recorded:
        return
    sayings.need(Channel.CLIENT, Channel.SHOW)
