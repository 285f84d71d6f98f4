"""The recorder's files in a session's folder: parts that are appended to, small files that are replaced, rings to read.

Every write may fail, at any time, for any reason: the disk is full, the folder was removed, a quota is used up. Each
method then says so with False or "" and leaves what was there; none raises. Nothing is synced to the device: what the
kernel holds survives the end of every process, and a recorder must not make a disk work.
"""

from __future__ import annotations

import contextlib
import json
import os
import stat as stat_bits
from pathlib import Path

from gopls_diag.model.json_value import JsonValue

_MOST_JSON_BYTES = 4 << 20
_MOST_READ_BYTES = 1 << 20


class SessionFiles:
    """One session's folder, as far as the recorder writes and reads it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.problem = ""
        """Why the last write failed, in the system's words; "" when it did not."""

    def read_json(self, name: str) -> JsonValue:
        """What a file holds; None if it is not there, too big or no JSON."""
        content = self.read(name, _MOST_JSON_BYTES + 1)
        if content is None or len(content) > _MOST_JSON_BYTES:
            return None
        try:
            value: JsonValue = json.loads(content)
        except (ValueError, RecursionError):
            return None
        return value

    def read(self, name: str, most: int = _MOST_READ_BYTES, offset: int = 0) -> bytes | None:
        """The bytes of a file from an offset; None if it cannot be read."""
        try:
            # A FIFO under the name of a file must not make the recorder wait.
            descriptor = os.open(self.folder / name, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | _BINARY)
        except OSError:
            return None
        try:
            if not stat_bits.S_ISREG(os.fstat(descriptor).st_mode):
                return None
            os.lseek(descriptor, offset, os.SEEK_SET)
            pieces: list[bytes] = []
            while most > 0 and (piece := os.read(descriptor, min(most, 1 << 20))):
                pieces.append(piece)
                most -= len(piece)
            return b"".join(pieces)
        except OSError:
            return None
        finally:
            os.close(descriptor)

    def has(self, name: str) -> bool:
        """True if there is something of that name."""
        try:
            os.stat(self.folder / name)
        except OSError:
            return False
        return True

    def names(self, start: str) -> list[str]:
        """Names of the folder that begin so, in the order of a ring's parts."""
        try:
            found = [each for each in os.listdir(self.folder) if each.startswith(start)]  # noqa: PTH208 - twice a second
        except OSError:
            return []
        return sorted(found, key=lambda each: (len(each), each))

    def size(self, name: str) -> int:
        """Bytes of a file; 0 if it is not there."""
        try:
            return os.stat(self.folder / name).st_size
        except OSError:
            return 0

    def append(self, name: str, content: bytes) -> bool:
        """All of the bytes or none of them."""
        try:
            flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0) | _BINARY
            descriptor = os.open(self.folder / name, flags, 0o600)
            try:
                before = os.fstat(descriptor).st_size
                written = os.write(descriptor, content)
                if written < len(content):  # the disk became full in the middle of it
                    os.ftruncate(descriptor, before)
                    self.problem = "the disk is full"
                    return False
            finally:
                os.close(descriptor)
        except OSError as problem:
            return self._failed(problem)
        self.problem = ""
        return True

    def replace(self, name: str, content: bytes) -> bool:
        """A file has these bytes afterwards, or those that it had."""
        target, draft = self.folder / name, self.folder / f"{name}.tmp"
        try:
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | _BINARY, 0o600)
            try:
                rest = memoryview(content)
                while rest:
                    rest = rest[os.write(descriptor, rest) :]
            finally:
                os.close(descriptor)
            os.replace(draft, target)  # noqa: PTH105 - as above
        except OSError as problem:
            with contextlib.suppress(OSError):
                os.unlink(draft)  # noqa: PTH108 - as above
            return self._failed(problem)
        self.problem = ""
        return True

    def remove(self, name: str) -> bool:
        """True if there is no such file afterwards."""
        try:
            os.unlink(self.folder / name)  # noqa: PTH108 - as above
        except FileNotFoundError:
            return True
        except OSError as problem:
            return self._failed(problem)
        return True

    def make_folder(self, name: str) -> bool:
        """A folder inside, for the user alone."""
        try:
            os.mkdir(self.folder / name, 0o700)  # noqa: PTH102 - as above
        except FileExistsError:
            return True
        except OSError as problem:
            return self._failed(problem)
        return True

    def _failed(self, problem: OSError) -> bool:
        self.problem = problem.strerror or type(problem).__name__
        return False


_BINARY = getattr(os, "O_BINARY", 0)


class StderrFollower:
    """Reads on in a ring of parts (`stderr-000001`, …) that another process appends to.

    It takes at most `most` bytes at a time; parts that were removed before they were read are passed over.
    """

    def __init__(self, files: SessionFiles, ring: str = "stderr", most: int = _MOST_READ_BYTES) -> None:
        self._files = files
        self._start = f"{ring}-"
        self._most = most
        self._name = ""
        self._offset = 0
        self._rest = b""

    def lines(self) -> list[bytes]:
        """Whole lines that came since the last call, without their ends; a line of more than 64 KiB comes in pieces."""
        content = self._next()
        if not content:
            return []
        *whole, rest = (self._rest + content).split(b"\n")
        if len(rest) > 64 * 1024:
            whole.append(rest)
            rest = b""
        self._rest = rest
        return whole

    def _next(self) -> bytes:
        pieces: list[bytes] = []
        left = self._most
        # The folder is listed only when a part may have been followed by another.
        if self._name:
            left -= self._take(pieces, left)
            if pieces or (self._files.has(self._name) and not self._has_follower()):
                return b"".join(pieces)
            # The part is complete now; its last bytes may have come since it was read.
            left -= self._take(pieces, left)
        for name in self._files.names(self._start):
            if self._name and (len(name), name) <= (len(self._name), self._name):
                continue
            self._name, self._offset = name, 0
            left -= self._take(pieces, left)
            if left <= 0:
                break
        return b"".join(pieces)

    def _has_follower(self) -> bool:
        stem, _, number = self._name.rpartition("-")
        if not number.isdigit():
            return True
        return self._files.has(f"{stem}-{int(number) + 1:0{len(number)}d}")

    def _take(self, pieces: list[bytes], most: int) -> int:
        content = self._files.read(self._name, most, self._offset) or b""
        if content:
            pieces.append(content)
            self._offset += len(content)
        return len(content)
