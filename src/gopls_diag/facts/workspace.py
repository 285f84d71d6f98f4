"""Which go.mod and go.work hold the workspace folder, which modules lie in it, and what it weighs.

Found the way the go command finds them (cmd/go/internal/modload/init.go: findModuleRoot, FindGoWork): by walking up the
path as it is spelled, links not resolved. A go.mod or go.work that is a folder is passed over, as go passes it over.
"""

from __future__ import annotations

from collections.abc import Iterator

from gopls_diag.facts.declare import fact
from gopls_diag.model.outcome import Unknown
from gopls_diag.model.request import Request
from gopls_diag.model.toolchain import GoEnvironment, GoSetting, Origin
from gopls_diag.model.workspace import (
    LocalReplacement,
    Module,
    VendorFolder,
    WorkFolder,
    Workspace,
    WorkspaceFiles,
    WorkspaceHolders,
    WorkspaceUse,
)
from gopls_diag.parse.go_mod import parse_go_mod
from gopls_diag.parse.go_work import parse_go_work
from gopls_diag.parse.modules_txt import parse_modules_txt
from gopls_diag.world import FileDenied, FileMissing, World, WorldError

WALKED_NAMES = ("node_modules", "vendor", "testdata")
"""Folders whose files are counted apart: what lies in them is no source of the workspace's own."""
_SKIPPED_NAMES = (".git", ".hg", ".svn", ".jj")
_WALK_LIMIT_FILES = 400_000
_WALK_LIMIT_SECONDS = 5.0
MODULES_LIMIT = 300
"""Modules below the folder that are read; a folder with more is a cache or an archive rather than a workspace."""


@fact(limit_seconds=20.0)
def workspace_files(world: World, request: Request) -> WorkspaceFiles:
    """What lies below the workspace folder, from one walk that is bounded in files and in time."""
    usage = world.tree(
        request.folder,
        skip=_SKIPPED_NAMES,
        names=WALKED_NAMES,
        find=("go.mod", "go.work"),
        weigh=".go",
        limit_files=_WALK_LIMIT_FILES,
        limit_seconds=_WALK_LIMIT_SECONDS,
    )
    modules = tuple(each for each in usage.found if each.rpartition("/")[2] == "go.mod")
    works = tuple(each for each in usage.found if each.rpartition("/")[2] == "go.work")
    entered = {
        path: count
        for path, count in usage.named.items()
        if path.rpartition("/")[2] == "node_modules" and not _is_module(world, request.folder, path)
    }
    return WorkspaceFiles(request.folder, usage, modules, works, entered)


def _is_module(world: World, folder: str, path: str) -> bool:
    try:
        return world.is_file(world.join(folder, *path.split("/"), "go.mod"))
    except WorldError:
        return False


@fact(limit_seconds=20.0)
def workspace_holders(world: World, request: Request, environment: GoEnvironment | Unknown) -> WorkspaceHolders:
    """The go.mod and go.work that hold the folder, found without walking it: go list need not wait for the walk."""
    search = _Search(world, request)
    setting = _gowork_setting(world, environment)
    mod_file, work_file = search.nearest("go.mod"), _work_file(setting, search.nearest("go.work"))
    return WorkspaceHolders(
        folder=request.folder,
        is_folder=world.is_folder(request.folder),
        module=search.module(mod_file) if mod_file else None,
        work=search.work(work_file) if work_file and world.paths.isabs(work_file) else None,
    )


def modules_in(world: World, request: Request) -> tuple[Module, ...]:
    """The modules in a folder that is in none itself."""
    return _Search(world, request).modules_below(workspace_files(world, request).module_files, None)


def _work_file(setting: GoSetting | None, nearest: str | None) -> str | None:
    gowork = setting.value if setting else ""
    return {"off": None, "": nearest, "auto": nearest}.get(gowork, gowork)


@fact(limit_seconds=60.0)
def workspace(
    world: World, request: Request, files: WorkspaceFiles | Unknown, environment: GoEnvironment | Unknown
) -> Workspace:
    """The go.mod and go.work in force for the workspace folder, and the modules in it."""
    folder = request.folder
    search = _Search(world, request)
    setting = _gowork_setting(world, environment)
    gowork = setting.value if setting else ""
    nearest_work = search.nearest("go.work")
    mod_file = search.nearest("go.mod")
    work_file = _work_file(setting, nearest_work)
    module = search.module(mod_file) if mod_file else None
    is_absolute = work_file is None or world.paths.isabs(work_file)
    work = search.work(work_file) if work_file and is_absolute else None
    below = () if isinstance(files, Unknown) else files.module_files
    modules = search.modules_below(below, module)
    return Workspace(
        folder=folder,
        is_folder=world.is_folder(folder),
        module=module,
        work=work,
        modules=modules,
        gowork=gowork,
        gowork_setting=setting,
        nearest_work=nearest_work,
        is_gowork_missing=work is None and work_file is not None and gowork not in ("", "auto"),
        is_gowork_absolute=gowork in ("", "auto", "off") or is_absolute,
        replacements=tuple(search.replacements(module, work)),
        is_home_or_root=folder in (world.home, world.paths.dirname(world.home), world.paths.dirname(folder)),
        is_complete=not isinstance(files, Unknown) and files.usage.is_complete and len(below) <= MODULES_LIMIT,
    )


