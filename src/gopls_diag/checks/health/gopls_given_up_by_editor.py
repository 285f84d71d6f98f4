"""An editor window that no longer restarts its gopls."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.model.editor_log import EditorLogs, ServerState, WindowLog
from gopls_diag.model.finding import Evidence, Finding, Severity, advise, run
from gopls_diag.model.gopls_process import GoplsProcesses
from gopls_diag.model.kernel_log import KernelLog, KillKind, ago
from gopls_diag.model.outcome import Unknown

_RESTART = advise('Run "Go: Restart Language Server" in that window (in a dev container: reload the window)')

_CAUSES = {
    KillKind.OUT_OF_MEMORY: "M01",
    KillKind.CGROUP_OUT_OF_MEMORY: "M02",
    KillKind.CODE_SIGNING: "K01",
    KillKind.JETSAM: "K03",
}
_TOGETHER_SECONDS = 60.0
"""Between the kernel's line and the editor's; the log's times are known to a few seconds."""


@check(
    "H09",
    Severity.ERROR,
    why="In that window there is no gopls any more, while the status bar still says that it runs.",
)
def gopls_given_up_by_editor(
    logs: EditorLogs, processes: GoplsProcesses | Unknown, kernel: KernelLog | Unknown
) -> Iterator[Finding]:
    """An editor window has lost gopls five times and does not start it again.

    What it means: The Go extension starts gopls again after a lost connection, but not after the fifth. The count is
        not bound to a time: five losses over days are enough. Only a restart by hand or a changed setting resets it.
    Why it matters: Completion, jumps and diagnostics are gone in that window; only words of the file are offered. No
        message is shown, and the status bar keeps its lightning sign.
    How to fix: Run "Go: Restart Language Server" from the command palette; in a dev container reload the window. Then
        look at how it ended, which the evidence says, to stop it from happening again.
    When to ignore: When the window was closed or restarted since; that is only told as information.
    Source: golang/vscode-go extension/src/language/goLanguageServer.ts (closed, stopLanguageClient);
        golang/vscode-go#1896 (dev containers); seen with VS Code 1.139.1 and the Go extension 0.56.0 and 0.57.2.
    """
    for window in logs.windows:
        if window.log.state is not ServerState.GIVEN_UP or not window.log.lost:
            continue
        if isinstance(processes, GoplsProcesses) and _lives_again(window, processes):
            continue
        last = window.log.lost[-1]
        when = "" if last.seconds is None else f", the last time {ago(logs.now_seconds - last.seconds)}"
        where = f" {window.window}" if window.window else ""
        look = run("gopls-diag", "crash", window.path, title="See what the log says about how it ended")
        count = max(window.log.lost_in_a_row, 1)
        times = f"{count} times" if count > 1 else "once"
        yield Finding(
            f"{window.label}{where} lost gopls {times}{when} and has given it up"
            if window.is_open
            else f"{window.label}{where}, closed since, had lost gopls {times}{when} and given it up",
            evidence=(
                Evidence(window.path, f"{last.clock} {last.text}".strip(), last.line),
                Evidence(window.path, _endings(window)),
            ),
            remedies=(_RESTART, look) if window.is_open else (look,),
            because_of=_cause(window, kernel) if isinstance(kernel, KernelLog) else None,
            why=None if window.is_open else "It may happen again in the next window, for the same reason.",
            severity=Severity.ERROR if window.is_open else Severity.INFO,
        )


def _endings(window: WindowLog) -> str:
    counts = Counter(each.ending or "not said by this version" for each in window.log.lost)
    return "how it ended: " + ", ".join(f"{ending} ({count})" for ending, count in counts.most_common())


def _lives_again(window: WindowLog, processes: GoplsProcesses) -> bool:
    """True if a server younger than the last loss works in that window's folder: the window was reloaded."""
    last = window.log.lost[-1].seconds
    if last is None:
        return False
    return any(
        each.started_seconds > last and each.folder in window.log.folders and each.folder for each in processes.servers
    )


def _cause(window: WindowLog, kernel: KernelLog) -> str | None:
    """The code of a kill by the system that fell together with a loss; the kernel's line alone proves nothing here."""
    for event in reversed(kernel.events):
        if not event.is_gopls or event.seconds is None or event.kind not in _CAUSES:
            continue
        for each in window.log.lost:
            is_near = each.seconds is not None and abs(each.seconds - event.seconds) < _TOGETHER_SECONDS
            if is_near and each.ending in ("", "signal SIGKILL", "signal 9"):
                return _CAUSES[event.kind]
    return None
