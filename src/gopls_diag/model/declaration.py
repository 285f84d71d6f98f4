"""What a check declares about itself; pages, registries, SARIF rules and docs are all read off it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from gopls_diag.model.finding import Finding, Severity

FAMILIES = {
    "E": "Go command and environment",
    "W": "Workspace and files",
    "C": "cgo",
    "R": "Resources, watching, daemon, cache",
    "M": "Memory",
    "K": "Kills by the system",
    "X": "Exits and crashes",
    "H": "Health and cost",
    "S": "Settings and flags",
    "P": "Platform",
    "L": "What a log says",
}
"""The letter of a code and what the family is about. A code is never reused."""


class Cost(StrEnum):
    """What a check may cost: instant reads files, quick runs commands of a second, slow loads the workspace."""

    INSTANT = "instant"
    QUICK = "quick"
    SLOW = "slow"


@dataclass(frozen=True, slots=True)
class Declaration:
    """One check: a pure function of facts and what it says about itself."""

    code: str
    """Stable: a letter for the family and two digits."""
    id: str
    """Its path: `env/goroot-missing`."""
    severity: Severity
    title: str
    """First line of the docstring: the bad state, in the reader's words."""
    why: str
    """One sentence for the screen: what it does to the reader."""
    page: tuple[tuple[str, str], ...]
    """(section, text) in the order of SECTIONS."""
    explains: tuple[str, ...]
    """Codes of consequences; a trailing star stands for a family: `W*`."""
    cost: Cost
    os: tuple[str, ...]
    """Systems it applies to (linux, darwin, windows); empty means all."""
    since: str
    """The gopls-diag version that first had it."""
    judge: Callable[..., Iterable[Finding] | None]
    is_about_code: bool = False
    """True if it judges what the user is writing, not the set-up: of equal severity it is never the verdict."""

    def covers(self, code: str) -> bool:
        """True if a finding with that code can be a consequence of this check's."""
        if code == self.code:
            return False
        return any(code == each or (each.endswith("*") and code.startswith(each[:-1])) for each in self.explains)


def declared(function: Callable[..., Any]) -> Declaration | None:
    """The declaration that `@check` hung on a function, if it is a check."""
    found = getattr(function, "declaration", None)
    return found if isinstance(found, Declaration) else None
