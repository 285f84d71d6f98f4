"""All that is left of one session: its files as bytes, each under a limit, whatever of them is there."""

from __future__ import annotations

import os
import stat as stat_bits
from dataclasses import dataclass, field
from pathlib import Path

from gopls_diag.world.record_folders import SessionFolder

_JSON_BYTES = 4 << 20
_LOOKS_MOST = 100


@dataclass(slots=True)
class RecordedFiles:
    """Bytes by what they are; b"" for a file that is not there."""

    start: bytes = b""
    end: bytes = b""
    recorder: bytes = b""
    stderr: bytes = b""
    """The last of it."""
    rpc: bytes = b""
    samples: bytes = b""
    """The coarse ones first."""
    events: bytes = b""
    looks: dict[str, bytes] = field(default_factory=dict)
    """By name, relative to the session's folder."""
    problems: list[str] = field(default_factory=list)
    """What is there and could not be read, in words."""


def read_recorded(folder: SessionFolder, *, most_bytes: int) -> RecordedFiles:
    """Never raises. Rings and looks are read up to `most_bytes` each, of rings the end."""
    found = RecordedFiles()
    found.start = _file(folder.start, _JSON_BYTES, found.problems)
    found.end = _file(folder.end, _JSON_BYTES, found.problems)
    found.recorder = _file(folder.recorder, _JSON_BYTES, found.problems)
    found.stderr = _ring(folder, "stderr", b"", most_bytes, found.problems)
    found.rpc = _ring(folder, "rpc", b"", most_bytes, found.problems)
    coarse = _file(folder.coarse, most_bytes, found.problems)
    # A part that was cut has no line end; the next one's first line must not become a part of its last.
    found.samples = b"\n".join((coarse, _ring(folder, "samples", b"\n", most_bytes, found.problems)))
    found.events = _ring(folder, "events", b"\n", most_bytes, found.problems)
    left = most_bytes
    for path in _looks(folder, found.problems):
        content = _file(path, left, found.problems)
        if content:
            found.looks[f"looks/{path.name}"] = content
            left -= len(content)
    return found


def _ring(folder: SessionFolder, name: str, between: bytes, most_bytes: int, problems: list[str]) -> bytes:
    try:
        parts = folder.parts(name)
    except OSError as problem:
        problems.append(f"{name}: {problem.strerror}")
        return b""
    kept: list[bytes] = []
    for path in reversed(parts):
        content = _file(path, most_bytes, problems, from_end=True)
        kept.insert(0, content)
        most_bytes -= len(content)
        if most_bytes <= 0:
            break
    return between.join(kept)


def _looks(folder: SessionFolder, problems: list[str]) -> list[Path]:
    try:
        return sorted(folder.looks.iterdir())[:_LOOKS_MOST]
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as problem:
        problems.append(f"looks: {problem.strerror}")
        return []


def _file(path: Path, most_bytes: int, problems: list[str], *, from_end: bool = False) -> bytes:
    """At most so many bytes of an ordinary file, no link; never waits, not even for a FIFO."""
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    try:
        descriptor = os.open(path, flags)
    except FileNotFoundError:
        return b""
    except OSError as problem:
        problems.append(f"{path.name}: {problem.strerror}")
        return b""
    try:
        seen = os.fstat(descriptor)
        if not stat_bits.S_ISREG(seen.st_mode):
            problems.append(f"{path.name}: it is no ordinary file")
            return b""
        if from_end and seen.st_size > most_bytes:
            os.lseek(descriptor, seen.st_size - max(most_bytes, 0), os.SEEK_SET)
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            return file.read(max(most_bytes, 0))
    except OSError as problem:
        problems.append(f"{path.name}: {problem.strerror}")
        return b""
    finally:
        os.close(descriptor)
