"""E04: GOROOT names a folder that is not there, or that holds no Go."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.checks.env._heard import quote
from gopls_diag.checks.env._unset import unset
from gopls_diag.model.finding import Evidence, Finding, Severity
from gopls_diag.model.go_folders import GoFolders
from gopls_diag.model.outcome import CannotTell, Unknown
from gopls_diag.model.saying import Sayings
from gopls_diag.model.toolchain import GoCommand, GoEnvironment

PATTERN = re.compile(r"cannot find GOROOT directory: ([^\n\"]{1,400})")


@check(
    "E04",
    Severity.ERROR,
    why="Every go command ends at once, so gopls cannot load any package: completion and jumps return nothing.",
    explains=("E15", "E28", "W01", "W02", "W03", "W05", "W06", "W17", "H12"),
)
def goroot_missing(
    command: GoCommand, environment: GoEnvironment, folders: GoFolders, sayings: Sayings | Unknown
) -> Iterator[Finding]:
    """GOROOT points to a folder that does not exist or holds no Go.

    What it means: GOROOT is set, and where it leads there is no Go installation, usually because that version of Go
        was removed. The go command does not need GOROOT: it knows where it was installed.
    Why it matters: The go command stops before it does anything, and gopls with it.
    How to fix: Take GOROOT away where it is set: the go env file, the editor's settings, or the shell's files. Note
        that go env -u GOROOT fails for the same reason, unless a GOROOT that exists is given to it in the environment.
    When to ignore: Never; a wrong GOROOT breaks go in the terminal too.
    Source: golang/go src/cmd/go/main.go ("cannot find GOROOT directory"), seen with go1.26.8.
    """
    setting = environment.origin("GOROOT")
    state = folders.goroot
    own = re.sub(r"[/\\]bin[/\\][^/\\]+$", "", command.resolved_path or command.path)
    remedies = unset(setting, name="GOROOT", otherwise="Take GOROOT away where it is set", meanwhile=own, is_safe=True)
    if setting is not None and state is not None:
        if state.is_hidden:
            raise CannotTell(f"{state.path} may not be read")
        problem = ""
        if not state.is_folder:
            problem = "which is no folder" if state.kind else "which does not exist"
        elif not folders.goroot_has_source:
            problem = "which holds no Go installation"
        if problem:
            evidence = [setting.evidence]
            if environment.error:
                evidence.append(Evidence(environment.command, environment.error.splitlines()[0]))
            yield Finding(f"GOROOT is {state.path}, {problem}", evidence=tuple(evidence), remedies=remedies)
            return
    if isinstance(sayings, Unknown):
        return
    for heard in sayings.matching(PATTERN):
        yield Finding(
            f"gopls was given a GOROOT that does not exist: {heard.match[1].strip()}",
            evidence=(quote(heard),),
            remedies=remedies,
        )
        return
