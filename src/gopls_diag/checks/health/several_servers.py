"""Several gopls servers at once."""

from __future__ import annotations

from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.model.amount import size_text
from gopls_diag.model.finding import Evidence, Finding, Severity, advise
from gopls_diag.model.gopls_process import GoplsProcess, GoplsProcesses
from gopls_diag.model.memory_limits import MemoryLimits
from gopls_diag.model.outcome import Unknown

LARGE_PART = 0.5
"""Of the memory that can be had; below it several servers are only worth knowing."""
_SHOWN = 6


@check(
    "H04",
    Severity.INFO,
    why="Each server holds its own copy of what it loaded, so memory adds up window by window.",
    explains=("M09", "H11"),
)
def several_servers(processes: GoplsProcesses, limits: MemoryLimits | Unknown) -> Iterator[Finding]:
    """Several gopls servers run.

    What it means: More than one gopls that holds a workspace runs for this user. The telemetry side-car that every
        gopls keeps beside itself, and forwarders to a shared daemon, are not counted.
    Why it matters: Servers share nothing in memory. With several windows on one repository the same packages are
        loaded once a window. It becomes a warning when together they hold half of the memory that can be had.
    How to fix: Close windows that are not needed; join modules with a go.work and open one window; or let the windows
        share one daemon with "go.languageServerFlags": ["-remote=auto"], which saves as much as the workspaces
        overlap.
    When to ignore: When memory is plentiful: one server a window is how VS Code works.
    Source: golang/go#37670, #38752; golang/tools gopls/doc/daemon.md; golang/vscode-go docs/tools.md.
    """
    servers = sorted(processes.servers, key=lambda each: -each.resident_bytes)
    if len(servers) < 2:
        return
    held = processes.resident_bytes
    is_large = isinstance(limits, MemoryLimits) and held >= LARGE_PART * limits.effective_bytes
    has_daemon = any("-remote" in word for each in processes.all for word in each.command[1:])
    remedies = [advise("Close editor windows that are not needed")] if is_large else []
    if is_large and not has_daemon:
        remedies.append(
            advise(
                'Let windows share one server: "go.languageServerFlags": ["-remote=auto"]',
                link="https://go.dev/gopls/daemon",
            )
        )
    yield Finding(
        f"{len(servers)} gopls servers run and hold {size_text(held)} together",
        evidence=tuple(Evidence("process table", _line(each)) for each in servers[:_SHOWN]),
        remedies=tuple(remedies),
        severity=Severity.WARNING if is_large else Severity.INFO,
    )


def _line(server: GoplsProcess) -> str:
    folder = f" in {server.folder}" if server.folder else ""
    return f"pid {server.pid}: {size_text(server.resident_bytes)}, of {server.owner}{folder}"
