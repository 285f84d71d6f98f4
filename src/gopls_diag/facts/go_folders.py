"""What stands at the paths of the go environment."""

from __future__ import annotations

from gopls_diag.facts.declare import fact
from gopls_diag.facts.editor_environment import editor_in_question
from gopls_diag.model.editor import Editors
from gopls_diag.model.go_folders import FolderState, GoFolders
from gopls_diag.model.outcome import Unknown
from gopls_diag.model.request import Request
from gopls_diag.model.system import FileKind
from gopls_diag.model.toolchain import GoEnvironment, GoSetting, Origin
from gopls_diag.parse.editor_variables import fill_in
from gopls_diag.world import FileDenied, World, WorldError


@fact()
def go_folders(
    world: World, request: Request, environment: GoEnvironment | Unknown, editors: Editors | Unknown
) -> GoFolders:
    """GOROOT, GOCACHE, GOMODCACHE, GOPATH and the editor's own GOROOT, each with what is there."""
    setting = _editors_goroot(world, request, editors)
    editor_goroot = _state(world, setting.value) if setting else None
    if isinstance(environment, Unknown):
        return GoFolders(editor_goroot=editor_goroot, editor_goroot_setting=setting)
    goroot = environment.value("GOROOT")
    cache = environment.value("GOCACHE")
    modules = environment.value("GOMODCACHE")
    separator = ";" if world.machine.os == "windows" else ":"
    return GoFolders(
        goroot=_state(world, goroot) if goroot else None,
        goroot_has_source=not goroot or world.is_folder(world.join(goroot, "src")),
        goroot_version=_version(world, goroot),
        build_cache=_state(world, cache) if cache and cache != "off" else None,
        build_cache_part=_part(world, cache),
        module_cache=_state(world, modules) if modules else None,
        gopath=tuple(_state(world, each) for each in environment.value("GOPATH").split(separator) if each),
        editor_goroot=editor_goroot,
        editor_goroot_setting=setting,
    )


def _editors_goroot(world: World, request: Request, editors: Editors | Unknown) -> GoSetting | None:
    editor = editor_in_question(editors, request)
    setting = editor.settings.get("go.goroot") if editor and editor.is_vscode else None
    if setting is None or not isinstance(setting.value, str) or not setting.value:
        return None
    value = fill_in(setting.value, folder=request.folder, home=world.home, environment=world.environment)
    return GoSetting("GOROOT", value, Origin.EDITOR, setting.file, setting.line, setting.path or setting.key)


def _part(world: World, cache: str) -> FolderState | None:
    if not cache or not world.paths.isabs(cache):
        return None
    part = _state(world, world.join(cache, "00"))
    return part if part.kind is not None else None


def _version(world: World, goroot: str) -> str:
    if not goroot:
        return ""
    try:
        first_line: str = world.read_text(world.join(goroot, "VERSION"), limit_bytes=1000).partition("\n")[0]
    except WorldError:
        return ""
    return first_line.strip()


def _state(world: World, path: str) -> FolderState:
    if not world.paths.isabs(path):
        return FolderState(path, is_absolute=False)
    try:
        found = world.stat(path)
    except FileDenied:
        return FolderState(path, is_hidden=True)
    if found is not None:
        return FolderState(
            path, kind=found.kind, is_writable=found.is_writable and not _is_read_only(world, path), owner=found.owner
        )
    link = world.stat_link(path)
    if link is not None and link.kind is FileKind.LINK:
        return FolderState(path, broken_link=world.resolve(path).path)
    ancestor, kind, is_writable = _nearest(world, path)
    return FolderState(path, ancestor=ancestor, ancestor_kind=kind, is_ancestor_writable=is_writable)


def _nearest(world: World, path: str) -> tuple[str, FileKind | None, bool]:
    """The nearest thing above a path that is there, its kind, and whether this user may write to it."""
    above = world.paths.dirname(path)
    while True:
        try:
            found = world.stat(above)
        except FileDenied:
            return above, None, False
        if found is not None:
            return above, found.kind, found.is_writable and not _is_read_only(world, above)
        higher = world.paths.dirname(above)
        if higher == above:
            return above, None, False
        above = higher


def _is_read_only(world: World, path: str) -> bool:
    try:
        return world.volume(path).is_read_only
    except WorldError:
        return False
