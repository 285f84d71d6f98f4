"""The remedy that brings go.mod and go.sum up to date."""

from __future__ import annotations

from gopls_diag.model.finding import Remedy, run, run_in_project
from gopls_diag.model.outcome import Unknown
from gopls_diag.model.workspace import Workspace

_COMMAND = ("go", "mod", "tidy")


def tidy(workspace: Workspace | Unknown, title: str) -> Remedy:
    """`go mod tidy` in the module that holds the folder; words to copy where it is not known which module is meant."""
    if isinstance(workspace, Workspace) and workspace.module is not None:
        return run_in_project(*_COMMAND, folder=workspace.module.folder, title=title)
    return run(*_COMMAND, title=f"{title}, in the folder of go.mod")
