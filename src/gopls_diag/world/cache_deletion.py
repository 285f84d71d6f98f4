"""Deletes one folder of gopls's cache, and nothing else, and only when no gopls runs that owns it.

Everything is looked at anew in the moment of deleting, since minutes may lie between a report and a yes. Deleting under
a running gopls can be fatal for it (golang/go#67433).
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import stat as stat_bits
from pathlib import Path

from gopls_diag.model.change import CannotChange
from gopls_diag.world.program_users import find_program, who_holds

_NAME_PATTERN = re.compile(r"^[0-9a-f]{8}$")
"""gopls names the folder of a binary by the first four bytes of its SHA-256 (gopls/internal/filecache/filecache.go)."""
_SHARD_PATTERN = re.compile(r"^[0-9a-f]{2}$")
"""In it, one folder for each first byte of a key (filename in filecache.go)."""
_ENTRY_PATTERN = re.compile(r"^[0-9a-f]{64}-[A-Za-z0-9_]{1,40}(?:\.[A-Za-z0-9.]{1,40})?$")
"""`HASH-cas` for a content, `HASH-KIND` for an index; `.tmp…` while it is written."""
_HASH_FILE = "exe.sha256"
_HASH_BYTES = 32
_LOOKED_AT_ENTRIES = 2000


def delete_cache_folder(path: str) -> None:
    """Delete a binary's folder in gopls's cache.

    Raises:
        CannotChange: it is no such folder, something uses it, or it could not be deleted; the message says which, and
            what is left when the deletion stopped half-way.
    """
    folder = Path(path)
    _must_be_cache(folder)
    _must_be_unused(folder)
    # Out of gopls's sight first, so that a gopls that starts now finds all of it or nothing.
    doomed = folder.with_name(f"{folder.name}.deleted-{os.getpid()}")
    try:
        folder.rename(doomed)
    except OSError as problem:
        raise CannotChange(f"{path} could not be moved out of the way: {problem.strerror}") from None
    try:
        _must_be_unused(folder, moved_to=doomed)
    except CannotChange:
        # It was started in between: what it has made since is as good as what was there, and less.
        if not os.path.lexists(folder):
            with contextlib.suppress(OSError):
                doomed.rename(folder)
                raise
        raise CannotChange(f"a gopls was started meanwhile; its former cache is in {doomed}") from None
    _delete(doomed, path)


def _must_be_cache(folder: Path) -> None:
    """The name, the place and the content of a cache folder, and its owner."""
    refusal = CannotChange(f"{folder} is not a folder of gopls's cache")
    if not folder.is_absolute() or ".." in folder.parts:
        raise refusal
    if folder.parent.name != "gopls" or not _NAME_PATTERN.match(folder.name):
        raise refusal
    try:
        found = folder.lstat()
    except OSError as problem:
        raise CannotChange(f"{folder}: {problem.strerror}") from None
    if not stat_bits.S_ISDIR(found.st_mode) or os.path.ismount(folder):
        raise CannotChange(f"{folder} is a link or no folder of its own")
    if hasattr(os, "geteuid") and os.geteuid() not in (0, found.st_uid):
        raise CannotChange(f"{folder} belongs to another user")
    try:
        _must_hold_cache(folder, found.st_dev)
    except OSError as problem:
        raise CannotChange(f"{folder} could not be looked into: {problem.strerror}") from None


def _must_hold_cache(folder: Path, device: int) -> None:
    left = _LOOKED_AT_ENTRIES
    for entry in os.scandir(folder):
        if entry.name == _HASH_FILE and entry.is_file(follow_symlinks=False):
            # Whose hash it is does not matter: a folder that two binaries share is what one may want to delete (R16).
            if len(Path(entry.path).read_bytes()[: _HASH_BYTES + 1]) != _HASH_BYTES:
                raise CannotChange(f"{entry.path} is not what gopls writes there")
            continue
        is_shard = _SHARD_PATTERN.match(entry.name) and entry.is_dir(follow_symlinks=False)
        if not is_shard or entry.stat(follow_symlinks=False).st_dev != device:
            raise CannotChange(f"{entry.path} is nothing that gopls keeps in its cache")
        for inner in os.scandir(entry.path):
            left -= 1
            if left < 0:
                return
            if not _ENTRY_PATTERN.match(inner.name) or not inner.is_file(follow_symlinks=False):
                raise CannotChange(f"{inner.path} is nothing that gopls keeps in its cache")


def _must_be_unused(folder: Path, moved_to: Path | None = None) -> None:
    try:
        running = find_program(folder.name)
        holder = who_holds(moved_to or folder)
    except OSError as problem:
        raise CannotChange(f"{folder} was left: {problem}") from None
    if running:
        raise CannotChange(f"{folder} was left: {running}")
    if holder:
        raise CannotChange(f"{folder} was left: {holder} has files in it open")


def _delete(doomed: Path, path: str) -> None:
    """All of it; links are taken away themselves and never followed (shutil.rmtree)."""
    try:
        shutil.rmtree(doomed)
    except OSError as problem:
        files = sum(len(names) for _, _, names in os.walk(doomed))
        raise CannotChange(
            f"{path} was deleted in part: {files:,} files are left in {doomed} ({problem.strerror})"
        ) from None
