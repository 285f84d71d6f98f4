"""Where the guard against crash loops and the launcher meet: keep-alive.json and working.json."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable
from pathlib import Path

from gopls_diag.model.keep_alive import KeepAlive
from gopls_diag.parse.keep_alive import parse_keep_alive, render_keep_alive, working_arguments
from gopls_diag.world.record_folders import RecordFolders

_LIMIT_BYTES = 1 << 20


def read_keep_alive(folders: RecordFolders) -> tuple[KeepAlive, ...]:
    """What is told to the launcher now; nothing if the file is missing or damaged."""
    return parse_keep_alive(_text(folders.keep_alive))


def read_working(folders: RecordFolders, gopls: str, folder: str) -> tuple[str, ...] | None:
    """The flags with which this gopls last worked in this folder; None if nobody knows."""
    return working_arguments(_text(folders.working), gopls, folder)


def write_keep_alive(folders: RecordFolders, entries: Iterable[KeepAlive]) -> None:
    """Replace the file in one step, so that a launcher never meets half of it. Raises OSError."""
    beside = folders.keep_alive.with_name(f"{folders.keep_alive.name}.{os.getpid()}")
    try:
        beside.write_text(render_keep_alive(entries), encoding="utf-8")
        beside.replace(folders.keep_alive)
    except OSError:
        with contextlib.suppress(OSError):
            beside.unlink()
        raise


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file.read(_LIMIT_BYTES).decode("utf-8", "replace")
    except OSError:
        return ""
