"""How a question or a judgement can end: a closed union, each member with its reason.

Two exceptions carry "no answer" from facts and checks to the engine; nothing else may be raised on purpose.
"""

from __future__ import annotations

from dataclasses import dataclass

from gopls_diag.model.finding import Finding


class CannotTell(Exception):
    """A fact or check could not learn what it needs; the message is the reason, for people."""


class NotHeard(CannotTell):
    """Only gopls's own words could tell, and nobody listened: the user can ask for it with --probe or --log."""


class DoesNotApply(Exception):
    """A fact or check means nothing here (another system, no such editor); the message is the reason."""


@dataclass(frozen=True, slots=True)
class Clean:
    """The check looked and all is well."""

    @property
    def reason(self) -> str:
        return ""


@dataclass(frozen=True, slots=True)
class Found:
    """The check found something."""

    findings: tuple[Finding, ...]
    reason: str = ""
    """What it could not look at besides, if anything."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """The check could not tell. Also what an optional fact parameter receives when that fact had no answer."""

    reason: str
    is_unheard: bool = False
    """True if --probe or --log would let it tell."""


@dataclass(frozen=True, slots=True)
class Crashed:
    """The check itself failed: a defect of gopls-diag, named, while the run goes on."""

    reason: str
    trace: str = ""


@dataclass(frozen=True, slots=True)
class NotApplicable:
    """The check means nothing on this machine or workspace."""

    reason: str


Outcome = Clean | Found | Unknown | Crashed | NotApplicable

NOT_SEEN = "a log does not tell: run gopls-diag doctor on the machine"
"""The reason of an Unknown where nothing but logs was looked at."""

OUTCOME_NAMES: dict[type, str] = {
    Clean: "clean",
    Found: "found",
    Unknown: "unknown",
    Crashed: "crashed",
    NotApplicable: "not-applicable",
}
