"""All checks, by walking the folders below this one: a file is found because it is there."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Collection, Sequence
from functools import cache

from gopls_diag import checks
from gopls_diag.model.declaration import Declaration, declared


@cache
def all_checks() -> tuple[Declaration, ...]:
    """Every declared check, by code; each file below a family's folder holds exactly one, named like the file."""
    return checks_of(None, None)


def checks_of(families: Collection[str] | None, facts: Sequence[str] | None) -> tuple[Declaration, ...]:
    """The checks of these families (folders; None for all) whose files name one of these facts (None for any).

    Files that do not are not imported: a third of a second, which `crash` does not have.
    """
    found: list[Declaration] = []
    for family in pkgutil.iter_modules(checks.__path__):
        if not family.ispkg or (families is not None and family.name not in families):
            continue
        room = importlib.import_module(f"{checks.__name__}.{family.name}")
        for unit in pkgutil.iter_modules(room.__path__):
            if unit.name.startswith("_"):
                continue
            if facts is not None and not _names_one(room.__name__, unit.name, facts):
                continue
            module = importlib.import_module(f"{room.__name__}.{unit.name}")
            declaration = declared(getattr(module, unit.name, None))  # type: ignore[arg-type]
            if declaration is None:
                raise TypeError(f"{family.name}/{unit.name}.py holds no check named {unit.name}")
            found.append(declaration)
    return tuple(sorted(found, key=lambda each: (each.code, each.id)))


def _names_one(room: str, name: str, facts: Sequence[str]) -> bool:
    source = pkgutil.get_data(room, f"{name}.py")
    return source is None or any(each.encode() in source for each in facts)
