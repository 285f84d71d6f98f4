"""What a settings file shall mean after edits, worked out on plain JSON values; what was written is judged by it.

It knows nothing of bytes, so that a mistake of the byte editors cannot repeat itself here.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

from gopls_diag.model.change import CannotEdit
from gopls_diag.model.finding import SettingEdit

ACTIONS = ("set", "remove", "rename", "move")
DEEPEST = 100
"""The settings parser reads no deeper."""

Segments = tuple[str, ...]


def plain_value(value: Any, depth: int = 0) -> Any:
    """The value as `json.loads` would give it (tuples become lists); CannotEdit when JSON has no such value."""
    if depth > DEEPEST:
        raise CannotEdit("the new value is nested too deeply")
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float) and math.isfinite(value):
        return value
    if isinstance(value, Mapping) and all(isinstance(key, str) for key in value):
        return {key: plain_value(inner, depth + 1) for key, inner in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray | memoryview):
        return [plain_value(inner, depth + 1) for inner in value]
    raise CannotEdit(f"the new value cannot be written as JSON: {str(value)[:60]}")


def kind_of(value: Any) -> str:
    """What a value is, in words: `a text`."""
    names = {bool: "a boolean", int: "a number", float: "a number", str: "a text", list: "an array", dict: "an object"}
    return names.get(type(value), "null")


def same_value(one: Any, other: Any) -> bool:
    """Equal as JSON: 1 is 1.0 but not true; the order of keys does not matter."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, dict):
        return isinstance(other, dict) and one.keys() == other.keys() and all(same_value(one[k], other[k]) for k in one)
    if isinstance(one, list):
        return isinstance(other, list) and len(one) == len(other) and all(map(same_value, one, other))
    return bool(one == other)


def same_document(one: Any, other: Any) -> bool:
    """Equal as JSON, for whole files: the quick way first, which takes 1.0 for another value than 1, and no dates."""
    try:
        is_same = json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
    except TypeError:
        is_same = False
    return is_same or same_value(one, other)


def segments_of(edit: SettingEdit) -> Segments:
    """The key's parts; a key of the file that holds a slash is put together again where it is looked up."""
    return tuple(edit.key.split("/"))


def _existing(value: Any, segments: Segments) -> Segments | None:
    """The keys on the way to what exists under that path, the longest reading first; None when nothing does."""
    if not segments:
        return ()
    if not isinstance(value, dict):
        return None
    for length in range(len(segments), 0, -1):
        key = "/".join(segments[:length])
        if key in value:
            rest = _existing(value[key], segments[length:])
            if rest is not None:
                return key, *rest
    return None


def _way(value: Any, segments: Segments) -> Segments:
    """The keys on the way to where a new value belongs: through objects that exist as far as they go."""
    if len(segments) > 1 and isinstance(value, dict):
        for length in range(len(segments) - 1, 0, -1):
            key = "/".join(segments[:length])
            if isinstance(value.get(key), dict):
                return key, *_way(value[key], segments[length:])
        if value.get(segments[0]) is not None:
            raise CannotEdit(f"{segments[0]} is {kind_of(value[segments[0]])}, not an object")
    return written_keys(segments)


def written_keys(segments: Segments) -> Segments:
    """The segments again, when each can be a new key: an empty one is a slip, not a setting."""
    if not all(segments):
        raise CannotEdit(f"{'/'.join(segments)!r} is no key")
    return segments


def _replaced(value: Any, keys: Segments, new: Any) -> Any:
    if not keys:
        return new
    known = value if isinstance(value, dict) else {}
    return {**known, keys[0]: _replaced(known.get(keys[0]), keys[1:], new)}


def _without(value: Any, keys: Segments) -> Any:
    if len(keys) == 1:
        return {key: inner for key, inner in value.items() if key != keys[0]}
    return {**value, keys[0]: _without(value[keys[0]], keys[1:])}


def _looked_up(value: Any, keys: Segments) -> Any:
    for key in keys:
        value = value[key]
    return value


def _carried(value: Any, keys: Segments, edit: SettingEdit) -> Any:
    """The value after a rename or a move of what stands under those keys."""
    if not isinstance(edit.value, str):
        raise CannotEdit(f"{edit.action} needs the new key as a text")
    carried = _looked_up(value, keys)
    if edit.action == "rename":
        target: Segments = (*keys[:-1], edit.value)
        exists = edit.value in _looked_up(value, keys[:-1])
    else:
        wanted = tuple(edit.value.split("/"))
        found = _existing(value, wanted)
        target, exists = found or _way(value, wanted), found is not None
    if target == keys:
        return value
    if not exists:
        written_keys(target[-1:])
    if target[: len(keys)] == keys:
        raise CannotEdit(f"{edit.key} cannot be moved into itself")
    if exists and not same_value(_looked_up(value, target), carried):
        raise CannotEdit(f"{edit.value} is there already with another value")
    left = _without(value, keys)
    return left if exists else _replaced(left, target, carried)


def intended(value: Any, edits: Sequence[SettingEdit]) -> Any:
    """What a file that meant `value` means after the edits, one after the other; a missing file means {}.

    Raises CannotEdit where an edit makes no sense on it: the root or something on the way is no object, the new value
    is none of JSON's, what shall be renamed is not there, or its new name is taken by another value. Removing what is
    not there changes nothing.
    """
    if not isinstance(value, dict):
        raise CannotEdit(f"the file holds {kind_of(value)}, not an object")
    for edit in edits:
        if edit.action not in ACTIONS:
            raise CannotEdit(f"unknown action: {edit.action}")
        segments = segments_of(edit)
        keys = _existing(value, segments)
        if edit.action == "set":
            new = plain_value(edit.value)
            value = _replaced(value, keys or _way(value, segments), new)
        elif edit.action == "remove":
            value = _without(value, keys) if keys else value
        elif keys:
            value = _carried(value, keys, edit)
        else:
            raise CannotEdit(f"there is no {edit.key} to {edit.action}")
    return value
