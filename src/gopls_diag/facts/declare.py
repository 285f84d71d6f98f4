"""The decorator that makes a function a fact, and the registry that the folder walk fills."""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
import re
import threading
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

from gopls_diag import facts
from gopls_diag.model.outcome import Unknown

Ask = TypeVar("Ask", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a fact or a check: which fact it wants, and whether it can do without."""

    name: str
    type: type
    is_optional: bool
    """True if it was typed `Fact | Unknown`."""


@dataclass(frozen=True, slots=True)
class FactDeclaration:
    """One fact."""

    type: type
    name: str
    limit_seconds: float
    ask: Callable[..., Any]
    parameters: tuple[Parameter, ...]


def fact(*, limit_seconds: float = 40.0) -> Callable[[Ask], Ask]:
    """Declare the decorated function a fact: the answer for its return type.

    It may raise CannotTell or DoesNotApply (a WorldError is a CannotTell); everything that needs it then ends so too.
    When it has no answer within the limit, that is a CannotTell as well.
    """

    def wrap(function: Ask) -> Ask:
        function.limit_seconds = limit_seconds  # type: ignore[attr-defined]
        return function

    return wrap


def parameters(function: Callable[..., Any]) -> tuple[Parameter, ...]:
    """What a fact or a check asks for, from its annotations."""
    wanted: list[Parameter] = []
    for name, annotation in typing.get_type_hints(function).items():
        if name == "return":
            continue
        choices = typing.get_args(annotation) if isinstance(annotation, types.UnionType) else (annotation,)
        kinds = [each for each in choices if each is not Unknown]
        if len(kinds) != 1 or not isinstance(kinds[0], type):
            raise TypeError(f"{function.__module__}.{function.__name__}: parameter {name} must name one fact")
        wanted.append(Parameter(name, kinds[0], len(choices) > 1))
    return tuple(wanted)


_registered: dict[type, FactDeclaration] = {}
_read: set[str] = set()
_registering = threading.RLock()


def fact_for(wanted: type) -> FactDeclaration | None:
    """The fact that gives this type; None when there is none.

    A fact `GoList` is looked for in `go_list.py` first, so that the slowest can be asked before all others are loaded;
    one that stands elsewhere is found by walking the room.
    """
    with _registering:
        if wanted not in _registered:
            _register(re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", wanted.__name__).lower())
        return _registered.get(wanted) or all_facts().get(wanted)


@cache
def all_facts() -> Mapping[type, FactDeclaration]:
    """Every fact by its type, found by walking this room."""
    with _registering:
        for unit in pkgutil.iter_modules(facts.__path__):
            _register(unit.name)
        return _registered


def _register(name: str) -> None:
    """Read one file of the room, if it is there and was not read yet."""
    path = f"{facts.__name__}.{name}"
    if name in _read or importlib.util.find_spec(path) is None:
        return
    _read.add(name)
    module = importlib.import_module(path)
    for function in vars(module).values():
        limit_seconds = getattr(function, "limit_seconds", None)
        if not isinstance(function, types.FunctionType) or limit_seconds is None:
            continue
        if function.__module__ != module.__name__:
            continue
        answer = typing.get_type_hints(function)["return"]
        if answer in _registered:
            raise TypeError(f"two facts give {answer.__name__}: {_registered[answer].name} and {function.__name__}")
        _registered[answer] = FactDeclaration(answer, function.__name__, limit_seconds, function, parameters(function))
