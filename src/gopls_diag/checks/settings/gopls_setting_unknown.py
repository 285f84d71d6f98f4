"""S02: a gopls setting that the installed gopls does not have."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from gopls_diag.checks.declare import check
from gopls_diag.checks.settings._limit import LEAST_GOAL_BYTES, goal_instead
from gopls_diag.checks.settings._meant import LOADING, fitting, is_tracing
from gopls_diag.checks.settings._migration import Installed, above, as_flags
from gopls_diag.checks.settings._names import is_known, is_taken, is_younger
from gopls_diag.checks.settings._values import memory_bytes
from gopls_diag.checks.settings._written import (
    Written,
    asked,
    beside,
    nearest,
    need_editors,
    quoted,
    removal,
    renaming,
    shown,
    without,
    written_for_gopls,
    written_settings,
)
from gopls_diag.model.amount import GIB
from gopls_diag.model.editor import Editors
from gopls_diag.model.finding import Finding, Remedy, SettingEdit, Severity, advise, change_settings, run
from gopls_diag.model.gopls import GoplsCommands
from gopls_diag.model.gopls_api import GoplsApi, GoplsFlags
from gopls_diag.model.gopls_names import LISTED_BUT_REFUSED, MEANT, SINCE, UNLISTED
from gopls_diag.model.outcome import Unknown

_AS_FLAGS = ("serverArgs", "args", "flags", "languageServerFlags")
_AS_ONE_FLAG = {"debug": "-debug=localhost:0", "logfile": "-logfile=auto"}


@check(
    "S02",
    Severity.WARNING,
    why="gopls ignores it and shows an error, Invalid settings, at every start.",
    explains=("M08", "W21"),
)
def gopls_setting_unknown(
    editors: Editors, commands: GoplsCommands, api: GoplsApi, flags: GoplsFlags | Unknown
) -> Iterator[Finding]:
    """A gopls setting that the installed gopls does not have.

    What it means: A name inside the "gopls" object (or what the editor calls it) is none that this gopls knows: it is
        misspelled, invented, or younger than the gopls that is installed.
    Why it matters: gopls ignores it, works with the others, and shows "Invalid settings: … unexpected setting".
    How to fix: Take it out, or use the name that is shown here, or update gopls if the setting came later.
    When to ignore: When the file is shared with machines that have a newer gopls.
    Source: `gopls api-json` of the installed gopls; golang/tools gopls/internal/settings/settings.go, Options.Set: only
        the last segment of a dotted name counts, and some accepted names are not listed.
    """
    need_editors(editors)
    installed = Installed(commands, api, flags)
    for written in written_for_gopls(editors):
        choice = commands.used(written.editor.name)
        known = api.at(choice.binary.path if choice and choice.binary else api.path)
        if known is not None and not is_known(written.setting.short, known):
            yield _unknown(written, known, installed)
    for written in written_settings(editors):
        key = written.setting.key
        if key.startswith("gopls.") and key.count(".") > 1 and not written.setting.language:
            yield _outside(written, installed)


def _unknown(written: Written, api: GoplsApi, installed: Installed) -> Finding:
    setting, name = written.setting, written.setting.short
    gopls = f"gopls {api.version}" if api.version else "the installed gopls"
    remedies: list[Remedy] = [removal(setting)]
    if is_younger(name, api):
        said = f"{name} does nothing: it came with gopls {SINCE[name]}, and {gopls} is installed"
        remedies.insert(0, run("go", "install", "golang.org/x/tools/gopls@latest", title="Update gopls"))
        if name == "memoryLimit":
            remedies[1:1] = goal_instead(written)
    else:
        said = f"{gopls} has no setting {setting.key}: it is ignored"
        options = {each.short: each for each in written.layer.gopls}
        names = (set(api.options) | UNLISTED) - LISTED_BUT_REFUSED
        meant = nearest(name, names, 0.8)
        if name in MEANT:
            said += f"; what was meant is {MEANT[name]}"
            remedies = list(_as_meant(written, installed))
        elif meant:
            long_name = api.options[meant].long_name if meant in api.options else meant
            said += f"; the nearest real one is {long_name}"
            value = fitting(meant, setting.value, api)
            if meant not in options and value is not None and not is_tracing(meant, value):
                remedies.insert(0, _renamed(written, meant, long_name, value))
    return Finding(said, (quoted(setting), *written.note), tuple(remedies), severity=written.severity)


def _renamed(written: Written, meant: str, long_name: str, value: Any) -> Remedy:
    """The real name, and the value as the real setting takes it."""
    setting = written.setting
    renamed = renaming(setting, long_name)
    if value != setting.value:
        edits = (without(setting), SettingEdit(setting.file, beside(setting, long_name), value))
        renamed = change_settings(*edits, title=f"Make it {long_name}: {shown(value, 60)}")
    return asked(renamed) if meant in LOADING else renamed


def _as_meant(written: Written, installed: Installed) -> Iterator[Remedy]:
    """What the name stands for elsewhere."""
    setting, name = written.setting, written.setting.short
    if name in _AS_FLAGS:
        yield as_flags(written, setting.value, installed)
    elif name in _AS_ONE_FLAG and setting.value not in (False, None, ""):
        yield as_flags(written, [_AS_ONE_FLAG[name]], installed)
    elif MEANT[name] == "memoryLimit":
        yield from _as_limit(written, installed)
    elif name in ("analysis", "autoImport"):
        target = MEANT[name].rsplit(".", 1)[-1]
        value = fitting(target, setting.value, installed.api_of(written.editor))
        if value is not None and target not in {each.short for each in written.layer.gopls}:
            yield _renamed(written, target, MEANT[name], value)
    yield removal(setting)
    yield advise(f"Put what it holds into {MEANT[name]}")


def _as_limit(written: Written, installed: Installed) -> Iterator[Remedy]:
    """The amount goes to where this gopls takes it."""
    setting, api = written.setting, installed.api_of(written.editor)
    if api is None or "memoryLimit" not in api.options:
        yield from goal_instead(written)
        return
    limit_bytes = memory_bytes(setting.short, setting.value)
    if limit_bytes and limit_bytes >= LEAST_GOAL_BYTES and "memoryLimit" not in {s.short for s in written.layer.gopls}:
        renamed = _renamed(written, "memoryLimit", "memoryLimit", limit_bytes)
        yield renamed if limit_bytes >= GIB else asked(renamed)


def _outside(written: Written, installed: Installed) -> Finding:
    setting = written.setting
    inner = setting.key.removeprefix("gopls.")
    first, short = inner.split(".")[0], setting.short
    api = installed.api_of(written.editor)
    is_there = short in {each.short for each in (*written.layer.gopls, *written.editor.gopls_settings.values())}
    remedies: list[Remedy] = [removal(setting)]
    is_wanted = not is_there and not is_tracing(short, setting.value)
    if is_wanted and is_taken(short, api) and fitting(short, setting.value, api) == setting.value:
        edit = SettingEdit(setting.file, setting.path, f"{above(setting)}gopls/{inner}", "move")
        moved = change_settings(edit, title=f'Move it inside: "gopls": {{"{inner}": {shown(setting.value)}}}')
        remedies.insert(0, asked(moved) if short in LOADING else moved)
    return Finding(
        f'{setting.key} does not reach gopls under its name: outside of "gopls" it is sent as "{first}", '
        "which gopls does not know",
        (quoted(setting), *written.note),
        tuple(remedies),
        severity=written.severity,
    )
