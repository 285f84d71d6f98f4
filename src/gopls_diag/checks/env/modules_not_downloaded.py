"""E16: modules that go.mod requires are not on this machine."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.checks.env._heard import quote
from gopls_diag.model.finding import Evidence, Finding, Remedy, Severity, advise, run
from gopls_diag.model.go_list import GoList
from gopls_diag.model.outcome import Unknown
from gopls_diag.model.saying import Sayings
from gopls_diag.model.toolchain import GoEnvironment

PATTERN = re.compile(
    r"(?:(?:^|[\s(])([\w.~/-]{1,200}@v[\w.+-]{1,100}):? )?"
    r"(?:module lookup disabled by GOPROXY=off|has not been downloaded)",
    re.MULTILINE,
)
DOWNLOAD_PATTERN = re.compile(r"^go: downloading ([\w.~/-]{1,200}) (v[\w.+-]{1,100})$", re.MULTILINE)
_SHOWN = 5


@check("E16", Severity.WARNING, why="Packages of those modules are unknown to gopls.", explains=("E28", "W17"))
def modules_not_downloaded(
    sayings: Sayings, environment: GoEnvironment | Unknown, listed: GoList | Unknown
) -> Iterator[Finding]:
    """Modules that go.mod requires are not on this machine.

    What it means: Go.mod (or a dependency) names module versions that the module cache does not hold, as after a fresh
        clone. gopls lists packages offline, so it does not fetch them by itself.
    Why it matters: Imports from these modules are errors, and completion knows nothing of them.
    How to fix: Run go mod download in the folder of go.mod; where it fails, its words name the next cause.
    When to ignore: When gopls offers to download and you let it.
    Source: golang/go src/cmd/go/internal/modfetch/repo.go; golang/tools gopls/internal/cache/load.go (GOPROXY=off)
        and mod.go; golang/go#43186.
    """
    found: dict[str, Evidence] = {}
    unnamed: Evidence | None = None
    for heard in sayings.matching(PATTERN, holding=("GOPROXY=off", "has not been downloaded")):
        if heard.match[1]:
            found.setdefault(heard.match[1], quote(heard))
        else:
            unnamed = unnamed or quote(heard)
    if unnamed is not None and not found:
        found = dict.fromkeys(_wanted(listed), unnamed) or {"a required module": unnamed}
    if not found:
        return
    names = ", ".join(list(found)[:_SHOWN]) + (" …" if len(found) > _SHOWN else "")
    remedies: list[Remedy] = [run("go", "mod", "download", title="Fetch them")]
    proxy = environment.origin("GOPROXY") if isinstance(environment, GoEnvironment) else None
    if proxy is not None and proxy.value == "off":
        remedies.insert(0, advise(f"Allow downloads first: GOPROXY is off in {proxy.place}"))
    yield Finding(
        f"{'A required module has' if len(found) == 1 else f'{len(found)} required modules have'} "
        f"not been downloaded: {names}",
        evidence=tuple(dict.fromkeys(list(found.values())[:_SHOWN])),
        remedies=tuple(remedies),
    )


def _wanted(listed: GoList | Unknown) -> list[str]:
    """The modules that go wanted to download when it listed packages, else the packages that it could not have."""
    if isinstance(listed, Unknown):
        return []
    modules = [f"{each[1]}@{each[2]}" for each in DOWNLOAD_PATTERN.finditer(listed.stderr)]
    return modules or [each.path for each in listed.packages if each.error and PATTERN.search(each.error.text)]
