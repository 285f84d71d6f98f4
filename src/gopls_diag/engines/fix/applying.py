"""Writes what was accepted: settings in one change, go's environment and project commands each in one of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from gopls_diag.edit.readable import problem_of
from gopls_diag.edit.settings_file import is_editable
from gopls_diag.facts.gather import Gatherer
from gopls_diag.model.change import CannotChange, ChangeKind, FileChange, KeptChange
from gopls_diag.model.finding import Reach
from gopls_diag.model.repair import Fate, Proposal
from gopls_diag.model.request import Request
from gopls_diag.model.toolchain import GoEnvironmentFile
from gopls_diag.world import World
from gopls_diag.world.cache_deletion import delete_cache_folder
from gopls_diag.world.change_journal import ChangeJournal

PROJECT_FILES = ("go.mod", "go.sum", "go.work", "go.work.sum", "vendor/modules.txt")
"""What go's commands about modules write, besides the files below vendor, which go writes anew at any time."""
_COMMAND_SECONDS = 300.0
_SAID_LENGTH = 300


@dataclass(frozen=True, slots=True)
class Applied:
    """What became of the proposals."""

    proposals: tuple[Proposal, ...]
    kept: tuple[KeptChange, ...]


def apply_accepted(
    world: World,
    request: Request,
    journal: ChangeJournal,
    proposals: Sequence[Proposal],
    originals: Mapping[str, bytes | None],
    planned: Mapping[str, bytes],
) -> Applied:
    """Do what was accepted; a failure is told at its proposal and does not keep the others from being done.

    Args:
        world: this machine.
        request: the folder.
        journal: keeps what is written.
        proposals: all of them; only accepted ones are applied.
        originals: the settings files as they were read; None for those that did not exist.
        planned: the same files with all accepted changes in them.
    """
    kept: list[KeptChange] = []
    ended = {each.number: each for each in proposals}

    def end(each: Proposal, problem: str = "") -> None:
        fate = Fate.FAILED if problem else Fate.APPLIED
        ended[each.number] = replace(each, fate=fate, reason=problem or each.reason)

    accepted = [each for each in proposals if each.fate is Fate.ACCEPTED]
    settings = [each for each in accepted if each.reach is Reach.SETTINGS]
    about = {"folder": request.folder, "codes": sorted({each.code for each in accepted if each.code})}
    if settings:
        changes = [FileChange(path, originals[path], content) for path, content in planned.items()]
        problem = ""
        try:
            kept.append(journal.apply(changes, titles=_titles(settings), about=about, check=_must_parse))
        except CannotChange as refusal:
            problem = str(refusal)
        for each in settings:
            end(each, problem)
    for each in accepted:
        if each.reach is Reach.SETTINGS:
            continue
        try:
            kept += _do(world, request, journal, each, about)
            end(each)
        except CannotChange as refusal:
            end(each, str(refusal))
    return Applied(tuple(ended.values()), tuple(kept))


def _titles(proposals: Sequence[Proposal]) -> tuple[str, ...]:
    return tuple(f"{each.code} {each.title}".strip() for each in proposals)


def _must_parse(path: str, content: bytes) -> None:
    problem = problem_of(path, content) if is_editable(path) else ""
    if problem:
        raise CannotChange(f"{path} does not parse any more: {problem}")


def _do(
    world: World, request: Request, journal: ChangeJournal, proposal: Proposal, about: Mapping[str, Any]
) -> list[KeptChange]:
    if proposal.reach is Reach.CACHE:
        delete_cache_folder(proposal.folder)
        return []
    folder = proposal.folder or request.folder
    environment: dict[str, str | None] = {}
    if proposal.reach is Reach.GO_ENV:
        file = _environment_file(world, request)
        # An editor may give gopls another GOENV than the shell's: the file that was judged is the one to change.
        environment = {"GOENV": file}
        files: tuple[str, ...] = (file,)
        kind = ChangeKind.GO_ENV
    else:
        files = tuple(world.join(folder, *name.split("/")) for name in PROJECT_FILES)
        kind = ChangeKind.PROJECT

    def run() -> None:
        result = world.run(proposal.command, folder=folder, environment=environment, limit_seconds=_COMMAND_SECONDS)
        if result.exit_code != 0:
            # go says what is missing on the lines after its first.
            said = " ".join((result.stderr or result.stdout).split())[:_SAID_LENGTH]
            raise CannotChange(f"{' '.join(proposal.command)} failed: {said or result.exit_code}")

    return [
        journal.run_command(
            proposal.command, folder=folder, files=files, kind=kind, titles=_titles([proposal]), about=about, run=run
        )
    ]


def _environment_file(world: World, request: Request) -> str:
    gatherer = Gatherer(world, request)
    gatherer.start([GoEnvironmentFile])
    file = gatherer.value(GoEnvironmentFile)
    if not isinstance(file, GoEnvironmentFile) or not file.path:
        raise CannotChange("the file of go's environment was not found")
    return file.path
