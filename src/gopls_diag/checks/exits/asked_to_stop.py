"""A signal asked gopls to end, and it did."""

from __future__ import annotations

from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.model.finding import Finding, Severity, advise
from gopls_diag.model.recorded_end import RecordedEnds

_ASKED = ("SIGTERM", "SIGINT", "SIGHUP")


@check(
    "X30",
    Severity.INFO,
    why="It is no crash: somebody asked gopls to end, and it did.",
)
def asked_to_stop(ends: RecordedEnds) -> Iterator[Finding]:
    """A signal asked gopls to end, and it did.

    What it means: SIGTERM, SIGINT or SIGHUP ended gopls, which handles none of them. Where the launcher of
    `gopls-diag record` got the signal, it was meant for the server of that editor: it was passed on. Where it did not,
    the signal was sent to gopls itself.
    Why it matters: It does not: editors and the system stop servers so. It is told so that nobody looks for a crash.
    How to fix: Nothing. If nobody closed the editor, look for what ends processes: a script, a container that is
    stopped, a session that is logged out.
    When to ignore: When the editor was closed, or the language server restarted.
    Source: docs/explanation/recording.md; golang/tools gopls (no signal.Notify for these); Neovim's vim.lsp stop.
    """
    for end in ends.all:
        recorded = end.incident.end
        if recorded is None or recorded.signal not in _ASKED:
            continue
        passed = next((each for each in reversed(recorded.signals) if each.name == recorded.signal), None)
        whose = "the editor's server was sent it" if passed else "gopls itself was sent it"
        yield Finding(
            f"{recorded.signal} asked gopls to end: {whose}",
            evidence=(
                end.proof("end.signals", f"{passed.name} passed on at {passed.at}")
                if passed
                else end.proof("end.signal", f"signal {recorded.signal}; the launcher was sent none"),
            ),
            remedies=(advise("Nothing, if the editor was closed or its language server restarted"),),
        )
    ends.need()
