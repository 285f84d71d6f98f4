"""The real world: asks the operating system.

Each question kind is one function here. A question to the system that is refused is answered `{"error": …}`, never
raised, so that a refusal can be recorded like any other answer.
"""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import os
import stat as stat_bits
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from gopls_diag.model.session import SessionScript
from gopls_diag.world.live_command import run_command
from gopls_diag.world.live_machine import describe_machine, describe_volume
from gopls_diag.world.live_process import describe_process, list_processes
from gopls_diag.world.live_tree import measure_tree
from gopls_diag.world.port import Answer, Question, World

_LINK_LIMIT = 40
"""Links followed in one path before it counts as a loop; Linux's own limit (path_resolution(7))."""


class LiveWorld(World):
    """Answers by asking this machine."""

    def ask(self, question: Question) -> Answer:
        """Answer one question; refusals of the system are answers."""
        try:
            return _KINDS[question.kind](**question.arguments)
        except FileNotFoundError:
            return {"error": "missing"}
        except NotADirectoryError:
            return {"error": "missing"}
        except PermissionError:
            return {"error": "denied"}
        except (OSError, ValueError) as problem:
            return {"error": getattr(problem, "strerror", None) or str(problem)}


def _environment() -> Answer:
    return {"variables": dict(os.environ)}


def _clock() -> Answer:
    return {"seconds": time.time()}


def _read(path: str, limit_bytes: int, offset: int) -> Answer:
    # Without O_NONBLOCK the open of a FIFO that nobody writes to would wait for ever.
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    with os.fdopen(descriptor, "rb") as file:
        # Proc files are regular and say size 0; devices and FIFOs are not read at all.
        mode = os.fstat(descriptor).st_mode
        if not stat_bits.S_ISREG(mode):
            return {"error": "is a folder" if stat_bits.S_ISDIR(mode) else "is not a regular file"}
        if offset < 0:
            size = os.fstat(descriptor).st_size
            file.seek(max(0, size + offset))
        elif offset:
            file.seek(offset)
        content = file.read(limit_bytes)
    try:
        return {"text": content.decode("utf-8")}
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(content).decode("ascii")}


def _kind(mode: int) -> str:
    if stat_bits.S_ISREG(mode):
        return "file"
    if stat_bits.S_ISDIR(mode):
        return "folder"
    if stat_bits.S_ISLNK(mode):
        return "link"
    if stat_bits.S_ISSOCK(mode):
        return "socket"
    return "other"


def _stat(path: str, follow: bool) -> Answer:
    found = os.stat(path, follow_symlinks=follow)
    return {
        "kind": _kind(found.st_mode),
        "size_bytes": found.st_size,
        "modified_seconds": found.st_mtime,
        "mode": stat_bits.S_IMODE(found.st_mode),
        "owner": None if os.name == "nt" else found.st_uid,
        "device": found.st_dev,
        "inode": found.st_ino,
        "is_executable": os.access(path, os.X_OK),
        "is_writable": os.access(path, os.W_OK),
    }


def _list(path: str) -> Answer:
    entries = []
    with os.scandir(path) as found:
        for entry in found:
            if entry.is_symlink():
                kind = "link"
            elif entry.is_dir(follow_symlinks=False):
                kind = "folder"
            else:
                kind = "file" if entry.is_file(follow_symlinks=False) else "other"
            entries.append([entry.name, kind])
    return {"entries": sorted(entries)}


def _resolve(path: str) -> Answer:
    links: list[list[str]] = []
    pending = list(Path(path).parts)
    here = Path(pending.pop(0)) if pending else Path("/")
    while pending:
        part = pending.pop(0)
        if part == "..":
            here = here.parent
            continue
        step = here / part
        try:
            target = os.readlink(step)
        except OSError:
            if not os.path.lexists(step):
                return {"path": str(step), "links": links, "problem": "broken" if links else "missing"}
            here = step
            continue
        links.append([str(step), target])
        if len(links) > _LINK_LIMIT:
            return {"path": str(step), "links": links, "problem": "loop"}
        parts = list(Path(target).parts)
        if Path(target).is_absolute():
            here = Path(parts.pop(0))
        pending = parts + pending
    return {"path": str(here), "links": links, "problem": None}


def _sha256(path: str) -> Answer:
    with Path(path).open("rb") as file:
        return {"hex": hashlib.file_digest(file, "sha256").hexdigest()}


def _session(script: dict[str, Any]) -> Answer:
    # Imported on use: the probe is the only one that speaks LSP.
    from gopls_diag.world.lsp_session import run_session  # noqa: PLC0415

    script = {**script, "command": tuple(script["command"])}
    return {"transcript": dataclasses.asdict(run_session(SessionScript(**script), dict(os.environ)))}


def _machine() -> Answer:
    return dataclasses.asdict(describe_machine())


def _volume(path: str) -> Answer:
    return dataclasses.asdict(describe_volume(path))


_KINDS: dict[str, Callable[..., Answer]] = {
    "machine": _machine,
    "environment": _environment,
    "clock": _clock,
    "command": run_command,
    "processes": list_processes,
    "process": describe_process,
    "session": _session,
    "file.read": _read,
    "file.stat": _stat,
    "file.list": _list,
    "file.resolve": _resolve,
    "file.sha256": _sha256,
    "file.volume": _volume,
    "file.tree": measure_tree,
}