def _gowork_setting(world: World, environment: GoEnvironment | Unknown) -> GoSetting | None:
    """Who set GOWORK; without an answer of go env, the shell's environment alone."""
    if not isinstance(environment, Unknown):
        return environment.origin("GOWORK")
    value = world.environment.get("GOWORK", "")
    return GoSetting("GOWORK", value, Origin.ENVIRONMENT, "environment") if value else None


class _Search:
    """Reads the module files of one workspace, each once."""

    def __init__(self, world: World, request: Request) -> None:
        self.world = world
        self.folder = request.folder
        self.read: dict[str, Module | None] = {}

    def nearest(self, name: str) -> str | None:
        """The file of that name in the folder or the nearest folder above it."""
        here = self.folder
        while True:
            path = self.world.join(here, name)
            if self.is_file(path):
                return path
            above = self.world.paths.dirname(here)
            if above == here:
                return None
            here = above

    def is_file(self, path: str) -> bool:
        """True if go would see a file there; a loop of links is none."""
        try:
            return self.world.is_file(path)
        except WorldError:
            return False

    def text(self, path: str) -> str | None:
        """The file's text, or None when there is none; FileDenied passes, since it hides what go would see."""
        try:
            return self.world.read_text(path)
        except FileMissing:
            return None

    def module(self, file: str) -> Module | None:
        """The module of a go.mod file, or None when there is no such file."""
        if file not in self.read:
            text = self.text(file)
            folder = self.world.paths.dirname(file)
            vendor = self.vendor(folder)
            self.read[file] = None if text is None else Module(folder, file, parse_go_mod(text), vendor)
        return self.read[file]

    def vendor(self, folder: str) -> VendorFolder | None:
        """The vendor folder beside a go.mod or go.work, if there is one."""
        path = self.world.join(folder, "vendor")
        if not self.world.is_folder(path):
            return None
        try:
            text = self.text(self.world.join(path, "modules.txt"))
        except WorldError:
            text = None
        return VendorFolder(path, None if text is None else parse_modules_txt(text))

    def work(self, file: str) -> WorkFolder | None:
        """The go.work and what its use lines lead to, or None when there is no such file."""
        text = self.text(file)
        if text is None:
            return None
        folder = self.world.paths.dirname(file)
        parsed = parse_go_work(text)
        uses = tuple(self.use(folder, each.value, each.line) for each in parsed.use)
        return WorkFolder(file, folder, parsed, uses, self.vendor(folder))

    def use(self, base: str, path: str, line: int) -> WorkspaceUse:
        """One use line; what may not be read counts as there, and a loop of links as missing."""
        folder = self.absolute(base, path)
        try:
            module = self.module(self.world.join(folder, "go.mod"))
            is_there = module is not None or self.world.is_folder(folder)
        except FileDenied:
            module, is_there = None, True
        except WorldError:
            module, is_there = None, False
        return WorkspaceUse(path, line, folder, is_there, module)

    def absolute(self, base: str, path: str) -> str:
        """A path of a module file, seen from the folder of that file."""
        joined: str = self.world.paths.normpath(self.world.join(base, path))
        return joined

    def modules_below(self, below: tuple[str, ...], own: Module | None) -> tuple[Module, ...]:
        """The modules in the folder, its own first, without those that the go command never enters."""
        found = [own] if own is not None and own.folder == self.folder else []
        for relative in below[:MODULES_LIMIT]:
            folders = relative.split("/")[:-1]
            if not folders or any(_is_passed_over(each) for each in folders):
                continue
            try:
                module = self.module(self.world.join(self.folder, *relative.split("/")))
            except WorldError:
                continue
            if module is not None:
                found.append(module)
        return tuple(found)

    def replacements(self, module: Module | None, work: WorkFolder | None) -> Iterator[LocalReplacement]:
        """The replaces by folders that count: the go.work's and its modules', or the one module's."""
        holders = [(work.file, work.folder, work.work.replace)] if work is not None else []
        used = [each.module for each in work.uses] if work is not None else [module]
        holders += [(each.file, each.folder, each.mod.replace) for each in used if each is not None]
        for file, base, lines in holders:
            for line in lines:
                if line.is_folder:
                    folder = self.absolute(base, line.new_path)
                    is_there = self.is_file(self.world.join(folder, "go.mod"))
                    yield LocalReplacement(file, line, folder, is_there)


def _is_passed_over(name: str) -> bool:
    """True for folders that `./...` does not enter (`go help packages`)."""
    return name.startswith((".", "_")) or name == "testdata"
