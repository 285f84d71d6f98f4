"""SIGKILLs that were told, and which of them the editor sent because gopls took too long to stop."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from gopls_diag.model.finding import Evidence
from gopls_diag.model.saying import Channel, Heard, Saying, Sayings

_KILLED_PATTERN = re.compile(r"^signal (?:SIGKILL|9\b)", re.MULTILINE)
_TIMED_OUT_PATTERN = re.compile(r"Stopping (?:the )?server timed out")
_LINES_BETWEEN = 1000
"""VS Code kills about two seconds after it gave up waiting; the next gopls does not say more meanwhile."""


class Stop(NamedTuple):
    """A stop that took too long, or a SIGKILL, or the one and the other after it."""

    timed_out: Evidence | None
    killed: Evidence | None


def stops(sayings: Sayings) -> Iterator[Stop]:
    """Each stop that took too long and each SIGKILL, in the order of the logs; one for both if they belong together."""
    waiting: dict[str, Evidence] = {}
    for saying in sayings.all:
        source = saying.source
        if saying.channel is Channel.EXIT:
            before = waiting.pop(source, None)
            killed = _first(_KILLED_PATTERN, saying)
            if before and killed and not _is_near(before, killed):
                yield Stop(before, None)
                before = None
            if before or killed:
                yield Stop(before, killed)
        elif saying.channel in (Channel.CLIENT, Channel.SHOW, Channel.STDERR):
            heard = _first(_TIMED_OUT_PATTERN, saying)
            before = waiting.get(source)
            # One stop is told twice: as it times out, and as the restart of which it is a part fails.
            if heard and not (before and _is_near(before, heard)):
                if before:
                    yield Stop(before, None)
                waiting[source] = heard
    yield from (Stop(each, None) for each in waiting.values())


def _first(pattern: re.Pattern[str], saying: Saying) -> Evidence | None:
    found = pattern.search(saying.text)
    if found is None:
        return None
    heard = Heard(saying, found)
    return Evidence(saying.source, heard.words, heard.line)


def _is_near(before: Evidence, after: Evidence) -> bool:
    if before.line is None or after.line is None:
        return True
    return 0 <= after.line - before.line <= _LINES_BETWEEN
