"""Lines in shell start files and limits.conf that limit the address space of what is started from there."""

from __future__ import annotations

from collections.abc import Iterator

from gopls_diag.facts.declare import fact
from gopls_diag.model.outcome import DoesNotApply
from gopls_diag.model.shell_limits import AddressSpaceLimit, ShellLimits
from gopls_diag.parse.shell_limits import parse_limits_conf, parse_shell_file
from gopls_diag.world import FileMissing, World, WorldError

_HOME_FILES = (
    ".profile",
    ".bash_profile",
    ".bash_login",
    ".bashrc",
    ".zshenv",
    ".zprofile",
    ".zshrc",
    ".zlogin",
    ".kshrc",
    ".cshrc",
    ".tcshrc",
    ".config/fish/config.fish",
)
_SYSTEM_FILES = (
    "/etc/profile",
    "/etc/bashrc",
    "/etc/bash.bashrc",
    "/etc/zshenv",
    "/etc/zprofile",
    "/etc/zshrc",
    "/etc/zsh/zshenv",
    "/etc/zsh/zprofile",
    "/etc/zsh/zshrc",
)
_SYSTEM_FOLDERS = (("/etc/profile.d", (".sh", ".csh", ".local")),)
_LIMITS_FILE = "/etc/security/limits.conf"
_LIMITS_FOLDER = "/etc/security/limits.d"
_FILE_BYTES = 1 << 20


@fact(limit_seconds=10.0)
def shell_limits(world: World) -> ShellLimits:
    """What the start files of every usual shell, and limits.conf, say about the address space."""
    if world.machine.os == "windows":
        raise DoesNotApply("Windows has no such limit")
    limits: list[AddressSpaceLimit] = []
    read: list[str] = []
    unread: list[str] = []
    for path, is_limits_conf in _files(world):
        try:
            text = world.read_text(path, limit_bytes=_FILE_BYTES)
        except FileMissing:
            continue
        except WorldError:
            unread.append(path)
            continue
        read.append(path)
        if is_limits_conf:
            limits += [each for each in parse_limits_conf(text, path=path) if _is_meant(world, each.subject)]
        else:
            limits += parse_shell_file(text, path=path)
    return ShellLimits(tuple(limits), tuple(read), tuple(unread))


def _is_meant(world: World, subject: str) -> bool:
    """True if a line of limits.conf may hold for this user; groups and the wildcard do not hold for root (the manual).

    Ranges of numbers (`1000:`) are taken as meant.
    """
    user = world.machine.user
    if subject.startswith(("@", "%", "*")):
        return world.machine.user_id != 0
    return not user or subject == user or not subject[:1].isalpha()


def _files(world: World) -> Iterator[tuple[str, bool]]:
    for name in _HOME_FILES:
        if world.home:
            yield world.join(world.home, *name.split("/")), False
    zsh_folder = world.environment.get("ZDOTDIR", "")
    if zsh_folder and zsh_folder != world.home:
        for name in (".zshenv", ".zprofile", ".zshrc", ".zlogin"):
            yield world.join(zsh_folder, name), False
    for path in _SYSTEM_FILES:
        yield path, False
    for folder, endings in _SYSTEM_FOLDERS:
        yield from ((path, False) for path in _names(world, folder, endings))
    yield _LIMITS_FILE, True
    yield from ((path, True) for path in _names(world, _LIMITS_FOLDER, (".conf",)))


def _names(world: World, folder: str, endings: tuple[str, ...]) -> list[str]:
    try:
        return [world.join(folder, each.name) for each in world.list(folder) if each.name.endswith(endings)]
    except WorldError:
        return []
