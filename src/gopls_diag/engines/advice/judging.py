"""The way from claims to judgements: what is installed is asked once, then each claim is judged by its kind."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from gopls_diag.engines.advice.commands import judge_command
from gopls_diag.engines.advice.environment import judge_environment
from gopls_diag.engines.advice.flags import judge_flag
from gopls_diag.engines.advice.names import Installed
from gopls_diag.engines.advice.paths import judge_path
from gopls_diag.engines.advice.settings import judge_setting
from gopls_diag.facts.gather import Gatherer
from gopls_diag.model.claim import Claim, ClaimKind, Judgement
from gopls_diag.model.editor import Editors
from gopls_diag.model.gopls_api import GoplsApi, GoplsFlags
from gopls_diag.model.request import Request
from gopls_diag.world import World

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
    gatherer.start([GoplsApi, GoplsFlags, Editors])
    api, flags, editors = (gatherer.value(each) for each in (GoplsApi, GoplsFlags, Editors))
    extension = None
    if isinstance(editors, Editors):
        extension = next((each for each in editors.all if each.declared), None)
    return Installed(
        api=api if isinstance(api, GoplsApi) else None,
        flags=flags if isinstance(flags, GoplsFlags) else None,
        extension_version=extension.extension_version if extension else "",
        extension_settings=frozenset(extension.declared) if extension else frozenset(),
    )


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
