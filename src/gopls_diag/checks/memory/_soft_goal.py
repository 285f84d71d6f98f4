"""A goal for gopls's memory, as a line to copy, where the editor does not give one already."""

from __future__ import annotations

from gopls_diag.model.amount import GIB, MIB, size_text
from gopls_diag.model.editor import Editors
from gopls_diag.model.finding import Remedy, advise
from gopls_diag.model.memory_limits import MemoryLimits
from gopls_diag.model.outcome import Unknown

LEAST_BYTES = 600 * MIB
"""Below it gopls collected garbage more than it worked: with GOMEMLIMIT=600MiB a cold load took twice the CPU, with
300MiB it did not end in four minutes (seen with gopls of August 2026 on its own module)."""
_SHARE_OF_GROUP = 2
"""Half of a limit: a goal that was too low was exceeded by half (same runs), and go commands need memory beside it."""
_SHARE_OF_MACHINE = 4
"""A quarter of the machine: editor, browser, builds and tests share it."""


def of_machine(limits: MemoryLimits | Unknown, editors: Editors | Unknown) -> tuple[Remedy, ...]:
    """A goal that fits the machine's memory."""
    total = limits.total_bytes if isinstance(limits, MemoryLimits) else None
    return _goal(total // _SHARE_OF_MACHINE if total else None, editors)


def of_group(limit_bytes: int | None, editors: Editors | Unknown) -> tuple[Remedy, ...]:
    """A goal that fits a group's limit; none where the limit leaves too little for gopls."""
    return _goal(limit_bytes // _SHARE_OF_GROUP if limit_bytes else None, editors)


def _goal(goal_bytes: int | None, editors: Editors | Unknown) -> tuple[Remedy, ...]:
    if goal_bytes is not None and goal_bytes < LEAST_BYTES:
        return ()
    value = "3GiB" if goal_bytes is None else _written(goal_bytes)
    present = _present(editors)
    if present:
        return (advise(f"Lower the goal of gopls, which is {present}, to about {value}"),)
    return (advise(f'Give gopls a soft goal: "go.toolsEnvVars": {{"GOMEMLIMIT": "{value}"}}'),)


def _written(goal_bytes: int) -> str:
    """As the Go runtime takes it: whole GiB, below four of them hundreds of MiB."""
    return f"{goal_bytes // GIB}GiB" if goal_bytes >= 4 * GIB else f"{goal_bytes // MIB // 100 * 100}MiB"


def _present(editors: Editors | Unknown) -> str:
    """The goal that an editor gives already, in words; empty when none does."""
    for editor in editors.all if isinstance(editors, Editors) else ():
        given = editor.tools_environment.get("GOMEMLIMIT")
        if given:
            return f"GOMEMLIMIT={given.value} in {given.file}"
        for value in editor.gopls_settings.values():
            if value.short == "memoryLimit" and isinstance(value.value, int) and value.value > 0:
                return f"memoryLimit {size_text(value.value)} in {value.file}"
    return ""
