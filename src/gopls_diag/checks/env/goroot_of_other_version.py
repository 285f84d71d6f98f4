"""E15: GOROOT belongs to another Go than the go command."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.checks.env._heard import quote
from gopls_diag.checks.env._unset import unset
from gopls_diag.model.finding import Evidence, Finding, Severity, advise
from gopls_diag.model.go_folders import GoFolders
from gopls_diag.model.outcome import Unknown
from gopls_diag.model.saying import Sayings
from gopls_diag.model.toolchain import GoCommand, GoEnvironment, Origin
from gopls_diag.model.version import GoVersion

PATTERN = re.compile(
    r"(?:compile|asm|cgo|link|vet): version \"([^\"\n]{1,60})\" does not match go tool version \"([^\"\n]{1,60})\""
)


@check(
    "E15",
    Severity.ERROR,
    why="go runs the compiler of another version, which refuses: packages with cgo and their importers do not load.",
    explains=("C01", "C04", "W06"),
)
def goroot_of_other_version(
    command: GoCommand, environment: GoEnvironment, folders: GoFolders, sayings: Sayings | Unknown
) -> Iterator[Finding]:
    """GOROOT belongs to another Go than the go command.

    What it means: GOROOT is set to one Go installation, and the go command that runs comes from another, as happens
        when Go was upgraded and an old setting stayed. The go command then uses the other one's compiler and library.
    Why it matters: The compiler refuses to work for another version, and the standard library that gopls shows is not
        that of the Go in use.
    How to fix: Take GOROOT away where it is set; the go command knows where it was installed.
    When to ignore: Never while it is found.
    Source: golang/go src/cmd/compile/internal/base/flag.go ("does not match go tool version").
    """
    setting = environment.origin("GOROOT")
    remedies = unset(setting, name="GOROOT", otherwise="", is_safe=True) if setting else ()
    told, own = GoVersion.parse(folders.goroot_version), command.version
    # A go command that switched to another toolchain has set GOROOT anew, for that one.
    in_force = folders.goroot.path.replace("\\", "/").rstrip("/") if folders.goroot is not None else ""
    if setting is not None and in_force != setting.value.replace("\\", "/").rstrip("/"):
        setting = None
    is_same_place = bool(in_force) and command.resolved_path.replace("\\", "/").startswith(f"{in_force}/")
    if setting is not None and told.is_known and own.is_known and told != own and not is_same_place:
        yield Finding(
            f"GOROOT is {setting.value}, which is {told}, but the go command {command.path} is {own}",
            evidence=(setting.evidence, Evidence(f"{command.path} version", own.text)),
            remedies=remedies,
        )
        return
    shell = command.shell_version
    is_in_shell = setting is not None and setting.origin is Origin.ENVIRONMENT and bool(command.candidates)
    if setting is not None and is_in_shell and told.is_known and shell.is_known and told != shell:
        path = command.candidates[0]
        yield Finding(
            f"GOROOT is {setting.value}, which is {told}, but the go of the shell, {path}, is {shell}",
            evidence=(setting.evidence, Evidence(f"{path} version", shell.text)),
            remedies=remedies,
            why="In a terminal go runs the compiler of another version, which refuses.",
            severity=Severity.WARNING,
        )
        return
    if isinstance(sayings, Unknown):
        return
    for heard in sayings.matching(PATTERN):
        yield Finding(
            f"The compiler is {heard.match[1]}, the go command {heard.match[2]}: two installations are mixed",
            evidence=(quote(heard),),
            remedies=remedies or (advise("Install Go anew, in an empty folder: two versions lie over each other"),),
        )
        return
