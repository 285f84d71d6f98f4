"""The words of `fix --memory`: reads the amount, tells what is being measured, and tells a refusal."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from dataclasses import replace

from gopls_diag import __version__
from gopls_diag.checks.registry import all_checks
from gopls_diag.cli.exits import ExitCode, UserError
from gopls_diag.cli.shipped import print_out
from gopls_diag.engines.fix.memory import BudgetPlan, BudgetRefused, measure_again
from gopls_diag.engines.fix.planning import judged
from gopls_diag.model.amount import MIB
from gopls_diag.model.repair import Fate, Repair
from gopls_diag.model.request import Request
from gopls_diag.parse.byte_count import parse_budget
from gopls_diag.present import fix_json
from gopls_diag.world import World

_NUMBER_PATTERN = re.compile(r"[0-9]{1,9}(?:[.,][0-9]{1,3})?")


def budget_of(words: str) -> int:
    """The amount in bytes; UserError with the right spelling for anything that is not one."""
    found = parse_budget(words)
    number = _NUMBER_PATTERN.search(words)
    spelled = f"{number[0]}GiB" if number and number[0].strip("0,.") else "2GiB"
    if not found:
        raise UserError(f"--memory {words} is no amount of memory", f"Write it as {spelled} or 2048MiB.")
    if found < MIB:
        raise UserError(f"--memory {words} is {found} bytes", f"Write it with its unit: {spelled}.")
    return found


def tell_progress(words: str) -> None:
    """One line on standard error; measuring takes seconds to minutes."""
    sys.stderr.write(f"{words} …\n")
    sys.stderr.flush()


def tell_refusal(look: Callable[[], World], request: Request, refusal: BudgetRefused, format_name: str) -> int:
    """Say why nothing is set, with what was measured; nothing was written."""
    if format_name == "json":
        report = judged(look(), replace(request, probe=False), all_checks())
        done = Repair(report, (), measures=refusal.measures, notes=(f"nothing was changed: {refusal}",))
        print_out(fix_json.render(done, __version__))
    else:
        print_out(f"Nothing was changed: {refusal}.\n", unknown="backslashreplace")
    return ExitCode.FOUND


def with_effect(done: Repair, plan: BudgetPlan, look: Callable[[], World], request: Request) -> Repair:
    """The run with what was measured once more after it wrote; as it was tried where it did not."""
    if any(each.fate is Fate.APPLIED and not each.code for each in done.proposals):
        tell_progress("measuring gopls as it is set now, after the change")
        return replace(done, measures=measure_again(look(), request, plan))
    return replace(done, notes=("the second number was measured with the budget tried, not written", *done.notes))
