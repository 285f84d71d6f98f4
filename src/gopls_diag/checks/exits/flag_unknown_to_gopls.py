"""gopls was started with a flag that it does not have."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.checks.resources.subcommand_removed import INSTEAD
from gopls_diag.model.finding import Evidence, Finding, Severity, advise
from gopls_diag.model.saying import Channel, Sayings

PATTERN = re.compile(r"(?:flag provided but not defined: |gopls: unknown flag: )(-[^\s]{1,100})")
WORD_PATTERN = re.compile(r"gopls: [Uu]nknown command ([^\s]{1,100})")


@check(
    "X05",
    Severity.ERROR,
    why="gopls prints its usage and ends with exit code 2, at every start.",
    explains=("X02", "X14", "X15", "X17", "X18"),
)
def flag_unknown_to_gopls(sayings: Sayings) -> Iterator[Finding]:
    """gopls was started with a flag that it does not have.

    What it means: The editor's setting for gopls's arguments (go.languageServerFlags in VS Code) holds a flag that
    this gopls does not know: it never existed, or was removed (-ocagent in v0.19, -port in v0.22). S05 names the
    setting.
    Why it matters: gopls does not start at all, and the editor only says that it could not connect.
    How to fix: Take the flag out of the setting.
    When to ignore: When the setting was corrected since.
    Source: golang/tools internal/tool/tool.go and gopls/internal/cmd; seen with gopls v0.16.2 to v0.24.0.
    """
    for heard in sayings.matching(PATTERN, Channel.STDERR, Channel.LOG):
        yield Finding(
            f"gopls has no flag {heard.match[1]} and did not start",
            evidence=(Evidence(heard.saying.source, heard.words, heard.line),),
            remedies=(
                advise(f"Take {heard.match[1]} out of the editor's arguments for gopls (go.languageServerFlags)"),
            ),
            because_of="S05",
        )
    for heard in sayings.matching(WORD_PATTERN, Channel.STDERR, Channel.LOG):
        if heard.match[1] in INSTEAD:
            continue
        yield Finding(
            f"gopls has no command {heard.match[1]} and did not start",
            evidence=(Evidence(heard.saying.source, heard.words, heard.line),),
            remedies=(
                advise(f"Take {heard.match[1]} out of the editor's arguments for gopls (go.languageServerFlags)"),
            ),
            because_of="S05",
        )
    sayings.need(Channel.STDERR, Channel.LOG)
