"""E07: Go's module mode is off, or there is no go.mod, and imports are looked for in GOPATH."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.checks.env._heard import quote
from gopls_diag.checks.env._unset import unset
from gopls_diag.model.finding import Confidence, Evidence, Finding, Severity, advise, run
from gopls_diag.model.go_folders import GoFolders
from gopls_diag.model.outcome import Unknown
from gopls_diag.model.saying import Sayings
from gopls_diag.model.toolchain import GoEnvironment
from gopls_diag.model.workspace import Workspace

PATTERN = re.compile(
    r"could not import (\S{1,300}) \(cannot find package \"[^\"\n]{1,300}\" in GOROOT(?: or GOPATH)?\)"
    r"|no required module provides package (\S{1,300}?): go\.mod file not found"
    r"|cannot find package \"([^\"\n]{1,300})\" in any of:"
)
_VALUES = ("", "on", "off", "auto")


@check(
    "E07",
    Severity.ERROR,
    why="Imports of other modules are not found, so most of the code cannot be type checked.",
    explains=("E22", "E28", "W05", "W06", "H12"),
)
def module_mode_off(
    environment: GoEnvironment, folders: GoFolders, workspace: Workspace, sayings: Sayings | Unknown
) -> Iterator[Finding]:
    """Go's module mode is switched off, or there is no go.mod.

    What it means: With GO111MODULE=off, or in a folder without go.mod, the go command looks for imported packages in
        GOROOT and GOPATH/src alone. Modules that were downloaded are not looked at.
    Why it matters: Every import from another module is an error, and gopls shows only one folder at a time.
    How to fix: Take GO111MODULE away (module mode is the default since Go 1.16). Without a go.mod: go mod init.
    When to ignore: For code that really lives in GOPATH/src and was never made a module.
    Source: golang/tools gopls/internal/cache/check.go; golang/go src/cmd/go/internal/modload/init.go;
        golang/vscode-go#275.
    """
    setting = environment.origin("GO111MODULE")
    value = environment.value("GO111MODULE") or (setting.value if setting else "")
    remedies = unset(setting, name="GO111MODULE", otherwise="Take GO111MODULE away where it is set", is_safe=True)
    evidence = (setting.evidence if setting else Evidence("go env GO111MODULE", value),)
    if value not in _VALUES:
        yield Finding(f"GO111MODULE is {value!r}, which go refuses", evidence=evidence, remedies=remedies)
        return
    if value == "off" and workspace.module is not None and not _is_in_gopath(workspace.folder, folders):
        yield Finding(
            f"GO111MODULE is off, so {workspace.module.file} counts for nothing", evidence=evidence, remedies=remedies
        )
        return
    if value == "off" or workspace.module is not None or isinstance(sayings, Unknown):
        return
    for heard in sayings.matching(PATTERN):
        package = next((each for each in heard.match.groups() if each), "")
        yield Finding(
            f"{package} is imported, but {workspace.folder} is in no module",
            evidence=(quote(heard),),
            remedies=(
                run("go", "mod", "init", "example.com/NAME", title=f"Make {workspace.folder} a module"),
                run("go", "mod", "tidy", title="Then let go find what it needs"),
                advise("Or open the folder that holds go.mod"),
            ),
            severity=Severity.WARNING,
            confidence=Confidence.LIKELY,
        )
        return


def _is_in_gopath(folder: str, folders: GoFolders) -> bool:
    plain = folder.replace("\\", "/")
    return any(plain.startswith(each.path.replace("\\", "/").rstrip("/") + "/src/") for each in folders.gopath)
