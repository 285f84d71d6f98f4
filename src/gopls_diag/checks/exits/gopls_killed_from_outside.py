"""gopls was killed from outside."""

from __future__ import annotations

from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.checks.exits._kills import stops
from gopls_diag.model.finding import Confidence, Finding, Severity, advise
from gopls_diag.model.saying import Channel, Sayings


@check(
    "X01",
    Severity.WARNING,
    why="gopls was ended without a word; the reason stands with the system, not with gopls.",
)
def gopls_killed_from_outside(sayings: Sayings) -> Iterator[Finding]:
    """gopls was killed from outside.

    What it means: gopls ended by SIGKILL. It had no chance to say why: the kernel ran out of memory, macOS refused a
    signature or needed memory, a security program stepped in, the editor lost patience after a restart, or somebody
    used kill -9.
    Why it matters: The editor starts gopls anew, up to the fifth time in one window. If the reason stays, so does
    this.
    How to fix: Look at the findings of memory (M) and kills (K). If there are none, watch the memory of gopls.
    When to ignore: When it happened once, after a restart of the language server: VS Code kills a gopls that takes
    longer than some four seconds to stop.
    Source: microsoft/vscode-languageserver-node client/src/node/main.ts (9.0.0 and newer); seen with VS Code
    1.139.1 and the Go extension 0.56.0 and 0.57.2.
    """
    kills = [each for each in stops(sayings) if each.killed]
    if kills:
        # One that the editor sent, since gopls was slow to stop, speaks only if there is no other.
        told = next((each for each in kills if not each.timed_out), kills[0])
        yield Finding(
            "gopls was killed from outside (SIGKILL)",
            evidence=(told.killed,) if told.killed else (),
            remedies=(
                advise("Run this where gopls runs (container, remote), as a user who may read the kernel's log"),
            ),
            confidence=Confidence.LIKELY,
            because_of="X24" if told.timed_out else None,
        )
    sayings.need(Channel.EXIT)
