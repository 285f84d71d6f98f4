"""The daemon's socket belongs to another user."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.model.finding import Evidence, Finding, Severity, advise
from gopls_diag.model.saying import Channel, Sayings

PATTERN = re.compile(r'socket "([^"\n]{1,300})" is owned by a different user')


@check("R09", Severity.ERROR, why="gopls refuses to use it and ends.", explains=("X02", "X14", "X04", "H09"))
def socket_of_another_user(sayings: Sayings) -> Iterator[Finding]:
    """The socket of the gopls daemon belongs to another user.

    What it means: With -remote=auto the socket lies in XDG_RUNTIME_DIR, or in the temporary folder, where somebody
        else on this machine has one of the same name.
    Why it matters: gopls does not talk to another user's daemon, and does not start its own.
    How to fix: Give your daemon a name of its own: "-remote=auto;mine". Or set XDG_RUNTIME_DIR.
    When to ignore: Never.
    Source: golang/tools gopls/internal/lsprpc/dialer.go.
    """
    for heard in sayings.matching(PATTERN, Channel.STDERR, Channel.LOG):
        yield Finding(
            f"The socket {heard.match[1]} of the gopls daemon belongs to another user",
            evidence=(Evidence(heard.saying.source, heard.words, heard.saying.line),),
            remedies=(advise('Give your daemon a name of its own: "-remote=auto;mine"'),),
        )
        break
    sayings.need(Channel.STDERR)
