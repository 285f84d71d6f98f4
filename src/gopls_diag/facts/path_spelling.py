"""Whether the workspace's paths are spelled as the disk spells them, where the disk ignores letter case."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from gopls_diag.facts.declare import fact
from gopls_diag.model.path_spelling import PathSpelling, PathSpellings
from gopls_diag.model.request import Request
from gopls_diag.model.workspace import Workspace
from gopls_diag.world import World, WorldError


@dataclass(frozen=True, slots=True)
class _Named:
    """A path, what it is, and where it is written."""

    role: str
    path: str
    file: str = ""
    line: int | None = None
    written: str = ""


@fact(limit_seconds=20.0)
def path_spellings(world: World, request: Request, workspace: Workspace) -> PathSpellings:
    """Every named path that differs from the disk; paths on volumes that heed letter case cannot."""
    found: list[PathSpelling] = []
    listings: dict[str, tuple[str, ...]] = {}
    looked_at = 0
    for named in _paths(request, workspace):
        if not _ignores_case(world, named.path):
            continue
        looked_at += 1
        spelling = _spelling(world, named, listings)
        if spelling is not None:
            found.append(spelling)
    return PathSpellings(world.machine.os, tuple(found), looked_at)


def _paths(request: Request, workspace: Workspace) -> Iterator[_Named]:
    yield _Named("the workspace folder", request.folder)
    if workspace.work is not None:
        for use in workspace.work.uses:
            yield _Named("a folder that go.work uses", use.folder, workspace.work.file, use.line, use.path)
    for each in workspace.replacements:
        line = each.replacement
        yield _Named(f"the replacement of {line.old_path}", each.folder, each.file, line.line, line.new_path)


def _ignores_case(world: World, path: str) -> bool:
    """True if that part of the disk answers to another letter case; False also when it could not be told."""
    try:
        known = world.volume(path).ignores_case
    except WorldError:
        return False
    return bool(known)


def _spelling(world: World, named: _Named, listings: dict[str, tuple[str, ...]]) -> PathSpelling | None:
    """Compare each part of a path with what its folder lists; None when all are alike, or it is not there at all."""
    drive, rest = world.paths.splitdrive(named.path)
    here = drive + world.paths.sep
    first: tuple[str, str, str] | None = None
    for name in rest.replace("\\", "/").strip("/").split("/") if world.machine.os == "windows" else rest.split("/"):
        if not name:
            continue
        listed = _listed(world, here, name, listings)
        if listed is None:
            return None
        if listed != name and first is None:
            first = (name, listed, here)
        here = world.join(here, listed)
    if first is None:
        return None
    given_name, listed_name, listed_in = first
    return PathSpelling(
        *(named.role, named.path, here, given_name, listed_name, listed_in, named.file, named.line, named.written)
    )


def _listed(world: World, folder: str, name: str, listings: dict[str, tuple[str, ...]]) -> str | None:
    """The name as the folder lists it; the given one when the folder may not be listed; None when it is not there."""
    if folder not in listings:
        try:
            listings[folder] = tuple(each.name for each in world.list(folder))
        except WorldError:
            listings[folder] = ()
    names = listings[folder]
    if not names or name in names:
        return name
    folded = name.casefold()
    return next((each for each in names if each.casefold() == folded), None)
