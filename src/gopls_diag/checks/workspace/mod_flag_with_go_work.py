"""W12: -mod=mod is in force together with a go.work."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.model.finding import Evidence, Finding, Remedy, Severity, advise, remove_setting, run, set_setting
from gopls_diag.model.outcome import Unknown
from gopls_diag.model.saying import Sayings
from gopls_diag.model.toolchain import GoEnvironment, GoSetting, Origin
from gopls_diag.model.workspace import Workspace

PATTERN = re.compile(r"-mod may only be set to readonly or vendor when in workspace mode, but it is set to \"?([\w-]+)")
FLAG_PATTERN = re.compile(r"(?:^|\s)['\"]?--?mod[= ](mod)\b")


@check(
    "W12",
    Severity.ERROR,
    why="The go command refuses to work in a workspace with this flag, so gopls loads no package.",
    explains=("W01", "W02", "W03", "W04", "W06", "W13", "W17", "E01", "E07", "E22"),
)
def mod_flag_with_go_work(
    workspace: Workspace, environment: GoEnvironment | Unknown, sayings: Sayings | Unknown
) -> Iterator[Finding]:
    """GOFLAGS holds -mod=mod where a go.work is in force.

    What it means: In workspace mode go allows -mod=readonly and -mod=vendor only, and GOFLAGS gives every go command
        -mod=mod.
    Why it matters: Go stops with "-mod may only be set to readonly or vendor when in workspace mode".
    How to fix: Take the flag out of GOFLAGS, or set GOWORK=off where it is needed.
    When to ignore: Never while the go.work is in force.
    Source: golang/go src/cmd/go/internal/modload/init.go (setDefaultBuildMod); seen with gopls v0.23.0.
    """
    work = workspace.work
    if work is not None and isinstance(environment, GoEnvironment):
        flags = environment.value("GOFLAGS")
        setting = environment.origin("GOFLAGS")
        if FLAG_PATTERN.search(flags):
            place = f" (set in {setting.place})" if setting else ""
            yield Finding(
                summary=f"GOFLAGS holds -mod=mod{place}, which go refuses while {work.file} is in force",
                evidence=(setting.evidence if setting else Evidence("go env GOFLAGS", flags),),
                remedies=tuple(_remedies(flags, setting)),
            )
            return
    if isinstance(sayings, Sayings):
        for heard in sayings.matching(PATTERN):
            yield Finding(
                summary=f"-mod={heard.match[1]} is set, which go refuses while a go.work is in force",
                evidence=(Evidence(heard.saying.source, heard.words, heard.saying.line),),
                remedies=(advise("Take -mod out of GOFLAGS and of go.buildFlags"),),
            )


def _remedies(flags: str, setting: GoSetting | None) -> Iterator[Remedy]:
    rest = FLAG_PATTERN.sub("", flags).strip()
    if setting is not None and setting.origin is Origin.FILE:
        if rest:
            yield run("go", "env", "-w", f"GOFLAGS={rest}", title="Take the flag out of GOFLAGS", safe=True)
        else:
            yield run("go", "env", "-u", "GOFLAGS", title="Take GOFLAGS out of the go env file", safe=True)
    elif setting is not None and setting.origin is Origin.EDITOR and setting.setting_path:
        if rest:
            yield set_setting(setting.source, setting.setting_path, rest, title="Take the flag out of GOFLAGS")
        else:
            yield remove_setting(setting.source, setting.setting_path, title="Take GOFLAGS out")
    else:
        yield advise(f"Take -mod=mod out of GOFLAGS in {setting.place if setting else 'the environment'}")
