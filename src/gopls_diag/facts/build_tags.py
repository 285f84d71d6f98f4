"""Which Go files only a build tag brings in, and which tags are set."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from gopls_diag.facts.declare import fact
from gopls_diag.model.build_tags import BuildTags, SetTags, TaggedFile
from gopls_diag.model.go_list import GoList
from gopls_diag.model.outcome import CannotTell
from gopls_diag.model.request import Request
from gopls_diag.model.toolchain import GoEnvironment
from gopls_diag.model.workspace import WorkspaceFiles
from gopls_diag.parse.build_constraint import constraint_line, holds, is_known_tag, name_fits, tags_of
from gopls_diag.world import World, WorldError

_FILES_LIMIT = 200
_FOLDERS_LIMIT = 60
_HEAD_BYTES = 8 * 1024


@fact(limit_seconds=60.0)
def build_tags(
    world: World,
    request: Request,
    listed: GoList,
    files: WorkspaceFiles,
    environment: GoEnvironment,
    tags: SetTags,
) -> BuildTags:
    """The files that tags leave out; a bounded number of files is read, only their first lines."""
    if not listed.is_ok:
        raise CannotTell("go list failed, so it is not known which files take part")
    set_tags = tags.all
    found: list[TaggedFile] = []
    read = 0
    for folder, names, is_alone in _candidates(world, request, listed, files):
        for name in names:
            read += 1
            if read > _FILES_LIMIT:
                return BuildTags(tuple(found), set_tags, len(listed.own), is_complete=False)
            tagged = _tagged(world, request.folder, folder, name, environment, is_alone=is_alone)
            if tagged is not None and not set_tags.issuperset(tagged.tags):
                found.append(tagged)
    return BuildTags(tuple(found), set_tags, len(listed.own))


def _candidates(
    world: World, request: Request, listed: GoList, files: WorkspaceFiles
) -> Iterator[tuple[str, tuple[str, ...], bool]]:
    """(folder, Go files that do not take part, whether none of the folder does)."""
    seen: set[str] = set()
    for package in listed.own:
        if package.folder in seen:
            continue
        seen.add(package.folder)
        if package.ignored_files:
            yield package.folder, package.ignored_files, package.go_files + package.test_files == 0
    apart = [each.rpartition("/")[0] for each in files.module_files if "/" in each]
    without = 0
    for relative in files.usage.weighed.folder_names:
        folder = request.folder if relative == "." else world.join(request.folder, *relative.split("/"))
        if folder in seen or _is_apart(relative, apart):
            continue
        without += 1
        if without > _FOLDERS_LIMIT:
            return
        yield folder, _go_files(world, folder), True


def _is_apart(relative: str, modules: Iterable[str]) -> bool:
    """True for folders that `./...` does not enter: other modules, and names that go passes over."""
    if any(each.startswith(("_", ".")) and each != "." for each in relative.split("/")):
        return True
    return any(relative == each or relative.startswith(each + "/") for each in modules)


def _go_files(world: World, folder: str) -> tuple[str, ...]:
    try:
        names = [each.name for each in world.list(folder)]
    except WorldError:
        return ()
    return tuple(each for each in names if each.endswith(".go") and not each.startswith(("_", ".")))


def _tagged(
    world: World, root: str, folder: str, name: str, environment: GoEnvironment, *, is_alone: bool
) -> TaggedFile | None:
    """The file if setting its own tags would bring it in; None if it needs another system or takes part anyway."""
    system, processor = environment.value("GOOS"), environment.value("GOARCH")
    if not name_fits(name, system, processor):
        return None
    path = world.join(folder, name)
    try:
        constraint = constraint_line(world.read_text(path, limit_bytes=_HEAD_BYTES))
    except WorldError:
        return None
    if constraint is None:
        return None
    line, expression = constraint
    own = {each for each in tags_of(expression) if not is_known_tag(each)}
    given = {system, processor, "gc"} | ({"cgo"} if environment.value("CGO_ENABLED") == "1" else set())
    given |= {"unix"} if system not in ("windows", "plan9", "js", "wasip1") else set()

    def is_given(tag: str) -> bool:
        return tag in given or tag.startswith("go1")

    if holds(expression, is_given) is not False or not _holds_with(expression, is_given, own):
        return None
    # A tag is asked for if leaving it out of the set keeps the file out.
    asked = tuple(each for each in sorted(own) if not _holds_with(expression, is_given, own - {each}))
    relative = world.paths.relpath(path, root).replace("\\", "/")
    return TaggedFile(relative, line, expression, asked or tuple(sorted(own)), is_alone)


def _holds_with(expression: str, is_given: Callable[[str], bool], tags: set[str]) -> bool:
    """Whether the file takes part when these tags are set as well."""
    return holds(expression, lambda each: is_given(each) or each in tags) is True
