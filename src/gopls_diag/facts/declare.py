"""The decorator that makes a function a fact, and the registry that the folder walk fills."""

from __future__ import annotations

import importlib
import pkgutil
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


@cache
def all_facts() -> Mapping[type, FactDeclaration]:
    """Every fact by its type, found by walking this room."""
    found: dict[type, FactDeclaration] = {}
    for unit in pkgutil.walk_packages(facts.__path__, facts.__name__ + "."):
        module = importlib.import_module(unit.name)
        for name, function in vars(module).items():
            limit_seconds = getattr(function, "limit_seconds", None)
            if not isinstance(function, types.FunctionType) or limit_seconds is None:
                continue
            if function.__module__ != module.__name__:
                continue
            answer = typing.get_type_hints(function)["return"]
            if answer in found:
                raise TypeError(f"two facts give {answer.__name__}: {found[answer].name} and {name}")
            found[answer] = FactDeclaration(answer, name, limit_seconds, function, parameters(function))
    return found
