"""Puts a new file in the place of another without a moment in which either is missing."""

from __future__ import annotations

import ctypes
import errno
import os
import sys
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from gopls_diag.world.durable_files import Steps, remove_file, replace_file

_AT_FDCWD = -100
_RENAME_EXCHANGE = 2
"""rename(2), Linux 3.15 and newer; fcntl.h, linux/fs.h."""
_CANNOT_EXCHANGE = {errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP, errno.EPERM, errno.ENOTTY}
"""Said by file systems that cannot (NFS, many a FUSE) and by sandboxes that do not know the call."""
_CANNOT_LINK = {errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EINVAL, errno.EACCES}
"""Said by file systems without hard links (link(2)), and by hardened kernels."""


class Swap(StrEnum):
    """How a new file came to its place."""

    EXCHANGED = "exchanged"
    """The old file is there still, under the new one's former name."""
    REPLACED = "replaced"
    CREATED = "created"
    """Nothing stood there."""


@cache
def _renameat2() -> Any:
    if sys.platform != "linux":
        return None
    try:
        function = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError):
        return None
    function.argtypes = (ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_uint)
    function.restype = ctypes.c_int
    return function


def exchange(one: Path, other: Path, steps: Steps) -> bool:
    """Let two files trade names in one step; False when this system or file system cannot, and nothing was done."""
    function = _renameat2()
    if function is None:
        return False
    steps("exchange")
    if function(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE) == 0:
        return True
    number = ctypes.get_errno()
    if number in _CANNOT_EXCHANGE:
        return False
    raise OSError(number, os.strerror(number), str(one))


def put_in_place(new: Path, target: Path, steps: Steps) -> Swap:
    """Let the new file stand where the target stands."""
    if exchange(new, target, steps):
        return Swap.EXCHANGED
    replace_file(new, target, steps)
    return Swap.REPLACED


def put_where_nothing_is(new: Path, target: Path, steps: Steps) -> None:
    """Give a file a name that nothing has; FileExistsError if something has it by now."""
    steps("link")
    if os.name == "nt":
        new.rename(target)  # refuses an existing name there
        return
    try:
        os.link(new, target, follow_symlinks=False)
    except OSError as problem:
        if problem.errno not in _CANNOT_LINK:
            raise
        # Exclusive by link(2) is not to be had here; what is left is a look right before.
        if os.path.lexists(target):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target)) from None
        replace_file(new, target, steps)
        return
    remove_file(new, steps)
