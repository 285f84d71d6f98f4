"""W08: the workspace folder is not there for gopls."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.model.finding import Evidence, Finding, Severity, advise
from gopls_diag.model.outcome import Unknown
from gopls_diag.model.saying import Sayings
from gopls_diag.model.workspace import Workspace

PATTERN = re.compile(
    r"invalid workspace folder path: [^\n]{0,300}?no such file or directory|chdir (\S{1,400}): no such file"
)


@check(
    "W08",
    Severity.ERROR,
    why="gopls can load nothing from a folder that it cannot see.",
    explains=("W01", "W02", "W03"),
)
def workspace_folder_missing(workspace: Workspace, sayings: Sayings | Unknown) -> Iterator[Finding]:
    """The workspace folder does not exist where gopls runs.

    What it means: The editor named a folder that is not there for gopls: it was deleted or renamed, or it lies on
        another machine while gopls runs here.
    Why it matters: The view of that folder fails, and with it everything in its files.
    How to fix: Open the folder under its present name. When files are edited over the network (tramp, sshfs), run gopls
        on the machine that holds them.
    When to ignore: An older line of a log, when the folder was deleted on purpose.
    Source: golang/tools gopls/internal/cache/view.go (checkPathValid); golang/go#63381.
    """
    if not workspace.is_folder:
        yield Finding(
            summary=f"The workspace folder {workspace.folder} does not exist",
            evidence=(Evidence(workspace.folder, "there is no such folder"),),
            remedies=(advise("Open the folder under its present name"),),
        )
        return
    if isinstance(sayings, Sayings):
        for heard in sayings.matching(PATTERN):
            yield Finding(
                summary="gopls was given a workspace folder that does not exist on this machine",
                evidence=(Evidence(heard.saying.source, heard.words, heard.saying.line),),
                remedies=(advise("Open the folder where gopls can see it, or run gopls where the files are"),),
            )
