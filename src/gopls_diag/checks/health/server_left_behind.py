"""A gopls without its editor, stopped, or of a binary that is gone."""

from __future__ import annotations

from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.model.amount import size_text
from gopls_diag.model.finding import Evidence, Finding, Remedy, Severity, advise, run
from gopls_diag.model.gopls_process import GoplsProcess, GoplsProcesses, GoplsRole

_SHOWN = 4


@check(
    "H10",
    Severity.WARNING,
    why="Such a gopls answers nobody, or answers with an old version, and keeps its memory.",
)
def server_left_behind(processes: GoplsProcesses) -> Iterator[Finding]:
    """A gopls is stopped, without its editor, or no longer the program on the disk.

    What it means: A stopped gopls (SIGSTOP, Ctrl-Z, a debugger) is alive and answers nothing. One without its editor
        was left over when the editor was killed. One whose file was replaced goes on with the old version until it is
        restarted.
    Why it matters: A stopped server makes every request hang. A left-over one holds memory and files. A replaced one
        has none of the repairs of the version that was installed over it.
    How to fix: Stopped: kill -CONT PID, or restart the language server in the editor. Without editor: kill PID.
        Replaced: restart the language server.
    When to ignore: When you stopped it yourself to look at it, or the upgrade was a moment ago.
    Source: seen with VS Code 1.139.1 (a stopped server); golang/go#37829, #66945 (left-over servers);
        golang/go#67433 (a binary replaced while it runs).
    """
    replaced: list[GoplsProcess] = []
    for each in processes.all:
        if each.role is GoplsRole.OTHER:
            continue
        if each.is_stopped:
            yield _stopped(each)
        elif each.is_orphan:
            yield _orphan(each)
        elif each.is_replaced:
            replaced.append(each)
    if replaced:
        yield _replaced(replaced)


def _place(process: GoplsProcess) -> str:
    return f" in {process.folder}" if process.folder else ""


def _end(process: GoplsProcess) -> Remedy:
    if "\\" in process.executable:
        return run("taskkill", "/F", "/PID", str(process.pid), title="End it")
    return run("kill", "-TERM", str(process.pid), title="End it")


def _stopped(process: GoplsProcess) -> Finding:
    is_traced = process.status == "tracing-stop"
    how = "held by a debugger" if is_traced else "stopped by a signal"
    restart = advise("Restart the language server in the editor")
    if is_traced:
        remedies: tuple[Remedy, ...] = (advise("Detach the debugger"),)
    elif "\\" in process.executable:
        remedies = (restart,)
    else:
        remedies = (run("kill", "-CONT", str(process.pid), title="Let it go on"), restart)
    # One that no editor waits for makes nobody wait.
    severity = Severity.ERROR if process.editor else Severity.WARNING
    return Finding(
        f"gopls {process.pid} of {process.owner}{_place(process)} is {how} and answers nothing",
        evidence=(Evidence("process table", f"pid {process.pid}: status {process.status}"),),
        remedies=remedies,
        why="Every request to it hangs: no completion, no jumps, no diagnostics.",
        severity=Severity.INFO if is_traced else severity,
    )


def _orphan(process: GoplsProcess) -> Finding:
    parent = process.parents[0] if process.parents else "nobody"
    return Finding(
        f"gopls {process.pid}{_place(process)} lives on without editor and holds {size_text(process.resident_bytes)}",
        evidence=(Evidence("process table", f"pid {process.pid}: parent is {parent} (pid {process.parent_pid})"),),
        remedies=(_end(process),),
    )


def _replaced(processes: list[GoplsProcess]) -> Finding:
    first = processes[0]
    more = f" and {len(processes) - 1} more" if len(processes) > 1 else ""
    return Finding(
        f"gopls {first.pid} of {first.owner}{more} runs on, but its program {first.executable} was replaced",
        evidence=tuple(
            Evidence("process table", f"pid {each.pid} of {each.owner}: {each.executable} (replaced since it started)")
            for each in processes[:_SHOWN]
        ),
        remedies=(advise("Restart the language server in the editor to use what is installed now"),),
        why="It goes on with the version that was there before.",
    )
