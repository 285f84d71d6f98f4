"""gopls ended over two goroutines at one map."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.model.finding import Evidence, Finding, Severity, advise, run
from gopls_diag.model.gopls import GOPLS_PACKAGE
from gopls_diag.model.saying import Channel, Heard, Sayings

PATTERN = re.compile(
    r"^fatal error: (concurrent map (?:read and map write|writes|iteration and map write))", re.MULTILINE
)
_FRAME_PATTERN = re.compile(r"^(golang\.org/x/tools/[^\s(]{1,300}(?:\([^\s()]{1,100}\)[^\s(]{0,200})?)\(", re.MULTILINE)


@check(
    "X08",
    Severity.ERROR,
    why="gopls ended there; it cannot be caught, and it may come back at any time.",
    explains=("X02", "X14", "X15", "X17", "X18"),
)
def gopls_raced_on_a_map(sayings: Sayings) -> Iterator[Finding]:
    """gopls ended over two goroutines at one map.

    What it means: Two goroutines used one map at once, a defect of gopls that depends on timing.
    Why it matters: The runtime ends the program at once. All that gopls knew is lost.
    How to fix: Upgrade gopls, and report it with the whole dump if the newest one does it.
    When to ignore: Not while the gopls in use does it.
    Source: Go internal/runtime/maps (fatal); seen with a program of Go 1.27.3.
    """
    for heard in sayings.matching(PATTERN, Channel.STDERR):
        yield Finding(
            f"gopls ended: {heard.match[1]}",
            evidence=(Evidence(heard.saying.source, heard.words, heard.line), *_frames(heard)),
            remedies=(
                run("go", "install", f"{GOPLS_PACKAGE}@latest", title="Upgrade gopls"),
                advise(
                    "Search gopls's issues for the functions of the stack",
                    link="https://github.com/golang/go/labels/gopls",
                ),
            ),
        )
    sayings.need(Channel.STDERR)


def _frames(heard: Heard) -> tuple[Evidence, ...]:
    """The first function of gopls's own in the dump, which is the place as a rule."""
    found = _FRAME_PATTERN.search(heard.saying.text, heard.match.start())
    return (Evidence(heard.saying.source, found[1]),) if found else ()
