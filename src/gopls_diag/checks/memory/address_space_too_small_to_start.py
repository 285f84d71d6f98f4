"""`ulimit -v` so small that no Go program starts."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.model.amount import MIB, size_text
from gopls_diag.model.finding import Evidence, Finding, Severity, advise
from gopls_diag.model.memory_limits import MemoryLimits
from gopls_diag.model.outcome import Unknown
from gopls_diag.model.saying import Channel, Sayings

PATTERN = re.compile(r"fatal error: failed to reserve page summary memory")
NEEDED_BYTES = 600 * MIB
"""The runtime reserves its page summaries at once: 512 MiB fail, 700 MB pass this point (gopls v0.23.0)."""


@check(
    "M03",
    Severity.ERROR,
    why="No Go program starts: not gopls, not go.",
    explains=("E*", "W*", "X02", "X14", "M04", "H01", "H03"),
    os=("linux", "darwin"),
)
def address_space_too_small_to_start(limits: MemoryLimits | Unknown, sayings: Sayings | Unknown) -> Iterator[Finding]:
    """The address space is limited so far that no Go program starts.

    What it means: `ulimit -v` (RLIMIT_AS) is below what the Go runtime reserves when it starts, about 0.6 GiB.
        Reserved addresses are not memory in use.
    Why it matters: gopls and go end before their first instruction with "failed to reserve page summary memory".
    How to fix: ulimit -v unlimited, and take the line out of the shell's start file or limits.conf that sets it.
    When to ignore: Never; a limit on addresses does not limit memory in a useful way.
    Source: golang/go src/runtime/mpagealloc_64bit.go; seen on Linux with gopls v0.23.0 under `ulimit -v` of 100,000
        to 524,288.
    """
    remedies = (advise("Run ulimit -v unlimited, and remove the line that limits it"),)
    space = limits.address_space_bytes if isinstance(limits, MemoryLimits) else None
    if space is not None and space < NEEDED_BYTES:
        yield Finding(
            f"The address space is limited to {size_text(space)}, so no Go program can start",
            evidence=(Evidence("ulimit -v", str(space // 1024)),),
            remedies=remedies,
        )
        return
    if isinstance(sayings, Sayings):
        for heard in sayings.matching(PATTERN, Channel.STDERR, Channel.LOG, Channel.GO):
            yield Finding(
                "A Go program could not reserve the addresses that it needs to start: ulimit -v is set",
                evidence=(Evidence(heard.saying.source, heard.words, heard.saying.line),),
                remedies=remedies,
            )
            return
