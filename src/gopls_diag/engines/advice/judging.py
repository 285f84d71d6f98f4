"""The way from claims to judgements: what is installed is asked once, then each claim is judged by its kind."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from gopls_diag.engines.advice.commands import judge_command
from gopls_diag.engines.advice.environment import judge_environment
from gopls_diag.engines.advice.flags import judge_flag
from gopls_diag.engines.advice.names import Installed
from gopls_diag.engines.advice.paths import judge_path
from gopls_diag.engines.advice.settings import judge_setting
from gopls_diag.facts.gather import Gatherer
from gopls_diag.facts.gopls_api import ask_api, ask_flags
from gopls_diag.model.claim import Claim, ClaimKind, Judgement
from gopls_diag.model.editor import Editors
from gopls_diag.model.gopls import GoplsBinary, GoplsCommands
from gopls_diag.model.request import Request
from gopls_diag.world import World, WorldError

_Answer = TypeVar("_Answer")
_JUDGES: dict[ClaimKind, Callable[[Claim, Installed], Judgement | None]] = {
    ClaimKind.FLAG: judge_flag,
    ClaimKind.SETTING: judge_setting,
    ClaimKind.ENVIRONMENT: judge_environment,
    ClaimKind.COMMAND: judge_command,
    ClaimKind.PATH: judge_path,
}


@dataclass(frozen=True, slots=True)
class Advice:
    """What a text is worth."""

    judgements: tuple[Judgement, ...]
    """In the order of the text."""
    not_judged: tuple[Claim, ...]
    """Names of programs that no table covers."""
    installed: Installed


def look_up(world: World, request: Request) -> Installed:
    """What is installed: gopls's own lists, and what the Go extension declares."""
    gatherer = Gatherer(world, request)
    gatherer.start([GoplsCommands, Editors])
    commands, editors = gatherer.value(GoplsCommands), gatherer.value(Editors)
    binary = commands.in_use if isinstance(commands, GoplsCommands) else None
    extension = None
    if isinstance(editors, Editors):
        extension = next((each for each in editors.all if each.declared), None)
    return Installed(
        # Asked here and not by the facts of that name, which only ask where an editor's settings are to be compared.
        api=_answer(ask_api, world, binary),
        flags=_answer(ask_flags, world, binary),
        extension_version=extension.extension_version if extension else "",
        extension_settings=frozenset(extension.declared) if extension else frozenset(),
    )


def _answer(
    ask: Callable[[World, GoplsBinary], _Answer | None], world: World, binary: GoplsBinary | None
) -> _Answer | None:
    try:
        return ask(world, binary) if binary else None
    except WorldError:
        return None


def judge_claims(claims: Sequence[Claim], installed: Installed) -> Advice:
    """Judge each claim; the same claim made on several lines is judged on each."""
    judgements: list[Judgement] = []
    left: list[Claim] = []
    for claim in claims:
        judged = _JUDGES[claim.kind](claim, installed)
        if judged is None:
            left.append(claim)
        else:
            judgements.append(judged)
    return Advice(tuple(judgements), tuple(left), installed)
