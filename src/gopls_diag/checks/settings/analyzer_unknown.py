"""S17: an analyzer name that this gopls does not have."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from gopls_diag.checks.declare import check
from gopls_diag.checks.settings._written import (
    Written,
    asked,
    beside,
    nearest,
    need_editors,
    removal,
    renaming,
    shown,
    written_for_gopls,
)
from gopls_diag.model.editor import Editors
from gopls_diag.model.finding import Evidence, Finding, Remedy, SettingEdit, Severity, change_settings
from gopls_diag.model.gopls import GoplsCommands
from gopls_diag.model.gopls_api import GoplsApi

STATICCHECK_PATTERN = re.compile(r"(?:SA|ST|QF|S)[0-9]{4}")
KNOWN_ELSEWHERE = {
    "fillstruct": "it is a code action (Fill struct), not an analyzer",
    "undeclaredname": "it is a code action (Create variable or function), not an analyzer any more",
    "stubmethods": "it is a code action (Implement interface), not an analyzer any more",
    "modernize": "it was split up: minmax, rangeint, slicescontains, mapsloop, …",
    "fieldalignment": "it was taken out in v0.17 and came back after v0.21",
    "staticcheck": 'it is a setting of its own: "ui.diagnostic.staticcheck": true',
    "useany": "the modernizer any took its place",
}

LEFT_OVER = ("fieldalignment", "useany")
"""Analyzers of other releases: nothing goes on under another name that these would switch."""


@check("S17", Severity.WARNING, why="gopls takes any name there without a word, and this one does nothing.")
def analyzer_unknown(editors: Editors, commands: GoplsCommands, api: GoplsApi) -> Iterator[Finding]:
    """A name in analyses is no analyzer of the installed gopls.

    What it means: "analyses" switches analyzers on and off by name. A name that gopls does not have is accepted all the
        same, without any message.
    Why it matters: What it was meant to switch stays as it is.
    How to fix: Use a name from `gopls api-json` or from the page of analyzers; take the other out.
    When to ignore: When the file also serves machines whose gopls has that analyzer.
    Source: `gopls api-json` of the installed gopls; golang/tools gopls/internal/settings/settings.go
        (asBoolMap checks no names); seen with gopls v0.23.0.
    """
    need_editors(editors)
    for written in written_for_gopls(editors):
        if written.setting.short != "analyses" or not isinstance(written.setting.value, dict):
            continue
        choice = commands.used(written.editor.name)
        known = api.at(choice.binary.path if choice and choice.binary else api.path)
        # Before v0.20 or so the analyzers of staticcheck were accepted and not listed.
        lists_staticcheck = known is not None and any(STATICCHECK_PATTERN.fullmatch(each) for each in known.analyzers)
        for name, is_on in written.setting.value.items():
            if known is None or name in known.analyzers:
                continue
            if lists_staticcheck or not STATICCHECK_PATTERN.fullmatch(name):
                yield _finding(written, known, name, is_on)


def _finding(written: Written, api: GoplsApi, name: str, is_on: object) -> Finding:
    setting = written.setting
    gopls = f"gopls {api.version}" if api.version else "this gopls"
    said = f"{gopls} has no analyzer {name}"
    likely = nearest(name, api.analyzers, 0.8)
    if name in KNOWN_ELSEWHERE:
        said += f": {KNOWN_ELSEWHERE[name]}"
    elif likely:
        said += f"; the nearest real one is {likely}"
    # Switching off what is not there changes nothing, unless the thing goes on under another name. What was an analyzer
    # once is a leftover, often of a configuration that many people share.
    goes_on = bool(likely) or (name in KNOWN_ELSEWHERE and name not in LEFT_OVER)
    is_harmless = name in LEFT_OVER or (is_on is False and not goes_on)
    return Finding(
        said,
        (Evidence(setting.file, f'"{setting.key}": {{"{name}": {shown(is_on)}}}', setting.line), *written.note),
        tuple(_remedies(written, name, likely)),
        severity=Severity.INFO if is_harmless else written.severity,
    )


def _remedies(written: Written, name: str, likely: str) -> Iterator[Remedy]:
    setting = written.setting
    inner = replace(setting, key=name, path=f"{setting.path}/{name}")
    if likely and name not in KNOWN_ELSEWHERE and likely not in setting.value:
        yield renaming(inner, likely)
    elif name == "staticcheck" and "staticcheck" not in {each.short for each in written.editor.gopls_settings.values()}:
        there = beside(setting, "ui.diagnostic.staticcheck" if "." in setting.key else "staticcheck")
        moved = change_settings(SettingEdit(setting.file, inner.path, there, "move"), title="Make it the setting it is")
        # It costs much, and was off until now.
        yield asked(moved)
    yield removal(inner)
