"""Gives files second names, so that an old file is at hand still when a new one has taken its place."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from gopls_diag.world.durable_files import Steps, remove_file, replace_file

_CANNOT_LINK = {
    *(errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EINVAL, errno.EACCES, errno.EXDEV),
}
"""Said by file systems without hard links (link(2)), by hardened kernels, and for files of others."""


def give_second_name(path: Path, name: Path, steps: Steps) -> bool:
    """Let a file have another name besides its own; False where that is not to be had."""
    steps("link")
    try:
        os.link(path, name, follow_symlinks=os.link not in os.supports_follow_symlinks)
    except OSError as problem:
        if problem.errno in _CANNOT_LINK:
            return False
        raise
    return True


def put_where_nothing_is(new: Path, target: Path, steps: Steps) -> None:
    """Give a file a name that nothing has; FileExistsError if something has it by now."""
    if os.name == "nt":
        steps("rename")
        new.rename(target)  # refuses an existing name there
    elif give_second_name(new, target, steps):
        remove_file(new, steps)
    elif os.path.lexists(target):
        # Exclusive by link(2) is not to be had here; what is left is a look right before.
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target))
    else:
        replace_file(new, target, steps)


def is_same_file(one: Path, other: Path) -> bool:
    """Whether two names are of one file; False when either is gone."""
    try:
        return os.path.samestat(one.lstat(), other.lstat())
    except OSError:
        return False


def old_name(beside: Path) -> Path:
    """The second name that an old file has while a new one takes its place."""
    return beside.with_name(beside.name + "o")
