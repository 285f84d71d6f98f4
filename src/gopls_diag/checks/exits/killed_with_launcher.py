"""gopls was killed together with the launcher that stands in for it."""

from __future__ import annotations

from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.checks.exits._recorded import memory_words, outside_proof, slow_shutdown
from gopls_diag.model.finding import Confidence, Finding, Severity, advise
from gopls_diag.model.incident import Lost
from gopls_diag.model.recorded_end import RecordedEnds


@check(
    "X31",
    Severity.WARNING,
    why="The editor's server was ended without a word; what the editor knows as gopls is the launcher.",
)
def killed_with_launcher(ends: RecordedEnds) -> Iterator[Finding]:
    """gopls was killed together with the launcher that stands in for it.

    What it means: The launcher of `gopls-diag record` writes down how gopls ended, whatever happens to gopls. Here it
    wrote nothing, and the machine went on: the launcher itself was killed (SIGKILL), and gopls with it. An editor that
    kills its language server kills the launcher, because that is the process that it started.
    Why it matters: It is the same as a SIGKILL of gopls: the editor starts it anew, up to the fifth time in one window.
    How to fix: If a `shutdown` was waiting, the editor lost patience: see X24. Else look for who kills processes: a
    watcher of memory, a security program, a person.
    When to ignore: When the editor was killed too, or its container was stopped.
    Source: docs/explanation/recording.md (the launcher); microsoft/vscode-languageserver-node client/src/node/main.ts
    (checkProcessDied), which sends SIGKILL two seconds after a stop.
    """
    for end in ends.all:
        if end.incident.lost is not Lost.LAUNCHER:
            continue
        held = memory_words(end.incident)
        yield Finding(
            "gopls was killed together with its launcher (SIGKILL)" + (f"; it held {held}" if held else ""),
            evidence=(
                end.proof("lost", f"launcher {end.incident.start.launcher_pid} is gone and wrote down no end"),
                *outside_proof(end),
            ),
            remedies=(advise("Look at what the editor's own log says of that time: it may have killed its server"),),
            confidence=Confidence.LIKELY,
            because_of="X24" if slow_shutdown(end) else None,
        )
    ends.need()
