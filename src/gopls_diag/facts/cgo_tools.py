"""The programs that cgo needs, and the files that are left out without it."""

from __future__ import annotations

import shlex

from gopls_diag.facts.declare import fact
from gopls_diag.model.go_folders import CgoTools
from gopls_diag.model.go_list import GoList
from gopls_diag.model.outcome import Unknown
from gopls_diag.model.request import Request
from gopls_diag.model.toolchain import EditorEnvironment, GoEnvironment
from gopls_diag.parse.build_constraint import constraint_line, holds, name_fits
from gopls_diag.parse.cgo_source import asks_for_cgo, import_c_line
from gopls_diag.world import World, WorldError

_LIBRARIES_LIMIT = 20
_PACKAGES_LIMIT = 20
_FILES_LIMIT = 60
_HEAD_BYTES = 64 * 1024
_NOT_UNIX = ("windows", "plan9", "js", "wasip1")


@fact(limit_seconds=60.0)
def cgo_tools(
    world: World, request: Request, environment: GoEnvironment, editor: EditorEnvironment, listed: GoList | Unknown
) -> CgoTools:
    """What CC and PKG_CONFIG name, where they are, and what they cannot find. Asks only for what the packages need."""
    search = editor.values.get("PATH")
    compiler = _program(environment.value("CC"))
    uses_cgo = isinstance(listed, GoList) and any(each.cgo_files for each in listed.packages)
    pkg_config = _program(environment.value("PKG_CONFIG")) or "pkg-config"
    pkg_config_path = _found(world, request, pkg_config, search)
    folder, problem = _developer_folder(world) if uses_cgo else ("", "")
    has_cgo = environment.value("CGO_ENABLED") != "0"
    return CgoTools(
        compiler=compiler,
        compiler_path=_found(world, request, compiler, search),
        developer_folder=folder,
        developer_problem=problem,
        pkg_config=pkg_config,
        pkg_config_path=pkg_config_path,
        missing_libraries=_missing(world, pkg_config_path, listed, editor) if has_cgo else (),
        left_out=() if has_cgo or isinstance(listed, Unknown) else _left_out(world, listed, environment),
    )


def _program(command: str) -> str:
    """The program in a command with arguments, such as `ccache gcc`."""
    try:
        words = shlex.split(command)
    except ValueError:
        words = command.split()
    return words[0] if words else ""


def _found(world: World, request: Request, program: str, search: str | None) -> str:
    if not program:
        return ""
    if "/" in program or "\\" in program:
        path = world.join(request.folder, program)
        return path if world.is_file(path) else ""
    found = world.find_program(program, search=search)
    return found[0] if found else ""


def _developer_folder(world: World) -> tuple[str, str]:
    """macOS: the active developer folder, or why there is none. Unlike clang itself, xcode-select opens no window."""
    if world.machine.os != "darwin":
        return "", ""
    told = world.run(("xcode-select", "-p"), limit_seconds=10.0)
    if not told.is_ok:
        return "", " ".join(told.stderr.split())[:300] or f"xcode-select -p {told.ending}"
    folder = told.stdout.strip()
    return folder, "" if world.is_folder(folder) else f"{folder} is not there"


def _missing(
    world: World, program: str, listed: GoList | Unknown, editor: EditorEnvironment
) -> tuple[tuple[str, str], ...]:
    if isinstance(listed, Unknown) or not program:
        return ()
    asked = dict.fromkeys(name for each in listed.packages for name in each.pkg_config if not name.startswith("-"))
    names = [name for name in asked if name not in ("<", ">", "=", "<=", ">=")][:_LIBRARIES_LIMIT]
    environment = {k: v for k, v in editor.values.items() if k.startswith("PKG_CONFIG")}
    missing: list[tuple[str, str]] = []
    for name in names:
        told = world.run((program, "--print-errors", "--exists", name), environment=environment, limit_seconds=10.0)
        if told.exit_code == 1:
            missing.append((name, " ".join((told.stderr or told.stdout).split())[:300]))
    return tuple(missing)


def _left_out(world: World, listed: GoList, environment: GoEnvironment) -> tuple[tuple[str, int], ...]:
    """Files with C in them that are left out, except in packages that speak of cgo in a build constraint."""
    found: list[tuple[str, int]] = []
    for package in [each for each in listed.own if each.ignored_files and each.folder][:_PACKAGES_LIMIT]:
        texts = {path: _head(world, path) for path in _go_files(world, package.folder)}
        if any(asks_for_cgo(text) for text in texts.values()):
            continue
        for name in package.ignored_files:
            path = world.join(package.folder, name)
            line = import_c_line(texts.get(path, ""))
            if line is not None and _is_for_this_system(name, texts[path], environment):
                found.append((path, line))
    return tuple(found)


def _is_for_this_system(name: str, text: str, environment: GoEnvironment) -> bool:
    """Whether name and build constraint would let the file take part here if cgo were on, with no tags set."""
    system, processor = environment.value("GOOS"), environment.value("GOARCH")
    if not name_fits(name, system, processor):
        return False
    constraint = constraint_line(text)
    if constraint is None:
        return True
    given = {system, processor, "gc", "cgo"} | ({"unix"} if system not in _NOT_UNIX else set())
    return holds(constraint[1], lambda tag: tag in given or tag.startswith("go1")) is not False


def _go_files(world: World, folder: str) -> list[str]:
    try:
        names = [each.name for each in world.list(folder) if each.name.endswith(".go")]
    except WorldError:
        return []
    return [world.join(folder, name) for name in names[:_FILES_LIMIT]]


def _head(world: World, path: str) -> str:
    try:
        return world.read_text(path, limit_bytes=_HEAD_BYTES)
    except WorldError:
        return ""
