"""H12: what makes the workspace heavy."""

from __future__ import annotations

from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.model.declaration import Cost
from gopls_diag.model.finding import Evidence, Finding, Severity, advise
from gopls_diag.model.workspace import Module, Workspace, WorkspaceFiles

MANY_GO_FILES = 5_000
MANY_MODULES = 30
LARGE_FILE_BYTES = 1_000_000
LARGE_PACKAGE_BYTES = 5_000_000
MANY_FOREIGN_FILES = 20_000
"""From about here on the walk of go list costs a second and more on a cold disk."""
EXTREME_FOREIGN_FILES = 300_000
MEGABYTE = 1_000_000


@check(
    "H12",
    Severity.INFO,
    why="gopls loads every package of the workspace, and go list walks every folder of the module.",
    cost=Cost.INSTANT,
)
def workspace_heavy(files: WorkspaceFiles, workspace: Workspace) -> Iterator[Finding]:
    """The workspace is what makes gopls heavy.

    What it means: The folder holds very many Go files, modules or foreign files, or single packages and files that are
        far above the usual size.
    Why it matters: Memory and time of a load grow with the packages; one very large (often generated) file makes each
        key press in its package slow. go list ./... walks node_modules too: gopls's own filter for it comes later.
    How to fix: Open the module you work on instead of the whole tree; put ignore ./node_modules into go.mod (go 1.25)
        or an empty go.mod into that folder; split generated packages; narrow with build.directoryFilters.
    When to ignore: When gopls is quick enough for you.
    Source: cmd/go/internal/modload/search.go (matchPackages); golang/tools gopls/doc/settings.md (directoryFilters);
        golang/go#61178, #61207, #54268, #76291. Measured with go1.26.8: go list over one package took 1.2 s (3.1 s on a
        cold disk) with 60,000 files in node_modules, 0.03 s with an ignore line.
    """
    is_project = workspace.module is not None and workspace.module.folder == workspace.folder
    if workspace.is_home_or_root and not is_project:
        yield Finding(
            summary=f"The workspace folder is {workspace.folder}, which holds far more than one project",
            evidence=(Evidence(workspace.folder, _counted(files)),),
            remedies=(advise("Open the folder of the module that you work on"),),
            severity=Severity.WARNING,
        )
        return
    weights = tuple(_weights(files, workspace))
    if weights:
        yield Finding(
            summary=f"The workspace is large: {'; '.join(weights)}",
            evidence=(Evidence(files.folder, _counted(files)),),
            remedies=(
                advise(
                    'Open a part of it, or narrow it: "gopls": {"build.directoryFilters": ["-", "+the/part/you/need"]}'
                ),
            ),
        )
    for path, count in _foreign(files, workspace):
        yield Finding(
            summary=f"go list walks {count:,} files in {path} each time gopls loads the workspace",
            evidence=(Evidence(files.folder, f"{path}: {count:,} files"),),
            remedies=(
                advise(f"With go 1.25 or newer, write `ignore ./{path}` into go.mod"),
                advise(f"With an older go, put an empty go.mod file into {path}"),
            ),
            severity=Severity.WARNING if count >= EXTREME_FOREIGN_FILES else Severity.INFO,
        )


def _weights(files: WorkspaceFiles, workspace: Workspace) -> Iterator[str]:
    """What is above the usual, each with its number."""
    weighed = files.usage.weighed
    if weighed.files >= MANY_GO_FILES:
        yield f"{weighed.files:,} Go files in {weighed.folders:,} folders"
    if len(workspace.modules) >= MANY_MODULES:
        yield f"{len(workspace.modules):,} modules"
    for path, count, size in weighed.largest_folders[:1]:
        if size >= LARGE_PACKAGE_BYTES:
            yield f"the largest package {path} has {size / MEGABYTE:.1f} MB of Go in {count:,} files"
    for path, size in weighed.largest_files[:1]:
        if size >= LARGE_FILE_BYTES:
            yield f"the largest Go file {path} has {size / MEGABYTE:.1f} MB"


def _foreign(files: WorkspaceFiles, workspace: Workspace) -> Iterator[tuple[str, int]]:
    """node_modules folders that lie in a module and that go list enters, the fullest first."""
    for path, count in files.entered.items():
        holder = _holder(path, files, workspace) if count >= MANY_FOREIGN_FILES else None
        if holder is not None and not _is_ignored(path, files, holder):
            yield path, count


def _holder(path: str, files: WorkspaceFiles, workspace: Workspace) -> Module | None:
    """The innermost module that the path lies in."""
    whole = f"{files.folder}/{path}"
    known = (*workspace.modules, *((workspace.module,) if workspace.module else ()))
    holders = [each for each in known if whole.startswith(each.folder.replace("\\", "/").rstrip("/") + "/")]
    return max(holders, key=lambda each: len(each.folder), default=None)


def _is_ignored(path: str, files: WorkspaceFiles, module: Module) -> bool:
    """True if an `ignore` line of go.mod keeps go out of it."""
    inside = f"{files.folder}/{path}"[len(module.folder) :].strip("/")
    for line in module.mod.ignore:
        wanted = line.value.replace("\\", "/").rstrip("/")
        if wanted.startswith("./") and (inside + "/").startswith(wanted[2:] + "/"):
            return True
        if not wanted.startswith("./") and f"/{wanted}/" in f"/{inside}/":
            return True
    return False


def _counted(files: WorkspaceFiles) -> str:
    usage = files.usage
    whole = "" if usage.is_complete else "at least "
    return f"{whole}{usage.files:,} files, {usage.weighed.files:,} of them Go in {usage.weighed.folders:,} folders"
