"""The setting memoryMode, which does nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.model.editor import Editors
from gopls_diag.model.finding import Evidence, Finding, Severity, advise, remove_setting
from gopls_diag.model.outcome import Unknown
from gopls_diag.model.saying import Channel, Sayings

PATTERN = re.compile(r'setting option "memoryMode": this setting is deprecated')


@check("M07", Severity.WARNING, why="It was meant to save memory and saves none; gopls shows a warning at each start.")
def memory_mode_without_effect(editors: Editors | Unknown, sayings: Sayings | Unknown) -> Iterator[Finding]:
    """The setting memoryMode is used, which has no effect.

    What it means: memoryMode (DegradeClosed) belongs to gopls before v0.12. Since the rewrite of 2023 there is nothing
        for it to switch; since v0.15 gopls calls it deprecated.
    Why it matters: Memory stays as it is, and gopls shows "Invalid settings" each time it starts.
    How to fix: Remove it. To use less memory: GOMEMLIMIT in go.toolsEnvVars, memoryLimit from gopls v0.24 on,
        staticcheck off, build.directoryFilters.
    When to ignore: With a gopls older than v0.12.
    Source: golang/tools gopls/internal/settings/settings.go (v0.15.0 and newer); golang/vscode-go#2852; seen with
        gopls v0.23.0.
    """
    found = False
    for editor in editors.all if isinstance(editors, Editors) else ():
        for value in editor.written_for_gopls():
            if value.short == "memoryMode":
                found = True
                yield Finding(
                    f"memoryMode in {value.file} has no effect",
                    evidence=(Evidence(value.file, f'"{value.key}": {value.value!r}', value.line),),
                    remedies=(
                        remove_setting(value.file, value.path or f"gopls/{value.key}", title="Remove memoryMode"),
                    ),
                    because_of="S03",
                )
    if not found and isinstance(sayings, Sayings):
        for heard in sayings.matching(PATTERN, Channel.SHOW, Channel.LOG):
            yield Finding(
                "gopls is given the setting memoryMode, which has no effect",
                evidence=(Evidence(heard.saying.source, heard.words, heard.saying.line),),
                remedies=(advise("Remove memoryMode from the gopls settings"),),
                because_of="S03",
            )
