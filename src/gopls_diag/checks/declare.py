"""The decorator that makes a function a check."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from gopls_diag.model.declaration import Cost, Declaration
from gopls_diag.model.finding import Finding, Severity
from gopls_diag.model.page import page_sections

Judge = TypeVar("Judge", bound=Callable[..., Iterable[Finding] | None])


def check(
    code: str,
    severity: Severity,
    *,
    why: str,
    explains: tuple[str, ...] = (),
    cost: Cost = Cost.QUICK,
    os: tuple[str, ...] = (),
    since: str = "0.1.0",
    is_about_code: bool = False,
) -> Callable[[Judge], Judge]:
    """Declare the decorated function a check.

    Its id is its path below `checks/` (`checks/env/goroot_missing.py` holds `goroot_missing`: `env/goroot-missing`),
    its parameters, by type, are the facts that it needs, its docstring is its page. A parameter typed `Fact | Unknown`
    receives an Unknown where that fact had no answer; any other missing fact makes the whole check's outcome unknown.

    Args:
        code: the stable code, `E04`; all arguments must be literals, since `explain` reads them without importing.
        severity: of its findings, unless a finding says otherwise.
        why: one sentence for the screen: what it does to the reader.
        explains: codes whose findings are consequences of this one, `W*` for a family.
        cost: what its facts may cost.
        os: the systems it applies to; empty means all.
        since: the first version of gopls-diag that has it.
        is_about_code: true if it judges what the user is writing; a fault of the set-up comes before it.
    """

    def wrap(function: Judge) -> Judge:
        title, page = page_sections(function.__doc__ or "")
        family = function.__module__.split(".")[-2]
        declaration = Declaration(
            code=code,
            id=f"{family}/{function.__name__.replace('_', '-')}",
            severity=severity,
            title=title,
            why=why,
            page=page,
            explains=explains,
            cost=cost,
            os=os,
            since=since,
            judge=function,
            is_about_code=is_about_code,
        )
        function.declaration = declaration  # type: ignore[attr-defined]
        return function

    return wrap
