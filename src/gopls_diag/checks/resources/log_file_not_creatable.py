"""gopls cannot create its log file."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.checks.settings._flags import with_flag_of
from gopls_diag.model.editor import Editors
from gopls_diag.model.finding import Evidence, Finding, Severity, advise
from gopls_diag.model.flag_place import FlagPlaces
from gopls_diag.model.outcome import Unknown
from gopls_diag.model.saying import Channel, Sayings

PATTERN = re.compile(r"unable to create log file: ([^\n]{1,300})")


@check("R02", Severity.ERROR, why="gopls ends at its start with code 2.", explains=("X02", "X14", "X04", "H09"))
def log_file_not_creatable(
    places: FlagPlaces | Unknown, editors: Editors | Unknown, sayings: Sayings | Unknown
) -> Iterator[Finding]:
    """gopls cannot create the file that -logfile names.

    What it means: The folder of the path does not exist, or may not be written to. Flags are given to gopls as they
        stand: no variable such as ${workspaceFolder} is replaced.
    Why it matters: gopls does not go on without its log: it ends with code 2, and there is no completion at all.
    How to fix: Name an absolute path in a folder that exists, or -logfile=auto, or take the flag out.
    When to ignore: Never.
    Source: golang/tools gopls/internal/debug/serve.go; seen with gopls v0.23.0.
    """
    found = False
    for place in places.log_files if isinstance(places, FlagPlaces) else ():
        if place.is_good:
            continue
        found = True
        yield Finding(
            f"The gopls of {place.label} cannot create its log file {place.value}: {place.problem}",
            evidence=(Evidence(place.file, place.text, place.line),),
            remedies=(
                *with_flag_of(place, editors, "-logfile=auto"),
                advise("Use -logfile=auto, or an absolute path in a folder that exists"),
            ),
            because_of="S06" if "${" in place.value else None,
        )
    if not found and isinstance(sayings, Sayings):
        for heard in sayings.matching(PATTERN, Channel.STDERR, Channel.LOG):
            yield Finding(
                f"gopls cannot create its log file: {heard.match[1].strip()}",
                evidence=(Evidence(heard.saying.source, heard.words, heard.saying.line),),
                remedies=(advise("Use -logfile=auto, or an absolute path in a folder that exists"),),
                because_of="S06" if "${" in heard.match[1] else None,
            )
