"""Which keys of a file the path of an edit leads through."""

from __future__ import annotations

from typing import Any

from gopls_diag.model.change import CannotEdit

Path = tuple[str, ...]


def at_path(value: Any, path: Path) -> tuple[bool, Any]:
    """Whether there is something at the path, and what."""
    for key in path:
        if not isinstance(value, dict) or key not in value:
            return False, None
        value = value[key]
    return True, value


def path_of(value: Any, key: str) -> Path:
    """The keys of a path whose parts are joined with slashes.

    What exists in the file wins, the longest key first where a key holds slashes itself; of a path that does not exist
    as much as exists as tables, and each further part is a key.
    """
    words = tuple(key.split("/"))
    found = _existing(value, words)
    if found is None and not all(words):
        raise CannotEdit(f"{key!r} is no key")
    return found if found is not None else _way(value, words)


def _existing(value: Any, words: Path) -> Path | None:
    if not words:
        return ()
    for length in range(len(words), 0, -1):
        key = "/".join(words[:length])
        if isinstance(value, dict) and key in value:
            rest = _existing(value[key], words[length:])
            if rest is not None:
                return key, *rest
    return None


def _way(value: Any, words: Path) -> Path:
    for length in range(len(words) - 1, 0, -1):
        key = "/".join(words[:length])
        if isinstance(value, dict) and isinstance(value.get(key), dict):
            return key, *_way(value[key], words[length:])
    return words
