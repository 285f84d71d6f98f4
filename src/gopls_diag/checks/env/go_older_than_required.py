"""E10: the module asks for a newer Go, and GOTOOLCHAIN keeps go from switching to one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from gopls_diag.checks.declare import check
from gopls_diag.checks.env._heard import quote
from gopls_diag.model.finding import Evidence, Finding, Remedy, Severity, advise, run, set_setting
from gopls_diag.model.outcome import Unknown
from gopls_diag.model.saying import Channel, Sayings
from gopls_diag.model.toolchain import GoEnvironment, Origin
from gopls_diag.model.version import GoVersion
from gopls_diag.model.workspace import Workspace

PATTERN = re.compile(
    r"(?:go: |^)(?:module )?(\S{1,300}) requires go >= (\S{1,40}) "
    r"\(running go (\S{1,40}); GOTOOLCHAIN=([^)\n]{1,60})\)",
    re.MULTILINE,
)
_FIRST_THAT_SWITCHES = GoVersion.parse("go1.21rc2")


@check(
    "E10",
    Severity.ERROR,
    why="go list refuses the module, so gopls loads no package of it.",
    explains=("E14", "E21", "E28", "W01", "W02", "W03", "W05", "W06", "W17", "H12"),
)
def go_older_than_required(
    environment: GoEnvironment, workspace: Workspace, sayings: Sayings | Unknown
) -> Iterator[Finding]:
    """The module asks for a newer Go than there is, and Go may not fetch one.

    What it means: The go line of go.mod, go.work or of a dependency names a newer Go than the go command is. It would
        switch to a newer toolchain by itself, but GOTOOLCHAIN forbids it: distributions often set it to local.
    Why it matters: The go command refuses to work in the module, and gopls with it.
    How to fix: Install the newer Go, or allow the switch: go env -w GOTOOLCHAIN=auto.
    When to ignore: Never while it is found.
    Source: golang/go src/cmd/go/internal/gover/toolchain.go (TooNewError); https://go.dev/doc/toolchain.
    """
    running = environment.version
    switching = environment.value("GOTOOLCHAIN") or "auto"
    is_held = not ("auto" in switching or "path" in switching)
    if running.is_known and running >= _FIRST_THAT_SWITCHES and is_held and not environment.wanted_toolchain:
        for asked in _asked(workspace):
            if GoVersion.parse(asked.text.removeprefix("go ")) > running:
                origin = environment.origin("GOTOOLCHAIN")
                yield Finding(
                    f"{asked.source} asks for {asked.text}, but go is {running} and GOTOOLCHAIN={switching}",
                    evidence=(asked, *([origin.evidence] if origin else [])),
                    remedies=_remedies(environment, asked.text.removeprefix("go ")),
                )
                return
    if isinstance(sayings, Unknown):
        return
    for heard in sayings.matching(PATTERN):
        # go list of ours always runs with GOTOOLCHAIN=local: what it says counts only if that is the user's value too.
        if heard.saying.channel is Channel.GO and not is_held:
            continue
        who, wanted, having = heard.match[1], heard.match[2].rstrip(";"), heard.match[3]
        yield Finding(
            f"{who} asks for go {wanted}, but go is go{having} and GOTOOLCHAIN={heard.match[4]}",
            evidence=(quote(heard),),
            remedies=_remedies(environment, wanted),
        )
        return


def _asked(workspace: Workspace) -> Iterator[Evidence]:
    """The go lines that count, go.work first."""
    if workspace.work is not None:
        go = workspace.work.work.go
        if go is not None:
            yield Evidence(workspace.work.file, f"go {go.value}", go.line)
        return
    if workspace.module is not None and workspace.module.mod.go is not None:
        go = workspace.module.mod.go
        yield Evidence(workspace.module.file, f"go {go.value}", go.line)


def _remedies(environment: GoEnvironment, wanted: str) -> tuple[Remedy, ...]:
    install = advise(f"Install Go {wanted} or newer", link="https://go.dev/dl/")
    origin = environment.origin("GOTOOLCHAIN")
    if origin is not None and origin.origin is Origin.ENVIRONMENT:
        return (install, advise("Or take GOTOOLCHAIN out of the environment, so that go fetches it by itself"))
    if origin is not None and origin.origin is Origin.EDITOR:
        title = "Set GOTOOLCHAIN to auto, so that go fetches it by itself"
        return (install, replace(set_setting(origin.source, origin.setting_path, "auto", title=title), safe=False))
    return (install, run("go", "env", "-w", "GOTOOLCHAIN=auto", title="Let go fetch newer toolchains by itself"))
