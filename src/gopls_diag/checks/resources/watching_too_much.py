"""A gopls that watches far too many files."""

from __future__ import annotations

from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.model.finding import Evidence, Finding, Severity, advise, run
from gopls_diag.model.gopls_process import GoplsProcesses, GoplsRole

MANY_FILES = 10_000


@check(
    "R04",
    Severity.WARNING,
    why="It eats the system's file descriptors until other programs fail too.",
    explains=("R03", "R05", "R19"),
)
def watching_too_much(processes: GoplsProcesses) -> Iterator[Finding]:
    """A gopls has ten thousand files open, or serves an assistant from the home folder or the root.

    What it means: `gopls mcp` watches the folder that it was started in. On macOS each watched file costs an open
        file. An assistant that starts it in / or in the home folder makes it watch everything.
    Why it matters: Up to 190,000 open files were seen; the whole machine can run out, or slow down.
    How to fix: Let the assistant start gopls in the module's root; update gopls; if fileWatcher is set to fsnotify,
        set it to poll (v0.22 and newer).
    When to ignore: When a huge workspace is meant to be watched, and the limits were raised for it.
    Source: golang/go#76291, #77814, #71698; fsnotify/fsnotify#129; golang/tools gopls/doc/release/v0.22.0.md
        (fileWatcher).
    """
    for each in processes.all:
        if each.open_files is not None and each.open_files > MANY_FILES:
            yield Finding(
                f"gopls {each.pid} of {each.owner} has {each.open_files:,} files open in {each.folder or 'its folder'}",
                evidence=(Evidence("process table", f"pid {each.pid}: {' '.join(each.command)}"),),
                remedies=(
                    advise("Start it in the root of the module, and restart it"),
                    run("go", "install", "golang.org/x/tools/gopls@latest", title="Update gopls"),
                ),
            )
        elif each.role is GoplsRole.MCP and each.folder and each.folder in ("/", each.environment.get("HOME")):
            yield Finding(
                f"gopls mcp {each.pid} of {each.owner} was started in {each.folder} and watches all of it",
                evidence=(Evidence("process table", f"pid {each.pid}: working folder {each.folder}"),),
                remedies=(advise("Let the assistant start gopls mcp in the root of the module"),),
                severity=Severity.INFO,
            )
