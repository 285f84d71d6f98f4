"""A gopls near the limit that will kill it."""

from __future__ import annotations

from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.model.amount import share_text, size_text
from gopls_diag.model.finding import Confidence, Evidence, Finding, Severity, advise
from gopls_diag.model.gopls_process import GoplsProcess, GoplsProcesses
from gopls_diag.model.memory_limits import CgroupMemory, MemoryLimits, tightest

NEAR = 0.9
"""Of a group's limit, without the cache that the kernel gives back. Loading one more package can take a tenth."""
_REMEDIES = (
    advise("Raise the limit of the container or service (docker --memory, hostRequirements.memory, MemoryMax=)"),
    advise('Or set a goal for gopls well below it: "go.toolsEnvVars": {"GOMEMLIMIT": "…MiB"}'),
)


@check(
    "H11",
    Severity.WARNING,
    why="At the limit the kernel kills gopls without a word, and the editor only sees a lost connection.",
)
def near_memory_limit(processes: GoplsProcesses, limits: MemoryLimits) -> Iterator[Finding]:
    """A running gopls is near the limit that will kill it, or its group was already hit.

    What it means: The control group (container, service, session) that holds gopls has a memory limit. Either nine
        tenths of it are in use, the cache that the kernel gives back left out, or its counter oom_kill is above zero:
        the kernel has already killed a process in it. The counter does not say which one.
    Why it matters: The whole group counts against the limit: gopls, the editor's other processes, tests and builds.
    How to fix: Raise the limit, give gopls a soft goal (GOMEMLIMIT, or memoryLimit from gopls v0.24 on), narrow the
        workspace with build.directoryFilters, or switch staticcheck off.
    When to ignore: When the counter moved long ago, for a build or a test that was meant to be limited.
    Source: the kernel's cgroup-v1/memory.rst and cgroup-v2.rst; golang/tools gopls/doc/release/v0.24.0.md
        (memoryLimit); seen with gopls v0.23.0 in a group of 400 MB.
    """
    told: set[str] = set()
    for each in processes.servers:
        groups = limits.servers.get(each.pid, ())
        full = tightest(groups, limits.total_bytes)
        if full and full.path not in told and _is_near(full, each):
            told.add(full.path)
            yield _near(each, full)
        hit = next((group for group in groups if group.oom_kills and group.limit_bytes is not None), None)
        if hit and hit.oom_file not in told:
            told.add(hit.oom_file)
            yield _hit(each, hit)


def _used(group: CgroupMemory, process: GoplsProcess) -> int:
    """What counts: the group's accounts, or what gopls holds if that is more (its pages may be charged elsewhere)."""
    return max(group.working_set_bytes or 0, process.resident_bytes)


def _is_near(group: CgroupMemory, process: GoplsProcess) -> bool:
    return group.limit_bytes is not None and _used(group, process) >= NEAR * group.limit_bytes


def _near(process: GoplsProcess, group: CgroupMemory) -> Finding:
    used, limit = _used(group, process), group.limit_bytes or 0
    return Finding(
        f"The group that gopls {process.pid} runs in uses {share_text(used, limit)} of its limit of {size_text(limit)}",
        evidence=(
            Evidence(group.limit_file, f"{size_text(limit)}; in use {size_text(used)} without cache to give back"),
            Evidence("process table", f"pid {process.pid} of {process.owner}: {size_text(process.resident_bytes)}"),
        ),
        remedies=_REMEDIES,
    )


def _hit(process: GoplsProcess, group: CgroupMemory) -> Finding:
    count = group.oom_kills or 0
    processes = "process" if count == 1 else "processes"
    return Finding(
        f"The kernel has killed {count} {processes} for memory in the group that gopls {process.pid} runs in",
        evidence=(Evidence(group.oom_file, f"oom_kill {count}; limit {size_text(group.limit_bytes or 0)}"),),
        remedies=_REMEDIES,
        confidence=Confidence.POSSIBLE,
    )
