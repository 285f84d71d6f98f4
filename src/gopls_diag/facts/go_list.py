"""What `go list` says about the packages of the workspace: the slowest question of doctor, asked once and cheaply.

It must change nothing. What go would otherwise write, and what keeps it from that (seen with go1.24.11, go1.26.8 and
go1.27.3):

- the module index in GOCACHE: GODEBUG=goindex=0;
- the main functions of tests in GOCACHE, and GOCACHE itself: never -test; what only tests import is listed by name;
- what it compiles: never -compiled or -export;
- go.mod and go.sum under GOFLAGS=-mod=mod: -mod=readonly on the command line wins;
- go.work.sum, which workspace mode writes whatever -mod says: an overlay on that file makes go fail instead;
- downloads: GOPROXY=off, and GOSUMDB=off because GOPROXY=off alone still asks the checksum database directly.

GOSUMDB=off forbids the switch to another toolchain, so the toolchain that `go env` ended up with is run itself.
"""

from __future__ import annotations

import json
from dataclasses import replace

from gopls_diag.facts.declare import fact
from gopls_diag.facts.workspace import modules_in
from gopls_diag.model.build_tags import SetTags
from gopls_diag.model.go_list import GoList
from gopls_diag.model.outcome import CannotTell, DoesNotApply, Unknown
from gopls_diag.model.packages_driver import PackagesDriver
from gopls_diag.model.request import Request
from gopls_diag.model.system import CommandResult, FileKind
from gopls_diag.model.toolchain import EditorEnvironment, GoCommand, GoEnvironment
from gopls_diag.model.version import GoVersion
from gopls_diag.model.workspace import Module, WorkspaceHolders
from gopls_diag.parse.go_list import FIELDS, Listing, read_go_list
from gopls_diag.world import World

LIMIT_SECONDS = 300.0
_FOLDERS_LIMIT = 4
"""Modules listed one by one when the folder itself is in none; gopls makes a view of each once it is opened."""
_TEST_IMPORTS_LIMIT = 300
_STDERR_LIMIT = 64_000
_OVERLAY_REFUSAL = "is part of the overlay specified with -overlay"
_FIRST_WITH_CHOSEN_FIELDS = GoVersion.parse("go1.20")
_FIRST_WITH_PGO = GoVersion.parse("go1.21")


@fact(limit_seconds=LIMIT_SECONDS * 1.6)
def go_list(
    world: World,
    request: Request,
    command: GoCommand,
    environment: GoEnvironment,
    editor: EditorEnvironment,
    holders: WorkspaceHolders,
    driver: PackagesDriver | Unknown,
    tags: SetTags | Unknown,
) -> GoList:
    """The packages that gopls would load: of the module that holds the folder, or of all modules of its go.work."""
    if not isinstance(driver, Unknown) and driver.value != "off" and (driver.value or driver.found):
        raise DoesNotApply(f"gopls asks {driver.value or driver.found} and not go list")
    if environment.wanted_toolchain:
        raise CannotTell(f"go would download {environment.wanted_toolchain} first, and doctor downloads nothing")
    if environment.is_silent:
        raise CannotTell("go gives no answer")
    if not holders.is_folder:
        raise CannotTell(f"{request.folder} is no folder")
    if stopper := _endless_file(world, request.folder):
        raise CannotTell(f"{stopper} is neither file nor folder, and go would wait for ever to read it")
    run = _Run(world, command, environment, editor, () if isinstance(tags, Unknown) else tags.for_gopls)
    modules = () if holders.work or holders.module else modules_in(world, request)
    lists = [run.list(folder, patterns, holders, modules) for folder, patterns in _questions(holders, modules)]
    return lists[0] if len(lists) == 1 else _joined(lists)


def _endless_file(world: World, folder: str) -> str:
    """A go.mod or go.work in the folder or above that is a FIFO, a socket or a device; empty when there is none."""
    while True:
        for name in ("go.work", "go.mod"):
            path = world.join(folder, name)
            told = world.stat(path)
            if told and told.kind in (FileKind.OTHER, FileKind.SOCKET):
                return path
        above = world.paths.dirname(folder)
        if above == folder:
            return ""
        folder = above


def _questions(workspace: WorkspaceHolders, modules: tuple[Module, ...]) -> list[tuple[str, tuple[str, ...]]]:
    """Folders and patterns, as gopls would ask them (gopls/internal/cache/load.go)."""
    if workspace.work is not None:
        used = [use.path for use in workspace.work.uses if use.module is not None]
        patterns = tuple(_pattern(path) for path in used) or ("./...",)
        return [(workspace.work.folder, patterns)]
    if workspace.module is not None:
        return [(workspace.module.folder, ("./...",))]
    if modules:
        return [(each.folder, ("./...",)) for each in modules[:_FOLDERS_LIMIT]]
    return [(workspace.folder, ("./",))]


def _pattern(used: str) -> str:
    """The pattern for one `use` of go.work."""
    plain = used.replace("\\", "/").rstrip("/")
    if plain in ("", "."):
        return "./..."
    return f"{plain}/..." if plain.startswith(("./", "../", "/")) or ":" in plain else f"./{plain}/..."


