"""E11: the toolchain that is asked for cannot be had."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.checks.env._heard import quote
from gopls_diag.checks.env._unset import unset
from gopls_diag.model.finding import Confidence, Evidence, Finding, Remedy, Severity, advise
from gopls_diag.model.outcome import Unknown
from gopls_diag.model.saying import Channel, Sayings
from gopls_diag.model.toolchain import GoEnvironment
from gopls_diag.model.version import GoVersion
from gopls_diag.model.workspace import Workspace

PATTERN = re.compile(
    r"go: download (go\S{1,60}) for \S{1,60}: ([^\n\"\\]{1,200})"
    r"|invalid GOTOOLCHAIN \"?([^\"\n]{1,60})|cannot find \\?\"(go[^\"\n]{1,60})\" in PATH"
)


@check(
    "E11",
    Severity.ERROR,
    why="go wants to become that version first, and ends when it cannot; gopls then loads nothing.",
    explains=("E28", "W01", "W02", "W03", "W05", "W06", "W17", "H12"),
)
def toolchain_unavailable(
    environment: GoEnvironment, workspace: Workspace, sayings: Sayings | Unknown
) -> Iterator[Finding]:
    """The Go toolchain that is asked for cannot be had.

    What it means: Go.mod, go.work or GOTOOLCHAIN name a Go version that is not on this machine, and the go command
        cannot download it: it does not exist, there is no network, or the module proxy does not serve toolchains.
    Why it matters: The go command ends before it does anything in this folder, and gopls with it.
    How to fix: Correct the version, install that Go, or let GOPROXY reach one that serves golang.org/toolchain.
    When to ignore: When the finding is of severity info: go will download it by itself as soon as it is asked.
    Source: golang/go src/cmd/go/internal/toolchain/select.go; seen with gopls v0.23.0 and go1.27.3.
    """
    setting = environment.origin("GOTOOLCHAIN")
    refused = next((each for each in (PATTERN.search(environment.error),) if each), None)
    if refused is not None and not environment.wanted_toolchain:
        yield Finding(
            f"GOTOOLCHAIN is {environment.value('GOTOOLCHAIN')!r}, and go cannot become that",
            evidence=((setting.evidence,) if setting else ())
            + (Evidence(environment.command, environment.error.splitlines()[0]),),
            remedies=unset(
                setting, name="GOTOOLCHAIN", otherwise="Correct GOTOOLCHAIN where it is set", meanwhile="local"
            ),
        )
        return
    wanted = environment.wanted_toolchain
    if not isinstance(sayings, Unknown):
        for heard in sayings.matching(PATTERN):
            if heard.saying.channel is Channel.GO or not heard.match[1]:
                continue
            # What was not to be had then may lie on this machine now.
            if not wanted and environment.is_known and heard.saying.line is not None:
                continue
            yield _finding(heard.match[1], heard.match[2].strip(), environment, workspace, (quote(heard),))
            return
    if wanted and environment.wanted_problem:
        yield _finding(wanted, environment.wanted_problem, environment, workspace, ())
    elif wanted:
        yield Finding(
            f"go will download {wanted} before it works in this folder",
            evidence=_asked(wanted, environment, workspace),
            remedies=(advise("Go on; or install that Go, where there is no network"),),
            why="Until it is there gopls cannot load the folder.",
            severity=Severity.INFO,
        )


def _finding(
    wanted: str, problem: str, environment: GoEnvironment, workspace: Workspace, said: tuple[Evidence, ...]
) -> Finding:
    setting = environment.origin("GOTOOLCHAIN")
    asked = _asked(wanted, environment, workspace)
    remedies: tuple[Remedy, ...] = ()
    if setting is not None and wanted in setting.value:
        remedies = unset(setting, name="GOTOOLCHAIN", otherwise="", meanwhile="local")
    elif asked:
        remedies = (advise(f"Correct the version in {asked[0].source}, if that Go does not exist"),)
    install = advise(
        f"Install {wanted}, or let GOPROXY reach a proxy that serves toolchains", link="https://go.dev/dl/"
    )
    return Finding(
        f"{wanted} is asked for and cannot be had: {problem}",
        evidence=(*asked, *said),
        remedies=(*remedies, install),
        confidence=Confidence.CERTAIN if said else Confidence.LIKELY,
    )


def _asked(wanted: str, environment: GoEnvironment, workspace: Workspace) -> tuple[Evidence, ...]:
    """Who asks for that toolchain."""
    setting = environment.origin("GOTOOLCHAIN")
    if setting is not None and wanted in setting.value:
        return (setting.evidence,)
    files = []
    if workspace.work is not None:
        files.append((workspace.work.file, workspace.work.work.toolchain, workspace.work.work.go))
    elif workspace.module is not None:
        files.append((workspace.module.file, workspace.module.mod.toolchain, workspace.module.mod.go))
    for file, toolchain, go in files:
        if toolchain is not None and GoVersion.parse(toolchain.value) == GoVersion.parse(wanted):
            return (Evidence(file, f"toolchain {toolchain.value}", toolchain.line),)
        if go is not None:
            return (Evidence(file, f"go {go.value}", go.line),)
    return ()
