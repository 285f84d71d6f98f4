"""E06: GOPATH has a relative entry, or one with an unexpanded tilde."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.checks.env._heard import quote
from gopls_diag.checks.env._unset import unset
from gopls_diag.model.finding import Evidence, Finding, Severity
from gopls_diag.model.go_folders import GoFolders
from gopls_diag.model.outcome import Unknown
from gopls_diag.model.saying import Sayings
from gopls_diag.model.toolchain import GoEnvironment

PATTERN = re.compile(
    r"GOPATH entry (?:is relative; must be absolute path|cannot start with shell metacharacter '~')[^\n]{0,300}"
)
_SOME_PATH = "/tmp"
"""Any absolute path lets go start; it is used for that one command."""


@check(
    "E06",
    Severity.ERROR,
    why="Every go command ends at once, so gopls cannot load any package.",
    explains=("E23", "E28", "W01", "W02", "W03", "W05", "W06", "W17", "W22", "H12"),
)
def gopath_not_absolute(
    environment: GoEnvironment, folders: GoFolders, sayings: Sayings | Unknown
) -> Iterator[Finding]:
    """GOPATH has an entry that is no absolute path.

    What it means: GOPATH is a relative path, or begins with a ~ that nobody expanded: shells leave it alone inside
        quotes, and settings files know no ~ at all.
    Why it matters: The go command stops before it does anything, and gopls with it.
    How to fix: Give the whole path, or take GOPATH away: without it go uses the folder go in the home folder.
    When to ignore: Never; go build fails in the terminal as well.
    Source: golang/go src/cmd/go/main.go ("GOPATH entry is relative", "cannot start with shell metacharacter"), seen
        with go1.26.8.
    """
    setting = environment.origin("GOPATH")
    remedies = unset(setting, name="GOPATH", otherwise="Set GOPATH to a whole path", meanwhile=_SOME_PATH, is_safe=True)
    for entry in folders.gopath if setting is not None else ():
        if setting is not None and not entry.is_absolute:
            evidence = [setting.evidence]
            if environment.error:
                evidence.append(Evidence(environment.command, environment.error.splitlines()[0]))
            yield Finding(
                f"GOPATH holds {entry.path!r}, which is no absolute path", evidence=tuple(evidence), remedies=remedies
            )
            return
    if isinstance(sayings, Unknown):
        return
    for heard in sayings.matching(PATTERN):
        yield Finding("gopls was given a GOPATH that is no absolute path", evidence=(quote(heard),), remedies=remedies)
        return
