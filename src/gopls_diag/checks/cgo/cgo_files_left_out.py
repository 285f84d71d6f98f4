"""C02: files with C in them are left out, because cgo is off."""

from __future__ import annotations

from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.checks.env._unset import unset
from gopls_diag.model.finding import Evidence, Finding, Remedy, Severity, advise
from gopls_diag.model.go_folders import CgoTools
from gopls_diag.model.toolchain import GoEnvironment

_SHOWN = 5


@check(
    "C02",
    Severity.WARNING,
    why="gopls knows no package for these files: they have neither completion nor jumps.",
    explains=("W06",),
)
def cgo_files_left_out(tools: CgoTools, environment: GoEnvironment) -> Iterator[Finding]:
    """Files with C in them are left out, because cgo is off.

    What it means: CGO_ENABLED is 0, so the go command leaves out every file with import "C". It was set so, or Go
        found no C compiler, or code is looked at for another system (GOOS, GOARCH), for which cgo is off by default.
    Why it matters: gopls says "No packages found for open file" for them, and what they declare is missing elsewhere.
    How to fix: Install a C compiler, and take CGO_ENABLED=0 away where it is set.
    When to ignore: When the C code is meant for other systems; a build constraint (//go:build cgo) says so for good.
    Source: golang/go#65758; seen with gopls v0.23.0.
    """
    if not tools.left_out or environment.value("CGO_ENABLED") != "0":
        return
    path = tools.left_out[0][0]
    more = f" and {len(tools.left_out) - 1} more" if len(tools.left_out) > 1 else ""
    setting = environment.origin("CGO_ENABLED")
    remedies: tuple[Remedy, ...]
    if _is_cross(environment):
        why = f"code is looked at for {environment.value('GOOS')}/{environment.value('GOARCH')}"
        remedies = (advise("Set CGO_ENABLED=1, with a C compiler for that system in CC, where it is needed"),)
    elif setting is not None:
        why = f"CGO_ENABLED=0 in {setting.place}"
        remedies = unset(setting, name="CGO_ENABLED", otherwise="")
    elif tools.compiler_path:
        why = "cgo is off by default in this Go"
        remedies = (advise("Set CGO_ENABLED=1 in the environment of the editor"),)
    else:
        why = f"there is no C compiler ({tools.compiler or 'CC is empty'})"
        remedies = (advise("Install a C compiler: gcc, clang, or the command line tools on macOS"),)
    yield Finding(
        f"{path}{more} is left out, because {why}",
        evidence=(
            *([setting.evidence] if setting else [Evidence("go env CGO_ENABLED", "0")]),
            *(Evidence(each, 'import "C"', at) for each, at in tools.left_out[:_SHOWN]),
        ),
        remedies=remedies,
        severity=Severity.INFO if _is_cross(environment) else None,
    )


def _is_cross(environment: GoEnvironment) -> bool:
    here = (environment.value("GOHOSTOS"), environment.value("GOHOSTARCH"))
    return (environment.value("GOOS"), environment.value("GOARCH")) != here
