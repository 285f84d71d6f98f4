"""A limit of memory under a name that nothing reads, as what bounds the installed gopls."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gopls_diag.checks.settings._migration import Installed, above
from gopls_diag.checks.settings._values import memory_bytes
from gopls_diag.checks.settings._written import Written, asked, without
from gopls_diag.model.amount import GIB, MIB
from gopls_diag.model.finding import Remedy, SettingEdit, advise, change_settings

LEAST_GOAL_BYTES = 600 * MIB
"""A lower goal makes gopls collect garbage more than it works (memory/_soft_goal.py)."""
_NAME_PATTERN = re.compile(r"(?:memory_?limit|mem_?limit|max_?memory|memory_?max|max_?mem)(?:mb)?$", re.I)
_LIMIT = "memoryLimit"


def limit_of_extension(written: Written, installed: Installed) -> Remedy | None:
    """For a setting such as go.goplsMemoryLimit: its amount where gopls reads it. None if it is no such setting."""
    setting = written.setting
    if not _NAME_PATTERN.search(setting.key) or not written.editor.is_vscode or not written.layer.is_applied:
        return None
    limit_bytes = memory_bytes(setting.key, setting.value)
    if limit_bytes is None or limit_bytes < LEAST_GOAL_BYTES:
        return None
    api = installed.api_of(written.editor)
    if api is None or _LIMIT not in api.options:
        return next((each for each in goal_instead(written) if each.edits), None)
    if _LIMIT in written.editor.gopls_settings or any(each.short == _LIMIT for each in written.layer.gopls):
        return None
    edit = SettingEdit(setting.file, f"{above(setting)}gopls/{_LIMIT}", limit_bytes)
    remedy = change_settings(edit, without(setting), title=f'Make it "gopls": {{"{_LIMIT}": {limit_bytes}}}, in bytes')
    # Below a gigabyte gopls may well have too little: that is for the reader to say.
    return remedy if limit_bytes >= GIB else asked(remedy)


def goal_instead(written: Written) -> Iterator[Remedy]:
    """The same limit as a goal that the Go runtime knows with any gopls."""
    setting, editor = written.setting, written.editor
    limit_bytes = memory_bytes(setting.short, setting.value)
    if limit_bytes is None or limit_bytes < MIB or "GOMEMLIMIT" in editor.tools_environment:
        return
    goal = f"{limit_bytes // MIB}MiB"
    title = f"Make it GOMEMLIMIT={goal} in go.toolsEnvVars, which any gopls follows; go and dlv see it too"
    if editor.is_vscode and limit_bytes >= LEAST_GOAL_BYTES:
        there = f"{above(setting)}go.toolsEnvVars/GOMEMLIMIT"
        remedy = change_settings(SettingEdit(setting.file, there, goal), without(setting), title=title)
        yield remedy if limit_bytes >= GIB else asked(remedy)
    else:
        yield advise(f'Or, with any version, set "go.toolsEnvVars": {{"GOMEMLIMIT": "{goal}"}}')
