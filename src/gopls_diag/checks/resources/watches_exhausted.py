"""gopls's own file watcher gets no more watches."""

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

PATTERN = re.compile(r"failed to watch directory ([^\n]{1,400}): no space left on device")
_REMEDIES = (
    run("sudo", "sysctl", "fs.inotify.max_user_watches=524288", title="Raise the limit"),
    advise(
        'Or let gopls look itself: "gopls": {"fileWatcher": "poll"}; or remove fileWatcher: then the editor watches'
    ),
)


@check("R05", Severity.WARNING, why="Changes made outside the editor are not seen by gopls.", os=("linux",))
def watches_exhausted(
    sayings: Sayings | Unknown,
    watches: WatchLimits | Unknown,
    editors: Editors | Unknown,
    files: WorkspaceFiles | Unknown,
) -> Iterator[Finding]:
    """gopls's own file watcher gets no more watches from the kernel.

    What it means: With the setting fileWatcher gopls watches folders by itself. Each needs a watch, of which a user
        has fs.inotify.max_user_watches. "No space left on device" here speaks of watches, not of the disk.
    Why it matters: gopls goes on with what the files were: stale errors after a git switch or code generation.
    How to fix: Raise the limit (sudo sysctl fs.inotify.max_user_watches=524288), or use another fileWatcher.
    When to ignore: When fileWatcher is not set: then the editor watches.
    Source: golang/tools gopls/internal/server/general.go and gopls/doc/release/v0.22.0.md (fileWatcher); inotify(7).
    """
    if isinstance(sayings, Sayings):
        for heard in sayings.matching(PATTERN, Channel.LOG, Channel.STDERR):
            yield Finding(
                f"gopls may not watch {heard.match[1]}: the kernel's limit of watches is reached",
                evidence=(Evidence(heard.saying.source, heard.words, heard.saying.line),),
                remedies=_REMEDIES,
            )
            return
    if not isinstance(watches, WatchLimits) or not isinstance(files, WorkspaceFiles):
        return
    for editor in editors.all if isinstance(editors, Editors) else ():
        setting = next((each for each in editor.gopls_settings.values() if each.short == "fileWatcher"), None)
        if setting and setting.value == "fsnotify" and files.usage.folders > watches.watches:
            yield Finding(
                f"gopls is set to watch {files.usage.folders:,} folders; the kernel allows {watches.watches:,} watches",
                evidence=(
                    Evidence(setting.file, f'"{setting.key}": "fsnotify"', setting.line),
                    Evidence(watches.source, str(watches.watches)),
                ),
                remedies=_REMEDIES,
                confidence=Confidence.LIKELY,
            )
