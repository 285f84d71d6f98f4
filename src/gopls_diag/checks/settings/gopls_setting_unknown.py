"""S02: a gopls setting that the installed gopls does not have."""

from __future__ import annotations

from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.checks.settings._written import (
    Written,
    nearest,
    need_editors,
    quoted,
    removal,
    renaming,
    shown,
    written_for_gopls,
    written_settings,
)
from gopls_diag.model.editor import Editors
from gopls_diag.model.finding import Finding, Remedy, Severity, advise, run
from gopls_diag.model.gopls import GoplsCommands
from gopls_diag.model.gopls_api import GoplsApi
from gopls_diag.model.gopls_names import LISTED_BUT_REFUSED, MEANT, RENAMED, RETIRED, SINCE, UNLISTED
from gopls_diag.model.version import GoplsVersion


@check(
    "S02",
    Severity.WARNING,
    why="gopls ignores it and shows an error, Invalid settings, at every start.",
    explains=("M08", "W21"),
)
def gopls_setting_unknown(editors: Editors, commands: GoplsCommands, api: GoplsApi) -> Iterator[Finding]:
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
    for written in written_for_gopls(editors):
        choice = commands.used(written.editor.name)
        known = api.at(choice.binary.path if choice and choice.binary else api.path)
        if known is not None and not _is_known(written.setting.short, known):
            yield _unknown(written, known)
    for written in written_settings(editors):
        key = written.setting.key
        if key.startswith("gopls.") and key.count(".") > 1 and not written.setting.language:
            yield _outside(written)


def _is_known(name: str, api: GoplsApi) -> bool:
    if name in LISTED_BUT_REFUSED:
        return False
    if name in api.options or name in RENAMED or name in RETIRED:
        return True
    return name in UNLISTED and not _is_younger(name, api)


def _is_younger(name: str, api: GoplsApi) -> bool:
    version = GoplsVersion.parse(api.version)
    return name in SINCE and version.is_known and version.is_before(SINCE[name])


def _unknown(written: Written, api: GoplsApi) -> Finding:
    setting, name = written.setting, written.setting.short
    gopls = f"gopls {api.version}" if api.version else "the installed gopls"
    remedies: list[Remedy] = [removal(setting)]
    if _is_younger(name, api):
        said = f"{name} does nothing: it came with gopls {SINCE[name]}, and {gopls} is installed"
        remedies.insert(0, run("go", "install", "golang.org/x/tools/gopls@latest", title="Update gopls"))
        if name == "memoryLimit" and isinstance(setting.value, int) and setting.value >= 1 << 20:
            mebibytes = setting.value >> 20
            remedies.insert(
                1, advise(f'Or, with any version, set "go.toolsEnvVars": {{"GOMEMLIMIT": "{mebibytes}MiB"}}')
            )
    else:
        said = f"{gopls} has no setting {setting.key}: it is ignored"
        options = {each.short: each for each in written.layer.gopls}
        names = (set(api.options) | UNLISTED) - LISTED_BUT_REFUSED
        meant = nearest(name, names, 0.8)
        if name in MEANT:
            said += f"; what was meant is {MEANT[name]}"
            remedies.append(advise(f"Put what it holds into {MEANT[name]}"))
        elif meant:
            long_name = api.options[meant].long_name if meant in api.options else meant
            said += f"; the nearest real one is {long_name}"
            if meant not in options:
                remedies.insert(0, renaming(setting, long_name))
    return Finding(said, (quoted(setting), *written.note), tuple(remedies), severity=written.severity)


def _outside(written: Written) -> Finding:
    setting = written.setting
    inner = setting.key.removeprefix("gopls.")
    first = inner.split(".")[0]
    return Finding(
        f'{setting.key} does not reach gopls under its name: outside of "gopls" it is sent as "{first}", '
        "which gopls does not know",
        (quoted(setting), *written.note),
        (advise(f'Write it inside: "gopls": {{"{inner}": {shown(setting.value)}}}'), removal(setting)),
        severity=written.severity,
    )
