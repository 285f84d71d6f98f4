"""gopls's cache folders: where they are, whom they belong to, what they weigh.

The rules are those of gopls/internal/filecache/filecache.go (v0.12 to v0.24): `$GOPLSCACHE/gopls`, else
os.UserCacheDir()/gopls, and when that cannot be made os.TempDir()/gopls; in it one folder a binary, named by the
first four bytes of its SHA-256. From v0.24 on exe.sha256 in it holds all of the hash.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from gopls_diag.facts.declare import fact
from gopls_diag.model.editor import Editors
from gopls_diag.model.gopls import GoplsCommands
from gopls_diag.model.gopls_cache import (
    DEFAULT_BUDGET_BYTES,
    GoplsBug,
    GoplsCacheFolder,
    GoplsCacheRoot,
    GoplsCaches,
)
from gopls_diag.model.outcome import Unknown
from gopls_diag.model.system import FileKind, TreeUsage
from gopls_diag.world import World, WorldError

_KEY_PATTERN = re.compile(r"[0-9a-f]{8}")
_WALK_SECONDS = 8.0
_WALK_FILES = 400_000
_FOLDERS = 40
_BUG_BYTES = 64 * 1024
_HASH_BYTES = 32


@fact(limit_seconds=40)
def gopls_caches(world: World, commands: GoplsCommands | Unknown, editors: Editors | Unknown) -> GoplsCaches:
    """All cache folders of gopls, each of its folders counted in one walk."""
    own = dict(world.environment)
    budget_bytes = DEFAULT_BUDGET_BYTES
    for editor in reversed(editors.all if isinstance(editors, Editors) else ()):
        own |= {name: str(each.value) for name, each in editor.tools_environment.items()}
        for setting in editor.gopls_settings.values():
            if setting.short == "maxFileCacheBytes" and isinstance(setting.value, int) and setting.value > 0:
                budget_bytes = setting.value
    binaries = {each.sha256: each.path for each in commands.all} if isinstance(commands, GoplsCommands) else {}
    places = _places(world, own)
    roots: list[GoplsCacheRoot] = []
    is_taken = False
    for origin, path in places:
        problem = _problem(world, path)
        # gopls goes on to the temporary folder only when the folder itself cannot be made; it then must do.
        is_fatal = bool(problem) and _is_folder(world, path)
        is_in_use = not is_taken and (not problem or is_fatal)
        is_taken = is_taken or is_in_use
        root = _root(world, path, origin, problem, binaries, is_in_use=is_in_use)
        if root.is_there or root.problem or is_in_use:
            roots.append(root)
    return GoplsCaches(tuple(roots), world.now.timestamp(), budget_bytes)


def _places(world: World, own: Mapping[str, str]) -> list[tuple[str, str]]:
    temporary = ("temporary folder", world.join(world.machine.temporary_folder, "gopls"))
    user = _user_cache_folder(world, own)
    places = [("user cache folder", world.join(user, "gopls"))] if user else []
    if own.get("GOPLSCACHE"):
        places.insert(0, ("GOPLSCACHE", world.join(own["GOPLSCACHE"], "gopls")))
        # What an unset GOPLSCACHE would use holds leftovers at most, so the temporary folder comes before it.
        return [places[0], temporary, *places[1:]]
    return [*places, temporary]


def _user_cache_folder(world: World, own: Mapping[str, str]) -> str:
    """os.UserCacheDir: empty where Go gives an error."""
    if world.machine.os == "windows":
        return own.get("LOCALAPPDATA", "")
    home = own.get("HOME", "")
    if world.machine.os == "darwin":
        return world.join(home, "Library", "Caches") if home else ""
    given = own.get("XDG_CACHE_HOME", "")
    if given:
        return given if world.paths.isabs(given) else ""
    return world.join(home, ".cache") if home else ""


def _is_folder(world: World, path: str) -> bool:
    return world.is_folder(path)


def _problem(world: World, path: str) -> str:
    """Why gopls could not keep files there; nothing is written to find out."""
    here = path
    while True:
        try:
            seen = world.stat(here)
        except WorldError as reason:
            return str(reason)
        if seen is not None:
            break
        above = world.paths.dirname(here)
        if above == here:
            return f"{path} does not exist"
        here = above
    if seen.kind is not FileKind.FOLDER:
        return f"{here} is a file" if seen.kind is FileKind.FILE else f"{here} is not a folder"
    try:
        is_read_only = world.volume(here).is_read_only
    except WorldError:
        is_read_only = False
    if is_read_only:
        return f"{here} is on a volume that is mounted read-only"
    if not seen.is_writable:
        return f"{here} may not be written to by this user"
    return ""


def _root(
    world: World, path: str, origin: str, problem: str, binaries: Mapping[str, str], *, is_in_use: bool
) -> GoplsCacheRoot:
    try:
        names = [each.name for each in world.list(path) if each.kind is FileKind.FOLDER]
        is_there = True
    except WorldError:
        names, is_there = [], world.is_folder(path)
    keys = [each for each in names if _KEY_PATTERN.fullmatch(each)][:_FOLDERS]
    folders = tuple(_folder(world, world.join(path, key), key, binaries) for key in keys)
    free_bytes, free_files = None, None
    try:
        volume = world.volume(path)
        if volume.total_bytes:
            free_bytes, free_files = volume.free_bytes, volume.free_files
    except WorldError:
        pass
    return GoplsCacheRoot(path, origin, is_there, is_in_use, problem, free_bytes, free_files, folders)


def _folder(world: World, path: str, key: str, binaries: Mapping[str, str]) -> GoplsCacheFolder:
    try:
        # The name of a bug report ends in `-bug`: weighing that suffix finds them in the same walk.
        usage = world.tree(path, weigh="-bug", limit_files=_WALK_FILES, limit_seconds=_WALK_SECONDS)
    except WorldError:
        usage = TreeUsage(0, 0, 0, 0, 0.0, is_complete=False)
    try:
        content = world.read_bytes(world.join(path, "exe.sha256"), limit_bytes=_HASH_BYTES + 1)
        sha256 = content.hex() if len(content) == _HASH_BYTES else ""
    except WorldError:
        sha256 = ""
    try:
        seen = world.stat(path)
        is_writable = seen is None or seen.is_writable
    except WorldError:
        is_writable = False
    bugs = [_bug(world, path, each) for each, _ in usage.weighed.largest_files]
    return GoplsCacheFolder(
        path=path,
        key=key,
        executable_sha256=sha256,
        binary=_owner(sha256 or key, binaries),
        files=usage.files,
        disk_bytes=usage.disk_bytes,
        newest_seconds=usage.newest_seconds,
        is_complete=usage.is_complete,
        is_writable=is_writable,
        bug_count=usage.weighed.files,
        bugs=tuple(each for each in bugs if each),
    )


def _owner(sha256: str, binaries: Mapping[str, str]) -> str:
    return next((path for each, path in binaries.items() if each and each.startswith(sha256)), "")


def _bug(world: World, folder: str, relative: str) -> GoplsBug | None:
    """A stored report: the index file names the content by its hash, which is stored as `HH/HASH-cas`."""
    index = world.join(folder, *relative.split("/"))
    try:
        digest = world.read_bytes(index, limit_bytes=_HASH_BYTES).hex()
        content = world.read_text(world.join(folder, digest[:2], f"{digest}-cas"), limit_bytes=_BUG_BYTES)
    except WorldError:
        return GoplsBug(index, "", "", "")
    try:
        report = json.loads(content)
        place = f"{report['File'].replace(chr(92), '/').rsplit('/', 1)[-1]}:{report['Line']}"
        return GoplsBug(index, place, str(report["Description"])[:300], str(report.get("AtTime", "")))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return GoplsBug(index, "", "", "")
