"""Single steps of writing that last: each says its name before the system is asked to change anything.

The names go to a `Steps` function, by which a test stops, kills or fails a run at every one of them.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat as stat_bits
import sys
from collections.abc import Callable
from pathlib import Path

Steps = Callable[[str], None]
"""Is told the next step; may raise, or never come back."""

_PART_BYTES = 1024 * 1024
_NO_FOLDER_SYNC = {errno.EINVAL, errno.ENOTSUP, errno.EBADF, errno.EACCES, errno.ENOSYS, errno.EISDIR}
"""Said by file systems that do not sync folders (fsync(2)), and of folders that may be written but not read."""


def no_steps(name: str) -> None:
    """Go on."""


def read_file(path: Path) -> bytes | None:
    """The bytes of an ordinary file, None if there is none; OSError for anything else, a link included.

    Never waits, not even for a FIFO that nobody writes to.
    """
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    try:
        descriptor = os.open(path, flags)
    except FileNotFoundError:
        return None
    try:
        mode = os.fstat(descriptor).st_mode
        if not stat_bits.S_ISREG(mode):
            raise OSError(errno.EINVAL, "it is a folder" if stat_bits.S_ISDIR(mode) else "it is no ordinary file")
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            return file.read()
    finally:
        os.close(descriptor)


def create_file(path: Path, mode: int, steps: Steps) -> int:
    """Make a file that was not there and give its descriptor; FileExistsError when there is something of that name."""
    steps("create file")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    return os.open(path, flags, mode)


def write_all(descriptor: int, content: bytes, steps: Steps) -> None:
    """Write the bytes and have the device keep them."""
    view = memoryview(content)
    while view:
        steps("write")
        view = view[os.write(descriptor, view[:_PART_BYTES]) :]
    sync_file(descriptor, steps)


def sync_file(descriptor: int, steps: Steps) -> None:
    """Have the device keep a file."""
    steps("sync file")
    if sys.platform == "darwin":
        import fcntl  # noqa: PLC0415 - not on Windows

        # fsync(2) of macOS: the drive may keep the bytes to itself for a while, F_FULLFSYNC asks it not to.
        with contextlib.suppress(OSError):
            fcntl.fcntl(descriptor, fcntl.F_FULLFSYNC)
            return
    os.fsync(descriptor)


def sync_folder(path: Path, steps: Steps) -> None:
    """Have the device keep the names in a folder, where the file system knows how to."""
    if os.name == "nt":
        return
    steps("sync folder")
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_DIRECTORY", 0))
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as problem:
        if problem.errno not in _NO_FOLDER_SYNC:
            raise


def write_new_file(path: Path, content: bytes, steps: Steps, mode: int = 0o600) -> None:
    """Make a file with these bytes; FileExistsError when there is something of that name."""
    descriptor = create_file(path, mode, steps)
    try:
        write_all(descriptor, content, steps)
    finally:
        os.close(descriptor)


def make_folder(path: Path, steps: Steps, mode: int = 0o777) -> None:
    """Make one folder, if nobody did meanwhile."""
    steps("make folder")
    with contextlib.suppress(FileExistsError):
        path.mkdir(mode)
        sync_folder(path.parent, steps)


def remove_file(path: Path, steps: Steps) -> None:
    """Take a name away, if it is there."""
    steps("remove file")
    path.unlink(missing_ok=True)


def remove_empty_folder(path: Path, steps: Steps) -> bool:
    """Take a folder away if it is there and empty; False when the system refused."""
    try:
        steps("remove folder")
        path.rmdir()
    except OSError as problem:
        return problem.errno in (errno.ENOENT, errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR)
    return True


def replace_file(source: Path, target: Path, steps: Steps) -> None:
    """Give a file another's name, whose file is gone by that, in one step (rename(2))."""
    steps("replace")
    rename_over(source, target)


def rename_over(source: Path, target: Path) -> None:
    """The same without a step of its own, for who looks at the target right before."""
    source.replace(target)
