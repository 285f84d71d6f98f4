"""The system refused memory to gopls, or will."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.checks.exits._crashes import crash_evidence, each_end, is_said_by_another, subject, times, who_said
from gopls_diag.checks.memory.address_space_too_small_to_start import NEEDED_BYTES
from gopls_diag.model.amount import GIB, size_text
from gopls_diag.model.crash import Crash, EndKind
from gopls_diag.model.finding import Confidence, Evidence, Finding, Severity, advise
from gopls_diag.model.log_reading import Crashes
from gopls_diag.model.memory_limits import MemoryLimits
from gopls_diag.model.outcome import Unknown
from gopls_diag.model.saying import Channel, Sayings

PATTERN = re.compile(r"runtime: out of memory: cannot allocate (\d{1,20})-byte block \((\d{1,20}) in use\)")
BALLAST_BLOCK_BYTES = 100663296
"""The first large block that gopls asks for: its unused ballast (gopls/internal/cache/cache.go)."""
STARTS_FROM_BYTES = 2 * GIB
WORKS_FROM_BYTES = 5 * GIB
"""A healthy gopls has 1.8 to 4.3 GB of addresses at 0.2 GB of memory (seen with v0.16.2 to v0.23.0)."""


@check(
    "M04",
    Severity.ERROR,
    why="gopls ends when it is refused memory, often already at its start.",
    explains=("X02", "X04", "X14", "H09"),
    os=("linux", "darwin", "windows"),
)
def memory_refused_to_gopls(
    limits: MemoryLimits | Unknown, sayings: Sayings | Unknown, crashes: Crashes | Unknown
) -> Iterator[Finding]:
    """The system refuses gopls the addresses that it asks for.

    What it means: `ulimit -v` is below what gopls reserves (it starts from 2 GiB and reserves up to 4.3 GB, mostly
        unused), or a 32-bit gopls has no addresses left. It is not the kernel killing gopls for memory in use.
    Why it matters: gopls prints "runtime: out of memory: cannot allocate …" and exits with code 2. A block of
        100663296 bytes with little in use is its ballast: the limit bites at the very start.
    How to fix: ulimit -v unlimited; install a 64-bit Go and gopls; with vm.overcommit_memory=2, raise the commit
        limit.
    When to ignore: When the limit is meant for another program; give it to that one alone.
    Source: golang/go src/runtime/mheap.go; golang/tools gopls/internal/cache/cache.go (the ballast);
        golang/vscode-go#2218 (32 bits); seen on Linux with gopls v0.23.0 under `ulimit -v` of 700,000 to 2,300,000.
    """
    remedies = (
        advise("Run ulimit -v unlimited, and remove the line that limits it"),
        advise("On a 64-bit system install the 64-bit Go and gopls"),
    )
    space = limits.address_space_bytes if isinstance(limits, MemoryLimits) else None
    if space is not None and NEEDED_BYTES <= space < WORKS_FROM_BYTES:
        starts = space >= STARTS_FROM_BYTES
        yield Finding(
            f"The address space is limited to {size_text(space)}: "
            + ("gopls will end when it loads much" if starts else "a gopls started from this shell ends at once"),
            evidence=(Evidence("ulimit -v", str(space // 1024)),),
            remedies=remedies[:1],
            severity=Severity.WARNING if starts else Severity.ERROR,
            confidence=Confidence.LIKELY,
        )
        return
    if isinstance(sayings, Sayings):
        for heard in sayings.matching(PATTERN, Channel.STDERR, Channel.LOG):
            if isinstance(crashes, Crashes) and is_said_by_another(crashes, heard.saying.source, heard.line):
                continue
            is_start = int(heard.match[1]) == BALLAST_BLOCK_BYTES
            used = size_text(int(heard.match[2]))
            who = who_said(crashes, heard.saying.source, heard.line)
            yield Finding(
                f"Memory was refused to {who} {'at its start' if is_start else 'by the system'} when it used {used}",
                evidence=(Evidence(heard.saying.source, heard.words, heard.line),),
                remedies=remedies,
            )
            return
    if isinstance(crashes, Crashes):
        for ends in each_end(crashes, _is_refusal):
            yield Finding(
                f"Memory was refused to {subject(ends[0])} by the system: {ends[0].message}{times(ends)}",
                evidence=crash_evidence(ends),
                remedies=remedies,
            )


def _is_refusal(crash: Crash) -> bool:
    # A runtime that cannot even reserve its tables is M03's.
    return crash.kind is EndKind.OOM and "page summary memory" not in crash.message
