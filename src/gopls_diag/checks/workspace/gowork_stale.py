"""W11: GOWORK names a file that is not there."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.model.finding import Evidence, Finding, Remedy, Severity, advise, remove_setting, run
from gopls_diag.model.outcome import Unknown
from gopls_diag.model.saying import Sayings
from gopls_diag.model.toolchain import GoSetting, Origin
from gopls_diag.model.workspace import Workspace

PATTERN = re.compile(r"reading go\.work: open ([^\n]{1,1000}?): no such file|invalid GOWORK: not an absolute path")


@check(
    "W11",
    Severity.ERROR,
    why="Every go command fails while it is set, so gopls loads no package.",
    explains=("W01", "W02", "W03", "W04", "W06", "W13", "W17", "E07", "E22"),
)
def gowork_stale(workspace: Workspace, sayings: Sayings | Unknown) -> Iterator[Finding]:
    """GOWORK names a go.work file that does not exist.

    What it means: GOWORK is set to a path, and there is no such file (or the path is not absolute).
    Why it matters: Go takes the variable at its word and stops with "reading go.work"; the go.work beside the code is
        not looked for.
    How to fix: Unset GOWORK, or set it to the file that exists. Values that need no file: empty, auto, off.
    When to ignore: Never.
    Source: golang/go src/cmd/go/internal/modload/init.go (FindGoWork); seen with gopls v0.23.0.
    """
    setting = workspace.gowork_setting
    if workspace.is_gowork_missing and setting is not None:
        what = "names a file that does not exist" if workspace.is_gowork_absolute else "is not an absolute path"
        yield Finding(
            summary=f"GOWORK {what}: {workspace.gowork} (set in {setting.place})",
            evidence=(setting.evidence,),
            remedies=tuple(_remedies(setting, workspace.nearest_work)),
        )
        return
    if isinstance(sayings, Sayings):
        for heard in sayings.matching(PATTERN):
            yield Finding(
                summary=f"GOWORK does not name a go.work file that exists: {heard.match[1] or 'not an absolute path'}",
                evidence=(Evidence(heard.saying.source, heard.words, heard.saying.line),),
                remedies=(advise("Unset GOWORK where the editor is started"),),
            )


def _remedies(setting: GoSetting, nearest: str | None) -> Iterator[Remedy]:
    if setting.origin is Origin.FILE:
        yield run("go", "env", "-u", "GOWORK", title="Take GOWORK out of the go env file", safe=True)
    elif setting.origin is Origin.EDITOR:
        yield remove_setting(setting.source, setting.setting_path, title="Take GOWORK out of the settings")
    else:
        yield advise("Take GOWORK out of the shell start file that sets it, then start the editor anew")
    if nearest:
        yield advise(f"Without it go finds {nearest}")
