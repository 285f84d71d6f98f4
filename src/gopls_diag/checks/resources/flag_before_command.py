"""A flag stands before the gopls subcommand that it belongs to."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.model.finding import Evidence, Finding, Severity, advise
from gopls_diag.model.saying import Channel, Sayings

PATTERN = re.compile(r"flag (-\S{1,60}) must be placed after the command (\S{0,60})")


@check("R13", Severity.WARNING, why="gopls refuses the command line.", explains=("X02", "X14"))
def flag_before_command(sayings: Sayings) -> Iterator[Finding]:
    """A flag stands before the gopls subcommand that it belongs to.

    What it means: From v0.23 on gopls is strict: flags of a subcommand come after its name. Only serve takes both
        orders.
    Why it matters: The command ends without doing anything.
    How to fix: Put the flag behind the subcommand.
    When to ignore: When it was tried by hand.
    Source: golang/tools gopls/internal/cmd/normalize.go (v0.23.0 and newer).
    """
    for heard in sayings.matching(PATTERN):
        yield Finding(
            f"gopls wants {heard.match[1]} behind the command {heard.match[2].strip('.,')}".rstrip(),
            evidence=(Evidence(heard.saying.source, heard.words, heard.saying.line),),
            remedies=(advise("Put the flag behind the subcommand"),),
        )
    sayings.need(Channel.STDERR, Channel.CLIENT)
