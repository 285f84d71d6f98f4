"""A GOMEMLIMIT that the Go runtime does not take."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.model.editor import Editors
from gopls_diag.model.finding import Evidence, Finding, Remedy, Severity, advise, remove_setting, set_setting
from gopls_diag.model.memory_limits import MemoryLimits
from gopls_diag.model.outcome import Unknown
from gopls_diag.model.saying import Sayings
from gopls_diag.parse.byte_count import is_memory_limit, meant_memory_limit

PATTERN = re.compile(r"fatal error: malformed GOMEMLIMIT")
VALUE_PATTERN = re.compile(r"^GOMEMLIMIT=(\S{1,100})$", re.MULTILINE)
NAME = "GOMEMLIMIT"


@check(
    "M06",
    Severity.ERROR,
    why="Every Go program that sees this value ends at once: gopls, go, and your own.",
    explains=("E*", "W*", "X02", "X03", "X14", "H01", "H03", "S05"),
)
def memory_limit_malformed(
    editors: Editors | Unknown, limits: MemoryLimits | Unknown, sayings: Sayings | Unknown
) -> Iterator[Finding]:
    """GOMEMLIMIT has a form that the Go runtime does not take.

    What it means: The value must be a whole number with no unit or with B, KiB, MiB, GiB or TiB, or the word off.
        `3GB`, `3G`, `2.5GiB` and `3 GiB` are all malformed.
    Why it matters: The runtime does not ignore a malformed value: it stops with "fatal error: malformed GOMEMLIMIT".
    How to fix: Write 3GiB for 3GB, 2560MiB for 2.5GiB.
    When to ignore: Never.
    Source: golang/go src/runtime/mgcpacer.go (readGOMEMLIMIT) and src/runtime/string.go (parseByteCount); seen with
        gopls v0.23.0 and Go 1.27.3.
    """
    found = False
    value_here = limits.go_memory_limit if isinstance(limits, MemoryLimits) else ""
    if not is_memory_limit(value_here):
        found = True
        meant = meant_memory_limit(value_here)
        yield Finding(
            f"{NAME}={value_here} in the environment is malformed" + (f"; it should be {meant}" if meant else ""),
            evidence=(Evidence("environment", f"{NAME}={value_here}"),),
            remedies=(
                advise(
                    f"Correct it in the file that sets up the shell: export {NAME}={meant}"
                    if meant
                    else f"Take it out of the file that sets up the shell; for now: unset {NAME}"
                ),
            ),
        )
    for editor in editors.all if isinstance(editors, Editors) else ():
        value = editor.tools_environment.get(NAME)
        if value and not is_memory_limit(str(value.value)):
            found = True
            meant = meant_memory_limit(str(value.value))
            fixes: tuple[Remedy, ...] = (
                remove_setting(value.file, value.path, title=f"Take {NAME} out"),
                advise(f"Or write a whole number with MiB or GiB for {NAME}"),
            )
            if meant:
                fixes = (set_setting(value.file, value.path, meant, title=f"Write {meant}"),)
            yield Finding(
                f"{NAME} is set to {value.value!r} in the settings of {editor.label}, which is malformed",
                evidence=(Evidence(value.file, f'"{NAME}": "{value.value}"', value.line),),
                remedies=fixes,
            )
    if not found and isinstance(sayings, Sayings):
        for heard in sayings.matching(PATTERN):
            values = [each.match[1] for each in sayings.matching(VALUE_PATTERN)]
            named = f" {values[0]}" if values else ""
            yield Finding(
                f"gopls ended at its start: the value{named} of {NAME} is malformed",
                evidence=(Evidence(heard.saying.source, heard.words, heard.saying.line),),
                remedies=(advise(f"Correct or remove {NAME} where the editor's environment is set"),),
            )
            return
