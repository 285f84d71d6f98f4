"""Whether the links on the way to go's folders, the workspace and the SDK lead somewhere."""

from __future__ import annotations

from collections.abc import Iterator

from gopls_diag.facts.declare import fact
from gopls_diag.model.link import LinkedPlace, LinkedPlaces
from gopls_diag.model.outcome import Unknown
from gopls_diag.model.request import Request
from gopls_diag.model.system import FileKind
from gopls_diag.model.toolchain import GoEnvironment
from gopls_diag.model.workspace import Workspace
from gopls_diag.world import World, WorldError

_GO_FOLDERS = ("GOROOT", "GOPATH", "GOMODCACHE", "GOCACHE")
_SDK = "/Library/Developer/CommandLineTools/SDKs/MacOSX.sdk"


@fact(limit_seconds=20.0)
def linked_places(
    world: World, request: Request, workspace: Workspace, environment: GoEnvironment | Unknown
) -> LinkedPlaces:
    """Every place that ends in a loop of links or at a link whose target is missing."""
    astray: list[LinkedPlace] = []
    looked_at: list[str] = []
    not_followed: list[str] = []
    for role, path in dict.fromkeys(_places(world, request, workspace, environment)):
        try:
            found = world.resolve(path)
        except WorldError:
            not_followed.append(role)
            continue
        looked_at.append(role)
        link, target = found.links[-1] if found.links else (found.path, "")
        if found.problem == "loop" or (found.problem == "broken" and not _exists(world, link)):
            astray.append(LinkedPlace(role, path, link, target, found.problem == "loop"))
    return LinkedPlaces(tuple(astray), tuple(looked_at), tuple(not_followed))


def _exists(world: World, path: str) -> bool:
    """True if the path leads to something: what lies behind a good link may be missing without a broken link."""
    try:
        return world.stat(path) is not None
    except WorldError:
        return False


def _is_link(world: World, path: str) -> bool:
    try:
        seen = world.stat_link(path)
    except WorldError:
        return False
    return seen is not None and seen.kind is FileKind.LINK


def _places(
    world: World, request: Request, workspace: Workspace, environment: GoEnvironment | Unknown
) -> Iterator[tuple[str, str]]:
    """(role, path), each as the one who uses it names it."""
    separator = ";" if world.machine.os == "windows" else ":"
    for name in _GO_FOLDERS:
        value = world.environment.get(name, "") if isinstance(environment, Unknown) else environment.value(name)
        for path in value.split(separator) if name == "GOPATH" else (value,):
            if path and world.paths.isabs(path):
                yield name, path
    yield "the workspace folder", request.folder
    for name in ("go.mod", "go.work", "go.sum", "vendor"):
        path = world.join(request.folder, name)
        if _is_link(world, path):
            yield f"{name} of the workspace folder", path
    if workspace.work is not None:
        for use in workspace.work.uses:
            yield f"the folder {use.path} that go.work uses", use.folder
    for each in workspace.replacements:
        yield f"the replacement of {each.replacement.old_path}", each.folder
    if world.machine.os == "darwin":
        yield "the macOS SDK", world.environment.get("SDKROOT") or _SDK
