"""C01: a package needs cgo, and there is no C compiler."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from gopls_diag.checks.declare import check
from gopls_diag.checks.env._heard import quote
from gopls_diag.checks.env._unset import unset
from gopls_diag.model.finding import Evidence, Finding, Reach, Remedy, Severity, advise, run
from gopls_diag.model.go_folders import CgoTools
from gopls_diag.model.go_list import GoList
from gopls_diag.model.outcome import Unknown
from gopls_diag.model.saying import Sayings
from gopls_diag.model.toolchain import GoEnvironment

PATTERN = re.compile(r"C compiler \\?\"([^\"\n]{1,200})\\?\" not found")


@check(
    "C01",
    Severity.ERROR,
    why="Files with C in them and whatever uses them are not type checked.",
    explains=("C04", "C05", "W06"),
)
def c_compiler_missing(
    tools: CgoTools, environment: GoEnvironment, listed: GoList | Unknown, sayings: Sayings | Unknown
) -> Iterator[Finding]:
    """Cgo is on, and the C compiler is not found.

    What it means: A package holds C code (import "C"). The go command runs a C compiler for it, the one that CC names,
        and that program is not on PATH.
    Why it matters: go list cannot say which Go files cgo makes of the package, so gopls cannot check it.
    How to fix: Install a C compiler (gcc or clang), or correct CC. Where the C code is optional: CGO_ENABLED=0.
    When to ignore: When the packages with C in them are not worked on here.
    Source: golang/go#38990; seen with gopls v0.23.0.
    """
    if environment.value("CGO_ENABLED") == "1" and tools.compiler and not tools.compiler_path:
        needing = [each for each in listed.packages if each.cgo_files] if isinstance(listed, GoList) else []
        own = [each for each in needing if not each.is_dependency]
        if needing:
            first = (own or needing)[0]
            setting = environment.origin("CC")
            yield Finding(
                f"{first.path} needs cgo, but the C compiler {tools.compiler} is not found",
                evidence=(
                    setting.evidence if setting else Evidence("go env CC", environment.value("CC")),
                    Evidence(first.folder or first.path, f'import "C" in {", ".join(first.cgo_files[:3])}'),
                ),
                remedies=_remedies(environment),
                severity=None if own else Severity.WARNING,
            )
            return
    if isinstance(sayings, Unknown):
        return
    for heard in sayings.matching(PATTERN):
        compiler = heard.match[1].rstrip("\\")
        yield Finding(
            f"cgo did not find the C compiler {compiler}", evidence=(quote(heard),), remedies=_remedies(environment)
        )
        return


def _remedies(environment: GoEnvironment) -> tuple[Remedy, ...]:
    found: list[Remedy] = [advise("Install a C compiler: gcc, clang, or the command line tools on macOS")]
    setting = environment.origin("CC")
    if setting is not None:
        found = [*unset(setting, name="CC", otherwise=""), *found]
    # Not for a machine to do: it changes what is built.
    without = run("go", "env", "-w", "CGO_ENABLED=0", title="Or do without cgo, if the code works without it")
    found.append(replace(without, reach=Reach.NONE))
    return tuple(found)
