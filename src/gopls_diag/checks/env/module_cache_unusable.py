"""E23: the module cache is no folder, or cannot be made."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.checks.env._heard import quote
from gopls_diag.checks.env._unset import unset
from gopls_diag.model.finding import Evidence, Finding, Severity, advise
from gopls_diag.model.go_folders import FolderState, GoFolders
from gopls_diag.model.outcome import Unknown
from gopls_diag.model.saying import Sayings
from gopls_diag.model.toolchain import GoEnvironment
from gopls_diag.model.workspace import Workspace

PATTERN = re.compile(r"could not create module cache: ([^\n]{1,300})")


@check(
    "E23",
    Severity.ERROR,
    why="No dependency can be read or fetched, so every import of another module is an error.",
    explains=("E16", "E19", "E28", "W01", "W02", "W03", "W17"),
)
def module_cache_unusable(
    environment: GoEnvironment, folders: GoFolders, workspace: Workspace, sayings: Sayings | Unknown
) -> Iterator[Finding]:
    """The module cache is no folder, or cannot be made.

    What it means: Downloaded modules lie in the folder that go env GOMODCACHE names. That is a file, a broken link, a
        relative path, or nothing, in a place where this user may not make a folder.
    Why it matters: Dependencies can neither be found nor fetched.
    How to fix: Take GOMODCACHE (or GOPATH, from which it is derived) away where it is set, or correct the place.
    When to ignore: In a module without dependencies. A cache that is merely read-only is fine while it is complete.
    Source: golang/go src/cmd/go/internal/modfetch/cache.go ("could not create module cache").
    """
    problem = _problem(folders.module_cache)
    if problem and folders.module_cache is not None and _has_dependencies(workspace):
        name = "GOMODCACHE" if environment.origin("GOMODCACHE") else "GOPATH"
        setting = environment.origin(name)
        yield Finding(
            f"The module cache {folders.module_cache.path} {problem}",
            evidence=(setting.evidence if setting else Evidence("go env GOMODCACHE", environment.value("GOMODCACHE")),),
            remedies=unset(setting, name=name, otherwise="Make the place writable for yourself"),
        )
        return
    if isinstance(sayings, Unknown):
        return
    for heard in sayings.matching(PATTERN):
        yield Finding(
            f"go could not make its module cache: {heard.match[1].strip()}",
            evidence=(quote(heard),),
            remedies=(advise("Make the folder of go env GOMODCACHE writable, or set it to a folder of your own"),),
        )
        return


def _problem(cache: FolderState | None) -> str:
    if cache is None or cache.is_hidden:
        return ""
    if not cache.is_absolute:
        return "is no absolute path"
    if cache.broken_link:
        return f"is a link to {cache.broken_link}, which is not there"
    if cache.kind is not None:
        return "" if cache.is_folder else "is no folder"
    return "" if cache.can_be_made else f"cannot be made in {cache.ancestor}"


def _has_dependencies(workspace: Workspace) -> bool:
    """True if a module requires something that its vendor folder does not bring."""
    return any(each.mod.require and each.vendor is None for each in workspace.modules) or (
        workspace.module is not None and bool(workspace.module.mod.require) and workspace.module.vendor is None
    )
