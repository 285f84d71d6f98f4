"""Reads what a check declares from its source, without importing it.

`explain` prints one page; importing the check would import the model, its facts and half the program. The arguments of
`@check` are literals for this reason, and a test proves that this reading and the imported declaration agree.
"""

from __future__ import annotations

import ast

from gopls_diag.model.page import CheckPage, page_sections

_TEXTS = ("code", "severity", "why", "cost", "since")
_LISTS = ("explains", "os")


def read_check(source: str, family: str, name: str) -> CheckPage | None:
    """The page of the check `name` in this source, or None when there is no such function with readable arguments."""
    try:
        module = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    for node in module.body:
        if isinstance(node, ast.FunctionDef) and node.name == name:
            for decorator in node.decorator_list:
                if isinstance(decorator, ast.Call) and _is_named(decorator.func, "check"):
                    return _page(node, decorator, family)
    return None


def _is_named(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _page(function: ast.FunctionDef, decorator: ast.Call, family: str) -> CheckPage | None:
    arguments = dict(zip(("code", "severity"), decorator.args, strict=False))
    arguments.update({each.arg: each.value for each in decorator.keywords if each.arg})
    texts = {name: _text(arguments[name]) for name in _TEXTS if name in arguments}
    lists = {name: _list(arguments[name]) for name in _LISTS if name in arguments}
    if not all(texts.get(name) for name in ("code", "severity", "why")) or None in lists.values():
        return None
    title, page = page_sections(_docstring(function))
    return CheckPage(
        id=f"{family}/{function.name.replace('_', '-')}",
        title=title,
        page=page,
        **{name: text for name, text in texts.items() if text},  # type: ignore[arg-type]
        **{name: words for name, words in lists.items() if words},  # type: ignore[arg-type]
    )


def _docstring(function: ast.FunctionDef) -> str:
    """As it stands; ast.get_docstring would import inspect, a seventh of what `explain` takes."""
    first = function.body[0]
    is_text = (
        isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str)
    )
    return str(first.value.value) if is_text else ""  # type: ignore[attr-defined]


def _text(node: ast.expr) -> str | None:
    """A string, or the value of an enum member: the members' values are their names in lower case."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.Attribute):
        return node.attr.lower().replace("_", "-")
    return None


def _list(node: ast.expr) -> tuple[str, ...] | None:
    if not isinstance(node, ast.Tuple):
        return None
    words = [_text(each) for each in node.elts]
    return tuple(word for word in words if word is not None) if None not in words else None
