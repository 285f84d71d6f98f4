"""What a file is besides its bytes: owner, mode, extended attributes, access list. Given to the file that replaces it.

Python reaches extended attributes and access lists on Linux only. On macOS and Windows the new file has those that the
folder gives to a new file.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat as stat_bits
import sys
from pathlib import Path

from gopls_diag.world.durable_files import Steps

_OF_THE_CONTENT = {"security.ima", "security.evm"}
"""Signatures of the bytes and of the inode (evm(7)): wrong on any other file."""
_ACCESS_LIST = "system.posix_acl_access"
_UNSUPPORTED = {errno.ENOTSUP, errno.ENOSYS, errno.EINVAL, errno.ENODATA}


def set_owner(descriptor: int, wanted: os.stat_result, steps: Steps) -> None:
    """Give the file the owner and group; PermissionError when that is not for this user to give."""
    if os.name == "nt":
        return
    found = os.fstat(descriptor)
    if (found.st_uid, found.st_gid) == (wanted.st_uid, wanted.st_gid):
        return
    steps("set owner")
    try:
        os.fchown(
            descriptor,
            -1 if found.st_uid == wanted.st_uid else wanted.st_uid,
            -1 if found.st_gid == wanted.st_gid else wanted.st_gid,
        )
    except PermissionError:
        whose = "user" if found.st_uid != wanted.st_uid else "group"
        words = f"it belongs to another {whose}, and would not any more if it were replaced"
        raise PermissionError(errno.EPERM, words) from None


def set_mode(descriptor: int, path: Path, mode: int, steps: Steps) -> None:
    """Give the file the mode, unless it has it."""
    if stat_bits.S_IMODE(os.fstat(descriptor).st_mode) == mode:
        return
    steps("set mode")
    if os.name == "nt":
        path.chmod(mode)
        return
    os.fchmod(descriptor, mode)


def copy_attributes(source: Path, target: Path, steps: Steps) -> None:
    """Give the target the extended attributes of the source, its access list among them, and no others.

    Security modules decide which of their labels a program may set: those that it may not are left as they are.
    """
    if sys.platform != "linux":
        return
    wanted, found = _attributes(source), _attributes(target)
    for name in sorted(found.keys() - wanted.keys()):
        if name == _ACCESS_LIST or name.startswith("user."):
            steps("remove attribute")
            os.removexattr(target, name)
    for name, value in sorted(wanted.items()):
        if found.get(name) == value or name in _OF_THE_CONTENT:
            continue
        steps("set attribute")
        if name == _ACCESS_LIST or name.startswith("user."):
            os.setxattr(target, name, value)
        else:
            with contextlib.suppress(OSError):
                os.setxattr(target, name, value)


def _attributes(path: Path) -> dict[str, bytes]:
    if sys.platform != "linux":
        return {}
    found: dict[str, bytes] = {}
    try:
        for name in os.listxattr(path):
            if name == _ACCESS_LIST or name.startswith("user."):
                found[name] = os.getxattr(path, name)
            else:
                with contextlib.suppress(OSError):
                    found[name] = os.getxattr(path, name)
    except OSError as problem:
        if problem.errno not in _UNSUPPORTED:
            raise
    return found
