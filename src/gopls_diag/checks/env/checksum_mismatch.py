"""E20: a module is not what go.sum says it is."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.checks.env._heard import quote
from gopls_diag.model.finding import Finding, Severity, advise, run
from gopls_diag.model.saying import Sayings

PATTERN = re.compile(r"verifying (\S{1,300}?):? checksum mismatch|verifying (\S{1,300}): checksum mismatch")


@check(
    "E20",
    Severity.ERROR,
    why="go refuses to use the module, and with it whatever imports it.",
    explains=("E16", "E28", "W01", "W02", "W03", "W06", "W17"),
)
def checksum_mismatch(sayings: Sayings) -> Iterator[Finding]:
    """A module is not what go.sum says it is.

    What it means: The contents of a module differ from the checksum in go.sum or in the checksum database. Its author
        moved a tag, a proxy changed the file, a cache was damaged, or somebody tampers.
    Why it matters: The go command stops, as it should.
    How to fix: Find out which of the two is right before anything else. If the module cache was damaged:
        go clean -modcache, then download again. If a tag was moved: use another version. Do not switch the check off.
    When to ignore: Never while it is found.
    Source: golang/go src/cmd/go/internal/modfetch/fetch.go ("SECURITY ERROR").
    """
    seen: set[str] = set()
    for heard in sayings.matching(PATTERN):
        module = (heard.match[1] or heard.match[2]).rstrip(":")
        if module in seen:
            continue
        seen.add(module)
        yield Finding(
            f"{module} does not have the checksum that go.sum gives",
            evidence=(quote(heard),),
            remedies=(
                run("go", "clean", "-modcache", title="If the cache was damaged: fetch all modules anew"),
                advise("If its author moved the tag, require another version; ask the author before trusting it"),
            ),
        )
