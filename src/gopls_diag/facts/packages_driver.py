"""Whether gopls asks a packages driver instead of the go command.

gopls reads the `env` of its settings first, then its own environment (gopls/internal/cache/view.go, FetchGoEnv); only
when GOPACKAGESDRIVER is not set does it look for a gopackagesdriver on PATH.
"""

from __future__ import annotations

from collections.abc import Iterator

from gopls_diag.facts.declare import fact
from gopls_diag.facts.editor_environment import editor_in_question
from gopls_diag.model.editor import Editors
from gopls_diag.model.finding import Evidence
from gopls_diag.model.outcome import Unknown
from gopls_diag.model.packages_driver import PackagesDriver
from gopls_diag.model.request import Request
from gopls_diag.model.toolchain import EditorEnvironment
from gopls_diag.world import World, WorldError

_NAME = "GOPACKAGESDRIVER"
_BUILD_FILES = ("MODULE.bazel", "WORKSPACE", "WORKSPACE.bazel", ".buckconfig", "pants.toml", ".plzconfig")


@fact(limit_seconds=20.0)
def packages_driver(
    world: World, request: Request, editors: Editors | Unknown, given: EditorEnvironment | Unknown
) -> PackagesDriver:
    """The driver that gopls would run in this folder."""
    value, place, setting, written = _set(world, request, editors, given)
    is_expected = _has_build_files(world, request.folder)
    if setting is None:
        on_path = world.find_program("gopackagesdriver")
        return PackagesDriver(None, found=on_path[0] if on_path else "", is_expected=is_expected)
    if value in ("", "off"):
        return PackagesDriver(setting, value, place, is_expected=is_expected)
    found, problem = _program(world, request.folder, value)
    return PackagesDriver(setting, value, place, found, problem, is_expected, *written)


def _set(
    world: World, request: Request, editors: Editors | Unknown, given: EditorEnvironment | Unknown
) -> tuple[str, str, Evidence | None, tuple[str, str]]:
    """Value, place in words, evidence of the setting that wins, and its file and path if an editor gives it."""
    editor = editor_in_question(editors, request)
    for name, setting in editor.gopls_settings.items() if editor else ():
        if name.rsplit(".", 1)[-1] == "env" and isinstance(setting.value, dict) and _NAME in setting.value:
            value = str(setting.value[_NAME])
            place = f"{setting.file} line {setting.line}"
            written = (setting.file, f"{setting.path}/{_NAME}")
            return value, place, _evidence(setting.file, value, setting.line), written
    own = None if isinstance(given, Unknown) else given.settings.get(_NAME)
    if own is not None:
        return own.value, own.place, own.evidence, (own.source, own.setting_path)
    value = world.environment.get(_NAME, "")
    return value, "the environment", _evidence("environment", value, None) if value else None, ("", "")


def _evidence(source: str, value: object, line: int | None) -> Evidence:
    return Evidence(source, f"{_NAME}={value}", line)


def _program(world: World, folder: str, value: str) -> tuple[str, str]:
    """The program that the value leads to, and what is wrong with it."""
    if "/" not in value and "\\" not in value:
        on_path = world.find_program(value)
        return (on_path[0], "") if on_path else ("", "is not found on PATH")
    path = world.join(folder, value)
    seen = world.stat(path)
    if seen is None:
        return "", "does not exist"
    if not world.is_file(path):
        return "", "is not a program"
    if not seen.is_executable and world.machine.os != "windows":
        return "", "may not be executed"
    return path, ""


def _has_build_files(world: World, folder: str) -> bool:
    return any(_is_there(world, world.join(here, name)) for here in _upwards(world, folder) for name in _BUILD_FILES)


def _upwards(world: World, folder: str) -> Iterator[str]:
    while True:
        yield folder
        above = world.paths.dirname(folder)
        if above == folder:
            return
        folder = above


def _is_there(world: World, path: str) -> bool:
    try:
        return world.is_file(path)
    except WorldError:
        return False