class _Run:
    """One way of running go list, with what keeps it from writing."""

    def __init__(
        self,
        world: World,
        command: GoCommand,
        environment: GoEnvironment,
        editor: EditorEnvironment,
        tags: tuple[str, ...],
    ) -> None:
        self._world = world
        self._tags = f"-tags={','.join(tags)}" if tags else ""
        self._environment = environment
        self._version = environment.version if environment.version.is_known else command.version
        goroot = environment.values.get("GOROOT", "")
        name = "go.exe" if world.machine.os == "windows" else "go"
        own = world.join(goroot, "bin", name) if goroot else ""
        self._program = own if own and world.is_file(own) else command.path
        self._variables = {**editor.values, **self._restrictions()}
        self._variables.pop("PATH", None)
        self._is_loose = False

    def _restrictions(self) -> dict[str, str]:
        debug = self._environment.value("GODEBUG")
        wanted = {"GOPROXY": "off", "GODEBUG": f"{debug},goindex=0" if debug else "goindex=0"}
        if self._environment.is_known:
            wanted |= {"GOTOOLCHAIN": "local", "GOSUMDB": "off"}
        return wanted

    def list(
        self, folder: str, patterns: tuple[str, ...], workspace: WorkspaceHolders, modules: tuple[Module, ...]
    ) -> GoList:
        """Run it in one folder, then once more for what only tests import."""
        self._is_loose = workspace.work is None and workspace.module is None and not modules
        shown = " ".join(("go list -e -deps", *filter(None, [self._tags]), *patterns))
        told = self._ask(folder, patterns, workspace, shown, LIMIT_SECONDS)
        listing = read_go_list(told.stdout)
        tests_only = listing.tests_only[:_TEST_IMPORTS_LIMIT]
        if tests_only and told.is_ok:
            again = self._ask(folder, tuple(tests_only), workspace, shown, LIMIT_SECONDS / 2)
            _add_dependencies(listing, read_go_list(again.stdout))
        return _value(shown, told, listing)

    def _ask(
        self, folder: str, patterns: tuple[str, ...], workspace: WorkspaceHolders, shown: str, limit_seconds: float
    ) -> CommandResult:
        flags, overlay = self._flags(workspace)
        # Without a go.mod gopls switches module mode off too (gopls/internal/cache/view.go, adjustedGO111MODULE).
        variables = {**self._variables, "GO111MODULE": "off"} if self._is_loose else self._variables
        told = self._world.run(
            (self._program, "list", *flags, "--", *patterns),
            folder=folder,
            environment=variables,
            limit_seconds=limit_seconds,
            standard_input=overlay,
        )
        if told.start_error or told.is_timed_out:
            raise CannotTell(f"{shown} {told.ending}")
        if _OVERLAY_REFUSAL in told.stderr:
            raise CannotTell(
                f"{shown} would have to write go.work.sum, and doctor writes nothing: run go work sync once"
            )
        return told

    def _flags(self, workspace: WorkspaceHolders) -> tuple[tuple[str, ...], str]:
        """The flags, and what go list reads from standard input."""
        flags = ["-e", "-deps", "-json" if self._version < _FIRST_WITH_CHOSEN_FIELDS else f"-json={','.join(FIELDS)}"]
        flags.append("-buildvcs=false")
        if self._tags:
            flags.append(self._tags)
        if not self._version.is_known or self._version >= _FIRST_WITH_PGO:
            flags.append("-pgo=off")
        overlay = ""
        if workspace.work is None:
            if "-mod=mod" in self._environment.value("GOFLAGS").split():
                flags.append("-mod=readonly")
        elif self._world.machine.os != "windows":
            # Windows has no path for standard input; there a go.work.sum that lacks a line is completed, as gopls does.
            flags.append("-overlay=/dev/stdin")
            path = self._world.join(workspace.work.folder, "go.work.sum")
            overlay = json.dumps({"Replace": {path: path if self._world.is_file(path) else "/dev/null"}})
        return tuple(flags), overlay


def _add_dependencies(listing: Listing, more: Listing) -> None:
    """Add what only tests import; it was asked for by name, but is no package of the folder."""
    for each in more.packages:
        if each.error or each.cgo_files or each.pkg_config:
            listing.packages.append(replace(each, is_dependency=True))
    listing.errors.extend(each for each in more.errors if each not in listing.errors)
    for path, module in more.modules.items():
        listing.modules.setdefault(path, module)
    listing.total += len(more.listed - listing.listed)


def _value(shown: str, told: CommandResult, listing: Listing) -> GoList:
    return GoList(
        command=shown,
        packages=tuple(listing.packages),
        total=listing.total,
        errors=tuple(listing.errors),
        modules=listing.modules,
        stderr=told.stderr[:_STDERR_LIMIT],
        is_ok=told.is_ok,
        ending="" if told.is_ok else told.ending,
        elapsed_seconds=told.elapsed_seconds,
        not_understood=listing.not_understood,
        is_complete=not told.is_truncated and told.is_ok,
    )


def _joined(lists: list[GoList]) -> GoList:
    """Several modules as one answer; it is well only if all are."""
    first_failed = next((each for each in lists if not each.is_ok), None)
    return GoList(
        command=lists[0].command,
        packages=tuple(package for each in lists for package in each.packages),
        total=sum(each.total for each in lists),
        errors=tuple(dict.fromkeys(error for each in lists for error in each.errors)),
        modules={path: module for each in lists for path, module in each.modules.items()},
        stderr="\n".join(each.stderr for each in lists if each.stderr)[:_STDERR_LIMIT],
        is_ok=first_failed is None,
        ending=first_failed.ending if first_failed else "",
        elapsed_seconds=sum(each.elapsed_seconds for each in lists),
        not_understood=sum(each.not_understood for each in lists),
        is_complete=all(each.is_complete for each in lists),
    )
