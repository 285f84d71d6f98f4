"""Deletes one folder of gopls's cache, and nothing else."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

from gopls_diag.model.change import CannotChange

_NAME_PATTERN = re.compile(r"^[0-9a-f]{8}$")
"""gopls names the folder of a binary by the first four bytes of its SHA-256 (gopls/internal/filecache/filecache.go)."""


def delete_cache_folder(path: str) -> None:
    """Delete a binary's folder in gopls's cache; CannotChange when it is no such folder or cannot be deleted."""
    folder = Path(path)
    if folder.parent.name != "gopls" or not _NAME_PATTERN.match(folder.name):
        raise CannotChange(f"{path} is not a folder of gopls's cache")
    if folder.is_symlink() or not folder.is_dir():
        raise CannotChange(f"{path} is not a folder")
    # Out of gopls's sight first, so that a gopls that starts now finds all of it or nothing.
    doomed = folder.with_name(f"{folder.name}.deleted-{os.getpid()}")
    try:
        folder.rename(doomed)
        shutil.rmtree(doomed)
    except OSError as problem:
        raise CannotChange(f"{path} could not be deleted: {problem.strerror}") from None
