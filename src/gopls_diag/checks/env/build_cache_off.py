"""E08: the go command has no build cache."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.checks.env._heard import quote
from gopls_diag.checks.env._unset import unset
from gopls_diag.model.finding import Evidence, Finding, Severity, advise
from gopls_diag.model.outcome import Unknown
from gopls_diag.model.saying import Channel, Sayings
from gopls_diag.model.toolchain import GoEnvironment

PATTERN = re.compile(r"build cache is (?:required, but could not be located|disabled by GOCACHE=off)[^\n]{0,200}")


@check(
    "E08",
    Severity.ERROR,
    why="go list refuses to run as gopls runs it, so no package loads.",
    explains=("E28", "R15", "W01", "W02", "W03", "W05", "W06", "W17", "C01", "C04", "H12"),
)
def build_cache_off(environment: GoEnvironment, sayings: Sayings | Unknown) -> Iterator[Finding]:
    """The go command has no build cache.

    What it means: GOCACHE is off or no absolute path, or there is neither HOME nor XDG_CACHE_HOME to derive it from, as
        happens in services and containers. Go needs a build cache since 1.12.
    Why it matters: gopls's first question to the go command fails, and no package is loaded.
    How to fix: Take GOCACHE away where it is set, or give the environment of the editor a HOME.
    When to ignore: Never; go build fails as well.
    Source: golang/go src/cmd/go/internal/cache/default.go; seen with gopls v0.23.0 and go1.27.3.
    """
    setting = environment.origin("GOCACHE")
    if environment.values.get("GOCACHE") == "off":
        shown = setting.evidence if setting else Evidence("go env GOCACHE", "off")
        if setting is None:
            yield Finding(
                "There is no place for the build cache: HOME and XDG_CACHE_HOME are not set",
                evidence=(shown,),
                remedies=(advise("Set HOME, or GOCACHE to a folder of your own, in the environment of the editor"),),
            )
            return
        words = "off" if setting.value == "off" else f"{setting.value!r}, which is no absolute path"
        yield Finding(
            f"GOCACHE is {words}",
            evidence=(shown,),
            remedies=unset(setting, name="GOCACHE", otherwise="", is_safe=True),
        )
        return
    if isinstance(sayings, Unknown):
        return
    for heard in sayings.matching(PATTERN):
        if heard.saying.channel is Channel.GO:
            continue
        yield Finding(
            f"gopls ran without a build cache: {heard.match[0].strip()}",
            evidence=(quote(heard),),
            remedies=(advise("Set HOME, or GOCACHE to a folder of your own, in the environment of the editor"),),
        )
        return
