"""C05: pkg-config is missing, or does not know a library that the code asks for."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.checks.env._heard import quote
from gopls_diag.model.finding import Evidence, Finding, Severity, advise
from gopls_diag.model.go_folders import CgoTools
from gopls_diag.model.go_list import GoList
from gopls_diag.model.outcome import Unknown
from gopls_diag.model.saying import Sayings
from gopls_diag.model.toolchain import GoEnvironment

PATTERN = re.compile(
    r"Package (\S{1,100}) was not found in the pkg-config search path|Package '([^'\n]{1,100})'[^\n]{0,100}not found"
    r"|exec: \\?\"(pkg-config)\\?\": executable file not found"
)


@check(
    "C05",
    Severity.ERROR,
    why="cgo cannot find the C library, so the packages that use it are not type checked.",
    explains=("C04", "W06"),
)
def pkg_config_failing(
    tools: CgoTools, environment: GoEnvironment, listed: GoList | Unknown, sayings: Sayings | Unknown
) -> Iterator[Finding]:
    """pkg-config does not know a C library that the code asks for.

    What it means: A line #cgo pkg-config: in the code names a C library. The program pkg-config, which tells where its
        headers lie, is missing or does not know the library: its development package is not installed.
    Why it matters: cgo fails for the package, and gopls cannot check it.
    How to fix: Install the development package of the library (libNAME-dev, NAME-devel, or by Homebrew), or let
        PKG_CONFIG_PATH name the folder of its .pc file where the editor sees it.
    When to ignore: When the packages that need it are not worked on here.
    Source: golang/tools go/packages/golist.go; golang/go#35882.
    """
    asking = [each for each in listed.packages if each.pkg_config] if isinstance(listed, GoList) else []
    if environment.value("CGO_ENABLED") == "0":
        asking = []
    severity = None if any(not each.is_dependency for each in asking) else Severity.WARNING
    if asking and not tools.pkg_config_path:
        yield Finding(
            f"{asking[0].path} needs {tools.pkg_config or 'pkg-config'}, which is not found",
            evidence=(
                Evidence(asking[0].folder or asking[0].path, f"#cgo pkg-config: {' '.join(asking[0].pkg_config)}"),
            ),
            remedies=(advise("Install pkg-config (pkgconf), and the development packages of the libraries"),),
            severity=severity,
        )
        return
    for name, words in tools.missing_libraries:
        yield Finding(
            f"pkg-config does not know {name}",
            evidence=(Evidence(f"{tools.pkg_config} --print-errors --exists {name}", words or f"{name} not found"),),
            remedies=(
                advise(f"Install the development package of {name}, or set PKG_CONFIG_PATH to where {name}.pc lies"),
            ),
            severity=severity,
        )
    if tools.missing_libraries or isinstance(sayings, Unknown):
        return
    for heard in sayings.matching(PATTERN):
        name = next((each for each in heard.match.groups() if each), "a library")
        yield Finding(
            f"cgo did not get what it asked of pkg-config: {name} was not found",
            evidence=(quote(heard),),
            remedies=(advise("Install the development package of the library"),),
            severity=Severity.WARNING,
        )
        return
