"""gopls was killed from outside."""

from __future__ import annotations

from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.checks.exits._kills import stops
from gopls_diag.checks.exits._recorded import (
    is_no_memory_kill,
    outside_proof,
    outside_words,
    recorded_at,
    slow_shutdown,
)
from gopls_diag.model.finding import Confidence, Finding, Severity, advise
from gopls_diag.model.outcome import Unknown
from gopls_diag.model.recorded_end import RecordedEnds
from gopls_diag.model.saying import Channel, Sayings

_NOT_FOR_MEMORY = (
    "The kernel's memory killer counts each of its kills, and counted none here: an editor, a person, a watcher of "
    "memory such as systemd-oomd or earlyoom, or a security program sent it."
)

_LOOK_INTO_KERNEL_LOG = advise("Run this where gopls runs (container, remote), as a user who may read the kernel's log")
_LOOK_FOR_THE_SENDER = advise("Look at what the editor's own log says of that time, and for what else ends processes")


@check(
    "X01",
    Severity.WARNING,
    why="gopls was ended without a word; the reason stands with the system, not with gopls.",
)
def gopls_killed_from_outside(sayings: Sayings, ends: RecordedEnds | Unknown) -> Iterator[Finding]:
    """gopls was killed from outside.

    What it means: gopls ended by SIGKILL. It had no chance to say why: the kernel ran out of memory, macOS refused a
    signature or needed memory, a security program stepped in, the editor lost patience after a restart, or somebody
    used kill -9.
    Why it matters: The editor starts gopls anew, up to the fifth time in one window. If the reason stays, so does
    this.
    How to fix: Look at the findings of memory (M) and kills (K). If there are none, watch the memory of gopls. Where
    `gopls-diag record` watched, the finding says how much gopls held, and whether the kernel counted a kill for lack of
    memory in its control group: if it counted none, the kernel's memory killer did not do it.
    When to ignore: When it happened once, after a restart of the language server: VS Code kills a gopls that takes
    longer than some four seconds to stop.
    Source: microsoft/vscode-languageserver-node client/src/node/main.ts (9.0.0 and newer); seen with VS Code
    1.139.1 and the Go extension 0.56.0 and 0.57.2.
    """
    kills = [each for each in stops(sayings) if each.killed]
    if kills:
        # One that the editor sent, since gopls was slow to stop, speaks only if there is no other.
        told = next((each for each in kills if not each.timed_out), kills[0])
        recorded = recorded_at(ends, told.killed.source) if told.killed else None
        yield Finding(
            f"gopls was killed from outside (SIGKILL){outside_words(recorded)}",
            evidence=((told.killed,) if told.killed else ()) + outside_proof(recorded),
            why=_NOT_FOR_MEMORY if is_no_memory_kill(recorded) else None,
            remedies=(_LOOK_FOR_THE_SENDER if is_no_memory_kill(recorded) else _LOOK_INTO_KERNEL_LOG,),
            confidence=Confidence.LIKELY,
            because_of="X24" if told.timed_out or (recorded and slow_shutdown(recorded)) else None,
        )
    sayings.need(Channel.EXIT)
