"""No daemon at the address that -remote names."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.checks.settings._flags import with_flag_of
from gopls_diag.checks.settings._written import asked
from gopls_diag.model.editor import Editors
from gopls_diag.model.finding import Confidence, Evidence, Finding, Severity, advise
from gopls_diag.model.flag_place import FlagPlaces
from gopls_diag.model.outcome import Unknown
from gopls_diag.model.saying import Channel, Sayings

PATTERN = re.compile(r"forwarder: connecting to remote: dialing remote: ([^\n]{1,300})")


@check(
    "R08",
    Severity.ERROR,
    why="gopls ends at its start: it has nobody to pass requests to.",
    explains=("X02", "X14", "X04", "H09"),
)
def daemon_unreachable(
    places: FlagPlaces | Unknown, editors: Editors | Unknown, sayings: Sayings | Unknown
) -> Iterator[Finding]:
    """No gopls daemon listens at the address of -remote.

    What it means: With -remote=ADDRESS gopls is only a forwarder. A fixed address needs a daemon that was started
        before; only -remote=auto starts one by itself. A socket file may be left of a daemon that ended.
    Why it matters: gopls exits with code 2 in every window.
    How to fix: Use -remote=auto, or take the flag out; or start the daemon: gopls -listen=ADDRESS. Delete a stale
        socket.
    When to ignore: When the daemon is started later than this was asked.
    Source: golang/tools gopls/internal/lsprpc and gopls/doc/daemon.md; seen with gopls v0.23.0.
    """
    found = False
    for place in places.daemons if isinstance(places, FlagPlaces) else ():
        if not place.is_good:
            found = True
            yield Finding(
                f"{place.text} in {place.file}: {place.problem}",
                evidence=(Evidence(place.file, place.text, place.line),),
                remedies=(
                    # The daemon may be one that is started later.
                    *map(asked, with_flag_of(place, editors, "-remote=auto")),
                    advise("Use -remote=auto, or take the flag out"),
                ),
                confidence=Confidence.LIKELY,
            )
    if not found and isinstance(sayings, Sayings):
        for heard in sayings.matching(PATTERN, Channel.STDERR, Channel.LOG):
            yield Finding(
                f"No gopls daemon answers: {heard.match[1].strip()}",
                evidence=(Evidence(heard.saying.source, heard.words, heard.saying.line),),
                remedies=(advise("Use -remote=auto, or take the flag out; delete a stale socket"),),
            )
