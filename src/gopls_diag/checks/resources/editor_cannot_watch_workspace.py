"""The editor cannot watch the whole workspace."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.model.editor import Editors
from gopls_diag.model.finding import Confidence, Evidence, Finding, Severity, advise, run
from gopls_diag.model.outcome import Unknown
from gopls_diag.model.saying import Channel, Sayings
from gopls_diag.model.watch_limits import WatchLimits
from gopls_diag.model.workspace import WorkspaceFiles

PATTERN = re.compile(r"[Uu]nable to watch for file changes")


@check(
    "R06",
    Severity.WARNING,
    why="gopls learns of changes from the editor, and works on stale files without.",
    os=("linux",),
)
def editor_cannot_watch_workspace(
    watches: WatchLimits | Unknown,
    files: WorkspaceFiles | Unknown,
    editors: Editors | Unknown,
    sayings: Sayings | Unknown,
) -> Iterator[Finding]:
    """The workspace has more folders than the editor may watch.

    What it means: VS Code watches the open folder with one inotify watch a folder; folders of node_modules are not
        counted here. The kernel grants a user fs.inotify.max_user_watches for all programs together.
    Why it matters: Files changed by git, generators or other programs are not noticed; gopls shows errors that are
        gone.
    How to fix: Raise the limit (sudo sysctl fs.inotify.max_user_watches=524288), or exclude folders with
        files.watcherExclude.
    When to ignore: When the folders beyond the limit are excluded with files.watcherExclude.
    Source: inotify(7); the notification was seen in VS Code 1.139.1; golang/tools gopls/doc/release/v0.22.0.md (by
        default the client alone tells of changes).
    """
    remedies = (
        run("sudo", "sysctl", "fs.inotify.max_user_watches=524288", title="Raise the limit"),
        advise('Or exclude what need not be watched: "files.watcherExclude": {"**/data/**": true}'),
    )
    if isinstance(sayings, Sayings):
        for heard in sayings.matching(PATTERN, Channel.CLIENT, Channel.LOG):
            yield Finding(
                "The editor cannot watch the whole workspace for changes",
                evidence=(Evidence(heard.saying.source, heard.words, heard.saying.line),),
                remedies=remedies,
            )
            return
    is_vscode = isinstance(editors, Editors) and any(each.is_vscode for each in editors.all)
    if not is_vscode or isinstance(watches, Unknown) or isinstance(files, Unknown):
        return
    folders = files.usage.folders
    # Folders below node_modules are watched by some versions only; their files say roughly how many there are.
    skipped = min(folders, _node_modules(files) // 4)
    if folders - skipped > watches.watches:
        yield Finding(
            f"The workspace has {folders:,} folders, and this user may watch {watches.watches:,}",
            evidence=(Evidence(watches.source, str(watches.watches)), Evidence(files.folder, f"{folders:,} folders")),
            remedies=remedies,
            confidence=Confidence.LIKELY,
        )


def _node_modules(files: WorkspaceFiles) -> int:
    return sum(count for path, count in files.usage.named.items() if ("/" + path).endswith("/node_modules"))
