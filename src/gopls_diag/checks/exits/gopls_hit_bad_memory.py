"""gopls ended with a memory fault."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.checks.exits._crashes import crash_evidence, crash_remedies
from gopls_diag.model.finding import Finding, Severity
from gopls_diag.model.saying import Channel, Sayings

PATTERN = re.compile(
    r"^\[signal (SIG(?:SEGV|BUS|ILL|FPE))[^\n]{0,300}|^(SIG(?:SEGV|BUS|ILL|FPE)): [^\n]{0,300}", re.MULTILINE
)


@check(
    "X07",
    Severity.ERROR,
    why="gopls ended there; the editor starts it anew up to four times, then no more.",
    explains=("X02", "X14", "X15", "X17", "X18"),
)
def gopls_hit_bad_memory(sayings: Sayings) -> Iterator[Finding]:
    """gopls ended with a memory fault.

    What it means: The processor refused what gopls did: most often a nil pointer (`[signal SIGSEGV` below a panic
    line), else a signal that came from outside (`SIGSEGV: segmentation violation` with sigcode=0), else damaged
    memory.
    Why it matters: All that gopls knew is lost, and it loads the workspace anew. VS Code gives up after the fifth
    time.
    How to fix: Upgrade gopls. If the stacks differ each time and lie in the runtime or its collector, test the memory
    of the machine.
    When to ignore: When somebody sent the signal on purpose.
    Source: Go runtime/signal_unix.go; golang/tools gopls/doc/release/v0.22.0.md; seen with gopls
    v0.23.0 and Go 1.27.3 on Linux.
    """
    for heard in sayings.matching(PATTERN, Channel.STDERR):
        yield Finding(
            f"gopls ended with {heard.match[1] or heard.match[2]}",
            evidence=crash_evidence(heard),
            remedies=crash_remedies(),
            # Below a panic line it is a part of that panic, which tells more.
            because_of="X06" if heard.match[1] else None,
        )
    sayings.need(Channel.STDERR)
