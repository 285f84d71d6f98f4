"""gopls holds most of the machine's memory."""

from __future__ import annotations

from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.checks.memory._soft_goal import of_machine
from gopls_diag.model.amount import share_text, size_text
from gopls_diag.model.editor import Editors
from gopls_diag.model.finding import Evidence, Finding, Severity, advise
from gopls_diag.model.gopls_process import GoplsProcesses
from gopls_diag.model.memory_limits import MemoryLimits
from gopls_diag.model.outcome import Unknown

MOST = 0.5
"""Of the machine's memory in gopls servers, and …"""
LITTLE_LEFT = 0.1
"""… so little of it left for everything else."""


@check(
    "M09",
    Severity.WARNING,
    why="What gopls holds is missing elsewhere; at the end the kernel kills the largest, which is gopls.",
    explains=("M01", "H11"),
)
def memory_taken_by_gopls(
    processes: GoplsProcesses, limits: MemoryLimits, editors: Editors | Unknown
) -> Iterator[Finding]:
    """gopls holds most of the machine's memory, and little is left.

    What it means: The running gopls servers together hold more than half of the machine's memory, and less than a
        tenth of it can still be had.
    Why it matters: The machine swaps, and the kernel's next choice when memory runs out is the largest process.
    How to fix: Close windows; join modules with go.work; set GOMEMLIMIT in go.toolsEnvVars (or memoryLimit from gopls
        v0.24 on); staticcheck off; build.directoryFilters. Deleting gopls's cache frees no memory and makes the next
        start dear.
    When to ignore: During the first load of a large workspace, which costs up to ten times the memory of later
        ones.
    Source: golang/go#37670, #45457. The first load of Go's own src took 1.83 GB with gopls v0.23.0, later ones 0.23
        GB.
    """
    held, total = processes.resident_bytes, limits.total_bytes
    if held <= MOST * total or limits.available_bytes >= LITTLE_LEFT * total:
        return
    largest = sorted(processes.servers, key=lambda each: -each.resident_bytes)[:4]
    yield Finding(
        f"gopls holds {size_text(held)} ({share_text(held, total)}) of this machine's memory; "
        f"{size_text(limits.available_bytes)} is left",
        evidence=tuple(
            Evidence("process table", f"pid {each.pid} of {each.owner}: {size_text(each.resident_bytes)}")
            for each in largest
        ),
        remedies=(
            *of_machine(limits, editors),
            advise('Switch the costly analyses off: "gopls": {"ui.diagnostic.staticcheck": false}'),
            advise('Narrow the workspace: "gopls": {"build.directoryFilters": ["-", "+the/part/you/need"]}'),
        ),
    )
