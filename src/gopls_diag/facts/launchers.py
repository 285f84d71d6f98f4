"""The launcher of `record install`, which an editor starts in gopls's place: seen for what it is, and through.

It is known by the file beside it. What it starts is found as it finds it (world/launcher/find.go): the configured path,
then PATH, then the folders that its settings name, and never a launcher.
"""

from __future__ import annotations

from collections.abc import Iterator

from gopls_diag.model.executable import ExecutableFormat
from gopls_diag.model.launcher import SETTINGS_NAME, Launcher, LauncherSettings
from gopls_diag.model.system import FileKind
from gopls_diag.parse.executable import HEADER_BYTES, parse_executable
from gopls_diag.parse.launcher_settings import parse_launcher_settings
from gopls_diag.world import FileMissing, World, WorldError

_FOLDER_NAME = "launcher"
_SETTINGS_LIMIT_BYTES = 1024 * 1024


def is_launcher_program(world: World, executable: str) -> bool:
    """True if a process of that program is a launcher; links are not followed, for a process has none."""
    return _is_in_launcher_folder(world, executable) and launcher_at(world, executable) is not None


def launcher_at(world: World, path: str, resolved: str = "") -> Launcher | None:
    """The launcher that a path leads to; None for any other program. Of one that lies elsewhere nothing is asked.

    Args:
        world: the world.
        path: as a setting names it, or as it was found.
        resolved: the same with its links followed.
    """
    real = path if _is_in_launcher_folder(world, path) else resolved
    if not real or not _is_in_launcher_folder(world, real):
        return None
    folder = world.paths.dirname(real)
    file = world.join(folder, SETTINGS_NAME)
    try:
        settings, problem = parse_launcher_settings(world.read_bytes(file, limit_bytes=_SETTINGS_LIMIT_BYTES))
    except FileMissing:
        # Ours all the same: `record/launcher` in the folder for state has no other gopls in it.
        if world.paths.basename(world.paths.dirname(folder)) != "record":
            return None
        settings, problem = None, "it is missing"
    except WorldError as refusal:
        settings, problem = None, str(refusal).removeprefix(f"{file}: ")
    gopls = next(_candidates(world, folder, settings or LauncherSettings()), "")
    form = _format(world, real)
    is_damaged = form is ExecutableFormat.UNKNOWN
    return Launcher(path, file, settings, problem, gopls, form is ExecutableFormat.SCRIPT, is_damaged)


def _is_in_launcher_folder(world: World, path: str) -> bool:
    return bool(world.paths.basename(world.paths.dirname(path)) == _FOLDER_NAME)


def _candidates(world: World, own_folder: str, settings: LauncherSettings) -> Iterator[str]:
    if settings.gopls and world.paths.isabs(settings.gopls) and _is_program(world, own_folder, settings.gopls):
        yield settings.gopls
    separator = ";" if world.machine.os == "windows" else ":"
    search = separator.join([world.environment.get("PATH", ""), *settings.search])
    for each in world.find_program("gopls", search=search):
        if _is_program(world, own_folder, each):
            yield each


def _is_program(world: World, own_folder: str, path: str) -> bool:
    try:
        seen = world.stat(path)
        real = world.resolve(path).path
    except WorldError:
        return False
    is_program = seen is not None and seen.kind is FileKind.FILE
    may_run = seen is not None and (seen.is_executable or world.machine.os == "windows")
    return is_program and may_run and world.paths.dirname(real) != own_folder and not _is_launcher(world, real)


def _is_launcher(world: World, real: str) -> bool:
    folder = world.paths.dirname(real)
    return world.paths.basename(folder) == _FOLDER_NAME and world.is_file(world.join(folder, SETTINGS_NAME))


def _format(world: World, path: str) -> ExecutableFormat | None:
    """None when it may not be read."""
    try:
        return parse_executable(world.read_bytes(path, limit_bytes=HEADER_BYTES), name=path).format
    except WorldError:
        return None
