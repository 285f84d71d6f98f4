"""working.json: with which arguments a gopls was seen to live in a folder. parse/keep_alive.py reads it."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

_MOST_ENTRIES = 200
_MOST_BYTES = 1 << 20


def note_working(path: Path, gopls: str, folder: str, arguments: Sequence[str]) -> bool:
    """Puts one entry in, the newest last; False if it cannot be written.

    Two recorders that write at the same time may lose one of their entries; the next session brings it back.
    """
    entries: dict[str, Any] = {}
    with contextlib.suppress(OSError, ValueError, RecursionError):
        with path.open("rb") as file:
            found = json.loads(file.read(_MOST_BYTES))
        if isinstance(found, dict):
            entries = found
    key = f"{gopls}|{folder}"
    entry = {"arguments": list(arguments), "environment": {}}
    if entries.get(key) == entry:
        return True
    entries.pop(key, None)
    entries[key] = entry
    while len(entries) > _MOST_ENTRIES:
        del entries[next(iter(entries))]
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        draft.write_text(json.dumps(entries), encoding="ascii")
        draft.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            draft.unlink()
        return False
    return True
