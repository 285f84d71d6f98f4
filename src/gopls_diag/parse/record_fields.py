"""Records of the model as JSON values and back, by the names and types of their fields.

Reading is total: a field that is missing, or not of its type, has its default (or an empty value) afterwards, and a
sentence says so. A row of a list that cannot be what it must be is left out.
"""

from __future__ import annotations

import json
import math
import types
import typing
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, fields, is_dataclass
from enum import StrEnum
from functools import cache
from typing import Any, TypeVar

from gopls_diag.model.json_value import JsonValue
from gopls_diag.parse.jsonc import parse_jsonc

_Record = TypeVar("_Record")

_MOST_COMPLAINTS = 20
_LARGEST = 1 << 63
_CUT_NUMBER = b"-+.eE0123456789"


class _Unusable(Exception):
    """A value is not of its type; the message says what it is instead."""


def plain_value(value: Any) -> Any:
    """The value as json.dumps takes it, records as objects, fields in their order."""
    if is_dataclass(value) and not isinstance(value, type):
        return {each.name: plain_value(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, float):
        return round(value, 6) if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(name): plain_value(each) for name, each in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return [plain_value(each) for each in value]
    return value


def read_object(content: bytes, complaints: list[str]) -> Mapping[str, JsonValue] | None:
    """The object that a file holds; of one that is cut, what stands before the cut. None if it holds none."""
    try:
        value = json.loads(content)
    except (ValueError, RecursionError):
        document = parse_jsonc(content.rstrip(b"\0").rstrip(_CUT_NUMBER))  # half a number is another number
        value = document.root.value if document.root is not None else None
        if isinstance(value, dict) and value:
            complaints.append("it is cut or damaged: what stands before that was read")
    if not isinstance(value, dict):
        complaints.append("it is empty" if not content.strip(b"\0 \r\n\t") else "it holds no JSON object")
        return None
    return value


def read_record(kind: type[_Record], value: Mapping[str, JsonValue], complaints: list[str], place: str = "") -> _Record:
    """A record of this kind, as far as the object gives its fields; fields that the kind does not have are no matter.

    Args:
        kind: a frozen dataclass of the model.
        value: the object.
        complaints: sentences about what could not be used are added here, at most 20 of them.
        place: where the object stands, for these sentences (`end`).
    """
    owner: Any = kind
    hints = _hints(owner)
    given: dict[str, Any] = {}
    for each in fields(kind):  # type: ignore[arg-type]
        where = f"{place}.{each.name}" if place else each.name
        if each.name in value:
            try:
                given[each.name] = _of_hint(hints[each.name], value[each.name], complaints, where)
                continue
            except _Unusable as problem:
                _complain(complaints, f"{where} is {problem}")
        elif each.default is MISSING and each.default_factory is MISSING and not _is_optional(hints[each.name]):
            _complain(complaints, f"{where} is missing")
        if each.default is MISSING and each.default_factory is MISSING:
            given[each.name] = _empty(hints[each.name], where)
    return kind(**given)


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return typing.get_type_hints(kind)


def _complain(complaints: list[str], words: str) -> None:
    if len(complaints) < _MOST_COMPLAINTS:
        complaints.append(words)


def _is_optional(hint: Any) -> bool:
    return type(None) in typing.get_args(hint)


def _empty(hint: Any, place: str) -> Any:
    if _is_optional(hint):
        return None
    origin = typing.get_origin(hint)
    if origin is tuple:
        return ()
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return {}
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        raise _Unusable(f"without {place}")
    if is_dataclass(hint):
        return read_record(hint, {}, [], place)  # type: ignore[arg-type]
    return hint()


def _of_hint(hint: Any, value: JsonValue, complaints: list[str], place: str) -> Any:
    choices = [each for each in typing.get_args(hint) if each is not type(None)]
    if isinstance(hint, types.UnionType) or typing.get_origin(hint) is typing.Union:
        if len(choices) > 1 or (value is None and _is_optional(hint)):
            return value  # any JSON, or nothing
        hint = choices[0]
    origin = typing.get_origin(hint)
    if origin is tuple:
        return _rows(typing.get_args(hint)[0], value, complaints, place)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        if not isinstance(value, Mapping):
            raise _Unusable("no object")
        return {str(name): each for name, each in value.items() if isinstance(each, str)}
    if is_dataclass(hint):
        if not isinstance(value, Mapping):
            raise _Unusable("no object")
        return read_record(hint, value, complaints, place)  # type: ignore[arg-type]
    return _scalar(hint, value)


def _rows(hint: Any, value: JsonValue, complaints: list[str], place: str) -> tuple[Any, ...]:
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise _Unusable("no list")
    rows: list[Any] = []
    for at, each in enumerate(value):
        try:
            rows.append(_of_hint(hint, each, complaints, f"{place}[{at}]"))
        except _Unusable as problem:
            _complain(complaints, f"{place}[{at}] is {problem}")
    return tuple(rows)


def _scalar(hint: Any, value: JsonValue) -> Any:
    if issubclass(hint, StrEnum):
        if isinstance(value, str) and value in {each.value for each in hint}:
            return hint(value)
        raise _Unusable("none of the words known here")
    if hint is str:
        if isinstance(value, str):
            return value
        raise _Unusable("no text")
    if hint is bool:
        if isinstance(value, bool):
            return value
        raise _Unusable("neither true nor false")
    if isinstance(value, bool) or not isinstance(value, int | float) or not -_LARGEST < value < _LARGEST:
        raise _Unusable("no number")
    if hint is int and value != int(value):
        raise _Unusable("no whole number")
    return hint(value)
