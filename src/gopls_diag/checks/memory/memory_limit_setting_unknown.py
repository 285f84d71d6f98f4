"""The setting memoryLimit with a gopls that does not have it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.model.editor import Editors
from gopls_diag.model.finding import Evidence, Finding, Severity, advise, run
from gopls_diag.model.gopls import GoplsCommands
from gopls_diag.model.outcome import Unknown
from gopls_diag.model.saying import Channel, Sayings
from gopls_diag.model.version import GoplsVersion

PATTERN = re.compile(r'setting option "memoryLimit": unexpected setting')
FIRST = GoplsVersion.parse("v0.24.0-0")


@check("M08", Severity.WARNING, why="The limit is not in force: this gopls does not know the setting.")
def memory_limit_setting_unknown(
    editors: Editors | Unknown, commands: GoplsCommands | Unknown, sayings: Sayings | Unknown
) -> Iterator[Finding]:
    """The setting memoryLimit is used with a gopls older than v0.24.

    What it means: memoryLimit came with gopls v0.24. An older one says "unexpected setting" and goes on without it.
    Why it matters: gopls has no limit of its own: it uses what it needs, until the system stops it.
    How to fix: Update gopls, or set GOMEMLIMIT (3GiB) in go.toolsEnvVars, which works with every version.
    When to ignore: When the setting waits for an update, or is meant for another machine.
    Source: golang/tools gopls/doc/release/v0.24.0.md.
    """
    remedies = (
        run("go", "install", "golang.org/x/tools/gopls@latest", title="Update gopls"),
        advise('Or, for any version: "go.toolsEnvVars": {"GOMEMLIMIT": "3GiB"}'),
    )
    found = False
    for editor in editors.all if isinstance(editors, Editors) else ():
        choice = commands.used(editor.name) if isinstance(commands, GoplsCommands) else None
        version = choice.binary.version if choice and choice.binary else None
        if version is None or not version.is_known or version >= FIRST:
            continue
        for value in editor.written_for_gopls():
            if value.short == "memoryLimit":
                found = True
                yield Finding(
                    f"memoryLimit in {value.file} has no effect: gopls {version} does not know it",
                    evidence=(Evidence(value.file, f'"{value.key}": {value.value!r}', value.line),),
                    remedies=remedies,
                    because_of="S02",
                )
    if not found and isinstance(sayings, Sayings):
        for heard in sayings.matching(PATTERN, Channel.SHOW, Channel.LOG):
            yield Finding(
                "memoryLimit has no effect: this gopls does not know it",
                evidence=(Evidence(heard.saying.source, heard.words, heard.saying.line),),
                remedies=remedies,
                because_of="S02",
            )
